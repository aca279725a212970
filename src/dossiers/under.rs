//! What the rooms under a dossier share: their rows are found through it, by who reads it.

use super::model::DossierStatus;
use super::store::{self, DossierRow, Facts};
use crate::audit::access::{Confided, Part};
use crate::auth::{Role, Scope};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Flaw, Language, Result};
use crate::values::{Choice, Day};
use crate::workflow::{AllowedCommandView, Lifecycle, Verdict};
use std::collections::HashMap;

/// Those who work a dossier.
pub const TEAM: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer];

/// A row with the dossier that it lies under, both in the caller's scope.
#[derive(Debug, Clone)]
pub struct Under<R> {
    pub row: R,
    pub dossier: DossierRow,
    pub facts: Facts,
}

impl<R> Part for Under<R> {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.dossier.id))
    }
}

impl<R> Under<R> {
    /// The row, if its dossier is the caller's to read.
    pub fn find(conn: &mut DbConn, scope: &Scope, row: R, dossier_id: Id) -> Result<Self> {
        let dossier = store::find(conn, scope, dossier_id)?;
        let facts = store::facts_of(conn, scope, dossier_id)?;
        Ok(Self { row, dossier, facts })
    }

    /// Several rows that were found in the scope; one whose dossier was hidden in between is left out.
    pub fn several(conn: &mut DbConn, scope: &Scope, rows: Vec<R>, dossier_of: fn(&R) -> Id) -> Result<Vec<Self>> {
        let mut ids: Vec<Id> = rows.iter().map(dossier_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = store::find_by_ids(conn, scope, ids.clone())?;
        let (found, beside): (HashMap<Id, DossierRow>, _) = (found.into_iter().map(|row| (row.id, row)).collect(), store::facts_beside(conn, scope, ids)?);
        let under = |row: R| {
            let dossier = found.get(&dossier_of(&row))?.clone();
            let facts = beside.get(&dossier.id).cloned().unwrap_or_default();
            Some(Self { row, dossier, facts })
        };
        Ok(rows.into_iter().filter_map(under).collect())
    }

    /// Another row under the same dossier.
    pub fn with<T>(&self, row: T) -> Under<T> {
        Under { row, dossier: self.dossier.clone(), facts: self.facts.clone() }
    }

    /// Whether one of these roles is the caller's where the dossier is open to them by it.
    pub fn is_moved_by(&self, scope: &Scope, roles: &[Role]) -> bool {
        scope.commanding(&self.dossier.case(&self.facts)).holds(roles, Some(self.dossier.department_code.as_str()))
    }

    /// Whether what is privileged is read by the caller: as one of the team, or as a lawyer of the dossier.
    pub fn is_privileged_to(&self, scope: &Scope) -> bool {
        scope.reads_privileged(&self.dossier.case(&self.facts))
    }

    /// Lets only those roles give a command.
    pub fn granted_to(self, scope: &Scope, roles: &[Role]) -> Result<Self> {
        if self.is_moved_by(scope, roles) { Ok(self) } else { Err(Error::of(Code::CommandNotGranted)) }
    }

    /// The commands of this caller; none works once the dossier is no longer open.
    pub fn allowed<S: Choice + PartialEq>(
        &self,
        lifecycle: &Lifecycle<S>,
        status: S,
        scope: &Scope,
        language: Language,
        verdict: impl Fn(&'static str) -> Verdict,
    ) -> Vec<AllowedCommandView> {
        let open = DossierStatus::OPEN.contains(&self.dossier.status);
        let verdict = |command| if open { verdict(command) } else { Verdict::Blocked(Code::DossierNotOpen.into()) };
        let scope = scope.commanding(&self.dossier.case(&self.facts));
        lifecycle.allowed(status, &scope, Some(self.dossier.department_code.as_str()), language, verdict)
    }
}

/// Refuses a day that does not lie between two.
pub fn between(day: Day, min: Day, max: Day, pointer: &str) -> Result<()> {
    let flaw = || Flaw::new(Code::DateOutOfRange).with("min", min).with("max", max);
    if (min..=max).contains(&day) { Ok(()) } else { Err(Error::field(pointer, flaw())) }
}
