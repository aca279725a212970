-- The school directory: establishments and their correspondents.

CREATE TABLE establishments (
    id uuid NOT NULL PRIMARY KEY,
    uai text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    -- The name folded, for sorting; name and town folded, for searching.
    name_key text COLLATE "C" NOT NULL,
    search_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('nursery_school', 'elementary_school', 'primary_school', 'middle_school', 'general_technological_high_school',
        'polyvalent_high_school', 'vocational_high_school', 'erea', 'post_secondary', 'medico_social', 'administrative_service', 'other')),
    sector text COLLATE "C" NOT NULL CHECK (sector IN ('public', 'private_under_contract', 'private_without_contract', 'unknown')),
    status text COLLATE "C" NOT NULL CHECK (status IN ('open', 'closing', 'opening', 'closed', 'merged')),
    address_line1 text COLLATE "C",
    address_line2 text COLLATE "C",
    address_line3 text COLLATE "C",
    postal_code text COLLATE "C",
    city text COLLATE "C",
    commune_code text COLLATE "C",
    department_code text COLLATE "C" NOT NULL,
    academy_code text COLLATE "C",
    phone text COLLATE "C",
    email text COLLATE "C",
    website text COLLATE "C",
    pupils integer CHECK (pupils >= 0),
    latitude double precision,
    longitude double precision,
    siret text COLLATE "C",
    nature_code text COLLATE "C",
    opened_on date,
    parent_uai text COLLATE "C",
    district_uai text COLLATE "C",
    district_name text COLLATE "C",
    successor_id uuid REFERENCES establishments (id),
    sites jsonb NOT NULL,
    priority_education jsonb NOT NULL,
    -- Raised by every write that refers to the establishment: such writes take turns, and a deletion with them.
    references_revision integer NOT NULL DEFAULT 0,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (successor_id <> id),
    CHECK (status <> 'merged' OR successor_id IS NOT NULL),
    search_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', search_key)) STORED
);
CREATE UNIQUE INDEX establishments_uai ON establishments (uai) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_name ON establishments (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_department ON establishments (department_code, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_academy ON establishments (academy_code, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_kind ON establishments (kind, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_update ON establishments (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_in_priority_education ON establishments (name_key, id) WHERE deleted_at IS NULL AND priority_education <> '[]'::jsonb;
CREATE INDEX establishments_by_parent ON establishments (parent_uai) WHERE parent_uai IS NOT NULL;
CREATE INDEX establishments_by_successor ON establishments (successor_id) WHERE successor_id IS NOT NULL;
CREATE INDEX establishments_search ON establishments USING gin (search_vector);

CREATE TABLE correspondents (
    id uuid NOT NULL PRIMARY KEY,
    establishment_id uuid NOT NULL REFERENCES establishments (id),
    -- The establishment's, when it has an association: the perimeter of those who may edit.
    department_code text COLLATE "C" NOT NULL,
    display_name text COLLATE "C" NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    member_id uuid,
    phone text COLLATE "C",
    email text COLLATE "C",
    starts_on date NOT NULL,
    ends_on date,
    co_correspondent boolean NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX correspondents_by_establishment ON correspondents (establishment_id, starts_on, id);
