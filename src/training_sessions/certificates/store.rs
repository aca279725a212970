//! Queries on certificates.

use super::model::{CertificateFilters, CertificateNumber, CertificateStatus, LIFECYCLE};
use crate::associations::model::AssociationName;
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{associations, training_certificates};
use crate::db::search::Written;
use crate::db::{DbConn, Id, Instant, MultiBackend, among, on_conflict, optional};
use crate::error::{Code, Error, Result};
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::territory::ACADEMIES;
use crate::workflow::{Lifecycle, Stateful};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_certificates, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CertificateRow {
    pub id: Id,
    pub number: CertificateNumber,
    pub session_id: Id,
    pub registration_id: Id,
    pub slots_held: i32,
    pub slots_attended: i32,
    pub minutes_attended: i32,
    pub minimum_share: i32,
    /// Of the code that stands on the sheet.
    pub digest: Vec<u8>,
    pub status: CertificateStatus,
    pub issued_by: Option<Id>,
    pub revoked_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A certificate with its session, whose organisers it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    pub row: CertificateRow,
    pub session: TrainingSessionRow,
}

impl Part for Certificate {}

impl Stateful for Certificate {
    type Status = CertificateStatus;
    const LIFECYCLE: &'static Lifecycle<CertificateStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> CertificateStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        self.session.department()
    }
}

type Boxed<'a> = training_certificates::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(session_id: Id, filters: &CertificateFilters) -> Boxed<'a> {
    let CertificateFilters { status, registration } = filters;
    let mut query = training_certificates::table.filter(training_certificates::session_id.eq(session_id)).into_boxed();
    if let Some(statuses) = status {
        query = among!(query, training_certificates::status, statuses.clone());
    }
    if let Some(id) = registration {
        query = query.filter(training_certificates::registration_id.eq(*id));
    }
    query
}

/// Those of a session that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, session_id: Id, filters: &CertificateFilters, slice: &Slice) -> Result<Vec<CertificateRow>> {
    let query = filtered(session_id, filters).select(CertificateRow::as_select());
    let page = keyset!(query, slice, training_certificates::id, {
        "number" => (training_certificates::number, text),
        "created" => (training_certificates::created_at, instant),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &CertificateRow, sort: &str) -> Position {
    let key = match sort {
        "created" => Key::from(row.created_at),
        _ => Key::from(row.number.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, session_id: Id, filters: &CertificateFilters) -> Result<i64> {
    Ok(filtered(session_id, filters).count().get_result(conn)?)
}

/// One of a session in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Certificate> {
    let row: CertificateRow = training_certificates::table.find(id).select(CertificateRow::as_select()).first(conn)?;
    let session = sessions::find(conn, scope, row.session_id)?;
    Ok(Certificate { row, session })
}

/// The certificates that stand for some registrations, wherever they are, by registration. The state is written out, as the partial index
/// has it.
pub fn standing(conn: &mut DbConn, _everywhere: &Scope, registrations: Vec<Id>) -> Result<HashMap<Id, CertificateRow>> {
    let standing = training_certificates::registration_id.eq_any(registrations).and(Written::default().sql("training_certificates.status = 'issued'"));
    let rows: Vec<CertificateRow> = training_certificates::table.filter(standing).select(CertificateRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.registration_id, row)).collect())
}

/// All that were ever given for a registration that was found in the scope.
pub fn of_registration(conn: &mut DbConn, _found_in: &Scope, registration_id: Id) -> Result<Vec<Id>> {
    let theirs = training_certificates::table.filter(training_certificates::registration_id.eq(registration_id));
    Ok(theirs.order(training_certificates::id).select(training_certificates::id).load(conn)?)
}

/// Whether a certificate stands whose code has this digest, whoever asks: the code is the right.
pub fn stands(conn: &mut DbConn, _everybody: &Scope, digest: &[u8]) -> Result<bool> {
    let known = training_certificates::table.filter(training_certificates::digest.eq(digest)).select(training_certificates::status);
    Ok(optional(known.first::<CertificateStatus>(conn))? == Some(CertificateStatus::Issued))
}

/// Stores a certificate of a locked session; one stands for a registration at most.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: CertificateRow) -> Result<CertificateRow> {
    on_conflict(diesel::insert_into(training_certificates::table).values(&row).execute(tx.conn), Code::CertificateIssued)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are among those it was made from.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: CertificateRow, from: &[CertificateStatus]) -> Result<CertificateRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = training_certificates::table.find(row.id).filter(training_certificates::version.eq(seen));
    let current = current.filter(training_certificates::status.eq_any(from.to_vec()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Who organises a session that was found in the scope, in words.
pub fn organiser(conn: &mut DbConn, _found_in: &Scope, session: &TrainingSessionRow) -> Result<String> {
    if let Some(id) = session.association_id {
        return Ok(associations::table.find(id).select(associations::name).first::<AssociationName>(conn)?.to_string());
    }
    let code = session.academy_code.as_ref().map_or("", |code| code.as_str());
    let name = ACADEMIES.iter().find(|academy| academy.code == code).map_or(code, |academy| academy.name);
    Ok(format!("Commission de formation de l'académie de {name}"))
}
