DROP INDEX idempotency_records_by_subject;
ALTER TABLE idempotency_records DROP COLUMN subject_id;
DROP TABLE contact_requests;
DROP TABLE legal_holds;
DROP TABLE dossiers;
DROP TABLE status_transitions;
