//! What a contact request may refer to, and what each command does.

use super::model::{ContactRequestCommand, ContactRequestStatus};
use super::store::{self, ContactRequestRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::http::Actor;
use crate::workflow::Step;
use crate::{dossiers, establishments, members};

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

    /// Locks what the row refers to, or tells what of it cannot be found.
    pub fn check(&self, tx: &mut Tx<'_>, row: &ContactRequestRow) -> Result<()> {
        let mut missing = Vec::new();
        if let Some(id) = row.establishment_id
            && establishments::store::find_optional(tx.conn, &self.directory, id)?.is_none()
        {
            missing.push("/establishment_id");
        }
        if let Some(id) = row.member_id
            && members::store::find_by_ids(tx.conn, &self.members, vec![id])?.is_empty()
        {
            missing.push("/member_id");
        }
        if !missing.is_empty() {
            let issue = |pointer: &str| Flaw::from(Code::ReferenceNotFound).at(Place::Pointer(pointer.to_owned()));
            return Err(Error::invalid(missing.into_iter().map(issue).collect()));
        }
        if let Some(id) = row.member_id {
            members::store::lock_references(tx, &self.members, id)?;
        }
        if let Some(id) = row.establishment_id {
            establishments::store::lock_references(tx, &self.directory, id)?;
        }
        Ok(())
    }
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
