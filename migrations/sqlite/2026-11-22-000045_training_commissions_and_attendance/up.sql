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
    -- None for the sessions of the user.
    department_code TEXT,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, created_at, id);

-- The share of its slots, in hundredths, that a certificate asks for.
ALTER TABLE training_modules ADD COLUMN minimum_share INTEGER NOT NULL DEFAULT 80 CHECK (minimum_share BETWEEN 1 AND 100);

-- What is marked of each participant in each slot.
CREATE TABLE training_attendance (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES training_sessions (id),
    slot_id BLOB NOT NULL REFERENCES training_slots (id),
    registration_id BLOB NOT NULL REFERENCES training_registrations (id),
    status TEXT NOT NULL CHECK (status IN ('present', 'late', 'excused', 'absent')),
    recorded_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (slot_id, registration_id)
) STRICT;
CREATE INDEX training_attendance_by_session ON training_attendance (session_id, created_at, id);
CREATE INDEX training_attendance_by_registration ON training_attendance (registration_id);

CREATE TABLE training_certificates (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    session_id BLOB NOT NULL REFERENCES training_sessions (id),
    registration_id BLOB NOT NULL REFERENCES training_registrations (id),
    slots_held INTEGER NOT NULL,
    slots_attended INTEGER NOT NULL CHECK (slots_attended BETWEEN 1 AND slots_held),
    minutes_attended INTEGER NOT NULL CHECK (minutes_attended >= 1),
    minimum_share INTEGER NOT NULL CHECK (slots_attended * 100 >= slots_held * minimum_share),
    -- Of the code on its sheet, which itself is stored nowhere.
    digest BLOB NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('issued', 'revoked')),
    issued_by BLOB,
    revoked_at INTEGER,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((revoked_at IS NOT NULL) = (status = 'revoked'))
) STRICT;
CREATE INDEX training_certificates_by_session ON training_certificates (session_id, number, id);
CREATE UNIQUE INDEX training_certificates_once ON training_certificates (registration_id) WHERE status = 'issued';
