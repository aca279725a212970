-- Events at establishments, above the dossiers that they opened.
CREATE TABLE incidents (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    establishment_id BLOB NOT NULL REFERENCES establishments (id),
    occurred_on TEXT NOT NULL,
    occurred_time TEXT,
    place TEXT CHECK (place IN ('classroom', 'common_area', 'yard', 'office', 'canteen', 'gym', 'surroundings', 'transport', 'field_trip', 'boarding',
        'online', 'home', 'other')),
    natures TEXT NOT NULL,
    -- None once every dossier of it is anonymised.
    summary TEXT,
    created_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_in_time ON incidents (occurred_on, id);
CREATE INDEX incidents_by_department ON incidents (department_code, occurred_on, id);
CREATE INDEX incidents_by_establishment ON incidents (establishment_id, occurred_on, id);

ALTER TABLE dossiers ADD COLUMN incident_id BLOB REFERENCES incidents (id);
CREATE INDEX dossiers_by_incident ON dossiers (incident_id, opened_on, id) WHERE incident_id IS NOT NULL;

-- Conciliations, with their sessions and what each side commits itself to.
CREATE TABLE conciliations (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'refused', 'in_progress', 'agreed', 'failed', 'verified')),
    proposed_on TEXT NOT NULL,
    -- None once the dossier is anonymised, as are all texts below.
    subject TEXT,
    agreed_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (proposed_on <= agreed_on),
    CHECK ((agreed_on IS NOT NULL) = (status IN ('agreed', 'verified')))
) STRICT;
CREATE INDEX conciliations_by_dossier ON conciliations (dossier_id, created_at, id);

CREATE TABLE conciliation_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    conciliation_id BLOB NOT NULL REFERENCES conciliations (id),
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    held_on TEXT NOT NULL,
    medium TEXT NOT NULL CHECK (medium IN ('in_person', 'phone', 'video', 'email', 'post', 'home_visit', 'external', 'third_party')),
    venue TEXT,
    participants TEXT,
    note TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conciliation_sessions_by_conciliation ON conciliation_sessions (conciliation_id, held_on, id);
CREATE INDEX conciliation_sessions_by_dossier ON conciliation_sessions (dossier_id);

CREATE TABLE commitments (
    id BLOB NOT NULL PRIMARY KEY,
    conciliation_id BLOB NOT NULL REFERENCES conciliations (id),
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    side TEXT NOT NULL CHECK (side IN ('member', 'opposing', 'establishment', 'association')),
    promise TEXT,
    due_on TEXT,
    check_on TEXT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'kept', 'not_kept')),
    checked_on TEXT,
    checked_by BLOB,
    -- The task that the check is.
    task_id BLOB REFERENCES tasks (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((checked_on IS NULL) = (status = 'pending'))
) STRICT;
CREATE INDEX commitments_by_conciliation ON commitments (conciliation_id, created_at, id);
CREATE INDEX commitments_by_dossier ON commitments (dossier_id);

-- What one dossier is to another: both can be told apart, and a link that is withdrawn stays.
CREATE TABLE dossier_links (
    id BLOB NOT NULL PRIMARY KEY,
    from_id BLOB NOT NULL REFERENCES dossiers (id),
    to_id BLOB NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('follows', 'related', 'same_incident', 'split_from', 'duplicate_of')),
    note TEXT,
    created_by BLOB,
    withdrawn_on TEXT,
    withdrawn_by BLOB,
    withdraw_reason TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (from_id <> to_id)
) STRICT;
CREATE INDEX dossier_links_by_from ON dossier_links (from_id, created_at, id);
CREATE INDEX dossier_links_by_to ON dossier_links (to_id, created_at, id);
CREATE UNIQUE INDEX dossier_links_once ON dossier_links (kind, min(from_id, to_id), max(from_id, to_id)) WHERE withdrawn_on IS NULL;
