-- Lawyer partners, when they are away, and their mandates.

CREATE TABLE lawyer_partners (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    -- Name and bar folded, for sorting and searching.
    name_key text COLLATE "C" NOT NULL,
    bar text COLLATE "C" NOT NULL,
    bar_key text COLLATE "C" NOT NULL,
    firm text COLLATE "C",
    agreement_from date NOT NULL,
    agreement_to date,
    charter_signed_on date,
    specialities jsonb NOT NULL,
    -- The same between spaces, for filters.
    speciality_keys text COLLATE "C" NOT NULL,
    departments jsonb NOT NULL,
    department_keys text COLLATE "C" NOT NULL,
    yearly_capacity integer CHECK (yearly_capacity >= 0),
    email text COLLATE "C",
    phone text COLLATE "C",
    user_id uuid REFERENCES users (id),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (agreement_to >= agreement_from)
);
CREATE INDEX lawyer_partners_by_name ON lawyer_partners (name_key, id);
CREATE UNIQUE INDEX lawyer_partners_user ON lawyer_partners (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE lawyer_unavailabilities (
    id uuid NOT NULL PRIMARY KEY,
    lawyer_id uuid NOT NULL REFERENCES lawyer_partners (id),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX lawyer_unavailabilities_by_lawyer ON lawyer_unavailabilities (lawyer_id, starts_on, id);

CREATE TABLE lawyer_mandates (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    lawyer_id uuid REFERENCES lawyer_partners (id),
    -- Name and bar of a lawyer who is no partner; none once the dossier is anonymised.
    external_lawyer jsonb,
    nature text COLLATE "C" NOT NULL CHECK (nature IN ('orientation_consultation', 'representation')),
    purpose text COLLATE "C" CHECK (purpose IN ('reassurance', 'legal_necessity')),
    chosen_by_member boolean NOT NULL,
    name_requested_on date,
    -- A proposal that nobody answered expires by the calendar: no row is ever marked.
    status text COLLATE "C" NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'in_progress', 'completed', 'withdrawn')),
    proposed_by uuid REFERENCES users (id),
    proposed_on date NOT NULL,
    expires_on date NOT NULL,
    accepted_on date,
    decline_reason text COLLATE "C" CHECK (decline_reason IN ('conflict_of_interest', 'unavailable', 'outside_speciality', 'fees', 'other')),
    advice text COLLATE "C" CHECK (advice IN ('mediation', 'letter', 'complaint', 'proceedings', 'none')),
    ended_on date,
    -- What opens the dossier to the lawyer, from the acceptance on.
    permit_id uuid REFERENCES dossier_permits (id),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (lawyer_id IS NULL OR external_lawyer IS NULL),
    CHECK ((nature = 'orientation_consultation') = (purpose IS NOT NULL)),
    CHECK (chosen_by_member = (name_requested_on IS NULL)),
    CHECK ((status IN ('accepted', 'in_progress', 'completed')) <= (accepted_on IS NOT NULL)),
    CHECK ((status = 'declined') = (decline_reason IS NOT NULL))
);
CREATE INDEX lawyer_mandates_by_dossier ON lawyer_mandates (dossier_id, proposed_on, id);
CREATE INDEX lawyer_mandates_by_lawyer ON lawyer_mandates (lawyer_id, proposed_on, id) WHERE lawyer_id IS NOT NULL;
