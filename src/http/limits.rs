//! How many requests one caller may make: a bucket per caller and cost class, refilled evenly over a minute.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::db::Id;

const SHARDS: usize = 16;
/// Buckets in a shard before full ones are forgotten.
const SHARD_MAX: usize = 4096;
const MINUTE: f64 = 60.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Read,
    Write,
    Export,
}

impl Class {
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Export => "export",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    User(Id),
    Address(IpAddr),
}

struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// What is left to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub class: Class,
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the next request would be let through, or until the bucket is full.
    pub reset: u32,
    pub exceeded: bool,
}

pub struct Limits {
    per_minute: u32,
    hasher: RandomState,
    shards: [Mutex<HashMap<(Client, Class), Bucket>>; SHARDS],
}

impl Limits {
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, hasher: RandomState::new(), shards: Default::default() }
    }

    pub fn limit(&self, class: Class) -> u32 {
        match class {
            Class::Read | Class::Write => self.per_minute,
            // An export may stand for thousands of pages.
            Class::Export => (self.per_minute / 20).max(1),
        }
    }

    /// Takes one request out of the caller's bucket.
    pub fn take(&self, client: Client, class: Class, now: Instant) -> Quota {
        self.change(client, class, now, 1.0)
    }

    /// Gives it back: an answer without a body is free.
    pub fn give_back(&self, client: Client, class: Class, now: Instant) -> Quota {
        self.change(client, class, now, -1.0)
    }

    fn change(&self, client: Client, class: Class, now: Instant, cost: f64) -> Quota {
        let limit = self.limit(class);
        let full = f64::from(limit);
        let shard = usize::try_from(self.hasher.hash_one(client)).unwrap_or(0) % SHARDS;
        let Some(shard) = self.shards.get(shard) else {
            return Quota { class, limit, remaining: limit, reset: 0, exceeded: false };
        };
        let mut buckets = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SHARD_MAX {
            buckets.retain(|_, bucket| now.duration_since(bucket.filled).as_secs_f64() < MINUTE);
        }
        let bucket = buckets.entry((client, class)).or_insert(Bucket { tokens: full, filled: now });
        let rate = full / MINUTE;
        let refilled = (bucket.tokens + now.saturating_duration_since(bucket.filled).as_secs_f64() * rate).min(full);
        let exceeded = refilled < cost;
        bucket.tokens = if exceeded { refilled } else { (refilled - cost).min(full) };
        bucket.filled = now;
        let wait = if bucket.tokens < 1.0 { (1.0 - bucket.tokens) / rate } else { (full - bucket.tokens) / rate };
        Quota { class, limit, remaining: whole(bucket.tokens), reset: whole(wait.ceil()), exceeded }
    }
}

/// The whole part of a number that is neither negative nor large.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_caller_gets_the_limit_and_then_one_request_per_interval() {
        let limits = Limits::new(60);
        let client = Client::Address(IpAddr::from([127, 0, 0, 1]));
        let start = Instant::now();
        assert!((0..60).all(|_| !limits.take(client, Class::Read, start).exceeded));
        let refused = limits.take(client, Class::Read, start);
        assert!(refused.exceeded);
        assert_eq!((refused.remaining, refused.reset), (0, 1));
        assert!(!limits.take(client, Class::Read, start + Duration::from_secs(1)).exceeded);
        assert!(!limits.take(client, Class::Write, start).exceeded, "classes have buckets of their own");
    }

    #[test]
    fn what_is_given_back_never_exceeds_the_limit() {
        let limits = Limits::new(60);
        let client = Client::Address(IpAddr::from([127, 0, 0, 1]));
        let now = Instant::now();
        limits.take(client, Class::Read, now);
        limits.give_back(client, Class::Read, now);
        assert_eq!(limits.give_back(client, Class::Read, now).remaining, 60);
    }
}
