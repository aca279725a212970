//! Correcting a dossier, and looking anew at what depends on what was corrected.

use super::bodies::{FactsPatch, UpdateDossier};
use super::circumstances::{Circumstances, evidence};
use super::lifecycle::Means;
use super::model::{DossierKind, DossierStatus, DossierWarning};
use super::opening::{check_contexts, check_days, check_explained, check_level, check_motives, elsewhere, find_establishment, find_incident};
use super::store::{self, DossierRow, Unless};
use crate::audit::Tx;
use crate::auth::{Confidentiality, Role, Scope};
use crate::db::Json;
use crate::error::{Code, Error, Issue, Result};
use crate::establishments;
use crate::values::input::{Change, period};
use std::cmp::Ordering;

/// Corrects a dossier that is open, and looks anew at what depends on what was corrected.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, means: &Means, mut row: DossierRow, changes: UpdateDossier) -> Result<DossierRow> {
    if !DossierStatus::OPEN.contains(&row.status) {
        return Err(Error::of(Code::DossierNotOpen));
    }
    let UpdateDossier { establishment_id, member_quality, channel, urgency, confidentiality, facts, motive_code, secondary_motive_codes, warning_reason } =
        changes;
    let (mut issues, today) = (Vec::new(), means.today);
    if let Change::To(level) = confidentiality {
        change_level(scope, &mut row, level)?;
    }
    let recoded = motive_code != Change::Keep || secondary_motive_codes != Change::Keep;
    let (seen_establishment, seen_days, seen_incident) = (row.establishment_id, (row.facts_on, row.facts_end_on), row.incident_id);
    establishment_id.apply(&mut row.establishment_id);
    member_quality.apply(&mut row.member_quality);
    channel.apply(&mut row.channel);
    urgency.apply(&mut row.urgency);
    motive_code.apply(&mut row.motive_code);
    secondary_motive_codes.apply(&mut row.secondary_motive_codes.0);
    warning_reason.apply(&mut row.warning_reason);
    if let Change::To(facts) = facts {
        change_facts(&mut row, facts)?;
        check_contexts(&row.contexts.0, row.days(), &mut issues);
    }
    if recoded {
        row.nomenclature_version = check_motives(&row.motive_code, &row.secondary_motive_codes.0, today, &mut issues);
        row.facts_snapshot.0.nomenclature_version = row.nomenclature_version;
    }
    if (seen_establishment, seen_days) != (row.establishment_id, (row.facts_on, row.facts_end_on)) {
        look_anew(tx, scope, means, &mut row, &mut issues)?;
    }
    if seen_incident != row.incident_id {
        let department = find_incident(tx.conn, means, row.incident_id, &mut issues)?;
        row.warnings.0.retain(|warning| *warning != DossierWarning::IncidentOfOtherDepartment);
        row.warnings.0.extend(elsewhere(department.as_ref(), &row.department_code));
    }
    if row.warning_reason.is_none() {
        check_explained(&row.warnings.0, &mut issues);
    }
    if !issues.is_empty() {
        return Err(Error::invalid(issues));
    }
    store::advance(tx, scope, row, DossierStatus::OPEN, Unless::Never)
}

fn change_facts(row: &mut DossierRow, facts: FactsPatch) -> Result<()> {
    let FactsPatch { date, end_date, place, summary, felt_as_aggression, contexts, incident_id } = facts;
    place.apply(&mut row.place);
    summary.apply(&mut row.summary);
    felt_as_aggression.apply(&mut row.felt_as_aggression);
    contexts.apply(&mut row.contexts.0);
    incident_id.apply(&mut row.incident_id);
    let moved = if end_date == Change::Keep { "/facts/date" } else { "/facts/end_date" };
    date.apply(&mut row.facts_on);
    end_date.apply(&mut row.facts_end_on);
    period(&row.facts_on, &row.facts_end_on).map_or(Ok(()), |flaw| Err(Error::field(moved, flaw)))
}

/// Takes the snapshot of another day, or of another establishment.
fn look_anew(tx: &mut Tx<'_>, scope: &Scope, means: &Means, row: &mut DossierRow, issues: &mut Vec<Issue>) -> Result<()> {
    let member = means.reach.member_of(tx.conn, row)?;
    let establishment = find_establishment(tx.conn, means, row.establishment_id, issues)?;
    check_days(row.days(), row.facts_end_on.is_some(), means.today, issues);
    let found = Circumstances::read(tx.conn, scope, (&member, establishment.as_ref(), &row.department_code), row.days(), row.nomenclature_version)?;
    let incident = row.warnings.0.iter().copied().filter(|warning| *warning == DossierWarning::IncidentOfOtherDepartment);
    let warnings = found.warnings.into_iter().chain(incident).collect();
    (row.facts_snapshot, row.warnings) = (Json(found.snapshot), Json(warnings));
    if row.kind == DossierKind::LegalProtection {
        row.cover = Some(Json(evidence(tx.conn, scope, &member, row.days(), means.today)?));
    }
    if let Some(establishment) = establishment {
        establishments::store::lock_references(tx, &means.reach.directory, establishment.id)?;
    }
    Ok(())
}

/// The referent raises the level up to their own; the head raises and lowers it.
fn change_level(scope: &Scope, row: &mut DossierRow, level: Confidentiality) -> Result<()> {
    let department = Some(row.department_code.as_str());
    let refers = scope.own().is_some() && scope.own() == row.referent_id;
    let heads = scope.holds(&[Role::DepartmentHead], department);
    let permitted = match level.cmp(&row.confidentiality) {
        Ordering::Greater => heads || refers,
        Ordering::Less => heads,
        Ordering::Equal => true,
    };
    if !permitted {
        return Err(Error::of(Code::ConfidentialityFixed).at("/confidentiality"));
    }
    let mut issues = Vec::new();
    if level > row.confidentiality {
        check_level(scope, &row.department_code, level, &mut issues);
    }
    row.confidentiality = level;
    if issues.is_empty() { Ok(()) } else { Err(Error::invalid(issues)) }
}
