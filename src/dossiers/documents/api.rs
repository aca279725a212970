//! Routes of the documents of dossiers.

use super::bodies::{CreateDocument, UpdateDocument};
use super::view::{DocumentView, TITLES};
use crate::audit::access::Confided;
use crate::db::Id;
use crate::documents::bodies::AddDocumentVersion;
use crate::documents::model::DocumentFilters;
use crate::documents::serving::{self, Documents, SORTS};
use crate::documents::view::DocumentVersionView;
use crate::dossiers::store::DossierRow;
use crate::http::{Actor, Answer, CommandOptions, Endpoint, FileForm, HistoryEntryView, ListOf, NoFilters, Page, Patch, PathId, Projection, route};

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_documents).lists::<DocumentView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(create_document).creates().shows::<DocumentView>().uploads(),
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
    actor.list(Documents::<DossierRow>::of(id.0), list).await
}

/// Send a document
///
/// Takes a file of at most 20 MiB for an open dossier: PDF, JPEG, PNG, HEIC, Word, OpenDocument text, plain UTF-8 text or an email. Its
/// format is told from its bytes: one that is not what the sender declares it to be is refused, and so is one that did not arrive whole.
#[utoipa::path(post, path = "/dossiers/{id}/documents", operation_id = "documents_create", tag = "documents",
    params(("id" = Id, Path), CommandOptions), request_body(content = CreateDocument, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document.", body = DocumentView)))]
async fn create_document(actor: Actor, id: PathId, form: FileForm) -> Answer {
    serving::create::<DossierRow>(&actor, id.0, form).await
}

/// Retrieve a document
///
/// What was sent in, with its latest version. Its content is read on its own.
#[utoipa::path(get, path = "/documents/{id}", operation_id = "documents_retrieve", tag = "documents",
    params(("id" = Id, Path)), responses((status = 200, description = "The document.", body = DocumentView)))]
async fn retrieve_document(actor: Actor, id: PathId, projection: Projection) -> Answer {
    serving::retrieve::<DossierRow>(&actor, id.0, projection).await
}

/// Change a document
///
/// Corrects what is said of it, at the version the caller has seen, while the dossier is open. Its file never changes.
#[utoipa::path(patch, path = "/documents/{id}", operation_id = "documents_update", tag = "documents",
    params(("id" = Id, Path)), request_body = UpdateDocument, responses((status = 200, description = "The document after the change.", body = DocumentView)))]
async fn update_document(actor: Actor, id: PathId, patch: Patch<UpdateDocument>) -> Answer {
    serving::update::<DossierRow>(&actor, id.0, patch).await
}

/// List the changes of a document
///
/// Who changed what and when, the newest first; the versions of its file are listed on their own.
#[utoipa::path(get, path = "/documents/{id}/history", operation_id = "documents_history", tag = "documents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_document_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    serving::list_history::<DossierRow>(&actor, id.0, list).await
}

/// List the versions of a document
///
/// Every version of its file, the first sent first.
#[utoipa::path(get, path = "/documents/{id}/versions", operation_id = "document_versions_list", tag = "documents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<DocumentVersionView>)))]
async fn list_document_versions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    serving::list_versions::<DossierRow>(&actor, id.0, list).await
}

/// Send a version of a document
///
/// Takes a further file as the latest version, while the dossier is open. The versions before stay as they are.
#[utoipa::path(post, path = "/documents/{id}/versions", operation_id = "document_versions_create", tag = "documents",
    params(("id" = Id, Path), CommandOptions), request_body(content = AddDocumentVersion, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document with its latest version.", body = DocumentView)))]
async fn add_document_version(actor: Actor, id: PathId, form: FileForm) -> Answer {
    serving::add_version::<DossierRow>(&actor, id.0, form).await
}

/// Download a document
///
/// The bytes of its latest version, or a range of them. The content of what is privileged is for the team of the dossier and its lawyers.
#[utoipa::path(get, path = "/documents/{id}/content", operation_id = "documents_content", tag = "documents", params(("id" = Id, Path)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for.", body = String, content_type = "application/octet-stream"),
        (status = 416, description = "Nothing of the range asked for.")))]
async fn download_document(actor: Actor, id: PathId) -> Answer {
    serving::download::<DossierRow>(&actor, id.0).await
}

/// Download a version of a document
///
/// The bytes of one version, or a range of them. The content of what is privileged is for the team of the dossier and its lawyers.
#[utoipa::path(get, path = "/document-versions/{id}/content", operation_id = "document_versions_content", tag = "documents", params(("id" = Id, Path)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for.", body = String, content_type = "application/octet-stream"),
        (status = 416, description = "Nothing of the range asked for.")))]
async fn download_document_version(actor: Actor, id: PathId) -> Answer {
    serving::download_version::<DossierRow>(&actor, id.0).await
}
