//! Queries on what decides whether a dossier can be entrusted to a lawyer.

use super::model::{MandateStatus, Past, Record};
use super::store::status_on;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::schema::lawyer_mandates;
use crate::db::{DbConn, Id};
use crate::dossiers::conflicts;
use crate::error::{Error, Result};
use crate::lawyers::model::Standing;
use crate::lawyers::store::{LawyerRow, away_on};
use crate::values::{Day, DepartmentCode};
use diesel::prelude::*;
use std::collections::HashMap;

/// What lawyers answered so far, by lawyer.
pub fn records_of(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>, today: Day) -> Result<HashMap<Id, Record>> {
    let all = lawyer_mandates::table.filter(lawyer_mandates::lawyer_id.assume_not_null().eq_any(ids).and(lawyer_mandates::lawyer_id.is_not_null()));
    let columns = (lawyer_mandates::lawyer_id.assume_not_null(), lawyer_mandates::status, lawyer_mandates::expires_on, lawyer_mandates::accepted_on);
    let mut records: HashMap<Id, Record> = HashMap::new();
    for (id, status, expires_on, accepted_on) in all.select(columns).load::<(Id, MandateStatus, Day, Option<Day>)>(conn)? {
        let record = records.entry(id).or_default();
        *record = record.with(Past { status: status_on(status, expires_on, today), accepted_on }, today);
    }
    Ok(records)
}

/// What decides whether a dossier can be entrusted to lawyers on a day, with what they answered so far.
pub fn standings(conn: &mut DbConn, scope: &Scope, dossier_id: Id, lawyers: &[LawyerRow], today: Day) -> Result<Vec<(Standing, Record)>> {
    let (ids, accounts): (Vec<Id>, Vec<(Id, Option<Id>)>) = lawyers.iter().map(|lawyer| (lawyer.id, (lawyer.id, lawyer.user_id))).unzip();
    let barred = conflicts::barring::barred_lawyers(conn, scope, dossier_id, &accounts)?;
    let (away, records) = (away_on(conn, scope, ids.clone(), today)?, records_of(conn, scope, ids, today)?);
    let standing = |lawyer: &LawyerRow| {
        let record = records.get(&lawyer.id).copied().unwrap_or_default();
        let LawyerRow { departments, agreement_from, agreement_to, yearly_capacity, .. } = lawyer;
        let (departments, capacity, away) = (departments.0.clone(), *yearly_capacity, away.contains(&lawyer.id));
        let (agreement_from, agreement_to, in_conflict) = (*agreement_from, *agreement_to, barred.contains(&lawyer.id));
        (Standing { departments, agreement_from, agreement_to, away, in_conflict, capacity, taken: record.taken }, record)
    };
    Ok(lawyers.iter().map(standing).collect())
}

/// Refuses a lawyer, who is locked, to whom a dossier of a department cannot be entrusted today.
pub fn check_standing(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, lawyer: &LawyerRow, department: &DepartmentCode, today: Day) -> Result<()> {
    conflicts::barring::hold(tx, scope, dossier_id)?;
    let standing = standings(tx.conn, scope, dossier_id, std::slice::from_ref(lawyer), today)?.pop();
    standing.and_then(|(standing, _)| standing.flaw(department, today)).map_or(Ok(()), |code| Err(Error::of(code)))
}
