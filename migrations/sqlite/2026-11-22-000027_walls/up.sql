-- What keeps single persons from a dossier whatever their rights, what opens one to single persons, and national solidarity.

-- Facts that later rooms bring: an opposing party, a consent that was withdrawn. One that names nobody keeps everybody away.
CREATE TABLE dossier_walls (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('opposing_party', 'withdrawn_consent')),
    user_id BLOB REFERENCES users (id),
    member_id BLOB REFERENCES members (id),
    since INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    CHECK (user_id IS NULL OR member_id IS NULL),
    CHECK (kind = 'withdrawn_consent' OR user_id IS NOT NULL OR member_id IS NOT NULL)
) STRICT;
CREATE INDEX dossier_walls_by_dossier ON dossier_walls (dossier_id);
CREATE INDEX dossier_walls_by_member ON dossier_walls (member_id) WHERE member_id IS NOT NULL;

-- Rights of one person to one dossier: broken glass, and mandates, which a later room brings.
CREATE TABLE dossier_permits (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('break_glass', 'mandate')),
    -- None once the dossier is anonymised.
    reason TEXT,
    expires_at INTEGER,
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (kind = 'mandate' OR expires_at IS NOT NULL)
) STRICT;
CREATE INDEX dossier_permits_by_user ON dossier_permits (user_id, dossier_id);
CREATE INDEX dossier_permits_by_dossier ON dossier_permits (dossier_id, created_at, id);
CREATE INDEX dossier_permits_in_time ON dossier_permits (created_at, id);

ALTER TABLE dossiers ADD COLUMN solidarity_status TEXT CHECK (solidarity_status IN ('requested', 'granted', 'refused'));
-- Who asked for it and decided, when and why.
ALTER TABLE dossiers ADD COLUMN solidarity TEXT;
CREATE INDEX dossiers_by_solidarity ON dossiers (solidarity_status, opened_on, id) WHERE solidarity_status IS NOT NULL;
