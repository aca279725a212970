//! What follows from what lies under a dossier: whether the member complained, whether a lawyer took part, whether it went to court,
//! and the path that these make. Nobody writes it. "A lawyer was seen" and "it went to court" are two facts.
//!
//! Lists filter and sort by it, so it is kept in columns of the dossier, which the indexes of the list hold, and not worked out row by
//! row. One function works it all out anew: whoever writes what it follows from calls it before the transaction ends, under the lock of
//! the dossier that each of them takes. Triggers would say the rules once more in the SQL of each engine, spread over three tables; this
//! is a page of Rust, held by a proof against another computation after random walks.
//!
//! Like a legal hold, it does not raise the version of the dossier: nobody who corrects a dossier must start again because a step was
//! recorded under it. The tag of an answer is made of its bytes too, so that no cache keeps an older one. What changed it is in
//! the history of the proceeding, the mandate or the command that did; the next version of the dossier shows it.

use super::conciliations;
use super::links::store::duplicates_of;
use super::model::Outcome;
use super::proceeding_steps::model::ActingSide;
use super::proceeding_steps::store::acts_of;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::schema::{dossiers, lawyer_mandates};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::values::choice;
use diesel::dsl::exists;
use diesel::prelude::*;

choice! {
    /// Which way a case went: with counsel or without, in court or not.
    pub enum DossierPath as "dossier_path" {
        Advice = "advice" ("Conseil", "Advice"),
        Conciliation = "conciliation" ("Conciliation", "Conciliation"),
        CounselWithoutCourt = "counsel_without_court" ("Avocat sans procès", "Counsel without court"),
        CounselInCourt = "counsel_in_court" ("Avocat et procès", "Counsel in court"),
        CourtWithoutCounsel = "court_without_counsel" ("Procès sans avocat", "Court without counsel"),
    }
}

impl DossierPath {
    fn of(counsel_involved: bool, judicialised: bool, conciliation: bool) -> Self {
        match (counsel_involved, judicialised) {
            (true, true) => Self::CounselInCourt,
            (true, false) => Self::CounselWithoutCourt,
            (false, true) => Self::CourtWithoutCounsel,
            (false, false) if conciliation => Self::Conciliation,
            (false, false) => Self::Advice,
        }
    }
}

/// What follows from the rooms under one dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = dossiers)]
pub struct Derived {
    /// Whether the member complained, simply or as a civil party.
    pub complaint_filed: bool,
    /// Whether a lawyer ever accepted a mandate.
    pub counsel_involved: bool,
    /// Whether it was brought before a judge.
    pub judicialised: bool,
    pub path: DossierPath,
}

/// Whether a room tells that a case was conciliated, whichever of these dossiers it was told in.
type Told = fn(&mut DbConn, &Scope, &[Id]) -> Result<bool>;
/// How a dossier is known to have been conciliated: a line for each room that tells.
const CONCILIATED: &[Told] = &[by_outcome, conciliations::store::met];

fn by_outcome(conn: &mut DbConn, _found_in: &Scope, ids: &[Id]) -> Result<bool> {
    let conciliated = [Outcome::ConciliationSucceeded, Outcome::ConciliationFailed].map(Outcome::as_str);
    let so = dossiers::table.filter(dossiers::id.eq_any(ids).and(dossiers::outcome.is_not_null()).and(dossiers::outcome.assume_not_null().eq_any(conciliated)));
    Ok(diesel::select(exists(so)).get_result(conn)?)
}

/// Works it out from the rooms beneath, and from those beneath its duplicates: what was done under these was done in the same case.
fn work_out(conn: &mut DbConn, found_in: &Scope, id: Id) -> Result<Derived> {
    let mut ids = duplicates_of(conn, found_in, id)?;
    ids.push(id);
    let acts = acts_of(conn, found_in, &ids)?;
    let complaint_filed = acts.iter().any(|(_, kind, done_by)| *done_by == ActingSide::Member && kind.is_complaint());
    let judicialised = acts.iter().any(|(nature, kind, _)| kind.is_before_judge(*nature));
    let accepted = lawyer_mandates::table.filter(lawyer_mandates::dossier_id.eq_any(ids.clone()).and(lawyer_mandates::accepted_on.is_not_null()));
    let counsel_involved = diesel::select(exists(accepted)).get_result(conn)?;
    let mut conciliation = false;
    for told in CONCILIATED {
        conciliation = conciliation || told(conn, found_in, &ids)?;
    }
    Ok(Derived { complaint_filed, counsel_involved, judicialised, path: DossierPath::of(counsel_involved, judicialised, conciliation) })
}

/// Keeps in a dossier that is locked what follows now from the rooms beneath.
pub fn tell(tx: &mut Tx<'_>, locked_in: &Scope, id: Id) -> Result<Derived> {
    let derived = work_out(tx.conn, locked_in, id)?;
    diesel::update(dossiers::table.find(id)).set(derived).execute(tx.conn)?;
    Ok(derived)
}
