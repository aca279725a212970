//! The log: one JSON object a line, on standard error.

use log::kv::{Error, Key, Value, VisitSource};
use serde::Serialize;
use std::io::Write;

/// Logs at `info`, or as `RUST_LOG` says.
pub fn log_to_stderr() {
    let filter = env_logger::Env::default().default_filter_or("info");
    env_logger::Builder::from_env(filter)
        .format(|buffer, record| {
            let time = buffer.timestamp_micros();
            let mut line = Line(&mut *buffer);
            write!(line.0, "{{\"time\":\"{time}\"")?;
            line.add("level", record.level().as_str())?;
            line.add("target", record.target())?;
            match record.args().as_str() {
                Some(message) => line.add("message", message)?,
                None => line.add("message", &record.args().to_string())?,
            }
            // The visitor below never fails.
            record.key_values().visit(&mut line).ok();
            line.0.write_all(b"}\n")
        })
        .init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // Only words of the program: what it put together may hold those of somebody else.
        let words = panic.payload().downcast_ref::<&str>().copied().unwrap_or("a thread panicked");
        log::error!(target: "panic", place = place.as_str(); "{words}");
    }));
}

/// A JSON object that is being written.
struct Line<W>(W);

impl<W: Write> Line<W> {
    fn add<V: Serialize + ?Sized>(&mut self, name: &str, value: &V) -> std::io::Result<()> {
        self.0.write_all(b",")?;
        serde_json::to_writer(&mut self.0, name)?;
        self.0.write_all(b":")?;
        Ok(serde_json::to_writer(&mut self.0, value)?)
    }
}

impl<'kvs, W: Write> VisitSource<'kvs> for Line<W> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let written = match (value.to_u64(), value.to_borrowed_str()) {
            (Some(number), _) => self.add(key.as_str(), &number),
            (None, Some(text)) => self.add(key.as_str(), text),
            (None, None) => self.add(key.as_str(), &value.to_string()),
        };
        written.map_err(|_| Error::msg("a line was not written"))
    }
}
