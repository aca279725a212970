-- What was sent in for a case: documents, and the versions of each, whose bytes are files of the storage under the version's id.

CREATE TABLE documents (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    document_type text COLLATE "C" NOT NULL
        CHECK (document_type IN ('letter', 'complaint', 'certificate', 'photograph', 'court_decision', 'contract', 'statement', 'identity', 'other')),
    -- A label; none once the dossier is anonymised.
    file_name text COLLATE "C",
    privileged boolean NOT NULL,
    -- The latest version; none once the dossier is anonymised, of which no version stays.
    current_id uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX documents_by_dossier ON documents (dossier_id, created_at, id);

CREATE TABLE document_versions (
    id uuid NOT NULL PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES documents (id),
    number integer NOT NULL CHECK (number >= 1),
    sha256 text COLLATE "C" NOT NULL CHECK (length(sha256) = 64),
    size bigint NOT NULL CHECK (size >= 1),
    format text COLLATE "C" NOT NULL CHECK (format IN ('pdf', 'jpeg', 'png', 'heic', 'docx', 'odt', 'text', 'email')),
    author_id uuid,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX document_versions_number ON document_versions (document_id, number);
