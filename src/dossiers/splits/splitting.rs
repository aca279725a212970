//! Opening a second dossier out of one.

use super::bodies::SplitDossier;
use crate::audit::{Action, Tx};
use crate::auth::{Confidentiality, Role, Scope};
use crate::dossiers::conflicts::detection::{self, Standing};
use crate::dossiers::deadlines::recompute as deadlines;
use crate::dossiers::lifecycle::Means;
use crate::dossiers::links::{making, model::LinkKind};
use crate::dossiers::opening::{self, Draft};
use crate::dossiers::parties::identity::Marks;
use crate::dossiers::parties::recording::People;
use crate::dossiers::parties::taking_over::take;
use crate::dossiers::store::DossierRow;
use crate::dossiers::view::DossierView;
use crate::error::{Code, Error, Result};

/// Opens the second dossier with the parties named, and links it to the first. Whom its member and its parties oppose is looked for at
/// once: no turn is taken after a lock.
pub fn split(tx: &mut Tx<'_>, scope: &Scope, (means, people): (&Means, &People), first: &DossierRow, body: SplitDossier, trial: bool) -> Result<DossierRow> {
    let member = if body.names_member() { None } else { Some(means.reach.member_of(tx.conn, first)?) };
    let (opening, reason, party_ids) = body.opening(first);
    check_level(scope, first, opening.confidentiality)?;
    let mut issues = Vec::new();
    let taken = take(tx, scope, people, first.id, &party_ids, &mut issues)?;
    let Draft { row, member } = opening::draft(tx, scope, means, opening, member, issues)?;
    let (own, marks) = (Standing::For { dossier_id: row.id }, Marks::of_member(&member));
    let parties: Vec<_> = taken.into_iter().map(|party| party.into(row.id, tx)).collect();
    let everybody: Vec<_> = std::iter::once((Some(own), &marks)).chain(parties.iter().map(|party| (party.standing(), &party.marks))).collect();
    let found = detection::look_for_all(tx, scope, &everybody)?;
    let (of_member, of_parties) = found.split_first().ok_or_else(|| Error::internal("nobody was looked for"))?;
    let row = opening::enter(tx, scope, row, of_member)?;
    for ((place, party), found) in parties.into_iter().enumerate().zip(of_parties) {
        party.store(tx, scope, (place, member.id), found, trial)?;
    }
    opening::bar_referent(tx, scope, &row)?;
    tx.record(Action::Create, &DossierView::from(row.clone()))?;
    deadlines::begin(tx, scope, &row)?;
    making::make(tx, scope, row.id, (LinkKind::SplitFrom, first.id), Some(reason.as_str().parse()?))?;
    Ok(row)
}

/// What is split off may be known as far as the first at most; the head says otherwise.
fn check_level(scope: &Scope, first: &DossierRow, level: Option<Confidentiality>) -> Result<()> {
    let heads = scope.holds(&[Role::DepartmentHead], Some(first.department_code.as_str()));
    if level < Some(first.confidentiality) && !heads { Err(Error::of(Code::ConfidentialityFixed).at("/confidentiality")) } else { Ok(()) }
}
