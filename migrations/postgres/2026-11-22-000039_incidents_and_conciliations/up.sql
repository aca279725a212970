-- Events at establishments, above the dossiers that they opened.
CREATE TABLE incidents (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    establishment_id uuid NOT NULL REFERENCES establishments (id),
    occurred_on date NOT NULL,
    occurred_time text COLLATE "C",
    place text COLLATE "C" CHECK (place IN ('classroom', 'common_area', 'yard', 'office', 'canteen', 'gym', 'surroundings', 'transport', 'field_trip', 'boarding',
        'online', 'home', 'other')),
    natures jsonb NOT NULL,
    -- None once every dossier of it is anonymised.
    summary text COLLATE "C",
    created_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX incidents_in_time ON incidents (occurred_on, id);
CREATE INDEX incidents_by_department ON incidents (department_code, occurred_on, id);
CREATE INDEX incidents_by_establishment ON incidents (establishment_id, occurred_on, id);

ALTER TABLE dossiers ADD COLUMN incident_id uuid REFERENCES incidents (id);
CREATE INDEX dossiers_by_incident ON dossiers (incident_id, opened_on, id) WHERE incident_id IS NOT NULL;

-- Conciliations, with their sessions and what each side commits itself to.
CREATE TABLE conciliations (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    status text COLLATE "C" NOT NULL CHECK (status IN ('proposed', 'accepted', 'refused', 'in_progress', 'agreed', 'failed', 'verified')),
    proposed_on date NOT NULL,
    -- None once the dossier is anonymised, as are all texts below.
    subject text COLLATE "C",
    agreed_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (proposed_on <= agreed_on),
    CHECK ((agreed_on IS NOT NULL) = (status IN ('agreed', 'verified')))
);
CREATE INDEX conciliations_by_dossier ON conciliations (dossier_id, created_at, id);

CREATE TABLE conciliation_sessions (
    id uuid NOT NULL PRIMARY KEY,
    conciliation_id uuid NOT NULL REFERENCES conciliations (id),
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    held_on date NOT NULL,
    medium text COLLATE "C" NOT NULL CHECK (medium IN ('in_person', 'phone', 'video', 'email', 'post', 'home_visit', 'external', 'third_party')),
    venue text COLLATE "C",
    participants text COLLATE "C",
    note text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX conciliation_sessions_by_conciliation ON conciliation_sessions (conciliation_id, held_on, id);
CREATE INDEX conciliation_sessions_by_dossier ON conciliation_sessions (dossier_id);

CREATE TABLE commitments (
    id uuid NOT NULL PRIMARY KEY,
    conciliation_id uuid NOT NULL REFERENCES conciliations (id),
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    side text COLLATE "C" NOT NULL CHECK (side IN ('member', 'opposing', 'establishment', 'association')),
    promise text COLLATE "C",
    due_on date,
    check_on date,
    status text COLLATE "C" NOT NULL CHECK (status IN ('pending', 'kept', 'not_kept')),
    checked_on date,
    checked_by uuid,
    -- The task that the check is.
    task_id uuid REFERENCES tasks (id),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((checked_on IS NULL) = (status = 'pending'))
);
CREATE INDEX commitments_by_conciliation ON commitments (conciliation_id, created_at, id);
CREATE INDEX commitments_by_dossier ON commitments (dossier_id);

-- What one dossier is to another: both can be told apart, and a link that is withdrawn stays.
CREATE TABLE dossier_links (
    id uuid NOT NULL PRIMARY KEY,
    from_id uuid NOT NULL REFERENCES dossiers (id),
    to_id uuid NOT NULL REFERENCES dossiers (id),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('follows', 'related', 'same_incident', 'split_from', 'duplicate_of')),
    note text COLLATE "C",
    created_by uuid,
    withdrawn_on date,
    withdrawn_by uuid,
    withdraw_reason text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (from_id <> to_id)
);
CREATE INDEX dossier_links_by_from ON dossier_links (from_id, created_at, id);
CREATE INDEX dossier_links_by_to ON dossier_links (to_id, created_at, id);
CREATE UNIQUE INDEX dossier_links_once ON dossier_links (kind, least(from_id, to_id), greatest(from_id, to_id)) WHERE withdrawn_on IS NULL;
