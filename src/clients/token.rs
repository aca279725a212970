//! `POST /oauth/token`: a token for a machine that proves who it is (RFC 6749 §4.4).

use super::assertion;
use super::credentials::{Credentials, Proof};
use crate::audit::{Action, Author, Origin, Tx};
use crate::auth::clients::{self, KnownSecret, MachineRow, digest};
use crate::auth::machine::ClientScope;
use crate::auth::token::{self, Bearer};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Answer, Context, Endpoint, OauthForm, Reply, Server, context, route};
use crate::sessions::model::Secret;
use crate::sessions::throttle::Attempt;
use crate::values::input::Query;
use crate::values::{Day, query, text};
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::Serialize;
use std::net::IpAddr;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required, Schema};

text! {
    /// What is asked for.
    pub struct GrantType { max: 100, pattern: "^[^\\x00-\\x1F]*$", example: "client_credentials" }
}

text! {
    /// Scopes, separated by blanks.
    pub struct ScopeList { max: 1000, pattern: "^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$", example: "directory.read" }
}

text! {
    /// The identifier of a client.
    pub struct ClientName { max: 100, pattern: "^[^\\x00-\\x1F]*$", example: "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10" }
}

text! {
    /// The kind of an assertion.
    pub struct AssertionType { max: 100, pattern: "^[^\\x00-\\x1F]*$", example: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" }
}

text! {
    /// A signed assertion.
    pub struct Assertion { max: 8000, pattern: "^[A-Za-z0-9_.-]+$", example: "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl" }
}

query! {
    /// Asks for a token.
    pub struct TokenRequest {
        /// Always `client_credentials`.
        grant_type: GrantType,
        /// The scopes wanted, all those of the client where none is named.
        scope: Option<ScopeList>,
        /// The client, unless the header or the assertion names it.
        client_id: Option<ClientName>,
        /// Its secret, for `client_secret_post`.
        client_secret: Option<Secret>,
        /// Always `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, for `private_key_jwt`.
        client_assertion_type: Option<AssertionType>,
        /// The assertion, for `private_key_jwt`.
        client_assertion: Option<Assertion>,
    }
}

impl utoipa::PartialSchema for TokenRequest {
    fn schema() -> RefOr<Schema> {
        // Fields that are not known are passed over, as RFC 6749 asks.
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Asks for a token."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)));
        let fields = Self::parameters().into_iter();
        let object = fields.fold(object, |object, field| {
            let object = if field.required == Required::True { object.required(field.name.clone()) } else { object };
            field.schema.into_iter().fold(object, |object, schema| object.property(field.name.clone(), schema))
        });
        object.into()
    }
}

impl ToSchema for TokenRequest {
    fn name() -> std::borrow::Cow<'static, str> {
        "TokenRequest".into()
    }
}

/// A token of a machine.
#[derive(Serialize, ToSchema)]
pub struct AccessTokenView {
    /// Signed token for the `Authorization` header.
    #[schema(max_length = 4000, pattern = "^[A-Za-z0-9_.-]+$", example = "eyJ0eXAiOiJhdCtqd3QifQ.e30.c2lnbmF0dXJl")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, pattern = "^Bearer$", example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds for which it is good.
    #[schema(minimum = 1, maximum = 600, example = 600)]
    pub expires_in: i64,
    /// What it may do: scopes, separated by blanks.
    #[schema(max_length = 1000, pattern = "^[a-z_.]+( [a-z_.]+)*$", example = "directory.read")]
    pub scope: String,
}

/// A machine that has proved who it is, with the secret that it showed.
type Proved = (MachineRow, Option<KnownSecret>);

pub fn routes() -> Vec<Endpoint> {
    vec![route!(issue_token).at_root().speaks_oauth()]
}

/// One request for a token: what it brings, where and when it came in.
struct Asked {
    server: Arc<Server>,
    address: IpAddr,
    author: Author,
    now: Instant,
    credentials: Credentials,
    scope: Option<ScopeList>,
}

/// Get a token for a machine
///
/// Client credentials (RFC 6749 §4.4) by `client_secret_basic`, `client_secret_post` or `private_key_jwt` (RFC 7523). Refusals have the
/// form of RFC 6749, since OAuth clients know no other; their `error_uri` is the `type` of the problem. Failures are counted as those of
/// logging in are.
#[utoipa::path(post, path = "/oauth/token", operation_id = "tokens_issue", tag = "api_clients",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The token.", body = AccessTokenView)))]
async fn issue_token(request: HttpRequest, form: OauthForm<TokenRequest>) -> Answer {
    let context = context(&request)?;
    let OauthForm(form) = form;
    if form.grant_type.as_str() != "client_credentials" {
        return Err(Error::of(Code::GrantTypeUnsupported).into());
    }
    let credentials = Credentials::read(request.headers(), &form)?;
    let Context { server, route, request_id, client, .. } = &*context;
    let author = Author::new(Origin::Api, None, *request_id, &route.operation, &server.keys.records);
    let asked = Asked { server: Arc::clone(server), address: *client, author, now: server.now(), credentials, scope: form.scope };
    // What is signed is read and checked beside the writer, which everybody else waits for.
    let (proved, asked) = server.db.read(move |conn| Ok((asked.prove(conn), asked))).await?;
    let issued = server.db.write(move |conn| asked.grant(conn, proved)).await??;
    let mut response = Reply::ok(&issued.signed(server)?)?.send(&request, &context, false);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}

