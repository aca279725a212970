//! The log: one JSON object a line, on standard error.

use log::kv::{Error, Key, Value, VisitSource};
use serde_json::Map;
use std::io::Write;

/// Logs at `info`, or as `RUST_LOG` says.
pub fn log_to_stderr() {
    let filter = env_logger::Env::default().default_filter_or("info");
    env_logger::Builder::from_env(filter)
        .format(|buffer, record| {
            let mut line = Line(Map::new());
            line.0.insert("time".to_owned(), buffer.timestamp_micros().to_string().into());
            line.0.insert("level".to_owned(), record.level().as_str().into());
            line.0.insert("target".to_owned(), record.target().into());
            line.0.insert("message".to_owned(), record.args().to_string().into());
            // The visitor below never fails.
            record.key_values().visit(&mut line).ok();
            serde_json::to_writer(&mut *buffer, &line.0)?;
            buffer.write_all(b"\n")
        })
        .init();
}

struct Line(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Line {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = value.to_u64().map_or_else(|| value.to_string().into(), Into::into);
        self.0.insert(key.as_str().to_owned(), value);
        Ok(())
    }
}
