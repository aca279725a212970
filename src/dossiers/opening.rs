//! Opening a dossier: what it refers to, what is odd about it, and what was true on the day of the facts.

use super::bodies::{CardOfMember, FactsInput, OpenDossier};
use super::circumstances::{Circumstances, FactsDays, evidence};
use super::conflicts;
use super::conflicts::detection::{self, Found, Standing};
use super::derived::DossierPath;
use super::lifecycle::Means;
use super::model::{ContextTag, DossierKind, DossierReference, DossierStatus, DossierWarning, Urgency, month_of};
use super::motives::model::{MotiveCode, in_force};
use super::parties::identity::Marks;
use super::store::{self, DossierRow};
use crate::associations;
use crate::audit::Tx;
use crate::auth::keys::random;
use crate::auth::{Confidentiality, Role, Scope};
use crate::db::{DbConn, Id, Json, counters};
use crate::error::{Code, Error, Flaw, Issue, Place, Result};
use crate::establishments;
use crate::establishments::store::EstablishmentRow;
use crate::http::Actor;
use crate::members;
use crate::members::store::MemberRow;
use crate::values::{Day, DepartmentCode};

/// What a body may refer to.
pub struct Reach {
    pub members: Scope,
    /// Members of any department, to who knows their number and date of birth.
    pub anybody: Scope,
    pub directory: Scope,
    pub associations: Scope,
    pub incidents: Scope,
}

impl Reach {
    pub fn of(actor: &Actor) -> Self {
        Self {
            members: actor.scope_through("members_retrieve"),
            anybody: actor.scope_through("members_card"),
            directory: actor.scope_through("establishments_retrieve"),
            associations: actor.scope_through("associations_retrieve"),
            incidents: actor.scope_through("incidents_retrieve"),
        }
    }

    /// The member of a dossier that was found.
    pub fn member_of(&self, conn: &mut DbConn, row: &DossierRow) -> Result<MemberRow> {
        members::store::find(conn, &self.anybody, row.member_id.ok_or_else(Error::not_found)?)
    }
}

const CASEWORKERS: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer];

/// Why a user cannot be the referent of a dossier of a department: without a grant there, or because the case is their own.
pub fn referent_flaw(
    conn: &mut DbConn,
    _found_in: &Scope,
    user_id: Id,
    (department, member_id): (&DepartmentCode, Option<Id>),
    today: Day,
) -> Result<Option<Flaw>> {
    if !crate::auth::store::works_in(conn, user_id, CASEWORKERS, department, today)? {
        return Ok(Some(Code::ReferenceNotFound.into()));
    }
    let own = crate::auth::store::member_of_user(conn, user_id)?;
    Ok((own.is_some() && own == member_id).then(|| Code::ReferentOwnCase.into()))
}

pub(super) fn at(issues: &mut Vec<Issue>, pointer: &str, flaw: impl Into<Flaw>) {
    issues.push(flaw.into().at(Place::Pointer(pointer.to_owned())));
}

/// Opens a dossier, or tells everything that stands in its way.
pub fn open(tx: &mut Tx<'_>, scope: &Scope, means: &Means, body: OpenDossier) -> Result<DossierRow> {
    let Draft { row, member } = draft(tx, scope, means, body, None, Vec::new())?;
    let opposed = detection::look(tx, scope, Standing::For { dossier_id: row.id }, &Marks::of_member(&member))?;
    let row = enter(tx, scope, row, &opposed)?;
    bar_referent(tx, scope, &row)?;
    Ok(row)
}

/// Stores a dossier that was drafted, and whom its member opposes.
pub(super) fn enter(tx: &mut Tx<'_>, scope: &Scope, row: DossierRow, opposed: &Found) -> Result<DossierRow> {
    let row = store::insert(tx, scope, row)?;
    detection::settle(tx, scope, opposed)?;
    Ok(row)
}

/// Refuses the referent of a new dossier who is in charge of one that opposes it.
pub(super) fn bar_referent(tx: &mut Tx<'_>, scope: &Scope, row: &DossierRow) -> Result<()> {
    let Some(user_id) = row.referent_id else { return Ok(()) };
    conflicts::barring::bar(tx, scope, row.id, user_id).map_err(|error| error.at("/referent_id"))
}

