-- Training: what is taught, when it is given, and who takes part.
CREATE TABLE training_modules (
    id BLOB NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Title folded, for sorting.
    title_key TEXT NOT NULL,
    themes TEXT NOT NULL,
    objectives TEXT,
    hours REAL NOT NULL CHECK (hours > 0),
    audiences TEXT NOT NULL,
    retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX training_modules_code ON training_modules (code);
CREATE INDEX training_modules_by_title ON training_modules (title_key, id);

CREATE TABLE training_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    module_id BLOB NOT NULL REFERENCES training_modules (id),
    organiser_level TEXT NOT NULL CHECK (organiser_level IN ('department', 'academy', 'national')),
    -- The association that organises it; none where an academy does.
    association_id BLOB REFERENCES associations (id),
    department_code TEXT,
    -- The academy that organises it, or in which the department lies.
    academy_code TEXT,
    format TEXT NOT NULL CHECK (format IN ('legal_workshop', 'economic_workshop', 'webinar', 'conference', 'school_visit', 'initial_training',
        'volunteer_training', 'live_chat')),
    delivery TEXT NOT NULL CHECK (delivery IN ('in_person', 'remote', 'hybrid')),
    audiences TEXT NOT NULL,
    venue TEXT,
    meeting_url TEXT,
    capacity INTEGER NOT NULL CHECK (capacity >= 1),
    opens_on TEXT,
    closes_on TEXT,
    -- Whether a registration waits for the organiser.
    on_approval INTEGER NOT NULL CHECK (on_approval IN (0, 1)),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    agreement_reference TEXT,
    agreement_signed_on TEXT,
    agreement_partner TEXT,
    -- `full` follows from the counts below: no row is ever marked.
    status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'registration_open', 'in_progress', 'completed', 'cancelled')),
    -- The day on which it was announced; none for one that never was.
    scheduled_on TEXT,
    confirmed_count INTEGER NOT NULL CHECK (confirmed_count >= 0),
    waiting_count INTEGER NOT NULL CHECK (waiting_count >= 0),
    -- The last number given out on the waiting list.
    last_queued INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((organiser_level = 'department') = (department_code IS NOT NULL)),
    CHECK ((organiser_level = 'national') = (academy_code IS NULL)),
    CHECK ((organiser_level = 'academy') = (association_id IS NULL)),
    CHECK (closes_on >= opens_on),
    CHECK (ends_on >= starts_on),
    CHECK ((agreement_reference IS NULL) = (agreement_signed_on IS NULL) AND (agreement_reference IS NULL) = (agreement_partner IS NULL)),
    CHECK ((status IN ('scheduled', 'registration_open', 'in_progress', 'completed')) <= (scheduled_on IS NOT NULL)),
    -- Nobody is overbooked, and nobody waits while there is a seat.
    CHECK (confirmed_count <= capacity),
    CHECK (waiting_count = 0 OR confirmed_count = capacity OR status IN ('completed', 'cancelled'))
) STRICT;
CREATE INDEX training_sessions_in_time ON training_sessions (starts_on, id);
CREATE INDEX training_sessions_by_department ON training_sessions (department_code, starts_on, id) WHERE department_code IS NOT NULL;
CREATE INDEX training_sessions_by_academy ON training_sessions (academy_code, starts_on, id) WHERE academy_code IS NOT NULL;
CREATE INDEX training_sessions_by_module ON training_sessions (module_id, starts_on, id);

CREATE TABLE training_trainers (
    session_id BLOB NOT NULL REFERENCES training_sessions (id),
    place INTEGER NOT NULL CHECK (place >= 1),
    lawyer_id BLOB REFERENCES lawyer_partners (id),
    user_id BLOB REFERENCES users (id),
    -- Of somebody who is neither.
    name TEXT,
    PRIMARY KEY (session_id, place),
    CHECK ((lawyer_id IS NOT NULL) + (user_id IS NOT NULL) + (name IS NOT NULL) = 1)
) STRICT;
CREATE INDEX training_trainers_by_lawyer ON training_trainers (lawyer_id) WHERE lawyer_id IS NOT NULL;
CREATE INDEX training_trainers_by_user ON training_trainers (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE training_slots (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES training_sessions (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX training_slots_by_session ON training_slots (session_id, starts_at, id);

CREATE TABLE training_registrations (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES training_sessions (id),
    member_id BLOB REFERENCES members (id),
    -- Of a participant from outside, as are the next three.
    name TEXT,
    email TEXT,
    organisation TEXT,
    -- By which two of them are held for the same person.
    outsider_key TEXT,
    status TEXT NOT NULL CHECK (status IN ('requested', 'confirmed', 'waiting_list', 'refused', 'cancelled')),
    -- The number given out on the waiting list, which only grows; the rank is how many before it still wait.
    queue_number INTEGER,
    created_by BLOB REFERENCES users (id),
    -- When whose registration it was, was forgotten.
    anonymised_at INTEGER,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((status = 'waiting_list') = (queue_number IS NOT NULL)),
    CHECK ((name IS NULL) = (outsider_key IS NULL)),
    CHECK ((member_id IS NOT NULL) + (name IS NOT NULL) + (anonymised_at IS NOT NULL) = 1)
) STRICT;
CREATE INDEX training_registrations_by_session ON training_registrations (session_id, created_at, id);
CREATE INDEX training_registrations_by_member ON training_registrations (member_id) WHERE member_id IS NOT NULL;
CREATE UNIQUE INDEX training_registrations_queue ON training_registrations (session_id, queue_number) WHERE queue_number IS NOT NULL;
CREATE UNIQUE INDEX training_registrations_member ON training_registrations (session_id, member_id)
    WHERE member_id IS NOT NULL AND status IN ('requested', 'confirmed', 'waiting_list');
CREATE UNIQUE INDEX training_registrations_outsider ON training_registrations (session_id, outsider_key)
    WHERE outsider_key IS NOT NULL AND status IN ('requested', 'confirmed', 'waiting_list');
