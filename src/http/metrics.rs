//! Counters for Prometheus, by route template and never by address.

use super::limits::Class;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};
use std::time::Duration;

pub struct Metrics {
    registry: Registry,
    durations: HistogramVec,
    responses: IntCounterVec,
    refusals: IntCounterVec,
    /// Counted when somebody asks.
    pub tasks_overdue: IntGauge,
    /// The same.
    pub deadlines_overdue: IntGauge,
    /// The same.
    pub mails_waiting: IntGauge,
    mails: IntCounterVec,
}

impl Metrics {
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let buckets = vec![0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 15.0];
        let durations = HistogramVec::new(
            HistogramOpts::new("entraide_request_seconds", "Time from the head of a request to the head of its answer.").buckets(buckets),
            &["operation"],
        )?;
        let responses = IntCounterVec::new(Opts::new("entraide_responses_total", "Answers by operation and status."), &["operation", "status"])?;
        let refusals = IntCounterVec::new(Opts::new("entraide_rate_limited_total", "Requests over a caller's limit."), &["class"])?;
        let tasks_overdue = IntGauge::new("entraide_tasks_overdue", "Open tasks that were due before today.")?;
        let deadlines_overdue =
            IntGauge::new("entraide_deadlines_overdue", "Deadlines that ended before today without anybody having said whether they were met.")?;
        let mails_waiting = IntGauge::new("entraide_mails_waiting", "Mails that no server has taken yet.")?;
        let mails = IntCounterVec::new(Opts::new("entraide_mails_total", "What became of mails each time they were tried."), &["outcome"])?;
        registry.register(Box::new(mails_waiting.clone()))?;
        registry.register(Box::new(mails.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(responses.clone()))?;
        registry.register(Box::new(refusals.clone()))?;
        registry.register(Box::new(tasks_overdue.clone()))?;
        registry.register(Box::new(deadlines_overdue.clone()))?;
        Ok(Self { registry, durations, responses, refusals, tasks_overdue, deadlines_overdue, mails_waiting, mails })
    }

    /// The histogram of one operation, looked up once.
    pub fn duration(&self, operation: &str) -> Histogram {
        self.durations.with_label_values(&[operation])
    }

    pub fn answered(&self, operation: &str, status: u16) {
        let mut buffer = itoa::Buffer::new();
        self.responses.with_label_values(&[operation, buffer.format(status)]).inc();
    }

    pub fn rate_limited(&self, class: Class) {
        self.refusals.with_label_values(&[class.name()]).inc();
    }

    pub fn mailed(&self, outcome: &str) {
        self.mails.with_label_values(&[outcome]).inc();
    }

    pub fn observe(histogram: &Histogram, elapsed: Duration) {
        histogram.observe(elapsed.as_secs_f64());
    }

    pub fn text(&self) -> prometheus::Result<String> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
