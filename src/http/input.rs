//! What a request brings: every extractor reads all of it and reports all flaws at once.

use super::json;
use super::problem::Problem;
use super::routes::PAGE_MAX;
use super::server::Context;
use crate::auth::keys::sha256;
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Issue, Place, Result};
use crate::values::input::{Body, Fields, Query, Raw, Reading};
use crate::values::schema::{self, Form};
use crate::values::{choice, number, query, text};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use std::rc::Rc;

pub const BODY_MAX: usize = 256 * 1024;
pub const MERGE_PATCH: &str = "application/merge-patch+json";
const JSON: &str = "application/json";

pub fn context(request: &HttpRequest) -> Result<Rc<Context>> {
    request.extensions().get::<Rc<Context>>().cloned().ok_or_else(|| Error::internal("a route without a gate"))
}

pub fn header_text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("\u{0}"))
}

/// The `{id}` of the path; what is no id names nothing.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub Id);

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(Id::parse);
        ready(id.map(PathId).ok_or_else(|| Problem(Error::not_found())))
    }
}

/// The one word of a path that is not an id.
#[derive(Debug, Clone)]
pub struct PathWord(pub String);

impl FromRequest for PathWord {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let word = request.match_info().iter().next().map(|(_, word)| word.to_owned());
        ready(word.map(PathWord).ok_or_else(|| Problem(Error::not_found())))
    }
}

fn read_fields<T>(request: &HttpRequest, issues: &mut Vec<Issue>, take: impl FnOnce(&mut Fields<'_, '_>) -> T) -> T {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let mut reading = Reading::new(issues, Place::Parameter(String::new()));
    let mut fields = Fields::of_query(pairs, &mut reading);
    let taken = take(&mut fields);
    fields.finish();
    taken
}

pub(super) fn complete<T>(value: Option<T>, issues: Vec<Issue>) -> Result<T> {
    match value {
        Some(value) if issues.is_empty() => Ok(value),
        _ => Err(Error::invalid(issues)),
    }
}

/// The query of a route that is not a list.
#[derive(Debug, Clone)]
pub struct Parameters<Q>(pub Q);

impl<Q: Query> FromRequest for Parameters<Q> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut issues = Vec::new();
        let query = read_fields(request, &mut issues, Q::take);
        ready(complete(query, issues).map(Parameters).map_err(Problem))
    }
}

text! {
    /// The name of a field of the answer.
    pub struct FieldName { max: 60, pattern: "^[a-z][a-z0-9_.]*$", example: "id" }
}

/// Which fields and expansions of a resource the caller wants.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    pub fields: Option<Vec<String>>,
    pub expand: Vec<String>,
}

impl Projection {
    fn take(fields: &mut Fields<'_, '_>, context: &Context) -> Option<Self> {
        let facts = &context.route.facts;
        let mut projection = Self::default();
        if facts.sparse {
            let wanted: Option<Option<Vec<FieldName>>> = fields.take("fields");
            projection.fields = wanted?.map(|names| names.iter().map(ToString::to_string).collect());
            let known: Vec<&str> = context.route.columns.as_ref().map(|columns| columns.top_level()).unwrap_or_default();
            let unknown = projection.fields.iter().flatten().any(|name| !known.contains(&name.as_str()));
            fields.check("fields", unknown.then(|| Flaw::new(Code::FieldsUnknown).with("known", known.join(", "))));
        }
        if !facts.expands.is_empty() {
            let wanted: Option<Option<Vec<FieldName>>> = fields.take("expand");
            projection.expand = wanted?.iter().flatten().map(ToString::to_string).collect();
            let unknown = projection.expand.iter().any(|name| !facts.expands.contains(&name.as_str()));
            fields.check("expand", unknown.then(|| Flaw::new(Code::ExpandUnknown).with("known", facts.expands.join(", "))));
        }
        Some(projection)
    }

    pub fn is_plain(&self) -> bool {
        self.fields.is_none() && self.expand.is_empty()
    }
}

