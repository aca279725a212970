-- The training commission of each academy, its members and its plans.
CREATE TABLE training_commissions (
    id uuid NOT NULL PRIMARY KEY,
    academy_code text COLLATE "C" NOT NULL UNIQUE,
    coordinator_id uuid REFERENCES users (id),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE commission_members (
    id uuid NOT NULL PRIMARY KEY,
    commission_id uuid NOT NULL REFERENCES training_commissions (id),
    association_id uuid REFERENCES associations (id),
    display_name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX commission_members_by_commission ON commission_members (commission_id, name_key, id);

CREATE TABLE training_plans (
    id uuid NOT NULL PRIMARY KEY,
    commission_id uuid NOT NULL REFERENCES training_commissions (id),
    school_year text COLLATE "C" NOT NULL,
    orientation text COLLATE "C" NOT NULL,
    objectives jsonb NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (commission_id, school_year)
);

-- Addresses at which calendar programs read sessions; the secret part is kept as a digest.
CREATE TABLE calendar_feeds (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('department', 'own')),
    department_code text COLLATE "C",
    digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CHECK ((department_code IS NOT NULL) = (kind = 'department'))
);
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, created_at, id);
