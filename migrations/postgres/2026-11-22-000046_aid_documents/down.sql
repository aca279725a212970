-- Documents of requests for aid go; their files are swept.
DELETE FROM document_versions WHERE document_id IN (SELECT id FROM documents WHERE aid_request_id IS NOT NULL);
DELETE FROM documents WHERE aid_request_id IS NOT NULL;
DROP INDEX documents_by_aid_request;
DROP INDEX documents_by_dossier;
CREATE INDEX documents_by_dossier ON documents (dossier_id, created_at, id);
ALTER TABLE documents DROP CONSTRAINT documents_privileged;
ALTER TABLE documents DROP CONSTRAINT documents_under_one;
ALTER TABLE documents DROP COLUMN aid_request_id;
ALTER TABLE documents ALTER COLUMN dossier_id SET NOT NULL;
UPDATE documents SET document_type = 'other' WHERE document_type IN ('payslip', 'tax_notice', 'bill', 'bank_letter');
ALTER TABLE documents DROP CONSTRAINT documents_document_type_check;
ALTER TABLE documents ADD CONSTRAINT documents_document_type_check
    CHECK (document_type IN ('letter', 'complaint', 'certificate', 'photograph', 'court_decision', 'contract', 'statement', 'identity', 'other'));
