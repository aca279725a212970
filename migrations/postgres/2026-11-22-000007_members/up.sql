-- Members, their periods of membership, and what other systems are told of them.

-- Numbers given out one after another; a number given to a transaction that fails is lost.
CREATE TABLE counters (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    value bigint NOT NULL
);

-- Members, whatever their membership on a day.
CREATE TABLE members (
    id uuid NOT NULL PRIMARY KEY,
    member_number text COLLATE "C" NOT NULL,
    association_id uuid NOT NULL REFERENCES associations (id),
    -- The association's: the perimeter of those who may read and edit.
    department_code text COLLATE "C" NOT NULL,
    civility text COLLATE "C" CHECK (civility IN ('ms', 'mr')),
    last_name text COLLATE "C" NOT NULL,
    first_name text COLLATE "C" NOT NULL,
    birth_name text COLLATE "C",
    -- Last and first name folded, for sorting; all names folded, for searching.
    name_key text COLLATE "C" NOT NULL,
    search_key text COLLATE "C" NOT NULL,
    birth_date date,
    email text COLLATE "C",
    -- The address in lower case, by which it is found.
    email_key text COLLATE "C",
    phone text COLLATE "C",
    address_line1 text COLLATE "C",
    address_line2 text COLLATE "C",
    address_line3 text COLLATE "C",
    postal_code text COLLATE "C",
    city text COLLATE "C",
    commune_code text COLLATE "C",
    safe_contact text COLLATE "C" NOT NULL CHECK (safe_contact IN ('yes', 'no', 'caution')),
    safe_contact_instructions text COLLATE "C",
    external_ids jsonb NOT NULL,
    -- The member into which this one was merged.
    merged_into_id uuid REFERENCES members (id),
    -- Raised by every write that refers to the member: such writes take turns.
    references_revision integer NOT NULL DEFAULT 0,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (merged_into_id <> id),
    search_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', search_key)) STORED
);
CREATE UNIQUE INDEX members_number ON members (member_number);
CREATE INDEX members_by_name ON members (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_department ON members (department_code, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_email ON members (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX members_by_phone ON members (phone) WHERE phone IS NOT NULL;
CREATE INDEX members_by_birth ON members (birth_date, name_key) WHERE birth_date IS NOT NULL;
CREATE INDEX members_by_update ON members (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_department_update ON members (department_code, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX members_by_merge ON members (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX members_search ON members USING gin (search_vector);

-- By which names other systems know a row: one row for each name.
CREATE TABLE external_ids (
    resource text COLLATE "C" NOT NULL CHECK (resource IN ('member', 'membership')),
    system text COLLATE "C" NOT NULL CHECK (system IN ('maif', 'mgen', 'federation', 'other')),
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    owner_id uuid NOT NULL,
    PRIMARY KEY (resource, system, kind, value)
);
CREATE INDEX external_ids_by_owner ON external_ids (owner_id);
CREATE INDEX external_ids_by_value ON external_ids (value);

-- Where and as what a member worked, between two days.
CREATE TABLE employments (
    id uuid NOT NULL PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES members (id),
    starts_on date NOT NULL,
    ends_on date,
    occupation text COLLATE "C" NOT NULL CHECK (occupation IN ('primary_teacher', 'secondary_teacher', 'higher_education_teacher', 'primary_head', 'secondary_head', 'cpe', 'aed', 'aesh', 'atsem', 'psy_en', 'administrative', 'technical', 'nurse', 'social_worker', 'inspector', 'trainee', 'retired', 'other')),
    employment_status text COLLATE "C" CHECK (employment_status IN ('tenured', 'trainee', 'public_contract', 'private_contract_teacher', 'private_employee')),
    employer text COLLATE "C" CHECK (employer IN ('state', 'local_authority', 'school_body', 'private')),
    establishment_id uuid REFERENCES establishments (id),
    -- A second post beside the main one.
    secondary boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX employments_by_member ON employments (member_id, starts_on, id);
CREATE INDEX employments_by_establishment ON employments (establishment_id) WHERE establishment_id IS NOT NULL;

-- Moves of members from one association to another.
CREATE TABLE member_transfers (
    id uuid NOT NULL PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES members (id),
    from_association_id uuid NOT NULL REFERENCES associations (id),
    to_association_id uuid NOT NULL REFERENCES associations (id),
    transferred_on date NOT NULL,
    reason text COLLATE "C",
    transferred_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX member_transfers_by_member ON member_transfers (member_id, id);

-- Merges of two records of one person, and what each moved.
CREATE TABLE member_merges (
    id uuid NOT NULL PRIMARY KEY,
    survivor_id uuid NOT NULL REFERENCES members (id),
    absorbed_id uuid NOT NULL REFERENCES members (id),
    reason text COLLATE "C" NOT NULL,
    -- By table, the rows that were moved and what they were before.
    moved jsonb NOT NULL,
    merged_by uuid,
    undone_at timestamptz,
    undone_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX member_merges_by_survivor ON member_merges (survivor_id, id);
CREATE INDEX member_merges_by_absorbed ON member_merges (absorbed_id, id);

-- The yearly dues of a product, in cents.
CREATE TABLE tariffs (
    id uuid NOT NULL PRIMARY KEY,
    product text COLLATE "C" NOT NULL CHECK (product IN ('ome')),
    year integer NOT NULL,
    association_cents bigint NOT NULL CHECK (association_cents >= 0),
    insurance_cents bigint NOT NULL CHECK (insurance_cents >= 0),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (product, year)
);

-- One period of membership within a calendar year; what is confirmed is never edited.
CREATE TABLE memberships (
    id uuid NOT NULL PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES members (id),
    product text COLLATE "C" NOT NULL CHECK (product IN ('ome')),
    year integer NOT NULL,
    subscribed_on date NOT NULL,
    insurer_registered_on date,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    predecessor_id uuid REFERENCES memberships (id),
    replaces_id uuid REFERENCES memberships (id),
    channel text COLLATE "C" NOT NULL CHECK (channel IN ('correspondent', 'online', 'post', 'partner')),
    insurer_holder boolean NOT NULL,
    association_cents bigint NOT NULL CHECK (association_cents >= 0),
    insurance_cents bigint NOT NULL CHECK (insurance_cents >= 0),
    external_ids jsonb NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('pending', 'confirmed', 'ended', 'cancelled', 'void', 'superseded')),
    end_reason text COLLATE "C" CHECK (end_reason IN ('resigned', 'unpaid', 'deceased', 'retired', 'merged', 'error')),
    status_reason text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX memberships_by_member ON memberships (member_id, starts_on, id);
CREATE UNIQUE INDEX memberships_one_successor ON memberships (predecessor_id) WHERE predecessor_id IS NOT NULL AND status NOT IN ('cancelled', 'void', 'superseded');
CREATE INDEX memberships_by_year ON memberships (year, status, id);
CREATE INDEX memberships_by_replaced ON memberships (replaces_id) WHERE replaces_id IS NOT NULL;

-- Yearly work: what was begun, by whom it is held, and what was done.
CREATE TABLE yearly_runs (
    name text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    leased_until timestamptz,
    finished_at timestamptz,
    figures jsonb NOT NULL,
    PRIMARY KEY (name, year)
);

-- What other systems are told: one row for each change, in an order that a reader can follow without missing one committed late.
CREATE TABLE changes (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The transaction that wrote the row: rows of one that may still be running are not read yet.
    transaction_id bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    resource text COLLATE "C" NOT NULL,
    resource_id uuid NOT NULL,
    version integer NOT NULL,
    action text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL,
    department_code text COLLATE "C",
    -- Before the change, where it was another.
    previous_department_code text COLLATE "C",
    recorded_at timestamptz NOT NULL
);
CREATE INDEX changes_in_order ON changes (transaction_id, position);
CREATE INDEX changes_by_resource ON changes (resource_id, position);

-- Correspondents and accounts are members too.
ALTER TABLE correspondents DROP COLUMN member_id;
ALTER TABLE correspondents ADD COLUMN member_id uuid REFERENCES members (id);
CREATE INDEX correspondents_by_member ON correspondents (member_id) WHERE member_id IS NOT NULL;
ALTER TABLE users ADD COLUMN member_id uuid REFERENCES members (id);
CREATE INDEX users_by_member ON users (member_id) WHERE member_id IS NOT NULL;
