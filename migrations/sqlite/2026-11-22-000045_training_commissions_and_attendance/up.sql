-- The training commission of each academy, its members and its plans.
CREATE TABLE training_commissions (
    id BLOB NOT NULL PRIMARY KEY,
    academy_code TEXT NOT NULL UNIQUE,
    coordinator_id BLOB REFERENCES users (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE commission_members (
    id BLOB NOT NULL PRIMARY KEY,
    commission_id BLOB NOT NULL REFERENCES training_commissions (id),
    association_id BLOB REFERENCES associations (id),
    display_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX commission_members_by_commission ON commission_members (commission_id, name_key, id);

CREATE TABLE training_plans (
    id BLOB NOT NULL PRIMARY KEY,
    commission_id BLOB NOT NULL REFERENCES training_commissions (id),
    school_year TEXT NOT NULL,
    orientation TEXT NOT NULL,
    objectives TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (commission_id, school_year)
) STRICT;

-- Addresses at which calendar programs read sessions; the secret part is kept as a digest.
CREATE TABLE calendar_feeds (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('department', 'own')),
    department_code TEXT,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    CHECK ((department_code IS NOT NULL) = (kind = 'department'))
) STRICT;
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, created_at, id);
