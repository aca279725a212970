//! Routes at the root: probes, metrics, the contract, the registry of problems, well-known addresses.

use crate::auth::Scope;
use crate::auth::keys::PublicKey;
use crate::auth::store as accounts;
use crate::digests;
use crate::dossiers::{deadlines, tasks};
use crate::error::{Code, Error, Language};
use crate::http::{Answer, Endpoint, Parameters, PathWord, Reply, Server, context, problem, route};
use crate::values::{choice, query, schema};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

choice! {
    /// Whether a part of the service works.
    pub enum Health as "health" {
        Up = "up" ("En marche", "Works"),
        Degraded = "degraded" ("Dégradé", "Works in part"),
        Down = "down" ("Arrêté", "Does not work"),
    }
}

/// The state of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceStatusView {
    /// The service as a whole.
    pub status: Health,
    /// The database.
    pub database: Health,
    /// Version of the contract.
    #[schema(max_length = 20, pattern = "^[0-9.]+$", example = "1.0.0")]
    pub api_version: &'static str,
}

/// That the process lives, or is ready.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProbeView {
    /// Always `up`; anything else is a problem.
    pub status: Health,
}

/// A kind of problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemTypeView {
    /// Its stable address.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org/problem-types/version-stale")]
    pub r#type: String,
    /// Its stable code.
    #[schema(max_length = 80, pattern = "^[a-z0-9_.]+$", example = "version.stale")]
    pub code: &'static str,
    /// The HTTP status it comes with, or within.
    #[schema(minimum = 400, maximum = 599, example = 412)]
    pub status: u16,
    /// Title, in French and English.
    pub title: BilingualView,
    /// Text, in French and English; `{name}` stands for a parameter.
    pub detail: BilingualView,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

/// A text in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct BilingualView {
    /// French.
    #[schema(max_length = 500, pattern = "^[^\\x00-\\x1F]*$", example = "Version périmée")]
    pub fr: &'static str,
    /// English.
    #[schema(max_length = 500, pattern = "^[^\\x00-\\x1F]*$", example = "Stale version")]
    pub en: &'static str,
}

/// All kinds of problems.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemTypesView {
    /// Every code there is.
    #[schema(max_items = 500)]
    pub items: Vec<ProblemTypeView>,
}

/// The public keys of access tokens (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwksView {
    /// Keys.
    #[schema(max_items = 10)]
    pub keys: Vec<JwkView>,
}

/// A public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwkView {
    /// Key type.
    #[schema(max_length = 10, pattern = "^OKP$", example = "OKP")]
    pub kty: &'static str,
    /// Curve.
    #[schema(max_length = 10, pattern = "^Ed25519$", example = "Ed25519")]
    pub crv: &'static str,
    /// Algorithm.
    #[schema(max_length = 10, pattern = "^EdDSA$", example = "EdDSA")]
    pub alg: &'static str,
    /// Use.
    #[schema(rename = "use", max_length = 10, pattern = "^sig$", example = "sig")]
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Key identifier.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9_-]+$", example = "q83vEjRWeJCrze8S")]
    pub kid: String,
    /// Public key.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9_-]+$", example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
}

/// The APIs of this server (RFC 9264, RFC 9727).
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiCatalogView {
    /// One set of links for each API.
    #[schema(max_items = 10)]
    pub linkset: Vec<ApiLinksView>,
}

/// Links of one API.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ApiLinksView {
    /// Address of the API.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org/api/v1")]
    pub anchor: String,
    /// Its contract.
    #[schema(max_items = 10)]
    pub service_desc: Vec<ApiLinkView>,
    /// Its documentation.
    #[schema(max_items = 10)]
    pub service_doc: Vec<ApiLinkView>,
    /// Its state.
    #[schema(max_items = 10)]
    pub status: Vec<ApiLinkView>,
}

/// One link.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiLinkView {
    /// Address.
    #[schema(max_length = 300, format = "uri", example = "https://api.example.org/openapi.json")]
    pub href: String,
    /// Media type of what stands there.
    #[schema(max_length = 80, pattern = "^[a-z]+/[a-z0-9.+-]+$", example = "application/json")]
    #[serde(rename = "type")]
    pub media_type: &'static str,
}

query! {
    /// Options of `/problem-types`.
    pub struct ProblemTypeFilters {
        /// HTTP status.
        status: Option<ProblemStatus>,
    }
}

