-- Who has a part in a dossier, and which dossiers oppose each other.

CREATE TABLE dossier_parties (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    role text COLLATE "C" NOT NULL CHECK (role IN ('member', 'opposing_party', 'complainant', 'witness', 'representative', 'administration', 'mediator')),
    category text COLLATE "C" NOT NULL
        CHECK (category IN ('legal_guardian', 'relative', 'pupil', 'colleague', 'hierarchy', 'local_authority', 'outsider', 'unidentified')),
    minor boolean,
    -- Who it is, as far as that was needed; none once the dossier is anonymised.
    display_name text COLLATE "C",
    birth_date date,
    member_id uuid REFERENCES members (id),
    email text COLLATE "C",
    phone text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX dossier_parties_by_dossier ON dossier_parties (dossier_id, created_at, id);
CREATE INDEX dossier_parties_by_member ON dossier_parties (member_id) WHERE member_id IS NOT NULL;

-- By what a party is recognised elsewhere: keyed digests, which tell nothing by themselves.
CREATE TABLE party_digests (
    digest bytea NOT NULL,
    party_id uuid NOT NULL REFERENCES dossier_parties (id),
    PRIMARY KEY (digest, party_id)
);
CREATE INDEX party_digests_by_party ON party_digests (party_id);

-- Pairs of dossiers that oppose each other, each once.
CREATE TABLE dossier_conflicts (
    id uuid NOT NULL PRIMARY KEY,
    low_id uuid NOT NULL REFERENCES dossiers (id),
    high_id uuid NOT NULL REFERENCES dossiers (id),
    found_on date NOT NULL,
    waived_on date,
    waived_by uuid,
    waive_reason text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (low_id < high_id)
);
CREATE UNIQUE INDEX dossier_conflicts_pair ON dossier_conflicts (low_id, high_id);
CREATE INDEX dossier_conflicts_by_high ON dossier_conflicts (high_id);
CREATE INDEX dossier_conflicts_in_time ON dossier_conflicts (found_on, id);

-- The opposing party for whose sake a wall stands: what is corrected of it moves the wall.
ALTER TABLE dossier_walls ADD COLUMN party_id uuid REFERENCES dossier_parties (id);
CREATE INDEX dossier_walls_by_party ON dossier_walls (party_id) WHERE party_id IS NOT NULL;
