//! What a server does by itself, again and again until it drains.

use super::server::Server;
use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

/// Seconds between rounds.
const ROUND_SECONDS: u64 = 60;

/// Does something at once and then every minute, on a thread of its own; what it tells is logged, and so is what goes wrong.
pub fn start<F>(server: Arc<Server>, name: &'static str, step: F) -> Result<()>
where
    F: Fn(&Arc<Server>) -> Result<Option<String>> + Send + 'static,
{
    let run = move || {
        let mut waited = ROUND_SECONDS;
        while !server.draining.load(Ordering::Relaxed) {
            if waited >= ROUND_SECONDS {
                waited = 0;
                match step(&server) {
                    Ok(Some(told)) => log::info!("{name}: {told}"),
                    Ok(None) => {}
                    Err(error) => log::error!("{name}: {error}"),
                }
            }
            thread::sleep(Duration::from_secs(1));
            waited += 1;
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(run)?;
    Ok(())
}
