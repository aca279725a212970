-- Dossiers, the first calls before them, and the steps of every lifecycle.

-- Every step of every lifecycle.
CREATE TABLE status_transitions (
    id uuid NOT NULL PRIMARY KEY,
    resource text COLLATE "C" NOT NULL,
    resource_id uuid NOT NULL,
    resource_version integer NOT NULL,
    command text COLLATE "C" NOT NULL,
    from_status text COLLATE "C" NOT NULL,
    to_status text COLLATE "C" NOT NULL,
    reason text COLLATE "C",
    details jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_id uuid,
    request_id uuid NOT NULL,
    UNIQUE (resource_id, resource_version)
);

-- Members' cases.
CREATE TABLE dossiers (
    id uuid NOT NULL PRIMARY KEY,
    reference text COLLATE "C" NOT NULL,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    school_year integer NOT NULL,
    -- None once it is anonymised.
    member_id uuid REFERENCES members (id),
    establishment_id uuid REFERENCES establishments (id),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('legal_information', 'legal_protection')),
    member_quality text COLLATE "C" NOT NULL CHECK (member_quality IN ('victim', 'accused', 'victim_and_accused', 'witness', 'enquirer')),
    channel text COLLATE "C" NOT NULL CHECK (channel IN ('correspondent', 'phone', 'email', 'web_form', 'walk_in', 'insurer', 'partner', 'authority', 'live_chat')),
    urgency text COLLATE "C" NOT NULL CHECK (urgency IN ('normal', 'high', 'critical')),
    confidentiality text COLLATE "C" NOT NULL CHECK (confidentiality IN ('standard', 'restricted', 'confidential', 'secret')),
    status text COLLATE "C" NOT NULL CHECK (status IN ('new', 'in_progress', 'suspended', 'inadmissible', 'closed', 'archived', 'anonymised')),
    referent_id uuid REFERENCES users (id),
    opened_on date NOT NULL,
    -- Month of opening and a random part: the order in which those see dossiers who may not know the day.
    case_order text COLLATE "C" NOT NULL,
    facts_on date NOT NULL,
    facts_end_on date,
    place text COLLATE "C",
    summary text COLLATE "C",
    felt_as_aggression boolean NOT NULL,
    contexts jsonb NOT NULL,
    motive_code text COLLATE "C" NOT NULL,
    secondary_motive_codes jsonb NOT NULL,
    nomenclature_version integer NOT NULL,
    -- What was true of the member and the establishment on the day of the facts; figures are computed from it.
    facts_snapshot jsonb NOT NULL,
    -- What was odd when it was opened, and why it was opened all the same.
    warnings jsonb NOT NULL,
    warning_reason text COLLATE "C",
    -- The period that covered the day of the facts, and its version; the derogation where none did.
    cover jsonb,
    derogation jsonb,
    outcome text COLLATE "C",
    outcome_for_member text COLLATE "C",
    closed_on date,
    first_closed_on date,
    review_on date,
    retention_due_on date,
    on_legal_hold boolean NOT NULL,
    unarchived_until date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (facts_end_on >= facts_on),
    CHECK (member_id IS NOT NULL OR status = 'anonymised')
);
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
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    -- None once the dossier is anonymised.
    reason text COLLATE "C",
    placed_on date NOT NULL,
    placed_by uuid,
    lifted_on date,
    lifted_by uuid,
    lift_reason text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX legal_holds_by_dossier ON legal_holds (dossier_id, id);

-- First calls, before there is any dossier.
CREATE TABLE contact_requests (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    establishment_id uuid REFERENCES establishments (id),
    member_id uuid REFERENCES members (id),
    channel text COLLATE "C" NOT NULL,
    -- None once its dossier is anonymised.
    caller_name text COLLATE "C",
    caller_phone text COLLATE "C",
    safe_contact text COLLATE "C" NOT NULL CHECK (safe_contact IN ('yes', 'no', 'caution')),
    safe_contact_instructions text COLLATE "C",
    urgency text COLLATE "C" NOT NULL CHECK (urgency IN ('normal', 'high', 'critical')),
    note text COLLATE "C",
    status text COLLATE "C" NOT NULL CHECK (status IN ('received', 'called_back', 'converted', 'answered', 'dropped')),
    drop_reason text COLLATE "C",
    answer text COLLATE "C",
    dossier_id uuid REFERENCES dossiers (id),
    created_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX contact_requests_by_department ON contact_requests (department_code, created_at, id);
CREATE INDEX contact_requests_by_urgency ON contact_requests (department_code, urgency, id);
CREATE INDEX contact_requests_by_status ON contact_requests (department_code, status, created_at, id);
CREATE INDEX contact_requests_by_member ON contact_requests (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX contact_requests_by_dossier ON contact_requests (dossier_id) WHERE dossier_id IS NOT NULL;

-- Stored replies tell of a resource: what is erased of it is erased of them too.
ALTER TABLE idempotency_records ADD COLUMN subject_id uuid;
CREATE INDEX idempotency_records_by_subject ON idempotency_records (subject_id) WHERE subject_id IS NOT NULL;
