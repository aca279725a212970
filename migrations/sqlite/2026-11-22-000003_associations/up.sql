-- One association per department and the national one, with their teams.

CREATE TABLE associations (
    id BLOB NOT NULL PRIMARY KEY,
    level TEXT NOT NULL CHECK (level IN ('department', 'national')),
    department_code TEXT UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    time_zone TEXT NOT NULL,
    on_call_hours TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((level = 'department') = (department_code IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX associations_one_national ON associations (level) WHERE level = 'national';

CREATE TABLE team_members (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES associations (id),
    display_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    team_function TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX team_members_by_association ON team_members (association_id, name_key, id);
