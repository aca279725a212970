//! Queries on digests and on the mails that they become.

use super::model::{ATTEMPTS, KEPT_DAYS, MailLanguage, Outcome, pause};
use crate::audit::{self, Tx};
use crate::auth::Scope;
use crate::db::schema::{digest_mails, digests};
use crate::db::search::Written;
use crate::db::{DbConn, Id, Instant, insert_unless_taken, optional};
use crate::error::{Code, Error, Result};
use crate::values::{Day, Email};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = digests, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DigestRow {
    pub id: Id,
    pub user_id: Id,
    pub enabled: bool,
    pub email: Option<Email>,
    pub language: MailLanguage,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl DigestRow {
    /// The version of what nobody has said anything of: it has no row.
    pub const UNSAID: i32 = 1;

    fn unsaid(user_id: Id, now: Instant) -> Self {
        let (version, language) = (Self::UNSAID, MailLanguage::Fr);
        Self { id: Id::new(), user_id, enabled: false, email: None, language, version, created_at: now, updated_at: now }
    }
}

/// A mail on its way.
#[derive(Debug, Clone, Copy, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = digest_mails)]
pub struct MailRow {
    pub id: Id,
    pub user_id: Id,
    pub day: Day,
    pub attempts: i32,
}

/// The digest of an account: off, until its owner says otherwise.
pub fn find(conn: &mut DbConn, _of_owner: &Scope, user_id: Id, now: Instant) -> Result<DigestRow> {
    let found = optional(digests::table.filter(digests::user_id.eq(user_id)).select(DigestRow::as_select()).first(conn))?;
    Ok(found.unwrap_or_else(|| DigestRow::unsaid(user_id, now)))
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn keep(tx: &mut Tx<'_>, _of_owner: &Scope, mut row: DigestRow) -> Result<DigestRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let kept = if seen == DigestRow::UNSAID {
        insert_unless_taken!(&mut *tx.conn, digests::table, &row)?
    } else {
        diesel::update(digests::table.find(row.id).filter(digests::version.eq(seen))).set(&row).execute(tx.conn)?
    };
    if kept == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Forgets the addresses that a digest had: they stay in none of its versions.
pub fn forget_addresses(tx: &mut Tx<'_>, of_owner: &Scope, id: Id) -> Result<()> {
    audit::scrub(tx, of_owner, id, |view| {
        if let Some(email) = view.get_mut("email") {
            *email = Value::Null;
        }
    })
}

/// Accounts that want the mail of a day and for which none is on its way.
pub fn unqueued(conn: &mut DbConn, _everywhere: &Scope, day: Day, limit: i64) -> Result<Vec<Id>> {
    let there = digest_mails::table.filter(digest_mails::day.eq(day).and(digest_mails::user_id.eq(digests::user_id)));
    let wanted = digests::table.filter(digests::enabled.eq(true).and(not(exists(there))));
    Ok(wanted.order(digests::user_id).limit(limit).select(digests::user_id).load(conn)?)
}

/// Puts the mail of a day on its way to each account that has none of that day; those of days before that never left are no longer needed.
pub fn queue(conn: &mut DbConn, _everywhere: &Scope, user_ids: Vec<Id>, day: Day, now: Instant) -> Result<()> {
    let earlier = digest_mails::table.filter(digest_mails::user_id.eq_any(user_ids.clone()).and(digest_mails::day.lt(day))).filter(queued());
    diesel::update(earlier).set((digest_mails::status.eq("dropped"), digest_mails::updated_at.eq(now))).execute(conn)?;
    for user_id in user_ids {
        let mail = MailRow { id: Id::new(), user_id, day, attempts: 0 };
        let new = (digest_mails::status.eq("queued"), digest_mails::next_at.eq(now), digest_mails::created_at.eq(now), digest_mails::updated_at.eq(now));
        insert_unless_taken!(&mut *conn, digest_mails::table, (mail, new))?;
    }
    Ok(())
}

/// The state is written out, as the partial index has it.
fn queued() -> Written {
    Written::default().sql("digest_mails.status = 'queued'")
}

/// Mails that may be tried now, the one that waits longest first.
pub fn due(conn: &mut DbConn, _everywhere: &Scope, now: Instant, limit: i64) -> Result<Vec<Id>> {
    let due = digest_mails::table.filter(queued()).filter(digest_mails::next_at.le(now));
    Ok(due.order((digest_mails::next_at, digest_mails::id)).limit(limit).select(digest_mails::id).load(conn)?)
}

/// Takes a mail in hand, unless another server did since it was looked for: until it is due again nobody else tries it.
pub fn claim(conn: &mut DbConn, _everywhere: &Scope, id: Id, now: Instant) -> Result<Option<MailRow>> {
    let mail: MailRow = digest_mails::table.find(id).select(MailRow::as_select()).first(conn)?;
    let attempts = mail.attempts + 1;
    let next_at = Instant(now.0 + chrono::Duration::minutes(pause(attempts)));
    let free = digest_mails::table.find(id).filter(queued()).filter(digest_mails::attempts.eq(mail.attempts).and(digest_mails::next_at.le(now)));
    let taken = (digest_mails::attempts.eq(attempts), digest_mails::next_at.eq(next_at), digest_mails::updated_at.eq(now));
    let claimed = diesel::update(free).set(taken).execute(conn)? == 1;
    Ok(claimed.then_some(MailRow { attempts, ..mail }))
}

/// Stores what became of a mail that this server has in hand; tells what that means for it.
pub fn settle(conn: &mut DbConn, _everywhere: &Scope, mail: MailRow, outcome: Outcome, now: Instant) -> Result<Outcome> {
    let outcome = if outcome == Outcome::Failed && mail.attempts >= ATTEMPTS { Outcome::Dead } else { outcome };
    if outcome != Outcome::Failed {
        let held = digest_mails::table.find(mail.id).filter(queued());
        diesel::update(held).set((digest_mails::status.eq(outcome.as_str()), digest_mails::updated_at.eq(now))).execute(conn)?;
    }
    Ok(outcome)
}

/// How many mails no server has taken yet.
pub fn count_queued(conn: &mut DbConn, _everywhere: &Scope) -> Result<i64> {
    Ok(digest_mails::table.filter(queued()).count().get_result(conn)?)
}

/// Forgets mails of long ago.
pub fn sweep(conn: &mut DbConn, _everywhere: &Scope, today: Day) -> Result<()> {
    diesel::delete(digest_mails::table.filter(digest_mails::day.lt(today.plus(-KEPT_DAYS)))).execute(conn)?;
    Ok(())
}
