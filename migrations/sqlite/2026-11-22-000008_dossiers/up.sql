-- Dossiers, the first calls before them, and the steps of every lifecycle.

-- Every step of every lifecycle.
CREATE TABLE status_transitions (
    id BLOB NOT NULL PRIMARY KEY,
    resource TEXT NOT NULL,
    resource_id BLOB NOT NULL,
    resource_version INTEGER NOT NULL,
    command TEXT NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    reason TEXT,
    details TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor_id BLOB,
    request_id BLOB NOT NULL,
    UNIQUE (resource_id, resource_version)
) STRICT;

-- Members' cases.
CREATE TABLE dossiers (
    id BLOB NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    school_year INTEGER NOT NULL,
    -- None once it is anonymised.
    member_id BLOB REFERENCES members (id),
    establishment_id BLOB REFERENCES establishments (id),
    kind TEXT NOT NULL CHECK (kind IN ('legal_information', 'legal_protection')),
    member_quality TEXT NOT NULL CHECK (member_quality IN ('victim', 'accused', 'victim_and_accused', 'witness', 'enquirer')),
    channel TEXT NOT NULL CHECK (channel IN ('correspondent', 'phone', 'email', 'web_form', 'walk_in', 'insurer', 'partner', 'authority', 'live_chat')),
    urgency TEXT NOT NULL CHECK (urgency IN ('normal', 'high', 'critical')),
    confidentiality TEXT NOT NULL CHECK (confidentiality IN ('standard', 'restricted', 'confidential', 'secret')),
    status TEXT NOT NULL CHECK (status IN ('new', 'in_progress', 'suspended', 'inadmissible', 'closed', 'archived', 'anonymised')),
    referent_id BLOB REFERENCES users (id),
    opened_on TEXT NOT NULL,
    -- Month of opening and a random part: the order in which those see dossiers who may not know the day.
    case_order TEXT NOT NULL,
    facts_on TEXT NOT NULL,
    facts_end_on TEXT,
    place TEXT,
    summary TEXT,
    felt_as_aggression INTEGER NOT NULL,
    contexts TEXT NOT NULL,
    motive_code TEXT NOT NULL,
    secondary_motive_codes TEXT NOT NULL,
    nomenclature_version INTEGER NOT NULL,
    -- What was true of the member and the establishment on the day of the facts; figures are computed from it.
    facts_snapshot TEXT NOT NULL,
    -- What was odd when it was opened, and why it was opened all the same.
    warnings TEXT NOT NULL,
    warning_reason TEXT,
    -- The period that covered the day of the facts, and its version; the derogation where none did.
    cover TEXT,
    derogation TEXT,
    outcome TEXT,
    outcome_for_member TEXT,
    closed_on TEXT,
    first_closed_on TEXT,
    review_on TEXT,
    retention_due_on TEXT,
    on_legal_hold INTEGER NOT NULL,
    unarchived_until TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (facts_end_on >= facts_on),
    CHECK (member_id IS NOT NULL OR status = 'anonymised')
) STRICT;
CREATE UNIQUE INDEX dossiers_reference ON dossiers (reference);
CREATE INDEX dossiers_by_opening ON dossiers (opened_on, id);
CREATE INDEX dossiers_by_department ON dossiers (department_code, opened_on, id);
CREATE INDEX dossiers_by_status ON dossiers (department_code, status, opened_on, id);
CREATE INDEX dossiers_by_update ON dossiers (updated_at, id);
CREATE INDEX dossiers_by_case_order ON dossiers (case_order, id);
CREATE INDEX dossiers_by_member ON dossiers (member_id, opened_on, id);
CREATE INDEX dossiers_by_establishment ON dossiers (establishment_id, opened_on, id) WHERE establishment_id IS NOT NULL;
CREATE INDEX dossiers_by_referent ON dossiers (referent_id, opened_on, id) WHERE referent_id IS NOT NULL;
CREATE INDEX dossiers_by_retention ON dossiers (retention_due_on) WHERE retention_due_on IS NOT NULL;

-- Reasons for which a dossier must be kept.
CREATE TABLE legal_holds (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    -- None once the dossier is anonymised.
    reason TEXT,
    placed_on TEXT NOT NULL,
    placed_by BLOB,
    lifted_on TEXT,
    lifted_by BLOB,
    lift_reason TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX legal_holds_by_dossier ON legal_holds (dossier_id, id);

-- First calls, before there is any dossier.
CREATE TABLE contact_requests (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    establishment_id BLOB REFERENCES establishments (id),
    member_id BLOB REFERENCES members (id),
    channel TEXT NOT NULL,
    -- None once its dossier is anonymised.
    caller_name TEXT,
    caller_phone TEXT,
    safe_contact TEXT NOT NULL CHECK (safe_contact IN ('yes', 'no', 'caution')),
    safe_contact_instructions TEXT,
    urgency TEXT NOT NULL CHECK (urgency IN ('normal', 'high', 'critical')),
    note TEXT,
    status TEXT NOT NULL CHECK (status IN ('received', 'called_back', 'converted', 'answered', 'dropped')),
    drop_reason TEXT,
    answer TEXT,
    dossier_id BLOB REFERENCES dossiers (id),
    created_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_requests_by_department ON contact_requests (department_code, created_at, id);
CREATE INDEX contact_requests_by_urgency ON contact_requests (department_code, urgency, id);
CREATE INDEX contact_requests_by_status ON contact_requests (department_code, status, created_at, id);
CREATE INDEX contact_requests_by_member ON contact_requests (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX contact_requests_by_dossier ON contact_requests (dossier_id) WHERE dossier_id IS NOT NULL;

-- Stored replies tell of a resource: what is erased of it is erased of them too.
ALTER TABLE idempotency_records ADD COLUMN subject_id BLOB;
CREATE INDEX idempotency_records_by_subject ON idempotency_records (subject_id) WHERE subject_id IS NOT NULL;
