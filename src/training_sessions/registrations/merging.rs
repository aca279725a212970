//! Two records of one member that are merged: of two living registrations to one session, one stays.

use super::lifecycle::cancel;
use super::model::RegistrationStatus::{self, Confirmed, WaitingList};
use super::store::{self, Registration, RegistrationRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::error::Result;
use crate::training_sessions::attendance::marking::hand_over;
use crate::training_sessions::certificates::issuing::advance;
use crate::training_sessions::certificates::model::CertificateCommand;
use crate::training_sessions::certificates::store::{self as certificates, Certificate, CertificateRow};
use crate::workflow::{Reason, take_step};

/// How good a registration is, the best first: a seat, with a certificate of as many slots as there are; an early number on the waiting list;
/// a request.
fn worth(row: &RegistrationRow, certificate: Option<&CertificateRow>) -> (u8, i64) {
    match row.status {
        Confirmed => (0, certificate.map_or(0, |certificate| -i64::from(certificate.slots_attended))),
        WaitingList => (1, row.queue_number.unwrap_or(i64::MAX)),
        _ => (2, 0),
    }
}

/// Makes one of two living registrations to one session, so that all of the one record can become the other's. The sessions are whosever
/// they are: whose members are merged need not organise them.
pub fn reconcile(tx: &mut Tx<'_>, _both_found_in: &Scope, from: Id, to: Id) -> Result<()> {
    let everywhere = Scope::console();
    let (theirs, ours) = (store::living_of_member(tx.conn, &everywhere, from)?, store::living_of_member(tx.conn, &everywhere, to)?);
    for row in theirs {
        let Some(our) = ours.iter().find(|our| our.session_id == row.session_id) else { continue };
        // Read anew: until the session is locked, seats are given and taken, and registrations taken back.
        let (row, our) = (store::lock(tx.conn, &everywhere, row.id)?, store::lock(tx.conn, &everywhere, our.id)?);
        if [&row, &our].iter().all(|found| RegistrationStatus::LIVING.contains(&found.row.status)) {
            make_one(tx, &everywhere, row, our)?;
        }
    }
    Ok(())
}

/// Cancels the lesser of two registrations to a locked session; the other is marked as present wherever either was, and has the only
/// certificate that stands.
fn make_one(tx: &mut Tx<'_>, everywhere: &Scope, row: Registration, our: Registration) -> Result<()> {
    let mut standing = certificates::standing(tx.conn, everywhere, vec![row.row.id, our.row.id])?;
    let worth = |found: &Registration| worth(&found.row, standing.get(&found.row.id));
    let (lesser, kept) = if worth(&row) < worth(&our) { (our, row) } else { (row, our) };
    hand_over(tx, everywhere, kept.row.session_id, lesser.row.id, kept.row.id)?;
    if let Some(row) = standing.remove(&lesser.row.id) {
        let certificate = Certificate { row, session: lesser.session.clone() };
        take_step(tx, everywhere, certificate, CertificateCommand::Revoke { reason: reason()? }, advance)?;
    }
    cancel(tx, everywhere, lesser, reason()?)
}

fn reason() -> Result<Reason> {
    Ok("Fiches de la même personne fusionnées.".parse()?)
}
