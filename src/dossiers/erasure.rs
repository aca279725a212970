//! Forgetting whose case a dossier was: what stays serves figures, and leads back to nobody.

use super::circumstances::FactsSnapshot;
use super::store::DossierRow;
use crate::audit::{self, Tx, access};
use crate::auth::Scope;
use crate::db::Id;
use crate::error::Result;
use crate::http::idempotency;
use crate::members::merges;
use crate::values::Day;
use crate::workflow;
use serde_json::Value;

/// Takes out of a row all that leads to a person; days shrink to the first of their month.
pub fn forget(row: &mut DossierRow) {
    (row.member_id, row.establishment_id, row.referent_id, row.incident_id) = (None, None, None, None);
    (row.summary, row.warning_reason, row.cover, row.derogation) = (None, None, None, None);
    (row.facts_on, row.facts_end_on) = (first_of_month(row.facts_on), None);
    row.facts_snapshot.0 = FactsSnapshot { birth_year: None, ..row.facts_snapshot.0.clone() };
}

pub fn first_of_month(day: Day) -> Day {
    use chrono::Datelike;
    Day::from_ymd(day.0.year(), day.0.month(), 1).unwrap_or(day)
}

/// The fields that a version or a stored reply loses, wherever they stand in it.
#[rustfmt::skip]
const FORGOTTEN: &[&str] = &[
    "member_id", "establishment_id", "referent_id", "incident_id", "summary", "warning_reason", "cover", "derogation", "solidarity", "motivation", "date",
    "end_date", "birth_year", "reason", "lift_reason", "details", "external_lawyer", "claim_reference", "authority", "case_number", "note", "void_reason",
];

/// Empties these fields of a JSON value.
pub fn empty(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                if names.contains(&name.as_str()) { *value = Value::Null } else { empty(value, names) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| empty(item, names)),
        _ => {}
    }
}

/// Takes the same out of the versions of the dossier, its steps and the replies stored for repeats, and of what the rooms under it keep.
pub fn scrub(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()> {
    scrub_of_member(tx, scope, id, FORGOTTEN)?;
    super::legal_holds::store::erase(tx, scope, id)?;
    super::break_glass::store::erase(tx, scope, id)?;
    super::parties::store::erase(tx, scope, id)?;
    super::conflicts::store::erase(tx, scope, id)?;
    super::activities::store::erase(tx, scope, id)?;
    super::documents::holder::erase(tx, scope, id)?;
    super::tasks::store::erase(tx, scope, id)?;
    super::mandates::store::erase(tx, scope, id)?;
    super::cover_decisions::store::erase(tx, scope, id)?;
    super::protection_requests::store::erase(tx, scope, id)?;
    super::deadlines::store::erase(tx, scope, id)?;
    super::proceedings::store::erase(tx, scope, id)?;
    super::proceeding_steps::store::erase(tx, scope, id)?;
    super::conciliations::store::erase(tx, scope, id)?;
    super::conciliations::sessions::store::erase(tx, scope, id)?;
    super::conciliations::commitments::store::erase(tx, scope, id)?;
    super::links::store::erase(tx, scope, id)?;
    super::store::forget_walls(tx, scope, id)
}

/// Takes fields out of all that is remembered of one resource.
pub fn scrub_records(tx: &mut Tx<'_>, scope: &Scope, id: Id, names: &[&str]) -> Result<()> {
    audit::scrub(tx, scope, id, |value| empty(value, names))?;
    access::forget(tx.conn, scope, &tx.author.key, id)?;
    workflow::scrub(tx, scope, id)?;
    idempotency::scrub(tx.conn, id, |value| empty(value, names))
}

/// `scrub_records` of what refers to a member: merges of members remember what they moved.
pub fn scrub_of_member(tx: &mut Tx<'_>, scope: &Scope, id: Id, names: &[&str]) -> Result<()> {
    merges::store::forget(tx, scope, id)?;
    scrub_records(tx, scope, id, names)
}

/// `scrub_records` with the fields of a dossier, for what lies under it.
pub fn scrub_under(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()> {
    scrub_records(tx, scope, id, FORGOTTEN)
}
