-- Lawyer partners, when they are away, and their mandates.

CREATE TABLE lawyer_partners (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Name and bar folded, for sorting and searching.
    name_key TEXT NOT NULL,
    bar TEXT NOT NULL,
    bar_key TEXT NOT NULL,
    firm TEXT,
    agreement_from TEXT NOT NULL,
    agreement_to TEXT,
    charter_signed_on TEXT,
    specialities TEXT NOT NULL,
    -- The same between spaces, for filters.
    speciality_keys TEXT NOT NULL,
    departments TEXT NOT NULL,
    department_keys TEXT NOT NULL,
    yearly_capacity INTEGER CHECK (yearly_capacity >= 0),
    email TEXT,
    phone TEXT,
    user_id BLOB REFERENCES users (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (agreement_to >= agreement_from)
) STRICT;
CREATE INDEX lawyer_partners_by_name ON lawyer_partners (name_key, id);
CREATE UNIQUE INDEX lawyer_partners_user ON lawyer_partners (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE lawyer_unavailabilities (
    id BLOB NOT NULL PRIMARY KEY,
    lawyer_id BLOB NOT NULL REFERENCES lawyer_partners (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX lawyer_unavailabilities_by_lawyer ON lawyer_unavailabilities (lawyer_id, starts_on, id);

CREATE TABLE lawyer_mandates (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    lawyer_id BLOB REFERENCES lawyer_partners (id),
    -- Name and bar of a lawyer who is no partner; none once the dossier is anonymised.
    external_lawyer TEXT,
    nature TEXT NOT NULL CHECK (nature IN ('orientation_consultation', 'representation')),
    purpose TEXT CHECK (purpose IN ('reassurance', 'legal_necessity')),
    chosen_by_member INTEGER NOT NULL CHECK (chosen_by_member IN (0, 1)),
    name_requested_on TEXT,
    -- A proposal that nobody answered expires by the calendar: no row is ever marked.
    status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'in_progress', 'completed', 'withdrawn')),
    proposed_by BLOB REFERENCES users (id),
    proposed_on TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    accepted_on TEXT,
    decline_reason TEXT CHECK (decline_reason IN ('conflict_of_interest', 'unavailable', 'outside_speciality', 'fees', 'other')),
    advice TEXT CHECK (advice IN ('mediation', 'letter', 'complaint', 'proceedings', 'none')),
    ended_on TEXT,
    -- What opens the dossier to the lawyer, from the acceptance on.
    permit_id BLOB REFERENCES dossier_permits (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (lawyer_id IS NULL OR external_lawyer IS NULL),
    CHECK ((nature = 'orientation_consultation') = (purpose IS NOT NULL)),
    CHECK (chosen_by_member = (name_requested_on IS NULL)),
    CHECK ((status IN ('accepted', 'in_progress', 'completed')) <= (accepted_on IS NOT NULL)),
    CHECK ((status = 'declined') = (decline_reason IS NOT NULL))
) STRICT;
CREATE INDEX lawyer_mandates_by_dossier ON lawyer_mandates (dossier_id, proposed_on, id);
CREATE INDEX lawyer_mandates_by_lawyer ON lawyer_mandates (lawyer_id, proposed_on, id) WHERE lawyer_id IS NOT NULL;
