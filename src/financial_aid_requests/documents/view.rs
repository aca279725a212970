//! What is shown of the documents of a request for aid.

use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::documents::model::{DocumentFormat, DocumentType, FileName, Sha256};
use crate::documents::store::Document;
use serde::Serialize;
use utoipa::ToSchema;

/// What was sent in for a request for aid, with its latest version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidDocumentView {
    /// Identifier.
    pub id: Id,
    /// Version of the resource, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The request.
    pub request_id: Id,
    /// What it is.
    pub document_type: DocumentType,
    /// What its file is called; `null` once the request is anonymised.
    pub file_name: Option<FileName>,
    /// The latest version of its file; with what is told of it `null` once the request is anonymised.
    pub current_id: Option<Id>,
    /// Number of the latest version.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub number: Option<i32>,
    /// Format, told from the bytes.
    pub format: Option<DocumentFormat>,
    /// How many bytes.
    #[schema(minimum = 1, maximum = 20_971_520, example = 20_480)]
    pub size: Option<i64>,
    /// Digest of the bytes.
    pub sha256: Option<Sha256>,
    /// Who sent the latest version.
    pub author_id: Option<Id>,
    /// When it was first sent.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for AidDocumentView {
    const KIND: &'static str = "aid_document";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<(Id, Document)> for AidDocumentView {
    fn from((request_id, Document { row, current }): (Id, Document)) -> Self {
        let told = current.as_ref();
        Self {
            id: row.id,
            version: row.version,
            request_id,
            document_type: row.document_type,
            file_name: row.file_name,
            current_id: row.current_id,
            number: told.map(|version| version.number),
            format: told.map(|version| version.format),
            size: told.map(|version| version.size),
            sha256: told.map(|version| version.sha256.clone()),
            author_id: told.and_then(|version| version.author_id),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
