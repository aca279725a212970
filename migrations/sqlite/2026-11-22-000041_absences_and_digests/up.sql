-- The days on which somebody is away: what is theirs goes to the head of the department. Nothing says why.
CREATE TABLE user_absences (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    created_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX user_absences_in_time ON user_absences (starts_on, id);
CREATE INDEX user_absences_by_user ON user_absences (user_id, starts_on, id);
-- Who is away today, told by the index alone; and what ended long ago, to be forgotten.
CREATE INDEX user_absences_by_end ON user_absences (ends_on, starts_on, deleted_at, user_id);

-- Who wants to be told each morning, by mail, how much is to be done. Accounts without a row have not said so.
CREATE TABLE digests (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL UNIQUE REFERENCES users (id),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    email TEXT,
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (enabled <= (email IS NOT NULL))
) STRICT;

-- Mails on their way: one for each account and day, whichever server is first. What they say is made when they leave.
CREATE TABLE digest_mails (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    day TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'dropped', 'dead')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- Until then it is in the hands of the server that tried last.
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX digest_mails_once ON digest_mails (day, user_id);
CREATE INDEX digest_mails_queued ON digest_mails (next_at, id) WHERE status = 'queued';
