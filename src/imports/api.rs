//! Routes of imports and of the operations that run them.

use super::model::{FieldChange, LineOutcome, Mode, OperationKind, OperationStatus};
use super::store::{self, LineRow, OperationRow};
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::auth::keys::sha256;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, CsvFile, Endpoint, ListOf, Listed, Page, PathId, Projection, Reply, Upload, route};
use crate::values::{choice, query};
use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

choice! {
    /// What a file holds.
    pub enum Imported as "imported_resource" {
        Establishments = "establishments" ("Annuaire de l'éducation", "School directory"),
        Members = "members" ("Adhérents", "Members"),
    }
}

impl Imported {
    /// The directory is the national level's, members are their department's.
    fn is_granted(self, scope: &Scope) -> bool {
        match self {
            Self::Establishments => scope.is_all(),
            Self::Members => !scope.departments().is_empty(),
        }
    }
}

query! {
    /// What an import is to do.
    pub struct ImportOptions {
        /// What the file holds.
        resource: Imported,
        /// How far to go; `partial` by default.
        mode: Option<Mode>,
    }
}

query! {
    /// Filters of operations.
    pub struct OperationFilters {
        /// Statuses.
        status: Option<Vec<OperationStatus>>,
    }
}

query! {
    /// Filters of the lines of an import.
    pub struct LineFilters {
        /// Outcomes.
        outcome: Option<Vec<LineOutcome>>,
    }
}

/// Long work in the background.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every step.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 3)]
    pub version: i32,
    /// What it does.
    pub kind: OperationKind,
    /// How far it goes.
    pub mode: Mode,
    /// How far it has come.
    pub status: OperationStatus,
    /// Lines of the file, once it was read.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 6240)]
    pub lines_total: i32,
    /// Lines done.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 500)]
    pub lines_done: i32,
    /// Lines that created a row, or would.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 490)]
    pub created: i32,
    /// Lines that changed a row, or would.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 5)]
    pub updated: i32,
    /// Lines that say what is known.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 3)]
    pub unchanged: i32,
    /// Lines that were not stored, each with its reasons.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 2)]
    pub rejected: i32,
    /// Why the whole file was refused; `null` otherwise.
    pub failure: Option<OperationFailureView>,
    /// Who asked for it.
    pub requested_by: Id,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it began.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

/// Why an operation failed as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationFailureView {
    /// Stable code.
    #[schema(max_length = 80, pattern = "^[a-z_.]+$", example = "file.header_missing")]
    pub code: String,
    /// The reason in the caller's language.
    #[schema(max_length = 2000, pattern = "^[^\\x00-\\x1F]*$", example = "Le fichier ne contient aucune ligne.")]
    pub detail: String,
}

/// What became of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationLineView {
    /// Number of the line in the file; the header is line 1.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 42)]
    pub line: i64,
    /// What became of it.
    pub outcome: LineOutcome,
    /// The key by which the file names the row.
    #[schema(max_length = 80, pattern = "^[^\\x00-\\x1F]*$", example = "0311131L")]
    pub natural_key: Option<String>,
    /// The row.
    pub resource_id: Option<Id>,
    /// What is wrong with it, or was mended.
    #[schema(max_items = 200)]
    pub issues: Vec<OperationLineIssueView>,
    /// What it changed.
    #[schema(max_items = 100)]
    pub changes: Vec<OperationLineChangeView>,
}

/// An issue of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationLineIssueView {
    /// `error` keeps the line out, `warning` does not.
    pub severity: super::Severity,
    /// Column of the file.
    #[schema(max_length = 200, pattern = "^[^\\x00-\\x1F]*$", example = "Code_postal")]
    pub column: String,
    /// Stable code.
    #[schema(max_length = 80, pattern = "^[a-z_.]+$", example = "uai.key")]
    pub code: String,
    /// The issue in the caller's language.
    #[schema(max_length = 2000, pattern = "^[^\\x00-\\x1F]*$", example = "Un code postal a 5 chiffres.")]
    pub detail: String,
}

/// A field that a line changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationLineChangeView {
    /// The field.
    #[schema(max_length = 60, pattern = "^[a-z_.]+$", example = "phone")]
    pub field: String,
    /// Its value before, as JSON.
    #[schema(max_length = 10_000, pattern = "^[^\\x00-\\x1F]*$", example = "\"+33473000000\"")]
    pub before: String,
    /// Its value after, as JSON.
    #[schema(max_length = 10_000, pattern = "^[^\\x00-\\x1F]*$", example = "null")]
    pub after: String,
}

