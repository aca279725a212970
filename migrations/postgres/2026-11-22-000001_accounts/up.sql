-- Who may sign in, with which rights, and the sessions they hold.

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    login text COLLATE "C" NOT NULL UNIQUE,
    display_name text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    -- Raised by every change of rights or password: older tokens stop counting.
    auth_version integer NOT NULL CHECK (auth_version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE grants (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    role text COLLATE "C" NOT NULL CHECK (role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo')),
    department_code text COLLATE "C",
    starts_on date NOT NULL,
    ends_on date,
    CHECK (ends_on >= starts_on),
    CHECK ((role IN ('department_head', 'department_staff', 'volunteer')) = (department_code IS NOT NULL))
);
CREATE INDEX grants_by_user ON grants (user_id);

CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    digest bytea NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    issued_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Failed logins by digest of account, address or both; survives a restart.
CREATE TABLE login_failures (
    bucket bytea NOT NULL PRIMARY KEY,
    failures integer NOT NULL CHECK (failures >= 1),
    window_started_at timestamptz NOT NULL
);

-- Addresses an account has signed in from: no stranger's failures can lock them out.
CREATE TABLE login_places (
    place bytea NOT NULL PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

-- Raised by every change that can end a right: cached callers are then looked up again.
CREATE TABLE auth_epoch (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    value bigint NOT NULL
);
INSERT INTO auth_epoch (id, value) VALUES (1, 1);

-- What this database is for: one made by the demo profile never serves in production.
CREATE TABLE installation (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    demo boolean NOT NULL
);
INSERT INTO installation (id, demo) VALUES (1, false);
