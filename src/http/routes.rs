//! A route is a handler, its place in the contract, its line in the permission table and the facts both are finished from.

use super::Columns;
use super::actor::ValidationView;
use super::gate::{Gate, unmatched};
use super::server::Server;
use crate::audit::access::Confided;
use crate::auth::policy::{self, Access};
use crate::values::input::LIST_MAX;
use actix_web::{FromRequest, Handler, Responder, guard, http::Method, web};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What the finished contract and the gate must know of a route beyond its annotation.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Outside `/api/v1`.
    pub at_root: bool,
    pub lists: bool,
    /// Also answers in CSV and NDJSON.
    pub streams: bool,
    pub versioned: bool,
    pub conditional_write: bool,
    pub idempotent: bool,
    pub sparse: bool,
    pub sorts: &'static [&'static str],
    pub expands: &'static [&'static str],
    /// Takes a body that may be large and slow.
    pub uploads: bool,
    /// Answers under any host name: who asks knows the machine by its address.
    pub any_host: bool,
    /// The only form it answers in, where that is not JSON.
    pub text: Option<&'static str>,
    /// Answers in text that people read: Markdown, or HTML that prints.
    pub prints: bool,
    /// Answers with the bytes of a file, or with a range of them.
    pub downloads: bool,
    /// May be kept by shared caches.
    pub cacheable: bool,
    /// What it shows is so confidential that every look at it is recorded.
    pub discloses: Option<Confided>,
    /// What it shows may have been merged into another resource, to which the answer then leads.
    pub follows: bool,
    /// Takes credentials, a form and refusals in the ways of OAuth.
    pub speaks_oauth: bool,
}

/// A route as it is served.
pub struct Route {
    pub operation: String,
    pub method: Method,
    /// The path template, without the prefix.
    pub path: String,
    pub access: Access,
    pub facts: Facts,
    /// Whether the query may hold anything.
    pub takes_query: bool,
    /// The columns of the resource it answers with.
    pub columns: Option<Columns>,
}

impl Route {
    /// The path with its variables' names in place of their values.
    pub fn template(&self) -> String {
        format!("{}{}", if self.facts.at_root { "" } else { "/api/v1" }, self.path)
    }

    pub fn outside_the_contract(operation: &str) -> Self {
        let facts = Facts { at_root: true, ..Facts::default() };
        Self { operation: operation.to_owned(), method: Method::GET, path: String::new(), access: Access::Public, facts, takes_query: true, columns: None }
    }
}

/// What a route's annotation says of it.
pub struct Described {
    pub method: HttpMethod,
    pub operation: Operation,
    /// Every schema that it refers to.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

/// A route and what it takes to register and describe it. Only whoever makes the contract describes all of them: kept, or even made
/// at once, the descriptions would be most of a server's memory.
pub struct Endpoint {
    pub route: Arc<Route>,
    described: fn() -> Described,
    handler: Arc<dyn Fn(Gate) -> actix_web::Route + Send + Sync>,
}

fn described<P: utoipa::Path + utoipa::__dev::SchemaReferences + utoipa::__dev::Tags<'static>>() -> Described {
    let mut operation = P::operation();
    operation.tags = Some(P::tags().into_iter().map(str::to_owned).collect());
    let mut schemas = Vec::new();
    P::schemas(&mut schemas);
    Described { method: P::methods().into_iter().next().unwrap_or(HttpMethod::Get), operation, schemas }
}

impl Endpoint {
    /// Panics without a line in the permission table: such a route must not be served.
    pub fn new<P, F, Args>(handler: F) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences + utoipa::__dev::Tags<'static>,
        F: Handler<Args> + Send + Sync,
        F::Output: Responder + 'static,
        Args: FromRequest + 'static,
    {
        let operation = P::operation();
        let id = operation.operation_id.unwrap_or_default();
        let Some(access) = policy::access(&id) else { panic!("operation {id} has no line in the permission table") };
        let method = match P::methods().first() {
            Some(HttpMethod::Post) => Method::POST,
            Some(HttpMethod::Patch) => Method::PATCH,
            Some(HttpMethod::Put) => Method::PUT,
            Some(HttpMethod::Delete) => Method::DELETE,
            _ => Method::GET,
        };
        let takes_query = operation.parameters.is_some_and(|parameters| parameters.iter().any(is_query));
        let route = Route { operation: id, method: method.clone(), path: P::path(), access, facts: Facts::default(), takes_query, columns: None };
        let handler = Arc::new(move |gate: Gate| {
            let accepted: Rc<dyn guard::Guard> = match method {
                Method::GET => Rc::new(guard::Any(guard::Get()).or(guard::Head())),
                ref method => Rc::new(guard::Method(method.clone())),
            };
            actix_web::Route::new().guard(accepted).to(handler.clone()).wrap(gate)
        });
        Self { route: Arc::new(route), described: described::<P>, handler }
    }

    /// Its place in the contract.
    pub fn describe(&self) -> Described {
        let mut described = (self.described)();
        if self.route.facts.idempotent {
            described.schemas.push((ValidationView::name().into_owned(), ValidationView::schema()));
        }
        described
    }

    fn with(mut self, change: impl FnOnce(&mut Route)) -> Self {
        if let Some(route) = Arc::get_mut(&mut self.route) {
            change(route);
        }
        self
    }

