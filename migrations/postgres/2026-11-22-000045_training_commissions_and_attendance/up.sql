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
    -- None for the sessions of the user.
    department_code text COLLATE "C",
    digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, created_at, id);

-- The share of its slots, in hundredths, that a certificate asks for.
ALTER TABLE training_modules ADD COLUMN minimum_share integer NOT NULL DEFAULT 80 CHECK (minimum_share BETWEEN 1 AND 100);

-- What is marked of each participant in each slot.
CREATE TABLE training_attendance (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES training_sessions (id),
    slot_id uuid NOT NULL REFERENCES training_slots (id),
    registration_id uuid NOT NULL REFERENCES training_registrations (id),
    status text COLLATE "C" NOT NULL CHECK (status IN ('present', 'late', 'excused', 'absent')),
    recorded_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (slot_id, registration_id)
);
CREATE INDEX training_attendance_by_session ON training_attendance (session_id, created_at, id);
CREATE INDEX training_attendance_by_registration ON training_attendance (registration_id);

CREATE TABLE training_certificates (
    id uuid NOT NULL PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    session_id uuid NOT NULL REFERENCES training_sessions (id),
    registration_id uuid NOT NULL REFERENCES training_registrations (id),
    slots_held integer NOT NULL,
    slots_attended integer NOT NULL CHECK (slots_attended BETWEEN 1 AND slots_held),
    minutes_attended integer NOT NULL CHECK (minutes_attended >= 1),
    minimum_share integer NOT NULL CHECK (slots_attended * 100 >= slots_held * minimum_share),
    -- Of the code on its sheet, which itself is stored nowhere.
    digest bytea NOT NULL UNIQUE,
    status text COLLATE "C" NOT NULL CHECK (status IN ('issued', 'revoked')),
    issued_by uuid,
    revoked_at timestamptz,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((revoked_at IS NOT NULL) = (status = 'revoked'))
);
CREATE INDEX training_certificates_by_session ON training_certificates (session_id, number, id);
CREATE UNIQUE INDEX training_certificates_once ON training_certificates (registration_id) WHERE status = 'issued';
