//! Giving certificates, and taking them back.

use super::model::{CertificateCode, CertificateCommand, CertificateNumber, CertificateStatus, LIFECYCLE, Participation};
use super::store::{self, Certificate, CertificateRow};
use super::view::CertificateView;
use crate::audit::{Action, Tx};
use crate::auth::keys::sha256;
use crate::auth::{Keys, Scope};
use crate::db::{Id, counters};
use crate::error::{Code, Error, Result};
use crate::training_modules::store as modules;
use crate::training_sessions::attendance::store as attendance;
use crate::training_sessions::model::TrainingSessionStatus;
use crate::training_sessions::registrations::model::RegistrationStatus;
use crate::training_sessions::slots::store as slots;
use crate::training_sessions::store::TrainingSessionRow;
use crate::values::Day;
use crate::workflow::Step;

/// The code of a certificate: spelt from the server's secret, so that it can be printed again and stands nowhere.
pub fn code_of(keys: &Keys, id: Id) -> Result<CertificateCode> {
    CertificateCode::spelt(&keys.digest(&[b"training certificate", id.as_bytes()]))
}

/// The sheet that is written on: the id of a certificate to come, and the digest of its code.
pub struct Blank {
    id: Id,
    digest: Vec<u8>,
}

impl Blank {
    pub fn new(keys: &Keys) -> Result<Self> {
        let id = Id::new();
        Ok(Self { id, digest: sha256(code_of(keys, id)?.as_str().as_bytes()).as_ref().to_vec() })
    }
}

/// Certifies that somebody took part in a locked session, if they were in enough of it and no certificate stands yet.
pub fn issue(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, registration_id: Id, blank: Blank) -> Result<CertificateRow> {
    if session.status != TrainingSessionStatus::Completed {
        return Err(Error::of(Code::CertificateTooEarly));
    }
    let found = attendance::registrations(tx.conn, scope, session.id, vec![registration_id])?;
    match found.get(&registration_id) {
        Some(RegistrationStatus::Confirmed) => {}
        Some(_) => return Err(Error::field("/registration_id", Code::RegistrationNotConfirmed)),
        None => return Err(Error::field("/registration_id", Code::ReferenceNotFound)),
    }
    let held: Vec<_> = slots::of_session(tx.conn, scope, session.id)?.into_iter().map(|slot| (slot.id, slot.starts_at, slot.ends_at)).collect();
    let participation = Participation::of(&held, &attendance::attended(tx.conn, scope, registration_id)?);
    let minimum_share = modules::find(tx.conn, &Scope::everybody(), session.module_id)?.minimum_share.get();
    participation.check(minimum_share)?;
    let Participation { slots_held, slots_attended, minutes } = participation;
    let year = Day::of(tx.now.0).year();
    let row = CertificateRow {
        id: blank.id,
        number: CertificateNumber::of(year, counters::next(tx.conn, &format!("training certificate {year}"))?)?,
        session_id: session.id,
        registration_id,
        slots_held,
        slots_attended,
        minutes_attended: minutes,
        minimum_share,
        digest: blank.digest,
        status: LIFECYCLE.initial,
        issued_by: tx.author.actor_id,
        revoked_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &CertificateView::from(row.clone()))?;
    Ok(row)
}

/// Carries out a command that the state allows.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<CertificateStatus>, found: Certificate, command: CertificateCommand) -> Result<CertificateView> {
    let CertificateCommand::Revoke { .. } = command;
    let row = CertificateRow { status: step.to, revoked_at: Some(tx.now), ..found.row };
    let view = CertificateView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}
