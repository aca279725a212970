//! Queries on machines, as far as letting them in asks: who they are, what proves it, when they last were at work.

use super::jwk::Jwk;
use super::keys::sha256;
use super::machine::{ClientAuthMethod, ClientScope, InsurerCode, Machine, NOTE_SECONDS, Network, Reach, RowScope};
use super::store::epoch;
use super::{Confidentiality, Principal};
use crate::db::schema::{api_clients, client_assertions, client_secrets};
use crate::db::{DbConn, Id, Instant, Json, insert_unless_taken, optional};
use crate::error::{Code, Error, Result};
use crate::values::{AcademyCode, Day};
use diesel::prelude::*;
use std::sync::atomic::AtomicI64;

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_clients)]
pub struct MachineRow {
    pub id: Id,
    pub name: String,
    pub enabled: bool,
    pub auth_methods: Json<Vec<ClientAuthMethod>>,
    pub public_keys: Json<Vec<Jwk>>,
    pub scopes: Json<Vec<ClientScope>>,
    row_scope: RowScope,
    academy_code: Option<AcademyCode>,
    insurer_code: Option<InsurerCode>,
    pseudonymised: bool,
    max_confidentiality: Confidentiality,
    expires_on: Option<Day>,
    networks: Json<Vec<Network>>,
    pub auth_version: i32,
}

impl MachineRow {
    /// The machine with the scopes of a token.
    pub fn with_scopes(self, scopes: Vec<ClientScope>) -> Result<Machine> {
        let Self { id, row_scope, academy_code, insurer_code, pseudonymised, max_confidentiality, expires_on, networks, .. } = self;
        let reach = match (row_scope, academy_code, insurer_code) {
            (RowScope::National, None, None) => Reach::National,
            (RowScope::Academy, Some(code), None) => Reach::Academy(code),
            (RowScope::Insurer, None, Some(code)) => Reach::Insurer(code),
            _ => return Err(Error::internal("a stored client names rows that do not fit together")),
        };
        Ok(Machine { id, scopes, reach, pseudonymised, max_confidentiality, expires_on, networks: networks.0, noted: AtomicI64::default() })
    }
}

pub fn find(conn: &mut DbConn, id: Id) -> Result<Option<MachineRow>> {
    optional(api_clients::table.find(id).select(MachineRow::as_select()).first(conn))
}

/// The machine behind a verified token, if it is enabled, still served and unchanged.
pub fn find_principal(conn: &mut DbConn, id: Id, auth_version: i32, scopes: &[ClientScope], now: Instant) -> Result<Principal> {
    let epoch = epoch(conn)?;
    let row = find(conn, id)?.ok_or_else(|| Error::of(Code::TokenInvalid))?;
    if !row.enabled {
        return Err(Error::of(Code::ClientDisabled));
    }
    if row.auth_version != auth_version {
        return Err(Error::of(Code::TokenExpired));
    }
    let name = row.name.clone();
    let machine = row.with_scopes(scopes.to_vec())?;
    if machine.has_expired(Day::of(now.0)) {
        return Err(Error::of(Code::ClientExpired));
    }
    Ok(Principal::of_machine(machine, name, auth_version, epoch))
}

/// What a secret is to whom it was shown, apart from the secret itself.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = client_secrets)]
pub struct KnownSecret {
    pub id: Id,
    pub digest: Vec<u8>,
    pub expires_on: Option<Day>,
}

/// What is stored of a secret. It has 256 random bits: a slow hash guards secrets that can be guessed, and this one cannot.
pub fn digest(secret: &str) -> Vec<u8> {
    sha256(secret.as_bytes()).as_ref().to_vec()
}

pub fn secrets_of(conn: &mut DbConn, client_id: Id) -> Result<Vec<KnownSecret>> {
    Ok(client_secrets::table.filter(client_secrets::client_id.eq(client_id)).order(client_secrets::place).select(KnownSecret::as_select()).load(conn)?)
}

/// Takes an assertion up, unless it was: the key decides between two at once.
pub fn take_assertion(conn: &mut DbConn, client_id: Id, jti: &str, expires_at: Instant) -> Result<bool> {
    let row = (client_assertions::client_id.eq(client_id), client_assertions::digest.eq(digest(jti)), client_assertions::expires_at.eq(expires_at));
    Ok(insert_unless_taken!(conn, client_assertions::table, row)? == 1)
}

fn a_while_ago(now: Instant) -> Instant {
    Instant(now.0 - chrono::Duration::seconds(NOTE_SECONDS))
}

/// Notes that a machine was at work, unless that was noted within the minute.
pub fn note_use(conn: &mut DbConn, id: Id, now: Instant) -> Result<()> {
    let unnoted = api_clients::last_used_at.is_null().or(api_clients::last_used_at.assume_not_null().le(a_while_ago(now)));
    diesel::update(api_clients::table.find(id).filter(unnoted)).set(api_clients::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}

/// The same of a secret.
pub fn note_secret(conn: &mut DbConn, id: Id, now: Instant) -> Result<()> {
    let unnoted = client_secrets::last_used_at.is_null().or(client_secrets::last_used_at.assume_not_null().le(a_while_ago(now)));
    diesel::update(client_secrets::table.find(id).filter(unnoted)).set(client_secrets::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Forgets assertions that are past their time.
pub fn sweep(conn: &mut DbConn, now: Instant) -> Result<()> {
    diesel::delete(client_assertions::table.filter(client_assertions::expires_at.lt(now))).execute(conn)?;
    Ok(())
}
