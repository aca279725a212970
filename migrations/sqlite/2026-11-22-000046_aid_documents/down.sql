-- Documents of requests for aid go; their files are swept.
ALTER TABLE document_versions RENAME TO latter_versions;
ALTER TABLE documents RENAME TO latter_documents;
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
INSERT INTO documents (id, dossier_id, document_type, file_name, privileged, current_id, version, created_at, updated_at)
    SELECT id, dossier_id, iif(document_type IN ('payslip', 'tax_notice', 'bill', 'bank_letter'), 'other', document_type), file_name, privileged, current_id,
        version, created_at, updated_at FROM latter_documents WHERE dossier_id IS NOT NULL;
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
INSERT INTO document_versions (id, document_id, number, sha256, size, format, author_id, created_at)
    SELECT id, document_id, number, sha256, size, format, author_id, created_at FROM latter_versions WHERE document_id IN (SELECT id FROM documents);
DROP TABLE latter_versions;
DROP TABLE latter_documents;
CREATE INDEX documents_by_dossier ON documents (dossier_id, created_at, id);
CREATE UNIQUE INDEX document_versions_number ON document_versions (document_id, number);