impl FromRequest for Projection {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if request.query_string().is_empty() {
            return ready(Ok(Self::default()));
        }
        let read = context(request).and_then(|context| {
            let mut issues = Vec::new();
            let projection = read_fields(request, &mut issues, |fields| Self::take(fields, &context));
            complete(projection, issues)
        });
        ready(read.map_err(Problem))
    }
}

number! {
    /// Items on a page.
    pub struct PageLimit(i32: Integer "int32" as Integer) { 1..=100, example: 50 }
}

text! {
    /// Where the next page starts, as a page before gave it.
    pub struct Cursor { max: 2000, pattern: "^[A-Za-z0-9_-]+$", example: "AAECAwQFBgc" }
}

text! {
    /// A sort word, with `-` before it for the other direction.
    pub struct SortWord { max: 40, pattern: "^-?[a-z_]+$", example: "name" }
}

const DEFAULT_LIMIT: i32 = 50;

impl PageLimit {
    pub fn or_default(limit: Option<Self>) -> i64 {
        limit.map_or(DEFAULT_LIMIT, Self::get).into()
    }
}

/// The parameters that all lists share.
#[derive(Debug, Clone)]
pub struct ListOptions {
    pub limit: Option<PageLimit>,
    pub cursor: Option<Cursor>,
    pub sort: &'static str,
    /// Whether the caller asked for this order.
    pub sorted: bool,
    pub descending: bool,
    pub projection: Projection,
}

impl ListOptions {
    pub fn take(fields: &mut Fields<'_, '_>, context: &Context) -> Option<Self> {
        let limit: Option<Option<PageLimit>> = fields.take("limit");
        let cursor: Option<Option<Cursor>> = fields.take("cursor");
        let words = context.route.facts.sorts;
        let sort: Option<Option<SortWord>> = if words.is_empty() { Some(None) } else { fields.take("sort") };
        let projection = Projection::take(fields, context);
        let sort = sort?;
        let sorted = sort.is_some();
        let wanted = sort.as_ref().map_or(words.first().copied().unwrap_or_default(), SortWord::as_str);
        let (descending, word) = wanted.strip_prefix('-').map_or((false, wanted), |word| (true, word));
        let Some(sort) = words.iter().copied().find(|known| *known == word).or(words.is_empty().then_some("")) else {
            fields.check("sort", Some(Flaw::new(Code::SortUnknown).with("known", words.join(", "))));
            return None;
        };
        Some(Self { limit: limit?, cursor: cursor?, sort, sorted, descending, projection: projection? })
    }

    pub fn limit(&self) -> i64 {
        PageLimit::or_default(self.limit)
    }
}

/// Reads the filters and the shared parameters of a list.
pub fn read_list<Q: Query>(request: &HttpRequest, context: &Context) -> Result<(Q, ListOptions)> {
    let mut issues = Vec::new();
    let read = read_fields(request, &mut issues, |fields| {
        let filters = Q::take(fields);
        let options = ListOptions::take(fields, context);
        filters.zip(options)
    });
    complete(read, issues)
}

async fn read_bytes(request: &HttpRequest, payload: &mut Payload, max: usize) -> Result<Bytes> {
    let too_large = || Error::of(Code::BodyTooLarge).with("max", max);
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::of(Code::RequestMalformed).because(error))?;
        if body.len() + chunk.len() > max {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(super) fn check_media_type(request: &HttpRequest, expected: &str) -> Result<()> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = given.split(';').next().unwrap_or_default().trim();
    if name.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(Error::of(Code::MediaTypeUnsupported).with("expected", expected)) }
}

