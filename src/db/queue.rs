//! Jobs on their way to a database thread, and their answers on the way back.

use super::DbConn;
use crate::error::{Code, Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;

/// Who is first to a job: the thread that does it, or the caller who waits for that no longer.
#[derive(Clone, Default)]
pub struct Turn(Arc<AtomicBool>);

impl Turn {
    /// Whether whoever asks is the first.
    pub fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// A job that answers by itself; it returns whether the connection is still good.
pub type Read = Box<dyn FnOnce(&mut DbConn) -> bool + Send>;

pub fn read<T, F>(job: F, reply: oneshot::Sender<Result<T>>, turn: Turn) -> Read
where
    T: Send + 'static,
    F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
{
    Box::new(move |conn| {
        if reply.is_closed() || !turn.take() {
            return true;
        }
        let result = guarded(job, conn);
        let good = !lost_connection(&result);
        // The caller may have gone: nobody is left to tell.
        reply.send(result).ok();
        good
    })
}

/// Runs a job; a panic becomes an internal error and the thread lives.
fn guarded<T>(job: impl FnOnce(&mut DbConn) -> Result<T>, conn: &mut DbConn) -> Result<T> {
    catch_unwind(AssertUnwindSafe(|| job(conn))).unwrap_or_else(|_| Err(Error::internal("a database job panicked")))
}

fn lost_connection<T>(result: &Result<T>) -> bool {
    matches!(result, Err(error) if matches!(error.code(), Code::DatabaseUnavailable | Code::Internal))
}

/// A transaction whose answer waits for the commit.
pub trait WriteJob: Send {
    /// Does the work; true when it may be committed.
    fn run(&mut self, conn: &mut DbConn) -> bool;
    /// Whether the work ended because the connection is lost.
    fn lost_connection(&self) -> bool;
    /// Tells the caller, once the work is durable or is known not to be.
    fn answer(self: Box<Self>, committed: std::result::Result<(), String>);
}

/// How a transaction that went well ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Commit,
    TakeBack,
}

pub struct Write<T, F> {
    ending: Ending,
    job: Option<F>,
    turn: Turn,
    result: Result<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Write<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
{
    pub fn boxed(job: F, reply: oneshot::Sender<Result<T>>, turn: Turn, ending: Ending) -> Box<dyn WriteJob> {
        Box::new(Self { ending, job: Some(job), turn, result: Err(Error::of(Code::DatabaseUnavailable)), reply })
    }
}

impl<T, F> WriteJob for Write<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
{
    fn run(&mut self, conn: &mut DbConn) -> bool {
        // A caller that has gone before its turn gets nothing done.
        if let Some(job) = self.job.take().filter(|_| !self.reply.is_closed() && self.turn.take()) {
            self.result = guarded(job, conn);
        }
        self.result.is_ok() && self.ending == Ending::Commit
    }

    fn lost_connection(&self) -> bool {
        lost_connection(&self.result)
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), String>) {
        let result = match (self.result, committed) {
            (Ok(_), Err(cause)) => Err(Error::busy(Code::DatabaseUnavailable, 1).because(cause)),
            (result, _) => result,
        };
        self.reply.send(result).ok();
    }
}
