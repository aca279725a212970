//! What all requests share, and what one request knows of itself.

use super::limits::Limits;
use super::metrics::Metrics;
use super::routes::Route;
use crate::audit::Tx;
use crate::audit::journal::Journal;
use crate::auth::{Keys, Principal, Scope};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Id, Instant};
use crate::error::{Language, Result};
use crate::storage::Storage;
use crate::values::{Day, Enumeration};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Takes out of what a room holds beside a dossier whose case it was.
pub type Erase = fn(&mut Tx<'_>, &Scope, Id) -> Result<()>;

/// Puts in order what a room holds of two members, before all of the one becomes the other's.
pub type Reconcile = fn(&mut Tx<'_>, &Scope, from: Id, to: Id) -> Result<()>;

pub struct Server {
    pub db: Db,
    /// Where the bytes of files are kept.
    pub storage: Arc<dyn Storage>,
    pub keys: Keys,
    /// Where looks at what is confidential are recorded.
    pub journal: Journal,
    pub clock: Clock,
    pub config: Config,
    pub metrics: Metrics,
    pub limits: Limits,
    /// The contract as it is served.
    pub contract: bytes::Bytes,
    /// Every state machine as it is served.
    pub workflows: bytes::Bytes,
    /// Expansions that rooms offer.
    pub expander: super::Expander,
    /// What rooms forget when a dossier is anonymised.
    pub erasers: Vec<Erase>,
    /// What rooms put in order before two members are merged.
    pub reconcilers: Vec<Reconcile>,
    /// Every enumeration, with its labels.
    pub enumerations: &'static [Enumeration],
    /// Set when the server drains: `/readyz` then says so.
    pub draining: AtomicBool,
    /// Wakes the runner of long operations.
    pub work: Arc<tokio::sync::Notify>,
}

impl Server {
    pub fn now(&self) -> Instant {
        Instant(self.clock.now())
    }

    pub fn today(&self) -> Day {
        Day(self.clock.today())
    }
}

/// One request: who, from where, in which language, through which route.
pub struct Context {
    pub server: Arc<Server>,
    pub route: Arc<Route>,
    pub request_id: Id,
    pub language: Language,
    pub client: IpAddr,
    pub media: super::accept::Media,
    /// The caller and the rows the operation may touch; none on public routes.
    pub caller: Option<(Arc<Principal>, Scope)>,
}
