-- The days on which somebody is away: what is theirs goes to the head of the department. Nothing says why.
CREATE TABLE user_absences (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    created_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX user_absences_in_time ON user_absences (starts_on, id);
CREATE INDEX user_absences_by_user ON user_absences (user_id, starts_on, id);
-- Who is away today, told by the index alone; and what ended long ago, to be forgotten.
CREATE INDEX user_absences_by_end ON user_absences (ends_on, starts_on, deleted_at, user_id);

-- Who wants to be told each morning, by mail, how much is to be done. Accounts without a row have not said so.
CREATE TABLE digests (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL UNIQUE REFERENCES users (id),
    enabled boolean NOT NULL,
    email text COLLATE "C",
    language text COLLATE "C" NOT NULL CHECK (language IN ('fr', 'en')),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (enabled <= (email IS NOT NULL))
);

-- Mails on their way: one for each account and day, whichever server is first. What they say is made when they leave.
CREATE TABLE digest_mails (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    day date NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('queued', 'sent', 'dropped', 'dead')),
    attempts integer NOT NULL CHECK (attempts >= 0),
    -- Until then it is in the hands of the server that tried last.
    next_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX digest_mails_once ON digest_mails (day, user_id);
CREATE INDEX digest_mails_queued ON digest_mails (next_at, id) WHERE status = 'queued';
