DROP TABLE audit_cuts;
DROP INDEX access_log_by_batch;
ALTER TABLE access_log DROP COLUMN seal;
ALTER TABLE access_log DROP COLUMN batch_id;
