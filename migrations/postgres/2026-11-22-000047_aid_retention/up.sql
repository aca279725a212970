-- Until when it is kept whose request it was, once it is over: what was paid is accounted for ten years after the end of the year.
ALTER TABLE financial_aid_requests ADD COLUMN retention_due_on date;
UPDATE financial_aid_requests SET retention_due_on = CASE WHEN paid_cents > 0 THEN (date_trunc('year', updated_at) + interval '11 years')::date
    ELSE (updated_at + interval '2 years')::date END WHERE status IN ('refused', 'closed', 'withdrawn');
CREATE INDEX financial_aid_requests_kept ON financial_aid_requests (retention_due_on) WHERE member_id IS NOT NULL AND retention_due_on IS NOT NULL;
