//! How often logging in may fail: per account and address, per address, per account, in all. Counted in the database,
//! so that a restart forgives nothing; an address from which the account has signed in before is never shut out by
//! failures from elsewhere.

use super::model::Secret;
use crate::audit::Tx;
use crate::auth::{Keys, password, store};
use crate::db::{DbConn, Instant};
use crate::error::{Code, Error, Result};
use crate::http::Actor;
use chrono::Duration;
use std::net::IpAddr;

const WINDOW_MINUTES: i64 = 15;
const PER_PAIR: i32 = 5;
const PER_ADDRESS: i32 = 60;
const PER_ACCOUNT: i32 = 30;
const IN_ALL: i32 = 3000;

/// The buckets of one attempt; digests only, so that the table names nobody.
pub struct Attempt {
    place: Vec<u8>,
    buckets: [(Vec<u8>, i32, bool); 4],
}

impl Attempt {
    pub fn new(keys: &Keys, login: &str, address: IpAddr) -> Self {
        let network = network(address);
        let digest = |parts: &[&[u8]]| keys.digest(parts);
        Self {
            place: digest(&[b"place", login.as_bytes(), &network]),
            buckets: [
                (digest(&[b"pair", login.as_bytes(), &network]), PER_PAIR, true),
                (digest(&[b"address", &network]), PER_ADDRESS, true),
                (digest(&[b"account", login.as_bytes()]), PER_ACCOUNT, false),
                (digest(&[b"all"]), IN_ALL, false),
            ],
        }
    }

    /// Counts the attempt as failed before the password is looked at, so that many at once gain nothing.
    pub fn begin(&self, conn: &mut DbConn, now: Instant) -> Result<()> {
        let since = Instant(now.0 - Duration::minutes(WINDOW_MINUTES));
        let known = store::is_known_place(conn, &self.place)?;
        for (bucket, limit, binds_known_places) in &self.buckets {
            let (failures, started) = store::failures(conn, bucket, since)?;
            if failures >= *limit && (*binds_known_places || !known) {
                let until = started.unwrap_or(now).0 + Duration::minutes(WINDOW_MINUTES);
                let wait = u32::try_from((until - now.0).num_seconds()).unwrap_or(1).max(1);
                return Err(Error::busy(Code::LoginThrottled, wait));
            }
        }
        for (bucket, _, _) in &self.buckets {
            store::add_failure(conn, bucket, since, now)?;
        }
        Ok(())
    }

    /// The attempt was no failure: forgets those of this place, takes the others back by one.
    pub fn succeeded(&self, conn: &mut DbConn, now: Instant) -> Result<()> {
        for (at, (bucket, _, _)) in self.buckets.iter().enumerate() {
            if at == 0 {
                store::forget_failures(conn, bucket)?;
            } else {
                store::take_back_failure(conn, bucket)?;
            }
        }
        store::remember_place(conn, &self.place, now)
    }
}

/// A password that the caller gave once more, and that was right.
pub struct Confirmed {
    /// It counts as failed until it is said to have succeeded.
    pub attempt: Attempt,
    /// What the password was held against.
    pub hash: String,
}

/// Asks the caller's password once more, which counts failures as logging in does. What `first` refuses is no attempt.
pub async fn confirm<T, F>(actor: &Actor, given: (&'static str, &Secret), first: F) -> Result<(Confirmed, T)>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let attempt = Attempt::new(&actor.context.server.keys, &actor.principal.login, actor.context.client);
    let (user_id, (pointer, secret)) = (actor.principal.user_id, given);
    let begun = actor.write(false, move |tx, _| {
        let found = first(tx)?;
        attempt.begin(tx.conn, tx.now)?;
        let hash = store::find_user(tx.conn, user_id)?.ok_or_else(Error::not_found)?.password_hash;
        Ok((Confirmed { attempt, hash }, found))
    });
    let (confirmed, found) = begun.await?;
    if !password::verify(secret.reveal().to_owned(), Some(confirmed.hash.clone())).await? {
        return Err(Error::field(pointer, Code::PasswordWrong));
    }
    Ok((confirmed, found))
}

/// An address, or the network of 64 bits that one IPv6 subscriber has to himself.
fn network(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().iter().take(8).copied().collect(),
    }
}