crate::values::number! {
    /// An HTTP status of a problem.
    pub struct ProblemStatus(i32: Integer "int32" as Integer) { 400..=599, example: 412 }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(retrieve_status).at_root(),
        route!(retrieve_livez).at_root().any_host(),
        route!(retrieve_readyz).at_root().any_host(),
        route!(retrieve_metrics).at_root().any_host(),
        route!(retrieve_contract).at_root().cacheable(),
        route!(list_problem_types).at_root().cacheable(),
        route!(retrieve_problem_type).at_root().cacheable(),
        route!(retrieve_jwks).at_root().cacheable(),
        route!(retrieve_api_catalog).at_root().cacheable(),
        route!(retrieve_security_txt).at_root().cacheable(),
    ]
}

async fn database(server: &Server) -> Health {
    match server.db.read(accounts::epoch).await {
        Ok(_) => Health::Up,
        Err(error) if error.code() == Code::Overloaded => Health::Degraded,
        Err(_) => Health::Down,
    }
}

fn sent<V: Serialize>(request: &HttpRequest, view: &V) -> Answer {
    Ok(Reply::ok(view)?.send(request, &*context(request)?, false))
}

/// Retrieve the state of the service
///
/// Whether the service and its parts work; always 200 while the process can answer.
#[utoipa::path(get, path = "/status", operation_id = "status_retrieve", tag = "system", responses((status = 200, description = "The state.", body = ServiceStatusView)))]
async fn retrieve_status(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    let database = database(&context.server).await;
    sent(&request, &ServiceStatusView { status: database, database, api_version: crate::http::API_VERSION })
}

/// Probe for life
///
/// 200 while the process answers.
#[utoipa::path(get, path = "/livez", operation_id = "livez_retrieve", tag = "system", responses((status = 200, description = "It lives.", body = ProbeView)))]
async fn retrieve_livez(request: HttpRequest) -> Answer {
    sent(&request, &ProbeView { status: Health::Up })
}

/// Probe for readiness
///
/// 200 when requests may be sent here; 503 while the database does not answer or the server drains.
#[utoipa::path(get, path = "/readyz", operation_id = "readyz_retrieve", tag = "system", responses((status = 200, description = "It is ready.", body = ProbeView)))]
async fn retrieve_readyz(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    if context.server.draining.load(Ordering::Relaxed) {
        return Err(Error::busy(Code::ShuttingDown, 5).into());
    }
    match database(&context.server).await {
        Health::Down => Err(Error::busy(Code::DatabaseUnavailable, 5).into()),
        _ => sent(&request, &ProbeView { status: Health::Up }),
    }
}

/// Retrieve metrics
///
/// For Prometheus: counters by operation, how many tasks and deadlines are overdue, and what became of mails.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics_retrieve", tag = "system",
    responses((status = 200, description = "Counters in Prometheus' text format.", body = String, content_type = "text/plain")))]
async fn retrieve_metrics(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    let (server, today) = (&context.server, context.server.today());
    // What is counted in the database stays as it was last known while that does not answer.
    let scope = Scope::console();
    let counted = server.db.read(move |conn| {
        let overdue = (tasks::store::count_overdue(conn, &scope, today)?, deadlines::store::count_overdue(conn, &scope, today)?);
        Ok((overdue, digests::store::count_queued(conn, &scope)?))
    });
    if let Ok(((tasks, deadlines), mails)) = counted.await {
        server.metrics.tasks_overdue.set(tasks);
        server.metrics.deadlines_overdue.set(deadlines);
        server.metrics.mails_waiting.set(mails);
    }
    let text = server.metrics.text().map_err(Error::internal)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

/// Retrieve the contract
///
/// This description, OpenAPI 3.1.
#[utoipa::path(get, path = "/openapi.json", operation_id = "contract_retrieve", tag = "system", responses((status = 200, description = "The contract.", body = ContractView)))]
async fn retrieve_contract(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(context.server.contract.clone()))
}

/// An OpenAPI description.
#[derive(Debug)]
pub struct ContractView;

impl utoipa::PartialSchema for ContractView {
    fn schema() -> RefOr<Schema> {
        schema::open_object("An OpenAPI description; its own standard says what it holds.")
    }
}

