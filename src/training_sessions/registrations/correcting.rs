//! Correcting what is recorded of somebody from outside; what is known of a member stands in the member's own record.

use super::bodies::UpdateTrainingRegistration;
use super::model::outsider_key;
use super::store::{self, Registration, RegistrationRow};
use super::view::TrainingRegistrationView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::error::{Code, Error, Result};
use crate::training_sessions::certificates::store as certificates;

/// Corrects a registration to a locked session. The name stays as long as a certificate bears it: whoever was shown that one would find
/// another name under its number.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, found: Registration, changes: UpdateTrainingRegistration) -> Result<Registration> {
    let Registration { mut row, session } = found;
    if row.anonymised_at.is_some() {
        return Err(Error::of(Code::RegistrationAnonymised));
    }
    let Some(mut name) = row.name.clone() else { return Err(Error::of(Code::RegistrationOfMember)) };
    let UpdateTrainingRegistration { name: renamed, email, organisation } = changes;
    renamed.apply(&mut name);
    email.apply(&mut row.email);
    organisation.apply(&mut row.organisation);
    if row.name.as_ref() != Some(&name) && !certificates::standing(tx.conn, scope, vec![row.id])?.is_empty() {
        return Err(Error::of(Code::RegistrationCertified).at("/name"));
    }
    let outsider_key = outsider_key(&name, row.email.as_ref(), row.organisation.as_ref());
    let row = store::correct(tx, scope, RegistrationRow { name: Some(name), outsider_key: Some(outsider_key), ..row })?;
    tx.record(Action::Update, &TrainingRegistrationView::from(row.clone()))?;
    Ok(Registration { row, session })
}
