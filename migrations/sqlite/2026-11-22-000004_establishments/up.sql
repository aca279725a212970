-- The school directory: establishments and their correspondents.

CREATE TABLE establishments (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    uai TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name folded, for sorting; name and town folded, for searching.
    name_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('nursery_school', 'elementary_school', 'primary_school', 'middle_school', 'general_technological_high_school',
        'polyvalent_high_school', 'vocational_high_school', 'erea', 'post_secondary', 'medico_social', 'administrative_service', 'other')),
    sector TEXT NOT NULL CHECK (sector IN ('public', 'private_under_contract', 'private_without_contract', 'unknown')),
    status TEXT NOT NULL CHECK (status IN ('open', 'closing', 'opening', 'closed', 'merged')),
    address_line1 TEXT,
    address_line2 TEXT,
    address_line3 TEXT,
    postal_code TEXT,
    city TEXT,
    commune_code TEXT,
    department_code TEXT NOT NULL,
    academy_code TEXT,
    phone TEXT,
    email TEXT,
    website TEXT,
    pupils INTEGER CHECK (pupils >= 0),
    latitude REAL,
    longitude REAL,
    siret TEXT,
    nature_code TEXT,
    opened_on TEXT,
    parent_uai TEXT,
    district_uai TEXT,
    district_name TEXT,
    successor_id BLOB REFERENCES establishments (id),
    sites TEXT NOT NULL,
    priority_education TEXT NOT NULL,
    -- Raised by every write that refers to the establishment: such writes take turns, and a deletion with them.
    references_revision INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (successor_id <> id),
    CHECK (status <> 'merged' OR successor_id IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX establishments_uai ON establishments (uai) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_name ON establishments (name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_department ON establishments (department_code, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_academy ON establishments (academy_code, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_kind ON establishments (kind, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_by_update ON establishments (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX establishments_in_priority_education ON establishments (name_key, id) WHERE deleted_at IS NULL AND priority_education <> '[]';
CREATE INDEX establishments_by_parent ON establishments (parent_uai) WHERE parent_uai IS NOT NULL;
CREATE INDEX establishments_by_successor ON establishments (successor_id) WHERE successor_id IS NOT NULL;

-- Full text over search_key, kept by triggers.
CREATE VIRTUAL TABLE establishments_fts USING fts5(search_key, content='establishments', content_rowid='seq', tokenize="unicode61 remove_diacritics 0", columnsize=0, detail=none);
CREATE TRIGGER establishments_fts_insert AFTER INSERT ON establishments BEGIN
    INSERT INTO establishments_fts (rowid, search_key) VALUES (new.seq, new.search_key);
END;
CREATE TRIGGER establishments_fts_delete AFTER DELETE ON establishments BEGIN
    INSERT INTO establishments_fts (establishments_fts, rowid, search_key) VALUES ('delete', old.seq, old.search_key);
END;
CREATE TRIGGER establishments_fts_update AFTER UPDATE OF search_key ON establishments WHEN old.search_key <> new.search_key BEGIN
    INSERT INTO establishments_fts (establishments_fts, rowid, search_key) VALUES ('delete', old.seq, old.search_key);
    INSERT INTO establishments_fts (rowid, search_key) VALUES (new.seq, new.search_key);
END;

CREATE TABLE correspondents (
    id BLOB NOT NULL PRIMARY KEY,
    establishment_id BLOB NOT NULL REFERENCES establishments (id),
    -- The establishment's, when it has an association: the perimeter of those who may edit.
    department_code TEXT NOT NULL,
    display_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    member_id BLOB,
    phone TEXT,
    email TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    co_correspondent INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX correspondents_by_establishment ON correspondents (establishment_id, starts_on, id);
