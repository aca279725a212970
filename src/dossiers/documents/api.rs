//! Routes of documents.

use super::bodies::{AddDocumentVersion, CreateDocument, UpdateDocument};
use super::model::DocumentFilters;
use super::sending::Sent;
use super::store::{self, Document, DocumentRow, VersionRow};
use super::view::{DocumentVersionView, DocumentView, TITLES};
use crate::audit::access::Confided;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::dossiers::parts::{PartOf, Whole};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Download, Endpoint, FileForm, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId,
    Projection, Received, digest_of, route,
};

/// The documents of one dossier as a list.
#[derive(Clone)]
struct Documents {
    dossier_id: Id,
}

const SORTS: &[&str] = &["created"];

impl Listed for Documents {
    type Filters = DocumentFilters;
    type View = DocumentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &DocumentFilters, slice: &Slice) -> Result<Vec<(Position, DocumentView)>> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        let found = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(found.into_iter().map(|document| (store::position(&document), document.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &DocumentFilters) -> Result<i64> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

/// The versions of the file of one document as a list.
#[derive(Clone)]
struct Versions {
    document_id: Id,
}

impl Listed for Versions {
    type Filters = NoFilters;
    type View = DocumentVersionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, DocumentVersionView)>> {
        store::find(conn, scope, self.document_id)?;
        let rows = store::list_versions(conn, scope, self.document_id, slice)?;
        Ok(rows.into_iter().map(|row| (Position { key: Key::from(row.number), id: row.id }, row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::find(conn, scope, self.document_id)?;
        store::count_versions(conn, scope, self.document_id)
    }
}

/// The dossier of a document.
const WHOLE: Whole = |conn, scope, id| Ok(store::find(conn, scope, id)?.row.dossier_id);

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_documents).lists::<DocumentView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(create_document).creates().shows::<DocumentView>().uploads().discloses(Confided::Dossier),
        route!(retrieve_document).shows::<DocumentView>().sparse(),
        route!(update_document).conditional().shows::<DocumentView>(),
        route!(list_document_history).lists::<HistoryEntryView>(&[]),
        route!(download_document).downloads(),
        route!(list_document_versions).lists::<DocumentVersionView>(&["number"]),
        route!(add_document_version).creates().shows::<DocumentView>().uploads(),
        route!(download_document_version).downloads(),
    ]
}

/// List the documents of a dossier
///
/// What was sent in for a case, each with its latest version, the earliest sent first.
#[utoipa::path(get, path = "/dossiers/{id}/documents", operation_id = "documents_list", tag = "documents",
    params(("id" = Id, Path), DocumentFilters), responses((status = 200, description = "A page of documents.", body = Page<DocumentView>)))]
async fn list_documents(actor: Actor, id: PathId, list: ListOf<DocumentFilters>) -> Answer {
    actor.list(Documents { dossier_id: id.0 }, list).await
}

/// Send a document
///
/// Takes a file of at most 20 MiB for an open dossier: PDF, JPEG, PNG, HEIC, Word, OpenDocument text, plain UTF-8 text or an email. Its
/// format is told from its bytes: one that is not what the sender declares it to be is refused, and so is one that did not arrive whole.
#[utoipa::path(post, path = "/dossiers/{id}/documents", operation_id = "documents_create", tag = "documents",
    params(("id" = Id, Path), CommandOptions), request_body(content = CreateDocument, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document.", body = DocumentView)))]
async fn create_document(actor: Actor, id: PathId, form: FileForm) -> Answer {
    actor.read(move |conn, scope| dossiers::store::find(conn, scope, id.0).map(drop)).await?;
    let Received { body, draft, measured, declared, key, validate } = form.receive::<CreateDocument>(&actor.context.server.storage).await?;
    let CreateDocument { document_type, file_name, privileged, sha256, file: _ } = body;
    let privileged = privileged.unwrap_or(false);
    let sent = Sent::checked(draft, &measured, declared.as_deref(), sha256.as_ref())?;
    let said = [measured.sha256.as_str(), document_type.as_str(), file_name.as_str(), if privileged { "privileged" } else { "" }];
    let command = Command { body: sent.file.clone(), digest: digest_of(&said), key, validate };
    let find = move |tx: &mut Tx<'_>, scope: &Scope| dossiers::store::find(tx.conn, scope, id.0).map(drop);
    let answer = actor.create_under("documents", command, find, move |tx, scope, (), file| {
        let (own, now) = (Id::new(), tx.now);
        let version = file.version(own, tx);
        let (file_name, current_id) = (Some(file_name), Some(version.id));
        let row = DocumentRow { id: own, dossier_id: id.0, document_type, file_name, privileged, current_id, version: 1, created_at: now, updated_at: now };
        let document = store::insert(tx, scope, row, version)?;
        recorded(tx, Action::Create, document)
    });
    sent.referred_by(&actor, validate, answer).await
}

/// What a change made of a document, written down.
fn recorded(tx: &mut Tx<'_>, action: Action, document: Document) -> Result<DocumentView> {
    let view = DocumentView::from(document);
    tx.record(action, &view)?;
    Ok(view)
}

/// Retrieve a document
///
/// What was sent in, with its latest version. Its content is read on its own.
#[utoipa::path(get, path = "/documents/{id}", operation_id = "documents_retrieve", tag = "documents",
    params(("id" = Id, Path)), responses((status = 200, description = "The document.", body = DocumentView)))]
