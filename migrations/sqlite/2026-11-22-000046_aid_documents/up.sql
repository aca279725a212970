-- Documents lie under a dossier or under a request for aid, and there are further types of them.
ALTER TABLE document_versions RENAME TO former_versions;
ALTER TABLE documents RENAME TO former_documents;
CREATE TABLE documents (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB REFERENCES dossiers (id),
    aid_request_id BLOB REFERENCES financial_aid_requests (id),
    document_type TEXT NOT NULL
        CHECK (document_type IN ('letter', 'complaint', 'certificate', 'photograph', 'court_decision', 'contract', 'statement', 'identity', 'payslip',
            'tax_notice', 'bill', 'bank_letter', 'other')),
    -- A label; none once what it lies under is anonymised.
    file_name TEXT,
    -- Of dossiers alone: what lawyers and the team keep from others.
    privileged INTEGER NOT NULL CHECK (privileged IN (0, 1)),
    -- The latest version; none once what it lies under is anonymised, of which no version stays.
    current_id BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((dossier_id IS NULL) <> (aid_request_id IS NULL)),
    CHECK (aid_request_id IS NULL OR privileged = 0)
) STRICT;
INSERT INTO documents (id, dossier_id, document_type, file_name, privileged, current_id, version, created_at, updated_at)
    SELECT id, dossier_id, document_type, file_name, privileged, current_id, version, created_at, updated_at FROM former_documents;
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
    SELECT id, document_id, number, sha256, size, format, author_id, created_at FROM former_versions;
DROP TABLE former_versions;
DROP TABLE former_documents;
CREATE INDEX documents_by_dossier ON documents (dossier_id, created_at, id) WHERE dossier_id IS NOT NULL;
CREATE INDEX documents_by_aid_request ON documents (aid_request_id, created_at, id) WHERE aid_request_id IS NOT NULL;
CREATE UNIQUE INDEX document_versions_number ON document_versions (document_id, number);
