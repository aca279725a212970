-- What was sent in for a case: documents, and the versions of each, whose bytes are files of the storage under the version's id.

CREATE TABLE documents (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    document_type TEXT NOT NULL
        CHECK (document_type IN ('letter', 'complaint', 'certificate', 'photograph', 'court_decision', 'contract', 'statement', 'identity', 'other')),
    -- A label; none once the dossier is anonymised.
    file_name TEXT,
    privileged INTEGER NOT NULL CHECK (privileged IN (0, 1)),
    -- The latest version; none once the dossier is anonymised, of which no version stays.
    current_id BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX documents_by_dossier ON documents (dossier_id, created_at, id);

CREATE TABLE document_versions (
    id BLOB NOT NULL PRIMARY KEY,
    document_id BLOB NOT NULL REFERENCES documents (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    size INTEGER NOT NULL CHECK (size >= 1),
    format TEXT NOT NULL CHECK (format IN ('pdf', 'jpeg', 'png', 'heic', 'docx', 'odt', 'text', 'email')),
    author_id BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX document_versions_number ON document_versions (document_id, number);
