//! What callers send of the documents of a request for aid.

use crate::documents::bodies::Said;
use crate::documents::model::{DocumentType, FileName, Sha256};
use crate::documents::store::DocumentRow;
use crate::http::FilePart;
use crate::values::body;
use crate::values::input::Change;

body! {
    /// Sends a document for a request for aid: a form with its file.
    pub struct CreateAidDocument {
        /// What it is.
        document_type: DocumentType,
        /// What its file is called.
        file_name: FileName,
        /// The digest of its bytes, where the sender knows it: others are then refused.
        sha256: Option<Sha256>,
        /// Its file.
        file: FilePart,
    }
}

body! {
    /// Corrects what is said of a document: absent fields stay. Its file changes by a further version alone.
    pub struct UpdateAidDocument {
        /// What it is.
        document_type: Change<DocumentType>,
        /// What its file is called.
        file_name: Change<FileName>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, request_id: FieldReadOnly, current_id: FieldReadOnly, number: FieldReadOnly, format: FieldReadOnly,
        size: FieldReadOnly, sha256: FieldReadOnly, author_id: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

impl From<CreateAidDocument> for Said {
    fn from(CreateAidDocument { document_type, file_name, sha256, file: _ }: CreateAidDocument) -> Self {
        Self { document_type, file_name, privileged: false, sha256 }
    }
}

impl UpdateAidDocument {
    pub fn apply(self, row: &mut DocumentRow) {
        let Self { document_type, file_name } = self;
        document_type.apply(&mut row.document_type);
        if let Change::To(name) = file_name {
            row.file_name = Some(name);
        }
    }
}
