//! Routes of the documents of requests for aid.

use super::bodies::{CreateAidDocument, UpdateAidDocument};
use super::view::AidDocumentView;
use crate::db::Id;
use crate::documents::bodies::AddDocumentVersion;
use crate::documents::model::DocumentFilters;
use crate::documents::serving::{self, Documents, SORTS};
use crate::documents::view::DocumentVersionView;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::http::{Actor, Answer, CommandOptions, Endpoint, FileForm, HistoryEntryView, ListOf, NoFilters, Page, PartOf, Patch, PathId, Projection, route};

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_documents).lists::<AidDocumentView>(SORTS),
        route!(create_aid_document).creates().shows::<AidDocumentView>().uploads(),
        route!(retrieve_aid_document).shows::<AidDocumentView>().sparse(),
        route!(update_aid_document).conditional().shows::<AidDocumentView>(),
        route!(list_aid_document_history).lists::<HistoryEntryView>(&[]),
        route!(download_aid_document).downloads(),
        route!(list_aid_document_versions).lists::<DocumentVersionView>(&["number"]),
        route!(add_aid_document_version).creates().shows::<AidDocumentView>().uploads(),
        route!(download_aid_document_version).downloads(),
    ]
}

/// List the documents of a request for financial aid
///
/// What was sent in for it, each with its latest version, the earliest sent first.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/documents", operation_id = "aid_documents_list", tag = "financial_aid",
    params(("id" = Id, Path), DocumentFilters), responses((status = 200, description = "A page of documents.", body = Page<AidDocumentView>)))]
async fn list_aid_documents(actor: Actor, id: PathId, list: ListOf<DocumentFilters>) -> Answer {
    let documents = Documents::<AidRequestRow>::of(id.0);
    actor.list(PartOf { list: documents, part_id: id.0, find: requests::find }, list).await
}

/// Send a document for a request for financial aid
///
/// Takes a file of at most 20 MiB until the request is over: PDF, JPEG, PNG, HEIC, Word, OpenDocument text, plain UTF-8 text or an email.
/// Its format is told from its bytes: one that is not what the sender declares it to be is refused, and so is one that did not arrive whole.
#[utoipa::path(post, path = "/financial-aid-requests/{id}/documents", operation_id = "aid_documents_create", tag = "financial_aid",
    params(("id" = Id, Path), CommandOptions), request_body(content = CreateAidDocument, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document.", body = AidDocumentView)))]
async fn create_aid_document(actor: Actor, id: PathId, form: FileForm) -> Answer {
    serving::create::<AidRequestRow>(&actor, id.0, form).await
}

/// Retrieve a document of a request for financial aid
///
/// What was sent in, with its latest version. Its content is read on its own.
#[utoipa::path(get, path = "/aid-documents/{id}", operation_id = "aid_documents_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The document.", body = AidDocumentView)))]
async fn retrieve_aid_document(actor: Actor, id: PathId, projection: Projection) -> Answer {
    serving::retrieve::<AidRequestRow>(&actor, id.0, projection).await
}

/// Change a document of a request for financial aid
///
/// Corrects what is said of it, at the version the caller has seen, until the request is over. Its file never changes.
#[utoipa::path(patch, path = "/aid-documents/{id}", operation_id = "aid_documents_update", tag = "financial_aid",
    params(("id" = Id, Path)), request_body = UpdateAidDocument,
    responses((status = 200, description = "The document after the change.", body = AidDocumentView)))]
async fn update_aid_document(actor: Actor, id: PathId, patch: Patch<UpdateAidDocument>) -> Answer {
    serving::update::<AidRequestRow>(&actor, id.0, patch).await
}

/// List the changes of a document of a request for financial aid
///
/// Who changed what and when, the newest first; the versions of its file are listed on their own.
#[utoipa::path(get, path = "/aid-documents/{id}/history", operation_id = "aid_documents_history", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_document_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    serving::list_history::<AidRequestRow>(&actor, id.0, list).await
}

/// List the versions of a document of a request for financial aid
///
/// Every version of its file, the first sent first.
#[utoipa::path(get, path = "/aid-documents/{id}/versions", operation_id = "aid_document_versions_list", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<DocumentVersionView>)))]
async fn list_aid_document_versions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    serving::list_versions::<AidRequestRow>(&actor, id.0, list).await
}

/// Send a version of a document of a request for financial aid
///
/// Takes a further file as the latest version, until the request is over. The versions before stay as they are.
#[utoipa::path(post, path = "/aid-documents/{id}/versions", operation_id = "aid_document_versions_create", tag = "financial_aid",
    params(("id" = Id, Path), CommandOptions), request_body(content = AddDocumentVersion, content_type = "multipart/form-data"),
    responses((status = 201, description = "The document with its latest version.", body = AidDocumentView)))]
async fn add_aid_document_version(actor: Actor, id: PathId, form: FileForm) -> Answer {
    serving::add_version::<AidRequestRow>(&actor, id.0, form).await
}

/// Download a document of a request for financial aid
///
/// The bytes of its latest version, or a range of them.
#[utoipa::path(get, path = "/aid-documents/{id}/content", operation_id = "aid_documents_content", tag = "financial_aid", params(("id" = Id, Path)),
    responses((status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for.", body = String, content_type = "application/octet-stream"),
        (status = 416, description = "Nothing of the range asked for.")))]
async fn download_aid_document(actor: Actor, id: PathId) -> Answer {
    serving::download::<AidRequestRow>(&actor, id.0).await
}

/// Download a version of a document of a request for financial aid
///
/// The bytes of one version, or a range of them.
#[utoipa::path(get, path = "/aid-document-versions/{id}/content", operation_id = "aid_document_versions_content", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for.", body = String, content_type = "application/octet-stream"),
        (status = 416, description = "Nothing of the range asked for.")))]
async fn download_aid_document_version(actor: Actor, id: PathId) -> Answer {
    serving::download_version::<AidRequestRow>(&actor, id.0).await
}
