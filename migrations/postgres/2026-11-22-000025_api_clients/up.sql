-- Machines that call: what they may do, on which rows, from where, and what they prove themselves with.

CREATE TABLE api_clients (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    auth_methods jsonb NOT NULL,
    public_keys jsonb NOT NULL,
    scopes jsonb NOT NULL,
    row_scope text COLLATE "C" NOT NULL CHECK (row_scope IN ('national', 'academy', 'insurer')),
    academy_code text COLLATE "C",
    insurer_code text COLLATE "C",
    pseudonymised boolean NOT NULL,
    max_confidentiality text COLLATE "C" NOT NULL CHECK (max_confidentiality IN ('standard', 'restricted', 'confidential', 'secret')),
    expires_on date,
    networks jsonb NOT NULL,
    -- Raised by every change and by every secret taken away: older tokens stop counting.
    auth_version integer NOT NULL CHECK (auth_version >= 1),
    version integer NOT NULL CHECK (version >= 1),
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((row_scope = 'academy') = (academy_code IS NOT NULL)),
    CHECK ((row_scope = 'insurer') = (insurer_code IS NOT NULL))
);
CREATE INDEX api_clients_by_name ON api_clients (name, id);
CREATE INDEX api_clients_by_creation ON api_clients (created_at, id);

-- Two places, so that of two secrets made at once the third is refused whatever the order.
CREATE TABLE client_secrets (
    id uuid NOT NULL PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES api_clients (id),
    place integer NOT NULL CHECK (place IN (1, 2)),
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_on date,
    last_used_at timestamptz,
    UNIQUE (client_id, place)
);

-- Signed assertions that were taken: the key lets each in once, until it would have expired anyway.
CREATE TABLE client_assertions (
    client_id uuid NOT NULL REFERENCES api_clients (id),
    digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, digest)
);
CREATE INDEX client_assertions_by_expiry ON client_assertions (expires_at);