impl Resource for OperationView {
    const KIND: &'static str = "operation";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// The text of a stored `detail_fr` or `detail_en`.
fn text(value: &Value, name: &str, english: bool) -> String {
    let language = if english { "en" } else { "fr" };
    let found = value.get(name).or_else(|| value.get(format!("{name}_{language}")));
    found.and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl OperationView {
    fn of(row: OperationRow, english: bool) -> Self {
        let OperationRow {
            id,
            kind,
            mode,
            status,
            requested_by,
            leased_until: _,
            started_at,
            finished_at,
            lines_total,
            lines_done,
            created_count,
            updated_count,
            unchanged_count,
            rejected_count,
            header: _,
            failure,
            version,
            created_at,
            updated_at: _,
        } = row;
        let failure = failure.map(|failure| OperationFailureView { code: text(&failure.0, "code", english), detail: text(&failure.0, "detail", english) });
        Self {
            id,
            version,
            kind,
            mode,
            status,
            lines_total,
            lines_done,
            created: created_count,
            updated: updated_count,
            unchanged: unchanged_count,
            rejected: rejected_count,
            failure,
            requested_by,
            created_at,
            started_at,
            finished_at,
        }
    }
}

impl OperationLineView {
    fn of(row: LineRow, english: bool) -> Self {
        let LineRow { operation_id: _, line, outcome, natural_key, resource_id, issues, changes, raw: _ } = row;
        let issue = |value: &Value| OperationLineIssueView {
            severity: text(value, "severity", english).parse().unwrap_or(super::Severity::Error),
            column: text(value, "column", english),
            code: text(value, "code", english),
            detail: text(value, "detail", english),
        };
        let change = |FieldChange { field, before, after }| OperationLineChangeView { field, before: before.to_string(), after: after.to_string() };
        Self { line, outcome, natural_key, resource_id, issues: issues.0.iter().map(issue).collect(), changes: changes.0.into_iter().map(change).collect() }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(create_import).creates().shows::<OperationView>().uploads(),
        route!(list_operations).lists::<OperationView>(&["created"]),
        route!(retrieve_operation).shows::<OperationView>(),
        route!(list_operation_lines).lists::<OperationLineView>(&[]).exports(TITLES),
        route!(download_corrections).answers("text/csv"),
    ]
}

#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("line", "Ligne"), ("outcome", "Résultat"), ("natural_key", "Clé"), ("resource_id", "Identifiant"), ("issues", "Remarques"), ("changes", "Modifications"),
];

/// Import a file
///
/// Takes a file, stores it, and imports it in the background: the operation in the answer tells how far it has come.
/// Establishments are read from the official directory in any of its vintages, by the national level. Members are read with their
/// periods of membership and their posts, by the staff of a department for that department; lines that name no department are of it.
#[utoipa::path(post, path = "/imports", operation_id = "imports_create", tag = "imports", params(ImportOptions),
    request_body(content = CsvFile, content_type = "text/csv", description = "The file, at most 64 MiB."),
    responses((status = 202, description = "The operation that imports the file.", body = OperationView)))]
async fn create_import(actor: Actor, upload: Upload<ImportOptions>) -> Answer {
    let Upload { options, file, key } = upload;
    let (mode, requested_by, english) = (options.mode.unwrap_or(Mode::Partial), actor.principal.user_id, actor.context.english());
    let kind = match options.resource {
        Imported::Establishments => OperationKind::EstablishmentImport,
        Imported::Members => OperationKind::MemberImport,
    };
    if !options.resource.is_granted(actor.scope()) {
        return Err(Error::of(Code::FunctionNotGranted).into());
    }
    let digest = sha256(&[mode.as_str().as_bytes(), &file].concat()).as_ref().to_vec();
    let work = Arc::clone(&actor.context.server.work);
    let answer = actor
        .once(key.as_str(), digest, false, move |tx, scope| {
            let row = OperationRow::queued(kind, mode, requested_by, tx.now);
            store::insert(tx.conn, scope, &row, &file)?;
            tx.note(Action::Create, OperationView::KIND, row.id)?;
            let view = OperationView::of(row, english);
            let body = serde_json::to_vec(&view).map_err(Error::internal)?;
            Ok(Reply::versioned(202, view.version, body).located(format!("/api/v1/operations/{}", view.id)))
        })
        .await;
    work.notify_one();
    answer
}

