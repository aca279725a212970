//! The gate before every handler: who calls, whether they may, in which form; and after it: words, headers, records.

use super::limits::{Class, Client, Quota};
use super::metrics::Metrics;
use super::problem::{self, Problem};
use super::routes::Route;
use super::server::{Context, Server};
use super::{accept, callers, client, cors, headers, host};
use crate::auth::policy::Access;
use crate::auth::{Principal, Scope};
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Language, Place, Result};
use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Responder};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use prometheus::Histogram;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time for a file to arrive.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub struct Gate {
    server: Arc<Server>,
    route: Arc<Route>,
    duration: Histogram,
}

impl Gate {
    pub fn new(server: Arc<Server>, route: Arc<Route>) -> Self {
        let duration = server.metrics.duration(&route.operation);
        Self { server, route, duration }
    }
}

impl<S> Transform<S, ServiceRequest> for Gate
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = actix_web::Error> + 'static,
{
    type Response = ServiceResponse;
    type Error = actix_web::Error;
    type Transform = Guarded<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Guarded { inner: Rc::new(inner), gate: self.clone() }))
    }
}

pub struct Guarded<S> {
    inner: Rc<S>,
    gate: Gate,
}

impl<S> Service<ServiceRequest> for Guarded<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = actix_web::Error> + 'static,
{
    type Response = ServiceResponse;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    actix_web::dev::forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (inner, gate) = (Rc::clone(&self.inner), self.gate.clone());
        Box::pin(async move { Ok(gate.serve(inner, request).await) })
    }
}

impl Gate {
    async fn serve<S>(self, inner: Rc<S>, request: ServiceRequest) -> ServiceResponse
    where
        S: Service<ServiceRequest, Response = ServiceResponse, Error = actix_web::Error>,
    {
        let started = Instant::now();
        let client = client::address(&request, &self.server.config.trusted_proxies);
        let mut context = Context {
            server: Arc::clone(&self.server),
            route: Arc::clone(&self.route),
            request_id: Id::new(),
            language: headers::language(request.headers()),
            client,
            media: accept::Media::default(),
            caller: None,
        };
        let (admitted, client, quota) = self.admit(&request, &mut context, started).await;
        let context = Rc::new(context);
        let http = request.request().clone();
        let response = match admitted {
            Err(error) => problem::response(&error, &context),
            Ok(()) => {
                request.extensions_mut().insert(Rc::clone(&context));
                self.handle(inner.as_ref(), request, &context).await
            }
        };
        self.finish(http, response, &context, (client, quota), started)
    }

    /// 421 and 431, then 401, then 403, then 400, before any body is read.
    async fn admit(&self, request: &ServiceRequest, context: &mut Context, started: Instant) -> (Result<()>, Client, Quota) {
        let caller = match self.listens_to(request) {
            Ok(()) => self.authenticate(request, context.client).await,
            Err(error) => Err(error),
        };
        let limited = match &caller {
            Ok(Some(principal)) => Client::User(principal.user_id),
            _ => Client::Address(context.client),
        };
        let quota = self.server.limits.take(limited, class(&self.route), started);
        let checked = async {
            if quota.exceeded {
                self.server.metrics.rate_limited(quota.class);
                return Err(Error::busy(Code::RateLimited, quota.reset.max(1)));
            }
            if let Some(principal) = caller? {
                callers::note_use(&self.server, &principal);
                context.caller = self.authorise(&principal).await?.map(|scope| (principal, scope));
            }
            headers::check(request.headers())?;
            context.media = accept::negotiate(request.headers(), &self.route.facts)?;
            self.check_query(request)
        };
        (checked.await, limited, quota)
    }

    fn listens_to(&self, request: &ServiceRequest) -> Result<()> {
        headers::check_size(request.headers())?;
        if self.route.facts.any_host { Ok(()) } else { host::check(request, &self.server.config.hosts) }
    }

    /// The caller, where the route wants one; a bad credential is refused even where none is needed.
    async fn authenticate(&self, request: &ServiceRequest, address: IpAddr) -> Result<Option<Arc<Principal>>> {
        if self.route.facts.speaks_oauth {
            return Ok(None);
        }
        let Some(token) = headers::bearer(request.headers())? else {
            return if self.route.access == Access::Public { Ok(None) } else { Err(Error::of(Code::CredentialsMissing)) };
        };
        let caller = callers::find(&self.server, token).await?;
        if caller.machine.as_ref().is_some_and(|machine| !machine.admits(address)) {
            // Its networks may have changed since: then the token is to be refreshed.
            callers::confirm(&self.server, &caller).await?;
            return Err(Error::of(Code::ClientAddressRefused));
        }
        Ok(Some(caller))
    }

    /// The rows that the operation may touch for this caller.
    async fn authorise(&self, principal: &Arc<Principal>) -> Result<Option<Scope>> {
        if self.route.access == Access::Public {
            return Ok(None);
        }
        if let Some(scope) = Scope::of(principal, self.route.access, self.server.now()) {
            return Ok(Some(scope));
        }
        // Before a refusal, look whether the rights have changed since: then the token is to be refreshed.
        callers::confirm(&self.server, principal).await?;
        Err(Error::of(Code::FunctionNotGranted))
    }

