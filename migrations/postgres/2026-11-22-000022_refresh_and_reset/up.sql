-- A refresh token belongs to a generation of its session: once one of a generation was used, those before it, and after a few seconds its
-- siblings, end the session.
ALTER TABLE refresh_tokens ADD COLUMN generation integer NOT NULL DEFAULT 0;
UPDATE refresh_tokens SET generation = 1 WHERE used_at IS NULL;
ALTER TABLE refresh_tokens DROP COLUMN used_at;
ALTER TABLE sessions ADD COLUMN used_generation integer NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refreshed_at timestamptz;

-- One-time links by which somebody sets a password; only a digest of each is kept.
CREATE TABLE password_resets (
    digest bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);
