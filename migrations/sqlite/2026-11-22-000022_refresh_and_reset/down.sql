DROP TABLE password_resets;
-- What was used before cannot be told: only the newest of each session still is good.
ALTER TABLE refresh_tokens ADD COLUMN used_at INTEGER;
UPDATE refresh_tokens SET used_at = issued_at
    WHERE generation <= (SELECT used_generation FROM sessions WHERE sessions.id = refresh_tokens.session_id);
ALTER TABLE refresh_tokens DROP COLUMN generation;
ALTER TABLE sessions DROP COLUMN refreshed_at;
ALTER TABLE sessions DROP COLUMN used_generation;