/// The member whom a body names, as far as the caller may refer to them.
fn find_member(conn: &mut DbConn, reach: &Reach, id: Option<Id>, card: Option<CardOfMember>, issues: &mut Vec<Issue>) -> Result<Option<MemberRow>> {
    let (member, pointer) = match (id, card) {
        (None, Some(card)) => (members::store::find_by_card(conn, &reach.anybody, &card.member_number, card.birth_date)?, "/member_card"),
        (id, _) => (id.map(|id| members::store::find_by_ids(conn, &reach.members, vec![id])).transpose()?.and_then(|mut found| found.pop()), "/member_id"),
    };
    if member.is_none() {
        at(issues, pointer, Code::ReferenceNotFound);
    }
    Ok(member)
}

/// A dossier that nothing stands in the way of, with the record of its member.
pub(super) struct Draft {
    pub row: DossierRow,
    pub member: MemberRow,
}

/// Looks at all that a dossier refers to: its member is the one whom the body names, or one that was found. What was seen to be wrong
/// before is told with what is now.
pub(super) fn draft(tx: &mut Tx<'_>, scope: &Scope, means: &Means, body: OpenDossier, found: Option<MemberRow>, mut issues: Vec<Issue>) -> Result<Draft> {
    let OpenDossier { member_id, member_card, establishment_id, association_id, kind, member_quality, channel, urgency, confidentiality, .. } = body;
    let OpenDossier { referent_id, facts, motive_code, secondary_motive_codes, warning_reason, .. } = body;
    let today = means.today;
    let member = match found {
        Some(member) => Some(member),
        None => find_member(tx.conn, &means.reach, member_id, member_card, &mut issues)?,
    };
    let association = match associations::store::find_own(tx.conn, scope, association_id)? {
        Ok(found) => Some(found),
        Err(code) => {
            at(&mut issues, "/association_id", code);
            None
        }
    };
    let establishment = find_establishment(tx.conn, means, establishment_id, &mut issues)?;
    let secondary = secondary_motive_codes.unwrap_or_default();
    let nomenclature_version = check_motives(&motive_code, &secondary, today, &mut issues);
    let FactsInput { date, end_date, place, summary, felt_as_aggression, contexts, incident_id } = facts;
    let contexts = contexts.unwrap_or_default();
    let days = FactsDays { from: date, to: end_date.unwrap_or(date) };
    check_days(days, end_date.is_some(), today, &mut issues);
    check_contexts(&contexts, days, &mut issues);
    let incident_department = find_incident(tx.conn, means, incident_id, &mut issues)?;
    let level = confidentiality.unwrap_or(Confidentiality::Standard);
    if let Some((_, department)) = &association {
        check_level(scope, department, level, &mut issues);
        if let Some(user_id) = referent_id
            && let Some(flaw) = referent_flaw(tx.conn, scope, user_id, (department, member.as_ref().map(|member| member.id)), today)?
        {
            at(&mut issues, "/referent_id", flaw);
        }
    }
    let (Some(member), Some((association, department_code))) = (member, association) else { return Err(Error::invalid(issues)) };
    let Circumstances { snapshot, mut warnings } =
        Circumstances::read(tx.conn, scope, (&member, establishment.as_ref(), &department_code), days, nomenclature_version)?;
    warnings.extend(elsewhere(incident_department.as_ref(), &department_code));
    if warning_reason.is_none() {
        check_explained(&warnings, &mut issues);
    }
    if !issues.is_empty() {
        return Err(Error::invalid(issues));
    }
    lock(tx, &means.reach, &member, establishment.as_ref())?;
    let cover = match kind {
        DossierKind::LegalProtection => Some(Json(evidence(tx.conn, scope, &member, days, today)?)),
        DossierKind::LegalInformation => None,
    };
    let school_year = today.school_year_start().year();
    let number = counters::next(tx.conn, &format!("dossier {department_code} {school_year}"))?;
    let row = DossierRow {
        id: Id::new(),
        reference: DossierReference::of(&department_code, school_year, number)?,
        association_id: association.id,
        department_code,
        school_year,
        member_id: Some(member.id),
        establishment_id,
        kind,
        member_quality,
        channel,
        urgency: urgency.unwrap_or(Urgency::Normal),
        confidentiality: level,
        status: DossierStatus::New,
        referent_id,
        opened_on: today,
        case_order: format!("{} {:016x}", month_of(today), u64::from_be_bytes(random()?)),
        facts_on: date,
        facts_end_on: end_date,
        place,
        summary,
        felt_as_aggression: felt_as_aggression.unwrap_or(false),
        contexts: Json(contexts),
        motive_code,
        secondary_motive_codes: Json(secondary),
        nomenclature_version,
        facts_snapshot: Json(snapshot),
        warnings: Json(warnings),
        warning_reason,
        cover,
        derogation: None,
        solidarity_status: None,
        complaint_filed: false,
        counsel_involved: false,
        judicialised: false,
        path: DossierPath::Advice,
        incident_id,
        outcome: None,
        outcome_for_member: None,
        closed_on: None,
        first_closed_on: None,
        review_on: None,
        retention_due_on: None,
        on_legal_hold: false,
        unarchived_until: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    Ok(Draft { row, member })
}

pub(super) fn find_establishment(conn: &mut DbConn, means: &Means, id: Option<Id>, issues: &mut Vec<Issue>) -> Result<Option<EstablishmentRow>> {
    let Some(id) = id else { return Ok(None) };
    let found = establishments::store::find_optional(conn, &means.reach.directory, id)?;
    if found.is_none() {
        at(issues, "/establishment_id", Code::ReferenceNotFound);
    }
    Ok(found)
}

/// The department of the incident that the facts are.
pub(super) fn find_incident(conn: &mut DbConn, means: &Means, id: Option<Id>, issues: &mut Vec<Issue>) -> Result<Option<DepartmentCode>> {
    let Some(id) = id else { return Ok(None) };
    let found = means.reach.incidents.department_of_incident(conn, id)?;
    if found.is_none() {
        at(issues, "/facts/incident_id", Code::ReferenceNotFound);
    }
    Ok(found)
}

/// What is odd about an incident that another department works.
pub(super) fn elsewhere(incident: Option<&DepartmentCode>, department: &DepartmentCode) -> Option<DossierWarning> {
    incident.is_some_and(|code| code != department).then_some(DossierWarning::IncidentOfOtherDepartment)
}

pub(super) fn check_contexts(contexts: &[ContextTag], days: FactsDays, issues: &mut Vec<Issue>) {
    for (place, tag) in contexts.iter().enumerate() {
        if let Some(flaw) = super::contexts::model::flaw(tag, days) {
            at(issues, &format!("/facts/contexts/{place}"), flaw);
        }
    }
}

/// Whoever merges the member or takes the establishment away waits, or is waited for.
fn lock(tx: &mut Tx<'_>, reach: &Reach, member: &MemberRow, establishment: Option<&EstablishmentRow>) -> Result<()> {
    members::store::lock_references(tx, &reach.anybody, member.id)?;
    if let Some(row) = establishment {
        establishments::store::lock_references(tx, &reach.directory, row.id)?;
    }
    Ok(())
}

/// The version of the nomenclature in force, to which all codes must belong.
pub(super) fn check_motives(main: &MotiveCode, secondary: &[MotiveCode], today: Day, issues: &mut Vec<Issue>) -> i32 {
    let nomenclature = in_force(today);
    if let Some(flaw) = nomenclature.flaw(main) {
        at(issues, "/motive_code", flaw);
    }
    for (place, code) in secondary.iter().enumerate() {
        if let Some(flaw) = nomenclature.flaw(code) {
            at(issues, &format!("/secondary_motive_codes/{place}"), flaw);
        }
    }
    if secondary.contains(main) {
        at(issues, "/secondary_motive_codes", Code::MotiveRepeated);
    }
    nomenclature.version
}

pub(super) fn check_days(days: FactsDays, lasted: bool, today: Day, issues: &mut Vec<Issue>) {
    if days.from > today {
        at(issues, "/facts/date", Code::DayInFuture);
    }
    if lasted && days.to > today {
        at(issues, "/facts/end_date", Code::DayInFuture);
    }
}

pub(super) fn check_level(scope: &Scope, department: &DepartmentCode, level: Confidentiality, issues: &mut Vec<Issue>) {
    let ceiling = scope.ceiling(department).unwrap_or(Confidentiality::Standard);
    if level > ceiling {
        at(issues, "/confidentiality", Flaw::new(Code::ConfidentialityCeiling).with("max", ceiling.as_str()));
    }
}

pub(super) fn check_explained(warnings: &[DossierWarning], issues: &mut Vec<Issue>) {
    if !warnings.is_empty() {
        let words: Vec<&str> = warnings.iter().map(|warning| warning.as_str()).collect();
        at(issues, "/warning_reason", Flaw::new(Code::WarningUnexplained).with("warnings", words.join(", ")));
    }
}