impl ToSchema for ContractView {
    fn name() -> Cow<'static, str> {
        "ContractView".into()
    }
}

fn problem_type(public_url: &str, code: Code) -> ProblemTypeView {
    let title = |language| problem::title(code.status(), language);
    ProblemTypeView {
        r#type: problem::type_of(public_url, code),
        code: code.name(),
        status: code.status(),
        title: BilingualView { fr: title(Language::Fr), en: title(Language::En) },
        detail: BilingualView { fr: code.template(Language::Fr), en: code.template(Language::En) },
        retryable: code.retryable(),
    }
}

/// List kinds of problems
///
/// Every code that a problem or one of its errors can have.
#[utoipa::path(get, path = "/problem-types", operation_id = "problem_types_list", tag = "system", params(ProblemTypeFilters),
    responses((status = 200, description = "All kinds of problems.", body = ProblemTypesView)))]
async fn list_problem_types(request: HttpRequest, filters: Parameters<ProblemTypeFilters>) -> Answer {
    let context = context(&request)?;
    let wanted = filters.0.status.map(ProblemStatus::get);
    let codes = Code::ALL.iter().filter(|code| wanted.is_none_or(|status| i32::from(code.status()) == status));
    sent(&request, &ProblemTypesView { items: codes.map(|code| problem_type(&context.server.config.public_url, *code)).collect() })
}

/// Retrieve a kind of problem
///
/// What a problem's `type` points to.
#[utoipa::path(get, path = "/problem-types/{slug}", operation_id = "problem_types_retrieve", tag = "system", params(("slug" = inline(ProblemSlug), Path)),
    responses((status = 200, description = "The kind of problem.", body = ProblemTypeView)))]
async fn retrieve_problem_type(request: HttpRequest, slug: PathWord) -> Answer {
    let context = context(&request)?;
    let code = Code::from_slug(&slug.0).ok_or_else(Error::not_found)?;
    sent(&request, &problem_type(&context.server.config.public_url, code))
}

crate::values::text! {
    /// The last part of a problem's `type`.
    pub struct ProblemSlug { max: 80, pattern: "^[a-z0-9-]+$", example: "version-stale" }
}

/// Retrieve the public keys
///
/// The keys that access tokens are signed with.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "jwks_retrieve", tag = "system", responses((status = 200, description = "The keys.", body = JwksView)))]
async fn retrieve_jwks(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    let view = |key: &PublicKey| JwkView { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid: key.kid.clone(), x: key.text.clone() };
    sent(&request, &JwksView { keys: context.server.keys.published.iter().map(view).collect() })
}

/// Retrieve the catalogue of APIs
///
/// Where the contract and its documentation are (RFC 9727).
#[utoipa::path(get, path = "/.well-known/api-catalog", operation_id = "api_catalog_retrieve", tag = "system",
    responses((status = 200, description = "A link set.", body = ApiCatalogView, content_type = "application/linkset+json")))]
async fn retrieve_api_catalog(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    let root = &context.server.config.public_url;
    let link = |path: &str, media_type| vec![ApiLinkView { href: format!("{root}{path}"), media_type }];
    let links = ApiLinksView {
        anchor: format!("{root}/api/v1"),
        service_desc: link("/openapi.json", "application/json"),
        service_doc: link("/docs/", "text/html"),
        status: link("/status", "application/json"),
    };
    let catalog = serde_json::to_vec(&ApiCatalogView { linkset: vec![links] }).map_err(Error::internal)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/linkset+json")).body(catalog))
}

/// Retrieve the security contact
///
/// Whom to tell about a weakness (RFC 9116).
#[utoipa::path(get, path = "/.well-known/security.txt", operation_id = "security_txt_retrieve", tag = "system",
    responses((status = 200, description = "The contact.", body = String, content_type = "text/plain")))]
async fn retrieve_security_txt(request: HttpRequest) -> Answer {
    let context = context(&request)?;
    let expires = context.server.clock.now() + chrono::Duration::days(180);
    let root = &context.server.config.public_url;
    let host = url::Url::parse(root).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let text = format!(
        "Contact: mailto:security@{host}\nExpires: {}\nPreferred-Languages: fr, en\nCanonical: {root}/.well-known/security.txt\n",
        expires.format("%Y-%m-%dT00:00:00Z")
    );
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}
