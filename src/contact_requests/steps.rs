//! What a contact request may refer to, and what each command does.

use super::bodies::CreateContactRequest;
use super::model::{ContactRequestCommand, ContactRequestStatus};
use super::store::{self, ContactRequestRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::http::Actor;
use crate::values::DepartmentCode;
use crate::workflow::Step;
use crate::{associations, dossiers, establishments, members};

/// What a body may refer to.
pub struct Reach {
    members: Scope,
    directory: Scope,
    dossiers: Scope,
}

impl Reach {
    pub fn of(actor: &Actor) -> Self {
        Self {
            members: actor.scope_through("members_retrieve"),
            directory: actor.scope_through("establishments_retrieve"),
            dossiers: actor.scope_through("dossiers_retrieve").unveiled(),
        }
    }

    /// Locks what the row refers to and did not before, or tells what of it cannot be found: a member may have moved away since.
    pub fn check(&self, tx: &mut Tx<'_>, row: &ContactRequestRow, before: Option<&ContactRequestRow>) -> Result<()> {
        let new = |of: fn(&ContactRequestRow) -> Option<Id>| of(row).filter(|_| before.is_none_or(|before| of(before) != of(row)));
        let (establishment_id, member_id) = (new(|row| row.establishment_id), new(|row| row.member_id));
        let mut missing = Vec::new();
        if let Some(id) = establishment_id
            && establishments::store::find_optional(tx.conn, &self.directory, id)?.is_none()
        {
            missing.push("/establishment_id");
        }
        if let Some(id) = member_id
            && members::store::find_by_ids(tx.conn, &self.members, vec![id])?.is_empty()
        {
            missing.push("/member_id");
        }
        if !missing.is_empty() {
            let issue = |pointer: &str| Flaw::from(Code::ReferenceNotFound).at(Place::Pointer(pointer.to_owned()));
            return Err(Error::invalid(missing.into_iter().map(issue).collect()));
        }
        if let Some(id) = member_id {
            members::store::lock_references(tx, &self.members, id)?;
        }
        if let Some(id) = establishment_id {
            establishments::store::lock_references(tx, &self.directory, id)?;
        }
        Ok(())
    }
}

/// The association that sees to a new request, and its department: the one of the caller's team, or of the school for which a
/// correspondent records it, which is filled in where there is one alone.
pub fn seat(tx: &mut Tx<'_>, scope: &Scope, reach: &Reach, body: &mut CreateContactRequest) -> Result<(Id, DepartmentCode)> {
    let schools = scope.schools();
    let own = match body.establishment_id {
        Some(id) => schools.contains(&id).then_some(id),
        None if scope.departments().is_empty() => schools.first().copied().filter(|_| schools.len() == 1),
        None => None,
    };
    let Some(school) = own else {
        if scope.departments().is_empty() {
            let code = if body.establishment_id.is_some() { Code::ReferenceNotFound } else { Code::FieldRequired };
            return Err(Error::field("/establishment_id", code));
        }
        let own = associations::store::find_own(tx.conn, scope, body.association_id)?;
        return own.map(|(row, code)| (row.id, code)).map_err(|code| Error::field("/association_id", code));
    };
    body.establishment_id = Some(school);
    let department = establishments::store::find(tx.conn, &reach.directory, school)?.department_code;
    let code: DepartmentCode = department.as_str().parse().map_err(|flaw: Flaw| Error::field("/establishment_id", flaw))?;
    let found = associations::store::find_of_department(tx.conn, &reach.directory, code.as_str())?;
    let seated = found.filter(|row| body.association_id.is_none_or(|named| named == row.id));
    seated.map(|row| (row.id, code)).ok_or_else(|| Error::field("/association_id", Code::ReferenceNotFound))
}

/// Carries out a command that the state allows.
pub fn perform(
    tx: &mut Tx<'_>,
    scope: &Scope,
    reach: &Reach,
    step: Step<ContactRequestStatus>,
    mut row: ContactRequestRow,
    command: ContactRequestCommand,
) -> Result<ContactRequestRow> {
    row.status = step.to;
    match command {
        ContactRequestCommand::CallBack { .. } => {}
        ContactRequestCommand::Convert { dossier_id } => {
            let found = dossiers::store::find_by_ids(tx.conn, &reach.dossiers, vec![dossier_id])?;
            if found.is_empty() {
                return Err(Error::field("/dossier_id", Code::ReferenceNotFound));
            }
            row.dossier_id = Some(dossier_id);
        }
        ContactRequestCommand::Answer { answer } => row.answer = Some(answer),
        ContactRequestCommand::Drop { drop_reason, .. } => row.drop_reason = Some(drop_reason),
    }
    store::advance(tx, scope, row, step.from)
}