    /// A list of `V` with these sort words, the first the default.
    pub fn lists<V: ToSchema + PartialSchema>(self, sorts: &'static [&'static str]) -> Self {
        self.with(|route| {
            route.facts.lists = true;
            route.facts.sorts = sorts;
            route.takes_query = true;
            route.columns = Some(Columns::of::<V>());
        })
    }

    /// A list that is also served as CSV and NDJSON, and in parts by `fields`; `titles` are the columns' French names.
    pub fn exports(self, titles: &[(&str, &'static str)]) -> Self {
        self.with(|route| {
            route.facts.streams = true;
            route.facts.sparse = true;
            route.columns = route.columns.take().map(|columns| columns.titled(titles));
        })
    }

    /// Answers with one versioned `V`.
    pub fn shows<V: ToSchema + PartialSchema>(self) -> Self {
        self.with(|route| {
            route.facts.versioned = true;
            route.columns = Some(Columns::of::<V>());
        })
    }

    /// Answers with a constant and its entity tag.
    pub fn tagged(self) -> Self {
        self.with(|route| route.facts.versioned = true)
    }

    /// Takes `fields`.
    pub fn sparse(self) -> Self {
        self.with(|route| {
            route.facts.sparse = true;
            route.takes_query = true;
        })
    }

    pub fn expands(self, expands: &'static [&'static str]) -> Self {
        self.with(|route| {
            route.facts.expands = expands;
            route.takes_query = true;
        })
    }

    /// Needs `If-Match`.
    pub fn conditional(self) -> Self {
        self.with(|route| route.facts.conditional_write = true)
    }

    /// Needs `Idempotency-Key`, takes `mode=validate`.
    pub fn creates(self) -> Self {
        self.with(|route| {
            route.facts.idempotent = true;
            route.takes_query = true;
        })
    }

    pub fn uploads(self) -> Self {
        self.with(|route| route.facts.uploads = true)
    }

    pub fn any_host(self) -> Self {
        self.with(|route| route.facts.any_host = true)
    }

    pub fn at_root(self) -> Self {
        self.with(|route| route.facts.at_root = true)
    }

    /// Answers in this form only.
    pub fn answers(self, media_type: &'static str) -> Self {
        self.with(|route| route.facts.text = Some(media_type))
    }

    /// Answers in Markdown or HTML.
    pub fn prints(self) -> Self {
        self.with(|route| route.facts.prints = true)
    }

    /// Answers with the bytes of a file, whose digest is its entity tag.
    pub fn downloads(self) -> Self {
        self.tagged().answers(super::download::BYTES).with(|route| route.facts.downloads = true)
    }

    pub fn cacheable(self) -> Self {
        self.with(|route| route.facts.cacheable = true)
    }

    /// Shows what is confidential: each read, and each answer that is repeated, is recorded before it is given. The first answer to
    /// a change is in the record of changes.
    pub fn discloses(self, confided: Confided) -> Self {
        self.with(|route| route.facts.discloses = Some(confided))
    }

    /// Leads on to the resource that the one asked for was merged into.
    pub fn follows(self) -> Self {
        self.with(|route| route.facts.follows = true)
    }

    /// Is called as OAuth says: it looks at the credentials itself, takes a form, and tells refusals as RFC 6749 does.
    pub fn speaks_oauth(self) -> Self {
        self.with(|route| {
            route.facts.speaks_oauth = true;
            route.takes_query = true;
        })
    }

    pub fn is_public(&self) -> bool {
        self.route.access == Access::Public
    }

    fn actix(&self, server: &Arc<Server>) -> actix_web::Route {
        (self.handler)(Gate::new(Arc::clone(server), Arc::clone(&self.route)))
    }
}

fn is_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Query))
}

/// Registers the endpoints, those of one path together; a method that none of them takes is told which are. Paths that begin with the
/// same word stand in one scope: a request is held against the patterns of its own word alone, however many others there are.
pub fn register(config: &mut web::ServiceConfig, server: &Arc<Server>, endpoints: &[&Endpoint]) {
    let mut words: BTreeMap<&str, BTreeMap<&str, Vec<&Endpoint>>> = BTreeMap::new();
    for endpoint in endpoints {
        let path = endpoint.route.path.trim_start_matches('/');
        let (word, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
        words.entry(word).or_default().entry(rest).or_default().push(endpoint);
    }
    for (word, paths) in words {
        let mut scope = web::scope(&format!("/{word}")).default_service(unmatched(server, &[]));
        for (path, here) in paths {
            let mut methods: Vec<Method> = here.iter().map(|endpoint| endpoint.route.method.clone()).collect();
            if methods.contains(&Method::GET) {
                methods.push(Method::HEAD);
            }
            let mut resource = web::resource(path.to_owned()).default_service(unmatched(server, &methods));
            for endpoint in here {
                resource = resource.route(endpoint.actix(server));
            }
            scope = scope.service(resource);
        }
        config.service(scope);
    }
}

/// The endpoint of a handler: `route!(list_things)`.
macro_rules! route {
    ($handler:ident) => {
        pastey::paste! { $crate::http::Endpoint::new::<[<__path_ $handler>], _, _>($handler) }
    };
}

pub(crate) use route;

/// Most items on a page.
pub const PAGE_MAX: usize = LIST_MAX;