    fn check_query(&self, request: &ServiceRequest) -> Result<()> {
        if self.route.takes_query || request.query_string().is_empty() {
            return Ok(());
        }
        let names = url::form_urlencoded::parse(request.query_string().as_bytes()).map(|(name, _)| name.into_owned());
        let unknown = |name| Flaw::new(Code::ParameterUnknown).with("nearest", "-").at(Place::Parameter(name));
        Err(Error::invalid(names.map(unknown).collect()))
    }

    async fn handle<S>(&self, inner: &S, request: ServiceRequest, context: &Rc<Context>) -> HttpResponse
    where
        S: Service<ServiceRequest, Response = ServiceResponse, Error = actix_web::Error>,
    {
        let patience = if self.route.facts.uploads { UPLOAD_PATIENCE } else { self.server.config.request_patience };
        let asked = request.request().clone();
        let work = AssertUnwindSafe(inner.call(request)).catch_unwind();
        match tokio::time::timeout(patience, work).await {
            Err(_) => problem::response(&Error::busy(Code::Timeout, 5), context),
            Ok(Err(_)) => problem::response(&Error::internal("a handler panicked"), context),
            Ok(Ok(Err(error))) => problem::response(&foreign(error.as_response_error().status_code()), context),
            Ok(Ok(Ok(response))) => {
                let told = response.response().error().map(|error| match error.as_error::<Problem>() {
                    Some(Problem(error)) => problem::way_on(error, &asked).unwrap_or_else(|| problem::response(error, context)),
                    None => problem::response(&foreign(error.as_response_error().status_code()), context),
                });
                told.unwrap_or_else(|| response.into_parts().1)
            }
        }
    }

    fn finish(
        &self,
        http: HttpRequest,
        mut response: HttpResponse<BoxBody>,
        context: &Context,
        (client, mut quota): (Client, Quota),
        started: Instant,
    ) -> ServiceResponse {
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            quota = self.server.limits.give_back(client, quota.class, started);
        }
        // What may be cached is the answer, not a refusal to give it.
        if status.is_client_error() || status.is_server_error() {
            response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-store"));
        }
        headers::add(response.headers_mut(), context, quota);
        cors::add(http.headers(), response.headers_mut(), &self.server.config.cors_origins);
        let elapsed = started.elapsed();
        Metrics::observe(&self.duration, elapsed);
        self.server.metrics.answered(&self.route.operation, status.as_u16());
        record(context, status, elapsed);
        ServiceResponse::new(http, response)
    }
}

/// One structured line a request; no address, no name, no body.
fn record(context: &Context, status: StatusCode, elapsed: Duration) {
    if !log::log_enabled!(target: "access", log::Level::Info) {
        return;
    }
    let caller = |id: fn(&Principal) -> Option<Id>| context.caller.as_ref().and_then(|(principal, _)| id(principal)).map(|id| id.to_string());
    let (user_id, client_id) = (caller(Principal::actor_id), caller(Principal::client_id));
    log::info!(
        target: "access",
        method = context.route.method.as_str(),
        route = context.route.template().as_str(),
        operation = context.route.operation.as_str(),
        status = status.as_u16(),
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        request_id = context.request_id.to_string().as_str(),
        user_id = user_id.as_deref().unwrap_or("-"),
        client_id = client_id.as_deref().unwrap_or("-");
        "request"
    );
}

fn class(route: &Route) -> Class {
    if route.method == Method::GET { Class::Read } else { Class::Write }
}

/// A refusal by the framework itself.
fn foreign(status: StatusCode) -> Error {
    match status.as_u16() {
        404 => Error::of(Code::RouteNotFound),
        408 => Error::of(Code::BodyTooSlow),
        413 => Error::of(Code::BodyTooLarge).with("max", super::input::BODY_MAX),
        400..500 => Error::of(Code::RequestMalformed),
        other => Error::internal(format!("the framework answered {other}")),
    }
}

/// A public route outside the contract.
pub fn standalone<F, Args>(server: &Arc<Server>, operation: &str, handler: F) -> actix_web::Route
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    let route = Route::outside_the_contract(operation);
    actix_web::Route::new().to(handler).wrap(Gate::new(Arc::clone(server), Arc::new(route)))
}

/// The route for what no endpoint takes: 405 where others methods are, else 404; preflights of allowed origins get theirs.
pub fn unmatched(server: &Arc<Server>, allowed: &[Method]) -> actix_web::Route {
    let allowed = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let origins = server.config.cors_origins.clone();
    let refuse = move |request: HttpRequest| {
        let preflight = cors::preflight(&request, &origins, &allowed);
        let error = if allowed.is_empty() { Error::of(Code::RouteNotFound) } else { Error::of(Code::MethodNotAllowed).with("allowed", &allowed) };
        ready(preflight.ok_or(Problem(error)))
    };
    standalone(server, "unmatched", refuse)
}

impl Context {
    /// The language as a header.
    pub fn content_language(&self) -> (header::HeaderName, &'static str) {
        (header::CONTENT_LANGUAGE, problem::language_tag(self.language))
    }

    pub fn english(&self) -> bool {
        self.language == Language::En
    }
}
