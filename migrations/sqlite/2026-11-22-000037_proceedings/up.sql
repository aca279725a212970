-- Proceedings of a dossier, the dated acts in them, and what the dossier says of both.

CREATE TABLE proceedings (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    nature TEXT NOT NULL CHECK (nature IN ('criminal', 'civil', 'administrative', 'disciplinary')),
    member_side TEXT NOT NULL CHECK (member_side IN ('victim', 'accused', 'claimant', 'defendant', 'other')),
    -- Both none once the dossier is anonymised.
    authority TEXT,
    case_number TEXT,
    opened_on TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    outcome TEXT,
    closed_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (opened_on <= closed_on),
    CHECK ((status = 'closed') = (outcome IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_on IS NOT NULL))
) STRICT;
CREATE INDEX proceedings_by_dossier ON proceedings (dossier_id, opened_on, id);

-- What was done in a proceeding. A step that was recorded by error is voided and stays.
CREATE TABLE proceeding_steps (
    id BLOB NOT NULL PRIMARY KEY,
    proceeding_id BLOB NOT NULL REFERENCES proceedings (id),
    -- The dossier of the proceeding.
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('police_log', 'complaint', 'article_40_report', 'hearing', 'voluntary_interview', 'police_custody', 'inquiry', 'summons', 'criminal_settlement',
        'guilty_plea', 'formal_warning', 'criminal_mediation', 'no_further_action', 'prosecution', 'civil_party', 'direct_summons', 'qualified_requisitions',
        'act_of_procedure', 'trial', 'judgment', 'appeal', 'cassation')),
    done_by TEXT NOT NULL CHECK (done_by IN ('member', 'opposing', 'authority')),
    occurred_on TEXT NOT NULL,
    -- None once the dossier is anonymised, as is the reason.
    note TEXT,
    recorded_by BLOB,
    voided_at INTEGER,
    voided_by BLOB,
    void_reason TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX proceeding_steps_by_proceeding ON proceeding_steps (proceeding_id, occurred_on, id);
CREATE INDEX proceeding_steps_by_dossier ON proceeding_steps (dossier_id, occurred_on, id);

-- What follows from the rooms under a dossier; the server keeps it whenever one of them is written.
ALTER TABLE dossiers ADD COLUMN complaint_filed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossiers ADD COLUMN counsel_involved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossiers ADD COLUMN judicialised INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossiers ADD COLUMN path TEXT NOT NULL DEFAULT 'advice'
    CHECK (path IN ('advice', 'conciliation', 'counsel_without_court', 'counsel_in_court', 'court_without_counsel'));
-- No proceeding was known before.
UPDATE dossiers SET path = 'conciliation' WHERE outcome IN ('conciliation_succeeded', 'conciliation_failed');
UPDATE dossiers SET counsel_involved = 1, path = 'counsel_without_court'
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
