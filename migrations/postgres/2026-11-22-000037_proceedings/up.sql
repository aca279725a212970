-- Proceedings of a dossier, the dated acts in them, and what the dossier says of both.

CREATE TABLE proceedings (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    nature text COLLATE "C" NOT NULL CHECK (nature IN ('criminal', 'civil', 'administrative', 'disciplinary')),
    member_side text COLLATE "C" NOT NULL CHECK (member_side IN ('victim', 'accused', 'claimant', 'defendant', 'other')),
    -- Both none once the dossier is anonymised.
    authority text COLLATE "C",
    case_number text COLLATE "C",
    opened_on date NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('open', 'closed')),
    outcome text COLLATE "C",
    closed_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (opened_on <= closed_on),
    CHECK ((status = 'closed') = (outcome IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_on IS NOT NULL))
);
CREATE INDEX proceedings_by_dossier ON proceedings (dossier_id, opened_on, id);

-- What was done in a proceeding. A step that was recorded by error is voided and stays.
CREATE TABLE proceeding_steps (
    id uuid NOT NULL PRIMARY KEY,
    proceeding_id uuid NOT NULL REFERENCES proceedings (id),
    -- The dossier of the proceeding.
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('police_log', 'complaint', 'article_40_report', 'hearing', 'voluntary_interview', 'police_custody', 'inquiry', 'summons', 'criminal_settlement',
        'guilty_plea', 'formal_warning', 'criminal_mediation', 'no_further_action', 'prosecution', 'civil_party', 'direct_summons', 'qualified_requisitions',
        'act_of_procedure', 'trial', 'judgment', 'appeal', 'cassation')),
    done_by text COLLATE "C" NOT NULL CHECK (done_by IN ('member', 'opposing', 'authority')),
    occurred_on date NOT NULL,
    -- None once the dossier is anonymised, as is the reason.
    note text COLLATE "C",
    recorded_by uuid,
    voided_at timestamptz,
    voided_by uuid,
    void_reason text COLLATE "C",
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX proceeding_steps_by_proceeding ON proceeding_steps (proceeding_id, occurred_on, id);
CREATE INDEX proceeding_steps_by_dossier ON proceeding_steps (dossier_id, occurred_on, id);

-- What follows from the rooms under a dossier; the server keeps it whenever one of them is written.
ALTER TABLE dossiers ADD COLUMN complaint_filed boolean NOT NULL DEFAULT false;
ALTER TABLE dossiers ADD COLUMN counsel_involved boolean NOT NULL DEFAULT false;
ALTER TABLE dossiers ADD COLUMN judicialised boolean NOT NULL DEFAULT false;
ALTER TABLE dossiers ADD COLUMN path text COLLATE "C" NOT NULL DEFAULT 'advice'
    CHECK (path IN ('advice', 'conciliation', 'counsel_without_court', 'counsel_in_court', 'court_without_counsel'));
-- No proceeding was known before.
UPDATE dossiers SET path = 'conciliation' WHERE outcome IN ('conciliation_succeeded', 'conciliation_failed');
UPDATE dossiers SET counsel_involved = true, path = 'counsel_without_court'
    WHERE id IN (SELECT dossier_id FROM lawyer_mandates WHERE accepted_on IS NOT NULL);

-- Whatever is asked of them is found in the index by which the list goes, without a look at the rows that it leaves out.
DROP INDEX dossiers_by_opening;
DROP INDEX dossiers_by_department;
CREATE INDEX dossiers_by_opening ON dossiers (opened_on, id, complaint_filed, counsel_involved, judicialised, path);
CREATE INDEX dossiers_by_department ON dossiers (department_code, opened_on, id, complaint_filed, counsel_involved, judicialised, path);
CREATE INDEX dossiers_by_complaint ON dossiers (complaint_filed, id);
CREATE INDEX dossiers_by_counsel ON dossiers (counsel_involved, id);
CREATE INDEX dossiers_by_court ON dossiers (judicialised, id);
CREATE INDEX dossiers_by_path ON dossiers (path, id);
