-- Who may sign in, with which rights, and the sessions they hold.

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    -- Raised by every change of rights or password: older tokens stop counting.
    auth_version INTEGER NOT NULL CHECK (auth_version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo')),
    department_code TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    CHECK (ends_on >= starts_on),
    CHECK ((role IN ('department_head', 'department_staff', 'volunteer')) = (department_code IS NOT NULL))
) STRICT;
CREATE INDEX grants_by_user ON grants (user_id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    digest BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    issued_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Failed logins by digest of account, address or both; survives a restart.
CREATE TABLE login_failures (
    bucket BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL CHECK (failures >= 1),
    window_started_at INTEGER NOT NULL
) STRICT;

-- Addresses an account has signed in from: no stranger's failures can lock them out.
CREATE TABLE login_places (
    place BLOB NOT NULL PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;

-- Raised by every change that can end a right: cached callers are then looked up again.
CREATE TABLE auth_epoch (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO auth_epoch (id, value) VALUES (1, 1);

-- What this database is for: one made by the demo profile never serves in production.
CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    demo INTEGER NOT NULL
) STRICT;
INSERT INTO installation (id, demo) VALUES (1, 0);
