//! Queries on dossiers.

use super::circumstances::{CoverEvidence, FactsSnapshot};
use super::derived::{Derived, DossierPath};
use super::filtering::filtered;
use super::lifecycle::Derogation;
use super::model::{
    ContactChannel, ContextTag, DossierFilters, DossierKind, DossierReference, DossierStatus, DossierWarning, MemberQuality, Outcome, OutcomeForMember, Place,
    SolidarityStatus, Summary, Urgency,
};
use super::motives::model::MotiveCode;
use crate::audit::Tx;
use crate::auth::{Confidentiality, PermitFact, PermitKind, Scope, WallFact, WallKind};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossier_permits, dossier_walls, dossiers};
use crate::db::{DbConn, Id, Instant, Json, Kept, MultiBackend, Prepared, among, columns_of, direct, on_conflict};
use crate::error::{Code, Error, Result};
use crate::values::{Day, DepartmentCode};
use crate::workflow::Reason;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = dossiers, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DossierRow {
    pub id: Id,
    pub reference: DossierReference,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub school_year: i32,
    pub member_id: Option<Id>,
    pub establishment_id: Option<Id>,
    pub kind: DossierKind,
    pub member_quality: MemberQuality,
    pub channel: ContactChannel,
    pub urgency: Urgency,
    pub confidentiality: Confidentiality,
    pub status: DossierStatus,
    pub referent_id: Option<Id>,
    pub opened_on: Day,
    pub case_order: String,
    pub facts_on: Day,
    pub facts_end_on: Option<Day>,
    pub place: Option<Place>,
    pub summary: Option<Summary>,
    pub felt_as_aggression: bool,
    pub contexts: Json<Vec<ContextTag>>,
    pub motive_code: MotiveCode,
    pub secondary_motive_codes: Json<Vec<MotiveCode>>,
    pub nomenclature_version: i32,
    pub facts_snapshot: Json<FactsSnapshot>,
    pub warnings: Json<Vec<DossierWarning>>,
    pub warning_reason: Option<Reason>,
    pub cover: Option<Json<CoverEvidence>>,
    pub derogation: Option<Json<Derogation>>,
    pub outcome: Option<Outcome>,
    pub outcome_for_member: Option<OutcomeForMember>,
    pub closed_on: Option<Day>,
    pub first_closed_on: Option<Day>,
    pub review_on: Option<Day>,
    pub retention_due_on: Option<Day>,
    /// Kept by the holds themselves, whose writing never raises the version.
    #[diesel(skip_update)]
    pub on_legal_hold: bool,
    pub unarchived_until: Option<Day>,
    /// Kept by the decisions on cover, in the same way.
    #[diesel(skip_update)]
    pub solidarity_status: Option<SolidarityStatus>,
    /// The four are kept by what they follow from, in the same way: see `derived`.
    #[diesel(skip_update)]
    pub complaint_filed: bool,
    #[diesel(skip_update)]
    pub counsel_involved: bool,
    #[diesel(skip_update)]
    pub judicialised: bool,
    #[diesel(skip_update)]
    pub path: DossierPath,
    pub incident_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl DossierRow {
    /// Shows what follows now from what lies under it, and is stored already.
    pub fn follow(&mut self, derived: Derived) {
        let Derived { complaint_filed, counsel_involved, judicialised, path } = derived;
        (self.complaint_filed, self.counsel_involved, self.judicialised, self.path) = (complaint_filed, counsel_involved, judicialised, path);
    }
}

/// What the policy must know of a dossier beside its row.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub walls: Vec<WallFact>,
    pub permits: Vec<PermitFact>,
}

pub(super) type Boxed<'a> = dossiers::BoxedQuery<'a, MultiBackend>;