/// The whole body within its limits of size and time, and its media type checked.
async fn read_body(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes> {
    read_body_of(request, payload, if *request.method() == Method::PATCH { MERGE_PATCH } else { JSON }).await
}

pub(super) async fn read_body_of(request: &HttpRequest, payload: &mut Payload, media_type: &str) -> Result<Bytes> {
    check_media_type(request, media_type)?;
    let patience = context(request)?.server.config.body_patience;
    let bytes = tokio::time::timeout(patience, read_bytes(request, payload, BODY_MAX)).await;
    bytes.map_err(|_| Error::of(Code::BodyTooSlow))?
}

fn read_object<B: Body>(bytes: &[u8], issues: &mut Vec<Issue>) -> Result<Option<B>> {
    let value = json::parse(bytes)?;
    let mut reading = Reading::new(issues, Place::Pointer(String::new()));
    Ok(B::read(Raw::Json(value), &mut reading))
}

/// A body alone.
#[derive(Debug)]
pub struct Plain<B>(pub B);

impl<B: Body + 'static> FromRequest for Plain<B> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_body(&request, &mut payload).await?;
            let mut issues = Vec::new();
            let body = read_object(&bytes, &mut issues)?;
            Ok(Plain(complete(body, issues)?))
        })
    }
}

choice! {
    /// How far a request goes.
    pub enum CommandMode as "command_mode" {
        Validate = "validate" ("Vérifier seulement", "Check only"),
    }
}

query! {
    /// The options of an operation that creates.
    pub struct CommandOptions {
        /// With `validate`, every check is made and nothing is stored.
        mode: Option<CommandMode>,
    }
}

text! {
    /// The caller's name for one attempt to create: repeating it repeats the answer, not the effect.
    pub struct IdempotencyKey { max: 128, pattern: "^[!-~]+$", example: "6f1c0d0e-7b1f-4f0e-9a57-0a4d8d3a1a11", parse: visible }
}

fn visible(text: String) -> Result<String, Flaw> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(text) } else { Err(Flaw::new(Code::HeaderInvalid).with("expected", "1-128 ASCII")) }
}

/// A body that creates, with the key that makes it safe to repeat.
#[derive(Debug)]
pub struct Command<B> {
    pub body: B,
    pub digest: Vec<u8>,
    pub key: IdempotencyKey,
    pub validate: bool,
}

/// The key, or the flaw of it; its absence is told after everything else was found right.
fn read_key(request: &HttpRequest, issues: &mut Vec<Issue>) -> Option<IdempotencyKey> {
    let mut reading = Reading::new(issues, Place::Header("Idempotency-Key"));
    let text = header_text(request, "idempotency-key")?;
    text.parse().map_err(|_| reading.fail::<()>(Flaw::new(Code::HeaderInvalid).with("expected", "1-128 ASCII"))).ok()
}

pub fn command_parts(request: &HttpRequest, issues: &mut Vec<Issue>) -> (Option<IdempotencyKey>, Option<CommandOptions>) {
    (read_key(request, issues), read_fields(request, issues, CommandOptions::take))
}

impl<B: Body + 'static> FromRequest for Command<B> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_body(&request, &mut payload).await?;
            let mut issues = Vec::new();
            let (key, options) = command_parts(&request, &mut issues);
            let body = read_object(&bytes, &mut issues)?;
            let (body, options) = complete(body.zip(options), issues)?;
            let key = key.ok_or_else(|| required("Idempotency-Key"))?;
            Ok(Self { body, digest: sha256(&bytes).as_ref().to_vec(), key, validate: options.mode.is_some() })
        })
    }
}

/// A command of a lifecycle, the key that makes it safe to repeat and the version it was given for. Key and version may be
/// missing: that is told once the row was found.
#[derive(Debug)]
pub struct Order<C> {
    pub command: C,
    pub digest: Vec<u8>,
    pub key: Option<IdempotencyKey>,
    pub expected: IfMatch,
    pub validate: bool,
}

impl<C: Body + 'static> FromRequest for Order<C> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_body(&request, &mut payload).await?;
            let mut issues = Vec::new();
            let (key, options) = command_parts(&request, &mut issues);
            let expected = IfMatch::of(&request).map_err(|error| issues.extend_from_slice(error.issues())).ok();
            let command = read_object(&bytes, &mut issues)?;
            let ((command, options), expected) = complete(command.zip(options).zip(expected), issues)?;
            Ok(Self { command, digest: sha256(&bytes).as_ref().to_vec(), key, expected, validate: options.mode.is_some() })
        })
    }
}

