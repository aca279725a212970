//! What is shown of the versions of documents.

use super::model::{DocumentFormat, Sha256};
use super::store::VersionRow;
use crate::db::{Id, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// One version of the file of a document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentVersionView {
    /// Identifier.
    pub id: Id,
    /// The document.
    pub document_id: Id,
    /// Which of its versions, from 1 on.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub number: i32,
    /// Format, told from the bytes.
    pub format: DocumentFormat,
    /// How many bytes.
    #[schema(minimum = 1, maximum = 20_971_520, example = 20_480)]
    pub size: i64,
    /// Digest of the bytes.
    pub sha256: Sha256,
    /// Who sent it.
    pub author_id: Option<Id>,
    /// When it was sent.
    pub created_at: Instant,
}

impl From<VersionRow> for DocumentVersionView {
    fn from(row: VersionRow) -> Self {
        let VersionRow { id, document_id, number, sha256, size, format, author_id, created_at } = row;
        Self { id, document_id, number, format, size, sha256, author_id, created_at }
    }
}