pub(super) fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    dossiers::table.into_boxed().filter(scope.dossiers())
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &DossierFilters, slice: &Slice) -> Result<Vec<DossierRow>> {
    let query = filtered(conn.engine(), scope, filters).select(columns_of::<DossierRow>());
    let page = keyset!(query, slice, dossiers::id, {
        "opened" => (dossiers::opened_on, day),
        "updated" => (dossiers::updated_at, instant),
        "reference" => (dossiers::reference, text),
        "month" => (dossiers::case_order, text),
        "complaint_filed" => (dossiers::complaint_filed, flag),
        "counsel_involved" => (dossiers::counsel_involved, flag),
        "judicialised" => (dossiers::judicialised, flag),
        "path" => (dossiers::path, text),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &DossierRow, sort: &str) -> Position {
    let key = match sort {
        "updated" => Key::from(row.updated_at),
        "reference" => Key::from(row.reference.as_str()),
        "month" => Key::from(row.case_order.as_str()),
        "complaint_filed" => Key::from(row.complaint_filed),
        "counsel_involved" => Key::from(row.counsel_involved),
        "judicialised" => Key::from(row.judicialised),
        "path" => Key::from(row.path.as_str()),
        _ => Key::from(row.opened_on),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &DossierFilters) -> Result<i64> {
    Ok(filtered(conn.engine(), scope, filters).count().get_result(conn)?)
}

/// The dossiers of an incident that was found.
pub fn list_of_incident(conn: &mut DbConn, scope: &Scope, incident_id: Id, slice: &Slice) -> Result<Vec<DossierRow>> {
    let query = visible(scope).filter(dossiers::incident_id.eq(incident_id)).select(columns_of::<DossierRow>());
    let page = keyset!(query, slice, dossiers::id, { "opened" => (dossiers::opened_on, day) });
    Ok(page.load(conn)?)
}

pub fn count_of_incident(conn: &mut DbConn, scope: &Scope, incident_id: Id) -> Result<i64> {
    Ok(visible(scope).filter(dossiers::incident_id.eq(incident_id)).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<DossierRow> {
    Ok(Kept::new(visible(scope).filter(dossiers::id.eq(id)).select(columns_of::<DossierRow>())).get_result(conn)?)
}

pub fn find_by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<Vec<DossierRow>> {
    Ok(Kept::new(among!(visible(scope), dossiers::id, ids).select(columns_of::<DossierRow>())).load(conn)?)
}

/// The walls around dossiers that were found, and what opens them to single persons.
pub fn facts(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<HashMap<Id, Facts>> {
    let mut facts: HashMap<Id, Facts> = HashMap::new();
    let walls = dossier_walls::table.filter(dossier_walls::dossier_id.eq_any(ids.clone()));
    let columns = (dossier_walls::dossier_id, dossier_walls::kind, dossier_walls::user_id, dossier_walls::member_id);
    for (id, kind, user_id, member_id) in walls.select(columns).load::<(Id, WallKind, Option<Id>, Option<Id>)>(conn)? {
        facts.entry(id).or_default().walls.push(WallFact { kind, user_id, member_id });
    }
    let permits = dossier_permits::table.filter(dossier_permits::dossier_id.eq_any(ids)).order(dossier_permits::id);
    let columns = (dossier_permits::dossier_id, dossier_permits::kind, dossier_permits::user_id, dossier_permits::expires_at, dossier_permits::ended_at);
    for (id, kind, user_id, expires_at, ended_at) in permits.select(columns).load::<(Id, PermitKind, Id, Option<Instant>, Option<Instant>)>(conn)? {
        facts.entry(id).or_default().permits.push(PermitFact { kind, user_id, expires_at, ended_at });
    }
    Ok(facts)
}

/// `facts` as far as this caller's sight hangs on them: what was found by a department alone was found behind no wall.
pub fn facts_beside(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<HashMap<Id, Facts>> {
    if scope.veiled().is_none() && scope.permits().is_empty() { Ok(HashMap::new()) } else { facts(conn, scope, ids) }
}

pub fn facts_of(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Facts> {
    Ok(facts_beside(conn, scope, vec![id])?.remove(&id).unwrap_or_default())
}

/// Puts up a wall: later rooms bring the facts.
pub fn build_wall(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id, wall: WallFact) -> Result<Id> {
    let id = Id::new();
    let row = (dossier_walls::id.eq(id), dossier_walls::dossier_id.eq(dossier_id), dossier_walls::since.eq(tx.now));
    let WallFact { kind, user_id, member_id } = wall;
    let against = (dossier_walls::kind.eq(kind), dossier_walls::user_id.eq(user_id), dossier_walls::member_id.eq(member_id));
    diesel::insert_into(dossier_walls::table).values((row, against)).execute(tx.conn)?;
    Ok(id)
}

/// Forgets whom the walls around a dossier kept away.
pub fn forget_walls(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<()> {
    diesel::delete(dossier_walls::table.filter(dossier_walls::dossier_id.eq(dossier_id))).execute(tx.conn)?;
    Ok(())
}

/// Stores a new dossier of a department in the scope.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: DossierRow) -> Result<DossierRow> {
    if !scope.covers_department(Some(row.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    let inserted = direct!(&mut *tx.conn, |conn| diesel::insert_into(dossiers::table).values(&row).execute(conn));
    on_conflict(inserted, Code::ConstraintViolated)?;
    Ok(row)
}

/// What must hold besides the state for a dossier to move on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unless {
    Never,
    OnHold,
}

/// Stores the row as its next version, if its current version and state still are among those it was made from. A hold placed in
/// between stops what must not happen under it: the condition stands in the statement.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, mut row: DossierRow, from: &[DossierStatus], unless: Unless) -> Result<DossierRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let states: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
    let current = dossiers::table.find(row.id).filter(dossiers::version.eq(seen).and(dossiers::status.eq_any(states)));
    let updated = match unless {
        Unless::Never => direct!(&mut *tx.conn, |conn| Prepared(diesel::update(current).set(&row).returning(dossiers::id)).load::<Id>(conn))?.len(),
        Unless::OnHold => diesel::update(current.filter(dossiers::on_legal_hold.eq(false))).set(&row).execute(tx.conn)?,
    };
    match updated {
        1 => Ok(row),
        _ if unless == Unless::OnHold && is_held(tx.conn, scope, row.id)? => Err(Error::of(Code::DossierOnHold)),
        _ => Err(Error::of(Code::VersionStale)),
    }
}

fn is_held(conn: &mut DbConn, _found_in: &Scope, id: Id) -> Result<bool> {
    Ok(dossiers::table.find(id).select(dossiers::on_legal_hold).first(conn)?)
}

/// Makes the writers of what lies under one dossier take turns, until the end of their transaction; the row is read once it is
/// locked.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<DossierRow> {
    let locked = diesel::update(dossiers::table.find(id)).set(dossiers::on_legal_hold.eq(dossiers::on_legal_hold));
    direct!(&mut *tx.conn, |conn| Prepared(locked.returning(dossiers::id)).load::<Id>(conn))?;
    find(tx.conn, scope, id)
}

/// `lock` for whoever writes what belongs to the work: refused unless the dossier is open, also to whoever waited while it ended.
pub fn lock_open(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<DossierRow> {
    let open = dossiers::table.find(id).filter(dossiers::status.eq_any(DossierStatus::OPEN));
    match diesel::update(open).set(dossiers::on_legal_hold.eq(dossiers::on_legal_hold)).execute(tx.conn)? {
        1 => find(tx.conn, scope, id),
        _ => Err(Error::of(Code::DossierNotOpen)),
    }
}

/// The same for a lawyer, who does not see the dossier before the proposal is accepted. Tells its department.
pub fn lock_open_unseen(tx: &mut Tx<'_>, _found_in: &Scope, id: Id) -> Result<DepartmentCode> {
    let open = dossiers::table.find(id).filter(dossiers::status.eq_any(DossierStatus::OPEN));
    if diesel::update(open).set(dossiers::on_legal_hold.eq(dossiers::on_legal_hold)).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::DossierNotOpen));
    }
    Ok(dossiers::table.find(id).select(dossiers::department_code).first(tx.conn)?)
}

/// Says of a locked dossier whether it must be kept.
pub fn set_hold(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id, held: bool) -> Result<()> {
    diesel::update(dossiers::table.find(id)).set(dossiers::on_legal_hold.eq(held)).execute(tx.conn)?;
    Ok(())
}
