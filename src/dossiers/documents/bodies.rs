//! What callers send of the documents of a dossier.

use crate::documents::bodies::Said;
use crate::documents::model::{DocumentType, FileName, Sha256};
use crate::documents::store::DocumentRow;
use crate::http::FilePart;
use crate::values::body;
use crate::values::input::Change;

body! {
    /// Sends a document: a form with its file.
    pub struct CreateDocument {
        /// What it is in the case.
        document_type: DocumentType,
        /// What its file is called.
        file_name: FileName,
        /// Whether only the team of the dossier and its lawyers read its content; not so by default.
        privileged: Option<bool>,
        /// The digest of its bytes, where the sender knows it: others are then refused.
        sha256: Option<Sha256>,
        /// Its file.
        file: FilePart,
    }
}

body! {
    /// Corrects what is said of a document: absent fields stay. Its file changes by a further version alone.
    pub struct UpdateDocument {
        /// What it is in the case.
        document_type: Change<DocumentType>,
        /// What its file is called.
        file_name: Change<FileName>,
        /// Whether only the team of the dossier and its lawyers read its content.
        privileged: Change<bool>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, current_id: FieldReadOnly, number: FieldReadOnly, format: FieldReadOnly,
        size: FieldReadOnly, sha256: FieldReadOnly, author_id: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

impl From<CreateDocument> for Said {
    fn from(CreateDocument { document_type, file_name, privileged, sha256, file: _ }: CreateDocument) -> Self {
        Self { document_type, file_name, privileged: privileged.unwrap_or(false), sha256 }
    }
}

impl UpdateDocument {
    pub fn apply(self, row: &mut DocumentRow) {
        let Self { document_type, file_name, privileged } = self;
        document_type.apply(&mut row.document_type);
        privileged.apply(&mut row.privileged);
        if let Change::To(name) = file_name {
            row.file_name = Some(name);
        }
    }
}
