-- Members, their periods of membership, and what other systems are told of them.

-- Numbers given out one after another; a number given to a transaction that fails is lost.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

-- Members, whatever their membership on a day.
CREATE TABLE members (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    member_number TEXT NOT NULL,
    association_id BLOB NOT NULL REFERENCES associations (id),
    -- The association's: the perimeter of those who may read and edit.
    department_code TEXT NOT NULL,
    civility TEXT CHECK (civility IN ('ms', 'mr')),
    last_name TEXT NOT NULL,
    first_name TEXT NOT NULL,
    birth_name TEXT,
    -- Last and first name folded, for sorting; all names folded, for searching.
    name_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    birth_date TEXT,
    email TEXT,
    -- The address in lower case, by which it is found.
    email_key TEXT,
    phone TEXT,
    address_line1 TEXT,
    address_line2 TEXT,
    address_line3 TEXT,
    postal_code TEXT,
    city TEXT,
    commune_code TEXT,
    safe_contact TEXT NOT NULL CHECK (safe_contact IN ('yes', 'no', 'caution')),
    safe_contact_instructions TEXT,
    external_ids TEXT NOT NULL,
    -- The member into which this one was merged.
    merged_into_id BLOB REFERENCES members (id),
    -- Raised by every write that refers to the member: such writes take turns.
    references_revision INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (merged_into_id <> id)
) STRICT;
CREATE UNIQUE INDEX members_number ON members (member_number);
CREATE INDEX members_by_name ON members (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_department ON members (department_code, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_email ON members (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX members_by_phone ON members (phone) WHERE phone IS NOT NULL;
CREATE INDEX members_by_birth ON members (birth_date, name_key) WHERE birth_date IS NOT NULL;
CREATE INDEX members_by_update ON members (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_department_update ON members (department_code, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_merge ON members (merged_into_id) WHERE merged_into_id IS NOT NULL;

-- Full text over search_key, kept by triggers.
CREATE VIRTUAL TABLE members_fts USING fts5(search_key, content='members', content_rowid='seq', tokenize="unicode61 remove_diacritics 0", columnsize=0, detail=none);
CREATE TRIGGER members_fts_insert AFTER INSERT ON members BEGIN
    INSERT INTO members_fts (rowid, search_key) VALUES (new.seq, new.search_key);
END;
CREATE TRIGGER members_fts_delete AFTER DELETE ON members BEGIN
    INSERT INTO members_fts (members_fts, rowid, search_key) VALUES ('delete', old.seq, old.search_key);
END;
CREATE TRIGGER members_fts_update AFTER UPDATE OF search_key ON members WHEN old.search_key <> new.search_key BEGIN
    INSERT INTO members_fts (members_fts, rowid, search_key) VALUES ('delete', old.seq, old.search_key);
    INSERT INTO members_fts (rowid, search_key) VALUES (new.seq, new.search_key);
END;

-- By which names other systems know a row: one row for each name.
CREATE TABLE external_ids (
    resource TEXT NOT NULL CHECK (resource IN ('member', 'membership')),
    system TEXT NOT NULL CHECK (system IN ('maif', 'mgen', 'federation', 'other')),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    owner_id BLOB NOT NULL,
    PRIMARY KEY (resource, system, kind, value)
) STRICT;
CREATE INDEX external_ids_by_owner ON external_ids (owner_id);
CREATE INDEX external_ids_by_value ON external_ids (value);

-- Where and as what a member worked, between two days.
CREATE TABLE employments (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    occupation TEXT NOT NULL CHECK (occupation IN ('primary_teacher', 'secondary_teacher', 'higher_education_teacher', 'primary_head', 'secondary_head', 'cpe', 'aed', 'aesh', 'atsem', 'psy_en', 'administrative', 'technical', 'nurse', 'social_worker', 'inspector', 'trainee', 'retired', 'other')),
    employment_status TEXT CHECK (employment_status IN ('tenured', 'trainee', 'public_contract', 'private_contract_teacher', 'private_employee')),
    employer TEXT CHECK (employer IN ('state', 'local_authority', 'school_body', 'private')),
    establishment_id BLOB REFERENCES establishments (id),
    -- A second post beside the main one.
    secondary INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX employments_by_member ON employments (member_id, starts_on, id);
CREATE INDEX employments_by_establishment ON employments (establishment_id) WHERE establishment_id IS NOT NULL;

-- Moves of members from one association to another.
CREATE TABLE member_transfers (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    from_association_id BLOB NOT NULL REFERENCES associations (id),
    to_association_id BLOB NOT NULL REFERENCES associations (id),
    transferred_on TEXT NOT NULL,
    reason TEXT,
    transferred_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX member_transfers_by_member ON member_transfers (member_id, id);

-- Merges of two records of one person, and what each moved.
CREATE TABLE member_merges (
    id BLOB NOT NULL PRIMARY KEY,
    survivor_id BLOB NOT NULL REFERENCES members (id),
    absorbed_id BLOB NOT NULL REFERENCES members (id),
    reason TEXT NOT NULL,
    -- By table, the rows that were moved and what they were before.
    moved TEXT NOT NULL,
    merged_by BLOB,
    undone_at INTEGER,
    undone_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX member_merges_by_survivor ON member_merges (survivor_id, id);
CREATE INDEX member_merges_by_absorbed ON member_merges (absorbed_id, id);

-- The yearly dues of a product, in cents.
CREATE TABLE tariffs (
    id BLOB NOT NULL PRIMARY KEY,
    product TEXT NOT NULL CHECK (product IN ('ome')),
    year INTEGER NOT NULL,
    association_cents INTEGER NOT NULL CHECK (association_cents >= 0),
    insurance_cents INTEGER NOT NULL CHECK (insurance_cents >= 0),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (product, year)
) STRICT;

-- One period of membership within a calendar year; what is confirmed is never edited.
CREATE TABLE memberships (
    id BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL REFERENCES members (id),
    product TEXT NOT NULL CHECK (product IN ('ome')),
    year INTEGER NOT NULL,
    subscribed_on TEXT NOT NULL,
    insurer_registered_on TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    predecessor_id BLOB REFERENCES memberships (id),
    replaces_id BLOB REFERENCES memberships (id),
    channel TEXT NOT NULL CHECK (channel IN ('correspondent', 'online', 'post', 'partner')),
    insurer_holder INTEGER NOT NULL,
    association_cents INTEGER NOT NULL CHECK (association_cents >= 0),
    insurance_cents INTEGER NOT NULL CHECK (insurance_cents >= 0),
    external_ids TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'ended', 'cancelled', 'void', 'superseded')),
    end_reason TEXT CHECK (end_reason IN ('resigned', 'unpaid', 'deceased', 'retired', 'merged', 'error')),
    status_reason TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX memberships_by_member ON memberships (member_id, starts_on, id);
CREATE UNIQUE INDEX memberships_one_successor ON memberships (predecessor_id) WHERE predecessor_id IS NOT NULL AND status NOT IN ('cancelled', 'void', 'superseded');
CREATE INDEX memberships_by_year ON memberships (year, status, id);
CREATE INDEX memberships_by_replaced ON memberships (replaces_id) WHERE replaces_id IS NOT NULL;

-- Yearly work: what was begun, by whom it is held, and what was done.
CREATE TABLE yearly_runs (
    name TEXT NOT NULL,
    year INTEGER NOT NULL,
    leased_until INTEGER,
    finished_at INTEGER,
    figures TEXT NOT NULL,
    PRIMARY KEY (name, year)
) STRICT;

-- What other systems are told: one row for each change, in an order that a reader can follow without missing one committed late.
CREATE TABLE changes (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- The transaction that wrote the row: rows of one that may still be running are not read yet.
    transaction_id INTEGER NOT NULL DEFAULT 0,
    resource TEXT NOT NULL,
    resource_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    action TEXT NOT NULL,
    origin TEXT NOT NULL,
    department_code TEXT,
    -- Before the change, where it was another.
    previous_department_code TEXT,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_in_order ON changes (transaction_id, position);
CREATE INDEX changes_by_resource ON changes (resource_id, position);

-- Correspondents and accounts are members too.
ALTER TABLE correspondents DROP COLUMN member_id;
ALTER TABLE correspondents ADD COLUMN member_id BLOB REFERENCES members (id);
CREATE INDEX correspondents_by_member ON correspondents (member_id) WHERE member_id IS NOT NULL;
ALTER TABLE users ADD COLUMN member_id BLOB REFERENCES members (id);
CREATE INDEX users_by_member ON users (member_id) WHERE member_id IS NOT NULL;
