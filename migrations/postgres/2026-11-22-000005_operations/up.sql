-- Long work: imports, their progress and their report line by line.

CREATE TABLE operations (
    id uuid NOT NULL PRIMARY KEY,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('establishment_import', 'member_import')),
    mode text COLLATE "C" NOT NULL CHECK (mode IN ('validate', 'partial', 'atomic')),
    status text COLLATE "C" NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    requested_by uuid NOT NULL,
    -- A runner holds the operation until then; afterwards another may take it over.
    leased_until timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    lines_total integer NOT NULL,
    lines_done integer NOT NULL,
    created_count integer NOT NULL,
    updated_count integer NOT NULL,
    unchanged_count integer NOT NULL,
    rejected_count integer NOT NULL,
    header text COLLATE "C",
    failure jsonb,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX operations_unfinished ON operations (created_at) WHERE status IN ('queued', 'running');
CREATE INDEX operations_by_requester ON operations (requested_by, id);

-- The file of an import, in parts, until the operation has finished.
CREATE TABLE operation_files (
    operation_id uuid NOT NULL REFERENCES operations (id),
    part integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (operation_id, part)
);

CREATE TABLE operation_lines (
    operation_id uuid NOT NULL REFERENCES operations (id),
    line bigint NOT NULL,
    outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('created', 'updated', 'unchanged', 'rejected')),
    natural_key text COLLATE "C",
    resource_id uuid,
    issues jsonb NOT NULL,
    changes jsonb NOT NULL,
    -- The line as it stood, when it was rejected: the corrections file gives it back.
    raw text COLLATE "C",
    PRIMARY KEY (operation_id, line)
);
CREATE INDEX operation_lines_by_outcome ON operation_lines (operation_id, outcome, line);
