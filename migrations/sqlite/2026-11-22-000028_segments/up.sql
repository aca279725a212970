-- Looks are sealed as changes are, and segments of the record may be dropped once they are old.

-- Nothing was released that recorded looks without sealing them.
DELETE FROM access_log_subjects;
DELETE FROM access_log;
-- The event of the chain that says that the look was written.
ALTER TABLE access_log ADD COLUMN batch_id BLOB NOT NULL DEFAULT x'';
ALTER TABLE access_log ADD COLUMN seal BLOB NOT NULL DEFAULT x'';
CREATE INDEX access_log_by_batch ON access_log (batch_id);

-- Where retention cut the chain off: how many events were dropped in all, and the seal of the last of them.
CREATE TABLE audit_cuts (
    sequence INTEGER NOT NULL PRIMARY KEY,
    seal BLOB NOT NULL,
    -- What was recorded in this month or later was kept.
    kept_from TEXT NOT NULL,
    cut_at INTEGER NOT NULL,
    -- Of all this, under the key.
    cut_seal BLOB NOT NULL
) STRICT;
