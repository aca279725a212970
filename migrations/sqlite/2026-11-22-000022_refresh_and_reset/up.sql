-- A refresh token belongs to a generation of its session: once one of a generation was used, those before it, and after a few seconds its
-- siblings, end the session.
ALTER TABLE refresh_tokens ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
UPDATE refresh_tokens SET generation = 1 WHERE used_at IS NULL;
ALTER TABLE refresh_tokens DROP COLUMN used_at;
ALTER TABLE sessions ADD COLUMN used_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refreshed_at INTEGER;

-- One-time links by which somebody sets a password; only a digest of each is kept.
CREATE TABLE password_resets (
    digest BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX password_resets_by_user ON password_resets (user_id);
