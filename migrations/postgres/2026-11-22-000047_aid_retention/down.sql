DROP INDEX financial_aid_requests_kept;
ALTER TABLE financial_aid_requests DROP COLUMN retention_due_on;
