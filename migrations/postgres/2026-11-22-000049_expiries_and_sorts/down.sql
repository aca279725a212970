DROP INDEX dossiers_by_path;
DROP INDEX dossiers_by_judicialised;
DROP INDEX dossiers_by_counsel_involved;
DROP INDEX dossiers_by_complaint_filed;
DROP INDEX dossiers_with_contexts;

DROP INDEX lawyer_mandates_expiring;
UPDATE lawyer_mandates SET status = 'proposed', ended_on = NULL WHERE status = 'expired';
ALTER TABLE lawyer_mandates DROP CONSTRAINT lawyer_mandates_status_check;
ALTER TABLE lawyer_mandates ADD CONSTRAINT lawyer_mandates_status_check CHECK (status IN ('proposed', 'accepted', 'declined', 'in_progress', 'completed', 'withdrawn'));
