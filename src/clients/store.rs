//! Queries on machines and their secrets, apart from what letting them in asks of them.

use super::model::{ApiClientFilters, ApiClientStatus, LIFECYCLE};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::jwk::Jwk;
use crate::auth::machine::{ClientAuthMethod, ClientScope, InsurerCode, Network, RowScope};
use crate::auth::{Confidentiality, Scope, store as auth};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{api_clients, client_secrets};
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, on_conflict};
use crate::error::{Code, Error, Result};
use crate::values::{AcademyCode, Day, DisplayName};
use crate::workflow::{Lifecycle, Stateful};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = api_clients, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ApiClientRow {
    pub id: Id,
    pub name: DisplayName,
    pub enabled: bool,
    pub auth_methods: Json<Vec<ClientAuthMethod>>,
    pub public_keys: Json<Vec<Jwk>>,
    pub scopes: Json<Vec<ClientScope>>,
    pub row_scope: RowScope,
    pub academy_code: Option<AcademyCode>,
    pub insurer_code: Option<InsurerCode>,
    pub pseudonymised: bool,
    pub max_confidentiality: Confidentiality,
    pub expires_on: Option<Day>,
    pub networks: Json<Vec<Network>>,
    /// Raised by statements of their own, since secrets raise it too.
    #[diesel(skip_update)]
    pub auth_version: i32,
    pub version: i32,
    /// Noted while others change the rest.
    #[diesel(skip_update)]
    pub last_used_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Part for ApiClientRow {}

impl Stateful for ApiClientRow {
    type Status = ApiClientStatus;
    const LIFECYCLE: &'static Lifecycle<ApiClientStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> ApiClientStatus {
        if self.enabled { ApiClientStatus::Active } else { ApiClientStatus::Disabled }
    }

    fn department(&self) -> Option<&str> {
        None
    }
}

type Boxed<'a> = api_clients::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, filters: &ApiClientFilters) -> Boxed<'a> {
    let query = api_clients::table.into_boxed().filter(scope.api_clients());
    match filters.status.as_deref() {
        Some([status]) => query.filter(api_clients::enabled.eq(*status == ApiClientStatus::Active)),
        _ => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &ApiClientFilters, slice: &Slice) -> Result<Vec<ApiClientRow>> {
    let query = filtered(scope, filters).select(ApiClientRow::as_select());
    let page = keyset!(query, slice, api_clients::id, {
        "name" => (api_clients::name, text),
        "created" => (api_clients::created_at, instant),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &ApiClientRow, sort: &str) -> Position {
    let key = match sort {
        "created" => Key::from(row.created_at),
        _ => Key::from(row.name.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &ApiClientFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<ApiClientRow> {
    let visible = api_clients::table.into_boxed().filter(scope.api_clients());
    Ok(visible.filter(api_clients::id.eq(id)).select(ApiClientRow::as_select()).first(conn)?)
}

pub fn insert(tx: &mut Tx<'_>, _made_in: &Scope, row: ApiClientRow) -> Result<ApiClientRow> {
    diesel::insert_into(api_clients::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if version and state still are those it was made from; its tokens stop counting.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, mut row: ApiClientRow, from: ApiClientStatus) -> Result<ApiClientRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = api_clients::table.find(row.id).filter(api_clients::version.eq(seen).and(api_clients::enabled.eq(from == ApiClientStatus::Active)));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    raise(tx, scope, row.id)?;
    Ok(row)
}

/// Makes every token of a machine that was found in the scope count no more.
fn raise(tx: &mut Tx<'_>, _found_in: &Scope, id: Id) -> Result<()> {
    diesel::update(api_clients::table.find(id)).set(api_clients::auth_version.eq(api_clients::auth_version + 1)).execute(tx.conn)?;
    auth::advance_epoch(tx.conn)
}

/// What is known of a secret; never the secret, nor what is made from it.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = client_secrets)]
pub struct SecretRow {
    pub id: Id,
    pub client_id: Id,
    pub created_at: Instant,
    pub expires_on: Option<Day>,
    pub last_used_at: Option<Instant>,
}

/// The secrets of a machine that was found in the scope.
pub fn list_secrets(conn: &mut DbConn, _found_in: &Scope, client_id: Id, slice: &Slice) -> Result<Vec<SecretRow>> {
    let query = client_secrets::table.filter(client_secrets::client_id.eq(client_id)).into_boxed().select(SecretRow::as_select());
    Ok(keyset!(query, slice, client_secrets::id, { "created" => (client_secrets::created_at, instant) }).load(conn)?)
}

pub fn count_secrets(conn: &mut DbConn, _found_in: &Scope, client_id: Id) -> Result<i64> {
    Ok(client_secrets::table.filter(client_secrets::client_id.eq(client_id)).count().get_result(conn)?)
}

pub fn find_secret(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<SecretRow> {
    let row: SecretRow = client_secrets::table.find(id).select(SecretRow::as_select()).first(conn)?;
    find(conn, scope, row.client_id)?;
    Ok(row)
}

/// Stores a secret in a free place; where none is free, or another takes it at the same moment, the key of places refuses.
pub fn insert_secret(tx: &mut Tx<'_>, _found_in: &Scope, row: SecretRow, digest: &[u8]) -> Result<()> {
    let taken: Vec<i32> = client_secrets::table.filter(client_secrets::client_id.eq(row.client_id)).select(client_secrets::place).load(tx.conn)?;
    let values = (
        client_secrets::id.eq(row.id),
        client_secrets::client_id.eq(row.client_id),
        client_secrets::place.eq(if taken.contains(&1) { 2 } else { 1 }),
        client_secrets::digest.eq(digest),
        client_secrets::created_at.eq(row.created_at),
        client_secrets::expires_on.eq(row.expires_on),
    );
    on_conflict(diesel::insert_into(client_secrets::table).values(values).execute(tx.conn), Code::ClientSecretsTwo)?;
    Ok(())
}

/// Takes a secret away; the tokens of its machine stop counting.
pub fn delete_secret(tx: &mut Tx<'_>, scope: &Scope, row: SecretRow) -> Result<()> {
    if diesel::delete(client_secrets::table.find(row.id)).execute(tx.conn)? != 1 {
        return Err(Error::not_found());
    }
    raise(tx, scope, row.client_id)
}
