-- Long work: imports, their progress and their report line by line.

CREATE TABLE operations (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('establishment_import', 'member_import')),
    mode TEXT NOT NULL CHECK (mode IN ('validate', 'partial', 'atomic')),
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    requested_by BLOB NOT NULL,
    -- A runner holds the operation until then; afterwards another may take it over.
    leased_until INTEGER,
    started_at INTEGER,
    finished_at INTEGER,
    lines_total INTEGER NOT NULL,
    lines_done INTEGER NOT NULL,
    created_count INTEGER NOT NULL,
    updated_count INTEGER NOT NULL,
    unchanged_count INTEGER NOT NULL,
    rejected_count INTEGER NOT NULL,
    header TEXT,
    failure TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX operations_unfinished ON operations (created_at) WHERE status IN ('queued', 'running');
CREATE INDEX operations_by_requester ON operations (requested_by, id);

-- The file of an import, in parts, until the operation has finished.
CREATE TABLE operation_files (
    operation_id BLOB NOT NULL REFERENCES operations (id),
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (operation_id, part)
) STRICT;

CREATE TABLE operation_lines (
    operation_id BLOB NOT NULL REFERENCES operations (id),
    line INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('created', 'updated', 'unchanged', 'rejected')),
    natural_key TEXT,
    resource_id BLOB,
    issues TEXT NOT NULL,
    changes TEXT NOT NULL,
    -- The line as it stood, when it was rejected: the corrections file gives it back.
    raw TEXT,
    PRIMARY KEY (operation_id, line)
) STRICT;
CREATE INDEX operation_lines_by_outcome ON operation_lines (operation_id, outcome, line);
