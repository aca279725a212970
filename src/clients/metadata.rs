//! What a machine can find out by itself: where tokens come from, and what its own token is good for.

use crate::auth::machine::{ClientAuthMethod, ClientScope, InsurerCode, Reach, RowScope};
use crate::auth::{Confidentiality, policy};
use crate::db::Id;
use crate::error::Error;
use crate::http::{Actor, Answer, Endpoint, Reply, context, route};
use crate::values::{AcademyCode, Choice, Day, DisplayName, Enumeration, text};
use actix_web::HttpRequest;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

text! {
    /// A word of OAuth.
    pub struct OauthWord { max: 60, pattern: "^[A-Za-z0-9_.]+$", example: "client_credentials" }
}

text! {
    /// The name of an operation of this contract.
    pub struct OperationName { max: 80, pattern: "^[a-z_]+$", example: "establishments_list" }
}

/// Where tokens come from (RFC 8414).
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorizationServerView {
    /// The issuer of tokens.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org")]
    pub issuer: String,
    /// Where a machine asks for one.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org/oauth/token")]
    pub token_endpoint: String,
    /// The keys that tokens are signed with.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org/.well-known/jwks.json")]
    pub jwks_uri: String,
    /// The documentation.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org/docs/")]
    pub service_documentation: String,
    /// Every scope there is.
    #[schema(max_items = 100, value_type = Vec<OauthWord>)]
    pub scopes_supported: Vec<&'static str>,
    /// None: there is no authorization endpoint.
    #[schema(max_items = 10, value_type = Vec<OauthWord>)]
    pub response_types_supported: Vec<&'static str>,
    /// Client credentials alone.
    #[schema(max_items = 10, value_type = Vec<OauthWord>)]
    pub grant_types_supported: Vec<&'static str>,
    /// How a machine may prove who it is.
    #[schema(max_items = 10, value_type = Vec<OauthWord>)]
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// How an assertion may be signed.
    #[schema(max_items = 10, value_type = Vec<OauthWord>)]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
}

/// The machine that calls, and what its token is good for.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeClientView {
    /// Identifier; its `client_id`.
    pub id: Id,
    /// Name shown to others.
    pub name: DisplayName,
    /// The scopes of the token.
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
    /// The operations that the token may call, besides those that are open to anybody.
    #[schema(max_items = 500, value_type = Vec<OperationName>)]
    pub operations: Vec<&'static str>,
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(retrieve_authorization_server).at_root().cacheable(), route!(retrieve_me_client)]
}

/// Retrieve what OAuth clients need to know
///
/// Where tokens come from and how they are asked for (RFC 8414).
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", operation_id = "authorization_server_retrieve", tag = "api_clients",
    responses((status = 200, description = "The description.", body = AuthorizationServerView)))]
async fn retrieve_authorization_server(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    let words = |set: Enumeration| set.values.iter().map(|value| value.code).collect();
    let root = &context.server.config.public_url;
    let view = AuthorizationServerView {
        issuer: root.clone(),
        token_endpoint: format!("{root}/oauth/token"),
        jwks_uri: format!("{root}/.well-known/jwks.json"),
        service_documentation: format!("{root}/docs/"),
        scopes_supported: words(ClientScope::ENUMERATION),
        response_types_supported: Vec::new(),
        grant_types_supported: vec!["client_credentials"],
        token_endpoint_auth_methods_supported: words(ClientAuthMethod::ENUMERATION),
        token_endpoint_auth_signing_alg_values_supported: vec!["EdDSA", "ES256"],
    };
    Ok(Reply::ok(&view)?.send(&request, &context, false))
}

/// Retrieve the machine that calls
///
/// What the token is good for: its scopes, its rows, the operations it may call.
#[utoipa::path(get, path = "/me/client", operation_id = "me_client_retrieve", tag = "api_clients",
    responses((status = 200, description = "The machine.", body = MeClientView)))]
async fn retrieve_me_client(actor: Actor) -> Answer {
    let principal = Arc::clone(&actor.principal);
    actor
        .show(move |_, _| {
            let machine = principal.machine.as_ref().ok_or_else(Error::not_found)?;
            let (row_scope, academy_code, insurer_code) = match &machine.reach {
                Reach::National => (RowScope::National, None, None),
                Reach::Academy(code) => (RowScope::Academy, Some(code.clone()), None),
                Reach::Insurer(code) => (RowScope::Insurer, None, Some(code.clone())),
            };
            Ok(MeClientView {
                id: machine.id,
                name: principal.display_name.parse().map_err(|_| Error::internal("a stored name is not valid"))?,
                scopes: machine.scopes.clone(),
                row_scope,
                academy_code,
                insurer_code,
                pseudonymised: machine.pseudonymised,
                max_confidentiality: machine.max_confidentiality,
                expires_on: machine.expires_on,
                operations: policy::operations_of(&machine.scopes),
            })
        })
        .await
}
