-- Who decides on the financial aid of an association.
CREATE TABLE aid_committees (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    quorum integer NOT NULL CHECK (quorum >= 1),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX aid_committees_in_time ON aid_committees (created_at, id);
CREATE INDEX aid_committees_by_department ON aid_committees (department_code, created_at, id);

ALTER TABLE aid_committee_members ADD FOREIGN KEY (committee_id) REFERENCES aid_committees (id);

CREATE TABLE aid_sessions (
    id uuid NOT NULL PRIMARY KEY,
    committee_id uuid NOT NULL REFERENCES aid_committees (id),
    department_code text COLLATE "C" NOT NULL,
    held_on date NOT NULL,
    place text COLLATE "C",
    remote boolean NOT NULL,
    agenda text COLLATE "C",
    status text COLLATE "C" NOT NULL CHECK (status IN ('planned', 'convened', 'open', 'closed', 'cancelled')),
    quorum integer NOT NULL CHECK (quorum >= 1),
    -- How many members with a vote are there.
    present integer NOT NULL CHECK (present >= 0),
    -- What the minutes are made from.
    record jsonb,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((record IS NOT NULL) = (status = 'closed'))
);
CREATE INDEX aid_sessions_in_time ON aid_sessions (held_on, id);
CREATE INDEX aid_sessions_by_department ON aid_sessions (department_code, held_on, id);
CREATE INDEX aid_sessions_by_committee ON aid_sessions (committee_id, held_on, id);

CREATE TABLE aid_attendances (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES aid_sessions (id),
    committee_member_id uuid NOT NULL REFERENCES aid_committee_members (id),
    user_id uuid NOT NULL REFERENCES users (id),
    function text COLLATE "C" NOT NULL CHECK (function IN ('chair', 'member', 'secretary', 'treasurer')),
    presence text COLLATE "C" NOT NULL CHECK (presence IN ('expected', 'present', 'excused', 'absent')),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (session_id, user_id)
);
CREATE INDEX aid_attendances_by_session ON aid_attendances (session_id, created_at, id);

-- Requests before a session. Whose they are follows from `request_id` alone, which no committee is shown.
CREATE TABLE aid_docket_items (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES aid_sessions (id),
    committee_id uuid NOT NULL REFERENCES aid_committees (id),
    department_code text COLLATE "C" NOT NULL,
    request_id uuid NOT NULL REFERENCES financial_aid_requests (id),
    pseudonym text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('decision', 'ratification')),
    status text COLLATE "C" NOT NULL CHECK (status IN ('listed', 'granted', 'partly_granted', 'refused', 'adjourned', 'ratified', 'not_ratified', 'taken_back')),
    -- What the committee is shown; none once the request is anonymised, as is the motivation.
    brief jsonb,
    votes_for integer NOT NULL CHECK (votes_for >= 0),
    votes_against integer NOT NULL CHECK (votes_against >= 0),
    abstentions integer NOT NULL CHECK (abstentions >= 0),
    -- What the chair voted, which counts where the votes are equal.
    chair_choice text COLLATE "C" CHECK (chair_choice IN ('for', 'against', 'abstain')),
    granted_cents bigint CHECK (granted_cents > 0),
    motivation text COLLATE "C",
    decided_on date,
    decided_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (session_id, pseudonym)
);
-- A request stands before one session at a time.
CREATE UNIQUE INDEX aid_docket_items_listed ON aid_docket_items (request_id) WHERE status = 'listed';
CREATE INDEX aid_docket_items_by_request ON aid_docket_items (request_id);

CREATE TABLE aid_votes (
    id uuid NOT NULL PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES aid_docket_items (id),
    committee_member_id uuid NOT NULL REFERENCES aid_committee_members (id),
    user_id uuid NOT NULL REFERENCES users (id),
    choice text COLLATE "C" NOT NULL CHECK (choice IN ('for', 'against', 'abstain')),
    cast_at timestamptz NOT NULL,
    UNIQUE (item_id, user_id)
);
CREATE INDEX aid_votes_by_item ON aid_votes (item_id, cast_at, id);

CREATE TABLE aid_recusals (
    id uuid NOT NULL PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES aid_docket_items (id),
    committee_member_id uuid NOT NULL REFERENCES aid_committee_members (id),
    user_id uuid NOT NULL REFERENCES users (id),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('declared', 'imposed')),
    recorded_at timestamptz NOT NULL,
    UNIQUE (item_id, user_id)
);
CREATE INDEX aid_recusals_by_item ON aid_recusals (item_id, recorded_at, id);
