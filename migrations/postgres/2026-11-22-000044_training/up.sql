-- Training: what is taught, when it is given, and who takes part.
CREATE TABLE training_modules (
    id uuid NOT NULL PRIMARY KEY,
    code text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    -- Title folded, for sorting.
    title_key text COLLATE "C" NOT NULL,
    themes jsonb NOT NULL,
    objectives text COLLATE "C",
    hours double precision NOT NULL CHECK (hours > 0),
    audiences jsonb NOT NULL,
    retired boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX training_modules_code ON training_modules (code);
CREATE INDEX training_modules_by_title ON training_modules (title_key, id);

CREATE TABLE training_sessions (
    id uuid NOT NULL PRIMARY KEY,
    module_id uuid NOT NULL REFERENCES training_modules (id),
    organiser_level text COLLATE "C" NOT NULL CHECK (organiser_level IN ('department', 'academy', 'national')),
    -- The association that organises it; none where an academy does.
    association_id uuid REFERENCES associations (id),
    department_code text COLLATE "C",
    -- The academy that organises it, or in which the department lies.
    academy_code text COLLATE "C",
    format text COLLATE "C" NOT NULL CHECK (format IN ('legal_workshop', 'economic_workshop', 'webinar', 'conference', 'school_visit', 'initial_training',
        'volunteer_training', 'live_chat')),
    delivery text COLLATE "C" NOT NULL CHECK (delivery IN ('in_person', 'remote', 'hybrid')),
    audiences jsonb NOT NULL,
    venue text COLLATE "C",
    meeting_url text COLLATE "C",
    capacity integer NOT NULL CHECK (capacity >= 1),
    opens_on date,
    closes_on date,
    -- Whether a registration waits for the organiser.
    on_approval boolean NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    agreement_reference text COLLATE "C",
    agreement_signed_on date,
    agreement_partner text COLLATE "C",
    -- `full` follows from the counts below: no row is ever marked.
    status text COLLATE "C" NOT NULL CHECK (status IN ('draft', 'scheduled', 'registration_open', 'in_progress', 'completed', 'cancelled')),
    -- The day on which it was announced; none for one that never was.
    scheduled_on date,
    confirmed_count integer NOT NULL CHECK (confirmed_count >= 0),
    waiting_count integer NOT NULL CHECK (waiting_count >= 0),
    -- The last number given out on the waiting list.
    last_queued bigint NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
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
);
CREATE INDEX training_sessions_in_time ON training_sessions (starts_on, id);
CREATE INDEX training_sessions_by_department ON training_sessions (department_code, starts_on, id) WHERE department_code IS NOT NULL;
CREATE INDEX training_sessions_by_academy ON training_sessions (academy_code, starts_on, id) WHERE academy_code IS NOT NULL;
CREATE INDEX training_sessions_by_module ON training_sessions (module_id, starts_on, id);

CREATE TABLE training_trainers (
    session_id uuid NOT NULL REFERENCES training_sessions (id),
    place integer NOT NULL CHECK (place >= 1),
    lawyer_id uuid REFERENCES lawyer_partners (id),
    user_id uuid REFERENCES users (id),
    -- Of somebody who is neither.
    name text COLLATE "C",
    PRIMARY KEY (session_id, place),
    CHECK (num_nonnulls(lawyer_id, user_id, name) = 1)
);
CREATE INDEX training_trainers_by_lawyer ON training_trainers (lawyer_id) WHERE lawyer_id IS NOT NULL;
CREATE INDEX training_trainers_by_user ON training_trainers (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE training_slots (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES training_sessions (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_at > starts_at)
);
CREATE INDEX training_slots_by_session ON training_slots (session_id, starts_at, id);

CREATE TABLE training_registrations (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES training_sessions (id),
    member_id uuid REFERENCES members (id),
    -- Of a participant from outside, as are the next three.
    name text COLLATE "C",
    email text COLLATE "C",
    organisation text COLLATE "C",
    -- By which two of them are held for the same person.
    outsider_key text COLLATE "C",
    status text COLLATE "C" NOT NULL CHECK (status IN ('requested', 'confirmed', 'waiting_list', 'refused', 'cancelled')),
    -- The number given out on the waiting list, which only grows; the rank is how many before it still wait.
    queue_number bigint,
    created_by uuid REFERENCES users (id),
    -- When whose registration it was, was forgotten.
    anonymised_at timestamptz,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((status = 'waiting_list') = (queue_number IS NOT NULL)),
    CHECK ((name IS NULL) = (outsider_key IS NULL)),
    CHECK (num_nonnulls(member_id, name, anonymised_at) = 1)
);
CREATE INDEX training_registrations_by_session ON training_registrations (session_id, created_at, id);
CREATE INDEX training_registrations_by_member ON training_registrations (member_id) WHERE member_id IS NOT NULL;
CREATE UNIQUE INDEX training_registrations_queue ON training_registrations (session_id, queue_number) WHERE queue_number IS NOT NULL;
CREATE UNIQUE INDEX training_registrations_member ON training_registrations (session_id, member_id)
    WHERE member_id IS NOT NULL AND status IN ('requested', 'confirmed', 'waiting_list');
CREATE UNIQUE INDEX training_registrations_outsider ON training_registrations (session_id, outsider_key)
    WHERE outsider_key IS NOT NULL AND status IN ('requested', 'confirmed', 'waiting_list');
