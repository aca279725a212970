-- Who looked at what is confidential: one entry a request.

CREATE TABLE access_log (
    id BLOB NOT NULL PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    actor_id BLOB,
    client_id BLOB,
    on_behalf_of BLOB,
    request_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    rule TEXT,
    -- Keyed digest of what was asked for.
    criteria_digest BLOB,
    purpose TEXT,
    row_count INTEGER,
    replayed INTEGER NOT NULL
) STRICT;
CREATE INDEX access_log_in_time ON access_log (recorded_at, id);
CREATE INDEX access_log_by_actor ON access_log (actor_id, recorded_at, id);

-- The files that a look was at. A table and not a column of ids: the key answers "who opened this one?", the newest last.
CREATE TABLE access_log_subjects (
    subject_id BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    entry_id BLOB NOT NULL REFERENCES access_log (id),
    subject TEXT NOT NULL,
    PRIMARY KEY (subject_id, recorded_at, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_log_subjects_by_entry ON access_log_subjects (entry_id);
