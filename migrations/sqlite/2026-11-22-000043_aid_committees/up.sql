-- Who decides on the financial aid of an association.
CREATE TABLE aid_committees (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    name TEXT NOT NULL,
    quorum INTEGER NOT NULL CHECK (quorum >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX aid_committees_in_time ON aid_committees (created_at, id);
CREATE INDEX aid_committees_by_department ON aid_committees (department_code, created_at, id);

-- Nobody could be named to a committee before there were any: the table is made anew, to refer to them.
DROP TABLE aid_committee_members;
CREATE TABLE aid_committee_members (
    id BLOB NOT NULL PRIMARY KEY,
    committee_id BLOB NOT NULL REFERENCES aid_committees (id),
    association_id BLOB NOT NULL REFERENCES associations (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    function TEXT NOT NULL CHECK (function IN ('chair', 'member', 'secretary', 'treasurer')),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (starts_on <= ends_on)
) STRICT;
CREATE INDEX aid_committee_members_by_committee ON aid_committee_members (committee_id, starts_on, id);
CREATE INDEX aid_committee_members_by_user ON aid_committee_members (user_id, function);

CREATE TABLE aid_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    committee_id BLOB NOT NULL REFERENCES aid_committees (id),
    department_code TEXT NOT NULL,
    held_on TEXT NOT NULL,
    place TEXT,
    remote INTEGER NOT NULL CHECK (remote IN (0, 1)),
    agenda TEXT,
    status TEXT NOT NULL CHECK (status IN ('planned', 'convened', 'open', 'closed', 'cancelled')),
    quorum INTEGER NOT NULL CHECK (quorum >= 1),
    -- How many members with a vote are there.
    present INTEGER NOT NULL CHECK (present >= 0),
    -- What the minutes are made from.
    record TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((record IS NOT NULL) = (status = 'closed'))
) STRICT;
CREATE INDEX aid_sessions_in_time ON aid_sessions (held_on, id);
CREATE INDEX aid_sessions_by_department ON aid_sessions (department_code, held_on, id);
CREATE INDEX aid_sessions_by_committee ON aid_sessions (committee_id, held_on, id);

CREATE TABLE aid_attendances (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES aid_sessions (id),
    committee_member_id BLOB NOT NULL REFERENCES aid_committee_members (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    function TEXT NOT NULL CHECK (function IN ('chair', 'member', 'secretary', 'treasurer')),
    presence TEXT NOT NULL CHECK (presence IN ('expected', 'present', 'excused', 'absent')),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (session_id, user_id)
) STRICT;
CREATE INDEX aid_attendances_by_session ON aid_attendances (session_id, created_at, id);

-- Requests before a session. Whose they are follows from `request_id` alone, which no committee is shown.
CREATE TABLE aid_docket_items (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES aid_sessions (id),
    committee_id BLOB NOT NULL REFERENCES aid_committees (id),
    department_code TEXT NOT NULL,
    request_id BLOB NOT NULL REFERENCES financial_aid_requests (id),
    pseudonym TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'ratification')),
    status TEXT NOT NULL CHECK (status IN ('listed', 'granted', 'partly_granted', 'refused', 'adjourned', 'ratified', 'not_ratified', 'taken_back')),
    -- What the committee is shown; none once the request is anonymised, as is the motivation.
    brief TEXT,
    votes_for INTEGER NOT NULL CHECK (votes_for >= 0),
    votes_against INTEGER NOT NULL CHECK (votes_against >= 0),
    abstentions INTEGER NOT NULL CHECK (abstentions >= 0),
    -- What the chair voted, which counts where the votes are equal.
    chair_choice TEXT CHECK (chair_choice IN ('for', 'against', 'abstain')),
    granted_cents INTEGER CHECK (granted_cents > 0),
    motivation TEXT,
    decided_on TEXT,
    decided_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (session_id, pseudonym)
) STRICT;
-- A request stands before one session at a time.
CREATE UNIQUE INDEX aid_docket_items_listed ON aid_docket_items (request_id) WHERE status = 'listed';
CREATE INDEX aid_docket_items_by_request ON aid_docket_items (request_id);

CREATE TABLE aid_votes (
    id BLOB NOT NULL PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES aid_docket_items (id),
    committee_member_id BLOB NOT NULL REFERENCES aid_committee_members (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    choice TEXT NOT NULL CHECK (choice IN ('for', 'against', 'abstain')),
    cast_at INTEGER NOT NULL,
    UNIQUE (item_id, user_id)
) STRICT;
CREATE INDEX aid_votes_by_item ON aid_votes (item_id, cast_at, id);

CREATE TABLE aid_recusals (
    id BLOB NOT NULL PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES aid_docket_items (id),
    committee_member_id BLOB NOT NULL REFERENCES aid_committee_members (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('declared', 'imposed')),
    recorded_at INTEGER NOT NULL,
    UNIQUE (item_id, user_id)
) STRICT;
CREATE INDEX aid_recusals_by_item ON aid_recusals (item_id, recorded_at, id);
