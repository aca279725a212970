//! Routes of the secrets of machines: at most two at once, so that one can take the place of the other without a gap.

use super::bodies::CreateClientSecret;
use super::store::{self, SecretRow};
use super::view::{ClientSecretView, NewClientSecretView};
use crate::audit::Action;
use crate::auth::Scope;
use crate::auth::clients::digest;
use crate::auth::keys::random;
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, ListOf, Listed, NoFilters, Page, PathId, Plain, Reply, route};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a secret is called in the record of changes.
const SECRET: &str = "client_secret";

/// The secrets of one machine as a list.
#[derive(Clone)]
struct Secrets(Id);

const SORTS: &[&str] = &["created"];

impl Listed for Secrets {
    type Filters = NoFilters;
    type View = ClientSecretView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, ClientSecretView)>> {
        store::find(conn, scope, self.0)?;
        let rows = store::list_secrets(conn, scope, self.0, slice)?;
        Ok(rows.into_iter().map(|row| (Position { key: Key::from(row.created_at), id: row.id }, row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::find(conn, scope, self.0)?;
        store::count_secrets(conn, scope, self.0)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_client_secrets).lists::<ClientSecretView>(SORTS), route!(create_client_secret), route!(delete_client_secret)]
}

/// List the secrets of a machine
///
/// When each was made, until when it is taken, when it was last used; the oldest first.
#[utoipa::path(get, path = "/api-clients/{id}/secrets", operation_id = "client_secrets_list", tag = "api_clients",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of secrets.", body = Page<ClientSecretView>)))]
async fn list_client_secrets(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Secrets(id.0), list).await
}

/// Make a secret
///
/// Shown this once, and stored as a digest. A machine has two at most: make the second, give it to the machine, then delete the first.
#[utoipa::path(post, path = "/api-clients/{id}/secrets", operation_id = "client_secrets_create", tag = "api_clients", params(("id" = Id, Path)),
    request_body = CreateClientSecret, responses((status = 201, description = "The secret, shown this once.", body = NewClientSecretView),
        (status = 409, description = "There are two already.")))]
async fn create_client_secret(actor: Actor, id: PathId, body: Plain<CreateClientSecret>) -> Answer {
    let Plain(CreateClientSecret { expires_on }) = body;
    let client_secret = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let made = actor.write(false, move |tx, scope| {
        store::find(tx.conn, scope, id.0)?;
        let row = SecretRow { id: Id::new(), client_id: id.0, created_at: tx.now, expires_on, last_used_at: None };
        store::insert_secret(tx, scope, row, &digest(&client_secret))?;
        tx.note(Action::Create, SECRET, row.id)?;
        let SecretRow { id, client_id, created_at, expires_on, last_used_at: _ } = row;
        Ok(NewClientSecretView { id, client_id, client_secret, created_at, expires_on })
    });
    actor.send(Reply { status: 201, ..Reply::ok(&made.await?)? })
}

/// Delete a secret
///
/// It is taken no more, and the tokens of its machine stop counting at the next request of each.
#[utoipa::path(delete, path = "/client-secrets/{id}", operation_id = "client_secrets_delete", tag = "api_clients",
    params(("id" = Id, Path)), responses((status = 204, description = "The secret is gone.")))]
async fn delete_client_secret(actor: Actor, id: PathId) -> Answer {
    actor
        .write(false, move |tx, scope| {
            let row = store::find_secret(tx.conn, scope, id.0)?;
            store::delete_secret(tx, scope, row)?;
            tx.note(Action::Delete, SECRET, id.0)
        })
        .await?;
    actor.send(Reply::no_content())
}