async fn retrieve_document(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = DocumentView::from(store::find(conn, scope, id.0)?);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a document
///
/// Corrects what is said of it, at the version the caller has seen, while the dossier is open. Its file never changes.
#[utoipa::path(patch, path = "/documents/{id}", operation_id = "documents_update", tag = "documents",
    params(("id" = Id, Path)), request_body = UpdateDocument, responses((status = 200, description = "The document after the change.", body = DocumentView)))]
async fn update_document(actor: Actor, id: PathId, patch: Patch<UpdateDocument>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut document = store::find(tx.conn, scope, id.0)?;
            expected.check(document.row.version)?;
            changes.apply(&mut document.row);
            let document = store::update(tx, scope, document)?;
            recorded(tx, Action::Update, document)
        })
        .await
}

/// List the changes of a document
///
/// Who changed what and when, the newest first; the versions of its file are listed on their own.
#[utoipa::path(get, path = "/documents/{id}/history", operation_id = "documents_history", tag = "documents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_document_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, whole: WHOLE }, list).await
}

/// List the versions of a document
///
/// Every version of its file, the first sent first.
#[utoipa::path(get, path = "/documents/{id}/versions", operation_id = "document_versions_list", tag = "documents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<DocumentVersionView>)))]
async fn list_document_versions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(PartOf { list: Versions { document_id: id.0 }, part_id: id.0, whole: WHOLE }, list).await
}

/// Send a version of a document
///
/// Takes a further file as the latest version, while the dossier is open. The versions before stay as they are.
#[utoipa::path(post, path = "/documents/{id}/versions", operation_id = "document_versions_create", tag = "documents",
    params(("id" = Id, Path), CommandOptions), request_body(content = AddDocumentVersion, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document with its latest version.", body = DocumentView)))]
async fn add_document_version(actor: Actor, id: PathId, form: FileForm) -> Answer {
    actor.read(move |conn, scope| store::find(conn, scope, id.0).map(drop)).await?;
    let Received { body, draft, measured, declared, key, validate } = form.receive::<AddDocumentVersion>(&actor.context.server.storage).await?;
    let AddDocumentVersion { file_name, sha256, file: _ } = body;
    let sent = Sent::checked(draft, &measured, declared.as_deref(), sha256.as_ref())?;
    let said = [measured.sha256.as_str(), file_name.as_ref().map_or("", |name| name.as_str())];
    let command = Command { body: sent.file.clone(), digest: digest_of(&said), key, validate };
    let find = move |tx: &mut Tx<'_>, scope: &Scope| store::find(tx.conn, scope, id.0);
    let answer = actor.create_under("documents", command, find, move |tx, scope, _, file| {
        let version = file.version(id.0, tx);
        let document = store::add_version(tx, scope, id.0, file_name, version)?;
        recorded(tx, Action::Update, document)
    });
    sent.referred_by(&actor, validate, answer).await
}

/// A version that the caller may read, of a document that was found.
fn download(conn: &mut DbConn, scope: &Scope, row: DocumentRow, version: VersionRow) -> Result<Download> {
    store::check_content(conn, scope, &row)?;
    let name = row.file_name.map_or_else(|| version.id.to_string(), |name| name.to_string());
    let size = u64::try_from(version.size).map_err(Error::internal)?;
    Ok(Download { file_id: version.id, sha256: version.sha256.to_string(), size, name, whole: (Confided::Dossier, row.dossier_id) })
}

/// Download a document
///
/// The bytes of its latest version, or a range of them. The content of what is privileged is for the team of the dossier and its lawyers.
#[utoipa::path(get, path = "/documents/{id}/content", operation_id = "documents_content", tag = "documents", params(("id" = Id, Path)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for.", body = String, content_type = "application/octet-stream"),
        (status = 416, description = "Nothing of the range asked for.")))]
async fn download_document(actor: Actor, id: PathId) -> Answer {
    actor
        .download(move |conn, scope| {
            let Document { row, current } = store::find(conn, scope, id.0)?;
            download(conn, scope, row, current.ok_or_else(|| Error::of(Code::NotFound))?)
        })
        .await
}

/// Download a version of a document
///
/// The bytes of one version, or a range of them. The content of what is privileged is for the team of the dossier and its lawyers.
#[utoipa::path(get, path = "/document-versions/{id}/content", operation_id = "document_versions_content", tag = "documents", params(("id" = Id, Path)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for.", body = String, content_type = "application/octet-stream"),
        (status = 416, description = "Nothing of the range asked for.")))]
async fn download_document_version(actor: Actor, id: PathId) -> Answer {
    actor
        .download(move |conn, scope| {
            let (row, version) = store::find_version(conn, scope, id.0)?;
            download(conn, scope, row, version)
        })
        .await
}
