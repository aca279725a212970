-- That a proposal expired is written down as its step.
CREATE TABLE expiring_mandates (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    lawyer_id BLOB REFERENCES lawyer_partners (id),
    -- Name and bar of a lawyer who is no partner; none once the dossier is anonymised.
    external_lawyer TEXT,
    nature TEXT NOT NULL CHECK (nature IN ('orientation_consultation', 'representation')),
    purpose TEXT CHECK (purpose IN ('reassurance', 'legal_necessity')),
    chosen_by_member INTEGER NOT NULL CHECK (chosen_by_member IN (0, 1)),
    name_requested_on TEXT,
    -- A proposal that nobody answered is read as expired from its day on, and marked by the server when it comes to it.
    status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'expired', 'in_progress', 'completed', 'withdrawn')),
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
INSERT INTO expiring_mandates (id, dossier_id, lawyer_id, external_lawyer, nature, purpose, chosen_by_member, name_requested_on, status, proposed_by, proposed_on, expires_on, accepted_on, decline_reason, advice, ended_on, permit_id, version, created_at, updated_at)
    SELECT id, dossier_id, lawyer_id, external_lawyer, nature, purpose, chosen_by_member, name_requested_on, status, proposed_by, proposed_on, expires_on, accepted_on, decline_reason, advice, ended_on, permit_id, version, created_at, updated_at FROM lawyer_mandates;
DROP TABLE lawyer_mandates;
ALTER TABLE expiring_mandates RENAME TO lawyer_mandates;
CREATE INDEX lawyer_mandates_by_dossier ON lawyer_mandates (dossier_id, proposed_on, id);
CREATE INDEX lawyer_mandates_by_lawyer ON lawyer_mandates (lawyer_id, proposed_on, id) WHERE lawyer_id IS NOT NULL;
CREATE INDEX lawyer_mandates_expiring ON lawyer_mandates (expires_on, id) WHERE status = 'proposed';

-- What a department is asked for by a word of its own for the facts: few dossiers have one.
CREATE INDEX dossiers_with_contexts ON dossiers (department_code, opened_on, id) WHERE contexts <> '[]';

-- Sorted by what follows from the rooms beneath, a page is read from an index too.
CREATE INDEX dossiers_by_complaint_filed ON dossiers (department_code, complaint_filed, id);
CREATE INDEX dossiers_by_counsel_involved ON dossiers (department_code, counsel_involved, id);
CREATE INDEX dossiers_by_judicialised ON dossiers (department_code, judicialised, id);
CREATE INDEX dossiers_by_path ON dossiers (department_code, path, id);
-- What the planner is to expect: a list that is filtered by them goes on in its own order, and does not sort what an index of theirs finds.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('dossiers', 'dossiers_with_contexts', '6000 60 1 1'),
    ('dossiers', 'dossiers_by_complaint_filed', '120000 1200 1200 1'),
    ('dossiers', 'dossiers_by_counsel_involved', '120000 1200 1200 1'),
    ('dossiers', 'dossiers_by_judicialised', '120000 1200 1200 1'),
    ('dossiers', 'dossiers_by_path', '120000 1200 1200 1');
ANALYZE sqlite_schema;
