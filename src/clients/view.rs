//! What callers see of a machine; of its secrets only that they are there, but for the moment in which one is made.

use super::model::{ApiClientStatus, LIFECYCLE};
use super::store::{ApiClientRow, SecretRow};
use crate::audit::Resource;
use crate::auth::jwk::Jwk;
use crate::auth::machine::{ClientAuthMethod, ClientScope, InsurerCode, Network, RowScope};
use crate::auth::{Confidentiality, Scope};
use crate::db::{Id, Instant};
use crate::http::Lens;
use crate::values::{AcademyCode, Day, DisplayName};
use crate::workflow::{AllowedCommandView, Stateful, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A machine that may call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiClientView {
    /// Identifier; its `client_id`.
    pub id: Id,
    /// Version, raised by every change of the machine itself; its secrets have lives of their own.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Name shown to others.
    pub name: DisplayName,
    /// State.
    pub status: ApiClientStatus,
    /// How it may prove who it is.
    #[schema(max_items = 100)]
    pub auth_methods: Vec<ClientAuthMethod>,
    /// Its public keys.
    #[schema(max_items = 2)]
    pub public_keys: Vec<Jwk>,
    /// What it may do.
    #[schema(max_items = 100)]
    pub scopes: Vec<ClientScope>,
    /// Whose rows it reaches.
    pub row_scope: RowScope,
    /// The academy, where the rows are those of one.
    pub academy_code: Option<AcademyCode>,
    /// The insurer, where the rows are those of one.
    pub insurer_code: Option<InsurerCode>,
    /// Whether people are known to it under pseudonyms only.
    pub pseudonymised: bool,
    /// The most confidential dossiers it reads.
    pub max_confidentiality: Confidentiality,
    /// The last day on which it is let in.
    pub expires_on: Option<Day>,
    /// The networks it calls from; none for any.
    #[schema(max_items = 100)]
    pub networks: Vec<Network>,
    /// When it was last at work, to the minute.
    pub last_used_at: Option<Instant>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for ApiClientView {
    const KIND: &'static str = "api_client";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ApiClientRow> for ApiClientView {
    fn from(row: ApiClientRow) -> Self {
        let status = row.status();
        let ApiClientRow { id, name, enabled: _, auth_methods, public_keys, scopes, row_scope, academy_code, insurer_code, pseudonymised, .. } = row;
        let ApiClientRow { max_confidentiality, expires_on, networks, auth_version: _, version, last_used_at, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            name,
            status,
            auth_methods: auth_methods.0,
            public_keys: public_keys.0,
            scopes: scopes.0,
            row_scope,
            academy_code,
            insurer_code,
            pseudonymised,
            max_confidentiality,
            expires_on,
            networks: networks.0,
            last_used_at,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

pub fn show(scope: &Scope, lens: Lens, row: ApiClientRow) -> ApiClientView {
    let allowed_commands = LIFECYCLE.allowed(row.status(), scope, None, lens.language, |_| Verdict::Free);
    ApiClientView { allowed_commands, ..row.into() }
}

/// A secret of a machine, as far as it is known once it was shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientSecretView {
    /// Identifier.
    pub id: Id,
    /// The machine.
    pub client_id: Id,
    /// When it was made.
    pub created_at: Instant,
    /// The last day on which it is taken.
    pub expires_on: Option<Day>,
    /// When a token was last asked for with it, to the minute.
    pub last_used_at: Option<Instant>,
}

impl From<SecretRow> for ClientSecretView {
    fn from(row: SecretRow) -> Self {
        let SecretRow { id, client_id, created_at, expires_on, last_used_at } = row;
        Self { id, client_id, created_at, expires_on, last_used_at }
    }
}

/// A secret, shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewClientSecretView {
    /// Identifier.
    pub id: Id,
    /// The machine.
    pub client_id: Id,
    /// The secret.
    #[schema(max_length = 100, pattern = "^[A-Za-z0-9_-]+$", example = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA")]
    pub client_secret: String,
    /// When it was made.
    pub created_at: Instant,
    /// The last day on which it is taken.
    pub expires_on: Option<Day>,
}
