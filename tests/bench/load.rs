//! Load on a server: `wrk`, told what to send by a script.

use crate::Outcome;
use crate::served::Served;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What to send.
pub enum Script<'a> {
    /// One of so many establishments at random, under this path.
    Get { rows: usize, prefix: &'a str },
    /// These paths in turn.
    Paths(&'a [String]),
    /// These posts in turn: a path, a version to match or nothing, a body.
    Posts(&'a [(String, &'static str, String)]),
    /// New establishments, numbered from here.
    Create { first: usize },
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub per_second: f64,
    /// Processor time of the server for one request, in microseconds.
    pub cpu: f64,
    pub p50: f64,
    pub p99: f64,
}

const DONE: &str = include_str!("lua/done.lua");

/// Loads the server for so long and measures it; an answer that is an error is an error here.
pub fn load(folder: &Path, served: &Served, script: &Script<'_>, connections: usize, time: Duration) -> Outcome<Run> {
    let (lua, arguments) = match script {
        Script::Get { rows, prefix } => (include_str!("lua/get.lua"), vec![rows.to_string(), (*prefix).to_owned()]),
        Script::Create { first } => (include_str!("lua/create.lua"), vec![first.to_string()]),
        Script::Paths(paths) => {
            let file = folder.join("paths.txt");
            std::fs::write(&file, paths.join("\n"))?;
            (include_str!("lua/urls.lua"), vec![file.display().to_string()])
        }
        Script::Posts(posts) => {
            let file = folder.join("posts.txt");
            let lines: Vec<String> = posts.iter().map(|(path, version, body)| format!("{path}\t{version}\t{body}")).collect();
            std::fs::write(&file, lines.join("\n"))?;
            (include_str!("lua/post.lua"), vec![file.display().to_string()])
        }
    };
    let file = folder.join("script.lua");
    std::fs::write(&file, [lua, DONE].concat())?;
    let before = served.cpu()?;
    let output = Command::new("wrk")
        .args(["-t1", "-c", &connections.to_string(), "-d", &format!("{}s", time.as_secs().max(1)), "--latency", "-s"])
        .arg(&file)
        .arg(&served.url)
        .arg(served.token()?)
        .args(arguments)
        .output()
        .map_err(|error| format!("wrk (package wrk): {error}"))?;
    let cpu = served.cpu()?.saturating_sub(before);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line =
        text.lines().find_map(|line| line.strip_prefix("BENCH ")).ok_or_else(|| format!("wrk said: {text}{}", String::from_utf8_lossy(&output.stderr)))?;
    let numbers: Result<Vec<f64>, _> = line.split(' ').map(str::parse).collect();
    let [requests, micros, refused, lost, p50, p99] = *numbers?.as_slice() else { return Err("wrk said too little".into()) };
    if refused + lost > 0.0 {
        return Err(format!("{refused} of {requests} requests were refused, {lost} lost").into());
    }
    Ok(Run { per_second: requests / micros * 1e6, cpu: cpu.as_secs_f64() * 1e6 / requests, p50: p50 / 1e3, p99: p99 / 1e3 })
}

/// The middle one, by speed.
pub fn median(mut runs: Vec<Run>) -> Outcome<Run> {
    runs.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    runs.get(runs.len() / 2).copied().ok_or_else(|| "nothing was measured".into())
}

/// The middle one of some numbers.
pub fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
