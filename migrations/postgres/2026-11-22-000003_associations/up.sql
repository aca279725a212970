-- One association per department and the national one, with their teams.

CREATE TABLE associations (
    id uuid NOT NULL PRIMARY KEY,
    level text COLLATE "C" NOT NULL CHECK (level IN ('department', 'national')),
    department_code text COLLATE "C" UNIQUE,
    name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    phone text COLLATE "C",
    email text COLLATE "C",
    time_zone text COLLATE "C" NOT NULL,
    on_call_hours jsonb NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((level = 'department') = (department_code IS NOT NULL))
);
CREATE UNIQUE INDEX associations_one_national ON associations (level) WHERE level = 'national';

CREATE TABLE team_members (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid NOT NULL REFERENCES associations (id),
    display_name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    team_function text COLLATE "C" NOT NULL,
    phone text COLLATE "C",
    email text COLLATE "C",
    starts_on date NOT NULL,
    ends_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX team_members_by_association ON team_members (association_id, name_key, id);
