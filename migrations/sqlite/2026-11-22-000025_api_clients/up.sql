-- Machines that call: what they may do, on which rows, from where, and what they prove themselves with.

CREATE TABLE api_clients (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    auth_methods TEXT NOT NULL,
    public_keys TEXT NOT NULL,
    scopes TEXT NOT NULL,
    row_scope TEXT NOT NULL CHECK (row_scope IN ('national', 'academy', 'insurer')),
    academy_code TEXT,
    insurer_code TEXT,
    pseudonymised INTEGER NOT NULL,
    max_confidentiality TEXT NOT NULL CHECK (max_confidentiality IN ('standard', 'restricted', 'confidential', 'secret')),
    expires_on TEXT,
    networks TEXT NOT NULL,
    -- Raised by every change and by every secret taken away: older tokens stop counting.
    auth_version INTEGER NOT NULL CHECK (auth_version >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((row_scope = 'academy') = (academy_code IS NOT NULL)),
    CHECK ((row_scope = 'insurer') = (insurer_code IS NOT NULL))
) STRICT;
CREATE INDEX api_clients_by_name ON api_clients (name, id);
CREATE INDEX api_clients_by_creation ON api_clients (created_at, id);

-- Two places, so that of two secrets made at once the third is refused whatever the order.
CREATE TABLE client_secrets (
    id BLOB NOT NULL PRIMARY KEY,
    client_id BLOB NOT NULL REFERENCES api_clients (id),
    place INTEGER NOT NULL CHECK (place IN (1, 2)),
    digest BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_on TEXT,
    last_used_at INTEGER,
    UNIQUE (client_id, place)
) STRICT;

-- Signed assertions that were taken: the key lets each in once, until it would have expired anyway.
CREATE TABLE client_assertions (
    client_id BLOB NOT NULL REFERENCES api_clients (id),
    digest BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);