impl OperationRow {
    fn queued(kind: OperationKind, mode: Mode, requested_by: Id, now: Instant) -> Self {
        Self {
            id: Id::new(),
            kind,
            mode,
            status: OperationStatus::Queued,
            requested_by,
            leased_until: None,
            started_at: None,
            finished_at: None,
            lines_total: 0,
            lines_done: 0,
            created_count: 0,
            updated_count: 0,
            unchanged_count: 0,
            rejected_count: 0,
            header: None,
            failure: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

#[derive(Clone)]
struct Operations {
    english: bool,
}

impl Listed for Operations {
    type Filters = OperationFilters;
    type View = OperationView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &OperationFilters, slice: &Slice) -> Result<Vec<(Position, OperationView)>> {
        let rows = store::list(conn, scope, filters.status.as_deref(), slice)?;
        Ok(rows.into_iter().map(|(position, row)| (position, OperationView::of(row, self.english))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &OperationFilters) -> Result<i64> {
        store::count(conn, scope, filters.status.as_deref())
    }
}

/// List operations
///
/// Imports asked for, the oldest first.
#[utoipa::path(get, path = "/operations", operation_id = "operations_list", tag = "imports", params(OperationFilters),
    responses((status = 200, description = "A page of operations.", body = Page<OperationView>)))]
async fn list_operations(actor: Actor, list: ListOf<OperationFilters>) -> Answer {
    actor.list(Operations { english: actor.context.english() }, list).await
}

/// Retrieve an operation
///
/// How far an operation has come, and its figures.
#[utoipa::path(get, path = "/operations/{id}", operation_id = "operations_retrieve", tag = "imports", params(("id" = Id, Path)),
    responses((status = 200, description = "The operation.", body = OperationView)))]
async fn retrieve_operation(actor: Actor, id: PathId) -> Answer {
    let english = actor.context.english();
    actor.retrieve(Projection::default(), move |conn, scope| store::find(conn, scope, id.0).map(|row| OperationView::of(row, english))).await
}

#[derive(Clone)]
struct Lines {
    id: Id,
    english: bool,
}

impl Listed for Lines {
    type Filters = LineFilters;
    type View = OperationLineView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &LineFilters, slice: &Slice) -> Result<Vec<(Position, OperationLineView)>> {
        let rows = store::list_lines(conn, scope, self.id, filters.outcome.as_deref(), slice)?;
        Ok(rows.into_iter().map(|(position, row)| (position, OperationLineView::of(row, self.english))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &LineFilters) -> Result<i64> {
        store::count_lines(conn, scope, self.id, filters.outcome.as_deref())
    }
}

/// List the lines of an import
///
/// What became of each line of the file, in the order of the file.
#[utoipa::path(get, path = "/operations/{id}/lines", operation_id = "operations_lines_list", tag = "imports", params(("id" = Id, Path), LineFilters),
    responses((status = 200, description = "A page of lines.", body = Page<OperationLineView>)))]
async fn list_operation_lines(actor: Actor, id: PathId, list: ListOf<LineFilters>) -> Answer {
    actor.list(Lines { id: id.0, english: actor.context.english() }, list).await
}

/// Most rejected lines in one corrections file.
const CORRECTIONS_MAX: i64 = 100_000;

/// Download the corrections file
///
/// The rejected lines as they stood, with a column of reasons in French: mended, the file can be sent again.
#[utoipa::path(get, path = "/operations/{id}/corrections", operation_id = "operations_corrections", tag = "imports", params(("id" = Id, Path)),
    responses((status = 200, description = "The rejected lines.", body = String, content_type = "text/csv"),
        (status = 409, description = "The operation has not finished.")))]
async fn download_corrections(actor: Actor, id: PathId) -> Answer {
    let (header, rows) = actor
        .read(move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            if row.finished_at.is_none() {
                return Err(Error::of(Code::OperationUnfinished));
            }
            let slice = Slice { limit: CORRECTIONS_MAX, ..Slice::default() };
            Ok((row.header.unwrap_or_default(), store::list_lines(conn, scope, id.0, Some(&[LineOutcome::Rejected]), &slice)?))
        })
        .await?;
    actor.give_away(rows.len()).await?;
    let separator = separator_of(&header);
    let mut text = format!("\u{feff}{}{separator}motifs\r\n", header.trim_start_matches('\u{feff}'));
    for (_, row) in rows {
        let reason = |issue: &Value| match self::text(issue, "column", false) {
            column if column.is_empty() => self::text(issue, "detail", false),
            column => format!("{column} : {}", self::text(issue, "detail", false)),
        };
        let reasons: Vec<String> = row.issues.0.iter().filter(|issue| issue["severity"] == json!("error")).map(reason).collect();
        text.push_str(&format!("{}{separator}\"{}\"\r\n", row.raw.unwrap_or_default(), reasons.join(" | ").replace('"', "\"\"")));
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"corrections.csv\""));
    Ok(response.content_type("text/csv; charset=utf-8").body(text))
}

/// The separator of a header: of those that importers read, the one it has most of.
fn separator_of(header: &str) -> char {
    ['\t', ',', ';'].into_iter().max_by_key(|separator| header.matches(*separator).count()).unwrap_or(';')
}
