-- Accounts and the rights they hold, managed through the API: each with its versions and its life.

ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1);
CREATE INDEX users_by_creation ON users (created_at, id);

-- What is pending, refused or withdrawn gives no right, whatever its days.
ALTER TABLE grants ADD COLUMN status TEXT NOT NULL DEFAULT 'granted' CHECK (status IN ('pending', 'granted', 'refused', 'withdrawn'));
ALTER TABLE grants ADD COLUMN requested_by BLOB;
-- Whoever approved or refused it, where it needed a second approver.
ALTER TABLE grants ADD COLUMN decided_by BLOB;
ALTER TABLE grants ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1);
ALTER TABLE grants ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
UPDATE grants SET created_at = (SELECT users.created_at FROM users WHERE users.id = grants.user_id),
    updated_at = (SELECT users.created_at FROM users WHERE users.id = grants.user_id);
CREATE INDEX grants_by_department ON grants (department_code, user_id) WHERE department_code IS NOT NULL;
