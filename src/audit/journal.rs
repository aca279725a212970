//! Looks on their way into the record: those that come at once are stored by one transaction, and each caller is answered once
//! that is durable.

use super::access::{self, Entry};
use crate::auth::RecordKey;
use crate::db::{Db, PATIENCE};
use crate::error::{Code, Error, Result};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::thread;
use tokio::sync::oneshot;

/// Looks that may wait before callers get 503.
const QUEUE: usize = 1024;
/// Looks in one transaction.
const BATCH: usize = 256;

struct Waiting {
    entry: Entry,
    /// Told the code of what went wrong, if anything did.
    reply: oneshot::Sender<Result<(), Code>>,
}

/// Takes looks; what it took is stored whether or not its caller still waits.
pub struct Journal(Sender<Waiting>);

impl Journal {
    pub fn open(db: &Db, key: &RecordKey) -> Result<Self> {
        let (waiting, taken) = bounded(QUEUE);
        let (db, key) = (db.clone(), key.clone());
        thread::Builder::new().name("journal".to_owned()).spawn(move || write(&db, &key, &taken))?;
        Ok(Self(waiting))
    }

    /// Records a look; returns once it is durable.
    pub async fn record(&self, entry: Entry) -> Result<()> {
        let (reply, stored) = oneshot::channel();
        self.0.try_send(Waiting { entry, reply }).map_err(|_| Error::busy(Code::Overloaded, 1))?;
        match tokio::time::timeout(PATIENCE, stored).await {
            Ok(Ok(stored)) => stored.map_err(|code| Error::of(code).because("a look was not recorded")),
            Ok(Err(_)) => Err(Error::busy(Code::DatabaseUnavailable, 1)),
            Err(_) => Err(Error::busy(Code::Overloaded, 1).because("a look waits to be recorded")),
        }
    }
}

/// Takes all that waits, stores it, answers all; until the server is gone.
fn write(db: &Db, key: &RecordKey, taken: &Receiver<Waiting>) {
    while let Ok(first) = taken.recv() {
        let batch = std::iter::once(first).chain(taken.try_iter()).take(BATCH);
        let (entries, replies): (Vec<Entry>, Vec<_>) = batch.map(|waiting| (waiting.entry, waiting.reply)).unzip();
        let key = key.clone();
        let stored = db.write_now(move |conn| access::record(conn, &key, entries));
        if let Err(error) = &stored {
            log::error!("{} looks were not recorded: {error}", replies.len());
        }
        let told = stored.map_err(|error| error.code());
        for reply in replies {
            // The caller may have gone: nobody is left to tell.
            reply.send(told).ok();
        }
    }
}
