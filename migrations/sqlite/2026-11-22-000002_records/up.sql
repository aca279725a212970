-- What was done: versions of resources, audit, replies to repeated requests.

CREATE TABLE resource_versions (
    resource_id BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    resource TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('create', 'update', 'delete', 'transition', 'transfer', 'merge', 'undo_merge', 'anonymise')),
    recorded_at INTEGER NOT NULL,
    actor_id BLOB,
    request_id BLOB NOT NULL,
    -- The resource after the change; NULL once deleted.
    snapshot TEXT,
    PRIMARY KEY (resource_id, version)
) STRICT;

CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('api', 'console', 'import')),
    actor_id BLOB,
    request_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id BLOB NOT NULL,
    version INTEGER
) STRICT;
CREATE INDEX audit_events_by_resource ON audit_events (resource_id);

CREATE TABLE idempotency_records (
    caller_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    body_digest BLOB NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (caller_id, operation, key)
) STRICT;
CREATE INDEX idempotency_records_by_expiry ON idempotency_records (expires_at);
