-- Who looked at what is confidential: one entry a request.

CREATE TABLE access_log (
    id uuid NOT NULL PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    actor_id uuid,
    client_id uuid,
    on_behalf_of uuid,
    request_id uuid NOT NULL,
    operation text COLLATE "C" NOT NULL,
    rule text COLLATE "C",
    -- Keyed digest of what was asked for.
    criteria_digest bytea,
    purpose text COLLATE "C",
    row_count bigint,
    replayed boolean NOT NULL
);
CREATE INDEX access_log_in_time ON access_log (recorded_at, id);
CREATE INDEX access_log_by_actor ON access_log (actor_id, recorded_at, id);

-- The files that a look was at. A table and not a column of ids: the key answers "who opened this one?", the newest last.
CREATE TABLE access_log_subjects (
    subject_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    entry_id uuid NOT NULL REFERENCES access_log (id),
    subject text COLLATE "C" NOT NULL,
    PRIMARY KEY (subject_id, recorded_at, entry_id)
);
CREATE INDEX access_log_subjects_by_entry ON access_log_subjects (entry_id);
