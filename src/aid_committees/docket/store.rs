//! Queries on dockets.

use super::model::{DocketBrief, DocketFilters, DocketKind, DocketStatus, Pseudonym, VoteChoice};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{aid_docket_items as items, financial_aid_requests};
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, insert_all};
use crate::error::{Code, Error, Result};
use crate::values::{Day, DepartmentCode, Money};
use crate::workflow::Reason;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = items, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ItemRow {
    pub id: Id,
    pub session_id: Id,
    pub committee_id: Id,
    pub department_code: DepartmentCode,
    /// Whose it is follows from this alone.
    pub request_id: Id,
    pub pseudonym: Pseudonym,
    pub kind: DocketKind,
    pub status: DocketStatus,
    pub brief: Option<Json<DocketBrief>>,
    pub votes_for: i32,
    pub votes_against: i32,
    pub abstentions: i32,
    pub chair_choice: Option<VoteChoice>,
    pub granted_cents: Option<Money>,
    pub motivation: Option<Reason>,
    pub decided_on: Option<Day>,
    pub decided_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What is still to be decided in a session.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Undecided {
    pub session_id: Id,
    pub id: Id,
    pub pseudonym: Pseudonym,
    pub kind: DocketKind,
}

impl Undecided {
    pub fn is_ratification(&self) -> bool {
        self.kind == DocketKind::Ratification
    }
}

type Boxed<'a> = items::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, session_id: Id, filters: &DocketFilters) -> Boxed<'a> {
    let DocketFilters { status, kind } = filters;
    let mut query = items::table.into_boxed().filter(scope.aid_docket_items()).filter(items::session_id.eq(session_id));
    if let Some(statuses) = status {
        query = among!(query, items::status, statuses.clone());
    }
    if let Some(kinds) = kind {
        query = among!(query, items::kind, kinds.clone());
    }
    query
}

/// What the caller sees of a docket, by number.
pub fn list(conn: &mut DbConn, scope: &Scope, session_id: Id, filters: &DocketFilters, slice: &Slice) -> Result<Vec<ItemRow>> {
    let query = filtered(scope, session_id, filters).select(ItemRow::as_select());
    let page = keyset!(query, slice, items::id, { "number" => (items::pseudonym, text) });
    Ok(page.load(conn)?)
}

pub fn position(row: &ItemRow) -> Position {
    Position { key: Key::from(row.pseudonym.as_str()), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, session_id: Id, filters: &DocketFilters) -> Result<i64> {
    Ok(filtered(scope, session_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<ItemRow> {
    let visible = items::table.into_boxed().filter(scope.aid_docket_items());
    Ok(visible.filter(items::id.eq(id)).select(ItemRow::as_select()).first(conn)?)
}

/// All of a session that was found, by number: also what a wall keeps from the caller.
pub fn of_session(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<Vec<ItemRow>> {
    Ok(items::table.filter(items::session_id.eq(session_id)).order(items::pseudonym).select(ItemRow::as_select()).load(conn)?)
}

/// What is still to be decided in sessions that were found.
pub fn undecided(conn: &mut DbConn, _found_in: &Scope, sessions: Vec<Id>) -> Result<Vec<Undecided>> {
    let listed = items::table.filter(items::status.eq(DocketStatus::Listed)).into_boxed();
    let of = among!(listed, items::session_id, sessions).order(items::pseudonym);
    Ok(of.select((items::session_id, items::id, items::pseudonym, items::kind)).load(conn)?)
}

/// Urgent grants of a department that wait for their ratification on no docket.
pub fn unratified(conn: &mut DbConn, _found_in: &Scope, department: &DepartmentCode) -> Result<Vec<Id>> {
    use diesel::dsl::{exists, not};
    let listed = items::table.filter(items::request_id.eq(financial_aid_requests::id).and(items::status.eq(DocketStatus::Listed)));
    let waiting = financial_aid_requests::department_code.eq(department.as_str()).and(financial_aid_requests::status.eq("granted_urgently"));
    let waiting = financial_aid_requests::table.filter(waiting.and(not(exists(listed))));
    Ok(waiting.order((financial_aid_requests::created_at, financial_aid_requests::id)).select(financial_aid_requests::id).load(conn)?)
}

/// Stores what is new on the docket of a session that is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, rows: Vec<ItemRow>) -> Result<()> {
    insert_all!(tx.conn, items::table, rows);
    Ok(())
}

/// Counts a vote on what is undecided, once or, with -1, no more; its session is locked.
pub fn count_vote(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id, (choice, more): (VoteChoice, i32), by_chair: bool) -> Result<()> {
    let listed = items::table.find(id).filter(items::status.eq(DocketStatus::Listed));
    let counted = match choice {
        VoteChoice::For => diesel::update(listed).set(items::votes_for.eq(items::votes_for + more)).execute(tx.conn)?,
        VoteChoice::Against => diesel::update(listed).set(items::votes_against.eq(items::votes_against + more)).execute(tx.conn)?,
        VoteChoice::Abstain => diesel::update(listed).set(items::abstentions.eq(items::abstentions + more)).execute(tx.conn)?,
    };
    if counted != 1 {
        return Err(Error::of(Code::DocketItemDecided));
    }
    if by_chair {
        let chair = (more > 0).then_some(choice);
        diesel::update(items::table.find(id)).set(items::chair_choice.eq(chair)).execute(tx.conn)?;
    }
    Ok(())
}

/// Stores the row as its next version, if its current version and state still are among those it was made from.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: ItemRow, from: &[DocketStatus]) -> Result<ItemRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = items::table.find(row.id).filter(items::version.eq(seen).and(items::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the words and the sums out of what stood on dockets of a request that is anonymised; gives the ids.
pub fn forget(tx: &mut Tx<'_>, _found_in: &Scope, request_id: Id) -> Result<Vec<Id>> {
    let of = || items::table.filter(items::request_id.eq(request_id));
    diesel::update(of()).set((items::brief.eq(None::<Json<DocketBrief>>), items::motivation.eq(None::<Reason>))).execute(tx.conn)?;
    Ok(of().select(items::id).load(tx.conn)?)
}
