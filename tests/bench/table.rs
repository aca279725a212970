//! The figures as a Markdown table.

use crate::load::Run;
use std::fmt::Write;

/// What a ratio must not fall below, or not exceed.
#[derive(Clone, Copy)]
pub enum Ceiling {
    AtLeast(f64),
    AtMost(f64),
    Reported,
}

#[derive(Default)]
pub struct Table {
    figures: String,
    latencies: String,
}

impl Table {
    /// One figure: what was measured, what it is held against, their ratio.
    pub fn add(&mut self, figure: &str, measured: &str, against: &str, ratio: f64, ceiling: Ceiling) {
        let (wanted, met) = match ceiling {
            Ceiling::AtLeast(limit) => (format!("≥ {limit}"), yes(ratio >= limit)),
            Ceiling::AtMost(limit) => (format!("≤ {limit}"), yes(ratio <= limit)),
            Ceiling::Reported => (String::new(), ""),
        };
        let ratio = if ratio.is_nan() { String::new() } else { format!("{ratio:.2}") };
        eprintln!("  {figure}: {measured}; {against}; {ratio} {wanted} {met}");
        // Writing to a String cannot fail.
        let _ = writeln!(self.figures, "| {figure} | {measured} | {against} | {ratio} | {wanted} | {met} |");
    }

    /// The latencies of one run.
    pub fn latency(&mut self, name: &str, run: &Run) {
        let Run { per_second, cpu, p50, p99, .. } = run;
        let _ = writeln!(self.latencies, "| {name} | {per_second:.0} | {cpu:.0} | {p50:.2} | {p99:.2} |");
    }

    pub fn markdown(&self) -> String {
        let Self { figures, latencies } = self;
        format!(
            "| Figure | Measured | Against | Ratio | Wanted | Met |\n|---|---|---|---|---|---|\n{figures}\n\
             | Load | Requests/s | Server CPU µs/request | p50 ms | p99 ms |\n|---|---|---|---|---|\n{latencies}"
        )
    }
}

fn yes(met: bool) -> &'static str {
    if met { "yes" } else { "**no**" }
}