impl Asked {
    /// What the token says, or a refusal as a value: the failure that it counts is stored all the same.
    fn grant(self, conn: &mut DbConn, proved: Result<Proved>) -> Result<Result<Issued>> {
        let attempt = Attempt::new(&self.server.keys, &format!("client {}", self.credentials.client_id), self.address);
        attempt.begin(conn, self.now)?;
        let machine = match proved.and_then(|(machine, secret)| self.admit(conn, machine, secret)) {
            Err(error) if error.code().status() == 401 => return Ok(Err(error)),
            admitted => admitted?,
        };
        attempt.succeeded(conn, self.now)?;
        match wanted(&machine, self.scope.as_ref()) {
            Ok(scopes) => self.issue(conn, &machine, scopes).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    /// The machine that this is, with the secret that it showed. One that does not exist costs the same queries and the same checks.
    fn prove(&self, conn: &mut DbConn) -> Result<Proved> {
        let refused = || Error::of(Code::ClientRefused);
        let id = Id::parse(&self.credentials.client_id).unwrap_or_default();
        let machine = clients::find(conn, id)?;
        let secrets = clients::secrets_of(conn, id)?;
        match &self.credentials.proof {
            Proof::Secret(shown) => {
                let secret = matching(secrets, shown).ok_or_else(refused)?;
                Ok((machine.ok_or_else(refused)?, Some(secret)))
            }
            Proof::Assertion(text, _) => {
                let keys = machine.as_ref().map(|machine| machine.public_keys.0.as_slice()).unwrap_or_default();
                let own = &self.server.keys;
                let stand_in = own.named(&own.kid).ok_or_else(|| Error::internal("the signing key has no public half"))?;
                let signed = assertion::is_signed_by(text, keys, stand_in);
                machine.filter(|_| signed).map(|machine| (machine, None)).ok_or_else(refused)
            }
        }
    }

    /// Whether a machine that has proved who it is may come in: to whoever holds its secret or its key, a refusal may tell why.
    fn admit(&self, conn: &mut DbConn, machine: MachineRow, secret: Option<KnownSecret>) -> Result<MachineRow> {
        let Credentials { client_id, method, proof } = &self.credentials;
        let (today, reaches) = (Day::of(self.now.0), machine.clone().with_scopes(Vec::new())?);
        if !machine.auth_methods.0.contains(method) {
            let known = machine.auth_methods.0.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::of(Code::ClientMethodRefused).with("known", known));
        }
        let barred = [
            (!machine.enabled, Code::ClientDisabled),
            (reaches.has_expired(today), Code::ClientExpired),
            (!reaches.admits(self.address), Code::ClientAddressRefused),
            (secret.as_ref().and_then(|secret| secret.expires_on).is_some_and(|last| last < today), Code::ClientSecretExpired),
        ];
        if let Some((_, code)) = barred.into_iter().find(|(is, _)| *is) {
            return Err(Error::of(code));
        }
        if let Some(secret) = secret {
            clients::note_secret(conn, secret.id, self.now)?;
        }
        if let Proof::Assertion(_, claims) = proof {
            let claims = claims.as_ref().ok_or_else(|| Error::of(Code::ClientAssertionRefused).with("expected", "iss, sub, aud, exp, jti"))?;
            let forgotten_at = claims.check(client_id, &self.server.config.public_url, self.now.0.timestamp())?;
            if !clients::take_assertion(conn, machine.id, &claims.jti, forgotten_at)? {
                return Err(Error::of(Code::ClientAssertionReused));
            }
        }
        Ok(machine)
    }

    fn issue(&self, conn: &mut DbConn, machine: &MachineRow, scopes: Vec<ClientScope>) -> Result<Issued> {
        let (id, now, scope) = (Id::new(), self.now, ClientScope::joined(&scopes));
        clients::note_use(conn, machine.id, now)?;
        let author = self.author.clone().through(Some(machine.id)).by(Some(scope.clone()));
        Tx { conn, author: &author, now }.note(Action::Create, "access_token", id)?;
        Ok(Issued { id, now, scope, bearer: Bearer::Client { client_id: machine.id, auth_version: machine.auth_version, scopes } })
    }
}

/// A token that stands in the record, to be signed.
struct Issued {
    id: Id,
    now: Instant,
    scope: String,
    bearer: Bearer,
}

impl Issued {
    fn signed(self, server: &Server) -> Result<AccessTokenView> {
        let access_token = token::sign(&server.keys, &server.config.public_url, &self.bearer, self.id, self.now.0.timestamp())?;
        Ok(AccessTokenView { access_token, token_type: "Bearer", expires_in: token::LIFETIME, scope: self.scope })
    }
}

/// The secret that this is; as many are compared whichever it is.
fn matching(secrets: Vec<KnownSecret>, shown: &str) -> Option<KnownSecret> {
    let shown = digest(shown);
    secrets.into_iter().fold(None, |found, known| if verify_slices_are_equal(&known.digest, &shown).is_ok() { Some(known) } else { found })
}

/// The scopes of the token: those asked for, all of them the client's, or all that it has.
fn wanted(machine: &MachineRow, scope: Option<&ScopeList>) -> Result<Vec<ClientScope>> {
    let own = &machine.scopes.0;
    let refused = || Error::of(Code::ScopeNotGranted).with("known", if own.is_empty() { "-".to_owned() } else { ClientScope::joined(own) });
    let scopes = scope.map_or_else(|| Some(own.clone()), |scope| ClientScope::split(scope.as_str())).ok_or_else(refused)?;
    if !scopes.is_empty() && scopes.iter().all(|scope| own.contains(scope)) { Ok(scopes) } else { Err(refused()) }
}
