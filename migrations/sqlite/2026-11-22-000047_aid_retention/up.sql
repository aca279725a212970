-- Until when it is kept whose request it was, once it is over: what was paid is accounted for ten years after the end of the year.
ALTER TABLE financial_aid_requests ADD COLUMN retention_due_on TEXT;
UPDATE financial_aid_requests SET retention_due_on = iif(paid_cents > 0, date(updated_at / 1000000, 'unixepoch', 'start of year', '+11 years'),
    date(updated_at / 1000000, 'unixepoch', '+2 years')) WHERE status IN ('refused', 'closed', 'withdrawn');
CREATE INDEX financial_aid_requests_kept ON financial_aid_requests (retention_due_on) WHERE member_id IS NOT NULL AND retention_due_on IS NOT NULL;