/// Bytes of the largest file; the national directory has 45 MiB.
pub const FILE_MAX: usize = 64 * 1024 * 1024;

/// The text of a file in the contract.
#[derive(Debug)]
pub struct CsvFile;

impl utoipa::PartialSchema for CsvFile {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let form = Form { min: 1, max: FILE_MAX, format: Some("binary"), ..Form::default() };
        schema::text(
            "A CSV file: a header line, then one line for each row; comma or semicolon, UTF-8 or Windows-1252.",
            form,
            "numero_uai;appellation_officielle\n0630018C;Collège Jeanne-d'Arc\n",
        )
    }
}

impl utoipa::ToSchema for CsvFile {
    fn name() -> std::borrow::Cow<'static, str> {
        "CsvFile".into()
    }
}

/// A file, what to do with it, and the key that makes sending it safe to repeat.
#[derive(Debug)]
pub struct Upload<Q> {
    pub options: Q,
    pub file: Bytes,
    pub key: IdempotencyKey,
}

impl<Q: Query + 'static> FromRequest for Upload<Q> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check_media_type(&request, "text/csv")?;
            let mut issues = Vec::new();
            let key = read_key(&request, &mut issues);
            let options = read_fields(&request, &mut issues, Q::take);
            let options = complete(options, issues)?;
            let key = key.ok_or_else(|| required("Idempotency-Key"))?;
            let file = read_bytes(&request, &mut payload, FILE_MAX).await?;
            if file.is_empty() {
                return Err(Error::of(Code::FileEmpty).into());
            }
            Ok(Self { options, file, key })
        })
    }
}

pub fn required(header: &str) -> Error {
    Error::of(Code::PreconditionRequired).with("header", header)
}

/// The versions under which a change may be made; compared by the store once the row was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    Absent,
    Any,
    Versions(Vec<i32>),
}

impl IfMatch {
    fn of(request: &HttpRequest) -> Result<Self> {
        let Some(text) = header_text(request, "if-match") else { return Ok(Self::Absent) };
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let malformed = || Error::header("If-Match", Flaw::new(Code::HeaderInvalid).with("expected", "\"<version>.<digest>\""));
        let versions: Result<Vec<Option<i32>>> = text.split(',').map(|tag| version_of(tag.trim()).ok_or_else(malformed)).collect();
        Ok(Self::Versions(versions?.into_iter().flatten().collect()))
    }

    pub fn check(&self, current: i32) -> Result<()> {
        match self {
            Self::Absent => Err(required("If-Match")),
            Self::Any => Ok(()),
            Self::Versions(versions) if versions.contains(&current) => Ok(()),
            Self::Versions(_) => Err(Error::of(Code::VersionStale)),
        }
    }
}

/// The version in an entity tag, of which the digest may be left out; a weak or foreign tag is well-formed and never the current version.
fn version_of(tag: &str) -> Option<Option<i32>> {
    let weak = tag.starts_with("W/");
    let inner = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    let clean = inner.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    clean.then(|| inner.split('.').next().and_then(|version| version.parse().ok()).filter(|_| !weak))
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).map_err(Problem))
    }
}

/// A merge patch with the version it was made for.
#[derive(Debug)]
pub struct Patch<B> {
    pub changes: B,
    pub expected: IfMatch,
}

impl<B: Body + 'static> FromRequest for Patch<B> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_body(&request, &mut payload).await?;
            let mut issues = Vec::new();
            let changes = read_object(&bytes, &mut issues)?;
            let expected = IfMatch::of(&request).map_err(|error| issues.extend_from_slice(error.issues())).ok();
            let (changes, expected) = complete(changes.zip(expected), issues)?;
            Ok(Self { changes, expected })
        })
    }
}

const _: () = assert!(PAGE_MAX == 100, "PageLimit and the contract say 100");
