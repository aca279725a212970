-- What was done: versions of resources, audit, replies to repeated requests.

CREATE TABLE resource_versions (
    resource_id uuid NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    resource text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL CHECK (action IN ('create', 'update', 'delete', 'transition', 'transfer', 'merge', 'undo_merge', 'anonymise')),
    recorded_at timestamptz NOT NULL,
    actor_id uuid,
    request_id uuid NOT NULL,
    -- The resource after the change; NULL once deleted.
    snapshot jsonb,
    PRIMARY KEY (resource_id, version)
);

CREATE TABLE audit_events (
    id uuid NOT NULL PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    origin text COLLATE "C" NOT NULL CHECK (origin IN ('api', 'console', 'import')),
    actor_id uuid,
    request_id uuid NOT NULL,
    operation text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    resource text COLLATE "C" NOT NULL,
    resource_id uuid NOT NULL,
    version integer
);
CREATE INDEX audit_events_by_resource ON audit_events (resource_id);

CREATE TABLE idempotency_records (
    caller_id uuid NOT NULL,
    operation text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body_digest bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (caller_id, operation, key)
);
CREATE INDEX idempotency_records_by_expiry ON idempotency_records (expires_at);
