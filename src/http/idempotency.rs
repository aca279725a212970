//! Replies to repeated requests, stored in the transaction of the change they tell of.

use super::Reply;
use crate::db::schema::idempotency_records as records;
use crate::db::{DbConn, Id, Instant, Json, Prepared, direct, insert_unless_taken, optional};
use crate::error::{Code, Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// Days for which a reply is kept.
const KEPT_DAYS: i64 = 7;

/// Whose key for what, and the digest of the body it came with.
#[derive(Debug, Clone)]
pub struct Claim {
    pub caller_id: Id,
    pub operation: String,
    pub key: String,
    pub digest: Vec<u8>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Headers {
    etag: Option<String>,
    location: Option<String>,
}

type Row = (Vec<u8>, Option<i32>, Option<Json<Headers>>, Option<Vec<u8>>, Option<Id>);

/// Takes the key, or gives the reply stored under it. A transaction that holds the key is waited for.
pub fn claim(conn: &mut DbConn, claim: &Claim, now: Instant) -> Result<Option<Reply>> {
    let expires_at = Instant(now.0 + chrono::Duration::days(KEPT_DAYS));
    let row = (
        records::caller_id.eq(claim.caller_id),
        records::operation.eq(&claim.operation),
        records::key.eq(&claim.key),
        records::body_digest.eq(&claim.digest),
        records::expires_at.eq(expires_at),
    );
    let inserted = insert_unless_taken!(conn, records::table, row).map_err(|error| {
        let error = Error::from(error);
        // The lock that was waited for too long is the other request's.
        if error.code() == Code::Overloaded { Error::busy(Code::IdempotencyInProgress, 1) } else { error }
    })?;
    if inserted == 1 {
        return Ok(None);
    }
    // Past its time and not swept yet: the key is free.
    let expired = find(claim).filter(records::expires_at.lt(now));
    let fresh = (records::body_digest.eq(&claim.digest), records::expires_at.eq(expires_at), records::status.eq(None::<i32>));
    if diesel::update(expired).set(fresh).execute(conn)? == 1 {
        return Ok(None);
    }
    let found: Option<Row> =
        optional(find(claim).select((records::body_digest, records::status, records::headers, records::body, records::subject_id)).first(conn))?;
    match found {
        Some((digest, ..)) if digest != claim.digest => Err(Error::of(Code::IdempotencyKeyReused)),
        Some((_, Some(status), Some(Json(Headers { etag, location })), Some(body), subject)) => {
            Ok(Some(Reply { status: u16::try_from(status).unwrap_or(200), etag, location, body, subject }))
        }
        _ => Err(Error::busy(Code::IdempotencyInProgress, 1)),
    }
}

/// Stores the reply under the key taken before.
pub fn keep(conn: &mut DbConn, claim: &Claim, reply: &Reply) -> Result<()> {
    let headers = Headers { etag: reply.etag.clone(), location: reply.location.clone() };
    let stored =
        (records::status.eq(i32::from(reply.status)), records::headers.eq(Json(headers)), records::body.eq(&reply.body), records::subject_id.eq(reply.subject));
    direct!(conn, |conn| Prepared(diesel::update(find(claim)).set(stored).returning(records::expires_at)).get_result::<Instant>(conn))?;
    Ok(())
}

/// Takes out of the stored replies that tell of a resource what `scrub` takes out of their bodies.
pub fn scrub(conn: &mut DbConn, subject_id: Id, scrub: impl Fn(&mut serde_json::Value)) -> Result<()> {
    type Stored = (Id, String, String, Vec<u8>);
    let told = records::table.filter(records::subject_id.eq(subject_id).and(records::body.is_not_null()));
    let stored: Vec<Stored> = told.select((records::caller_id, records::operation, records::key, records::body.assume_not_null())).load(conn)?;
    for (caller_id, operation, key, body) in stored {
        let mut value = serde_json::from_slice(&body).map_err(Error::internal)?;
        scrub(&mut value);
        let body = serde_json::to_vec(&value).map_err(Error::internal)?;
        diesel::update(records::table.find((caller_id, operation, key))).set(records::body.eq(body)).execute(conn)?;
    }
    Ok(())
}

/// Forgets what is past its time.
pub fn sweep(conn: &mut DbConn, now: Instant) -> Result<usize> {
    Ok(diesel::delete(records::table.filter(records::expires_at.lt(now))).execute(conn)?)
}

#[diesel::dsl::auto_type]
fn find<'a>(claim: &'a Claim) -> _ {
    let caller_id: Id = claim.caller_id;
    let key: &'a str = &claim.key;
    let operation: &'a str = &claim.operation;
    records::table.find((caller_id, operation, key))
}
