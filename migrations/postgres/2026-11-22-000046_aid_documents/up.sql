-- Documents lie under a dossier or under a request for aid, and there are further types of them.
ALTER TABLE documents ALTER COLUMN dossier_id DROP NOT NULL;
ALTER TABLE documents ADD COLUMN aid_request_id uuid REFERENCES financial_aid_requests (id);
ALTER TABLE documents DROP CONSTRAINT documents_document_type_check;
ALTER TABLE documents ADD CONSTRAINT documents_document_type_check
    CHECK (document_type IN ('letter', 'complaint', 'certificate', 'photograph', 'court_decision', 'contract', 'statement', 'identity', 'payslip', 'tax_notice',
        'bill', 'bank_letter', 'other'));
ALTER TABLE documents ADD CONSTRAINT documents_under_one CHECK ((dossier_id IS NULL) <> (aid_request_id IS NULL));
-- What lawyers and the team keep from others is of dossiers alone.
ALTER TABLE documents ADD CONSTRAINT documents_privileged CHECK (aid_request_id IS NULL OR NOT privileged);
DROP INDEX documents_by_dossier;
CREATE INDEX documents_by_dossier ON documents (dossier_id, created_at, id) WHERE dossier_id IS NOT NULL;
CREATE INDEX documents_by_aid_request ON documents (aid_request_id, created_at, id) WHERE aid_request_id IS NOT NULL;
