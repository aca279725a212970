//! What callers send of documents, whatever these lie under.

use super::model::{DocumentType, FileName, Sha256};
use crate::http::FilePart;
use crate::values::body;

/// What is said of a document that is sent.
#[derive(Debug, Clone)]
pub struct Said {
    pub document_type: DocumentType,
    pub file_name: FileName,
    pub privileged: bool,
    pub sha256: Option<Sha256>,
}

body! {
    /// Sends a further version of the file of a document.
    pub struct AddDocumentVersion {
        /// What it is called from now on, where that changes.
        file_name: Option<FileName>,
        /// The digest of its bytes, where the sender knows it: others are then refused.
        sha256: Option<Sha256>,
        /// The file.
        file: FilePart,
    }
}
