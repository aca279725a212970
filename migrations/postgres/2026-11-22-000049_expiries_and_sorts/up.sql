-- That a proposal expired is written down as its step. It is read as expired from its day on, and marked by the server when it comes to it.
ALTER TABLE lawyer_mandates DROP CONSTRAINT lawyer_mandates_status_check;
ALTER TABLE lawyer_mandates ADD CONSTRAINT lawyer_mandates_status_check CHECK (status IN ('proposed', 'accepted', 'declined', 'expired', 'in_progress', 'completed', 'withdrawn'));
CREATE INDEX lawyer_mandates_expiring ON lawyer_mandates (expires_on, id) WHERE status = 'proposed';

-- What a department is asked for by a word of its own for the facts: few dossiers have one.
CREATE INDEX dossiers_with_contexts ON dossiers (department_code, opened_on, id) WHERE contexts <> '[]'::jsonb;

-- Sorted by what follows from the rooms beneath, a page is read from an index too.
CREATE INDEX dossiers_by_complaint_filed ON dossiers (department_code, complaint_filed, id);
CREATE INDEX dossiers_by_counsel_involved ON dossiers (department_code, counsel_involved, id);
CREATE INDEX dossiers_by_judicialised ON dossiers (department_code, judicialised, id);
CREATE INDEX dossiers_by_path ON dossiers (department_code, path, id);
