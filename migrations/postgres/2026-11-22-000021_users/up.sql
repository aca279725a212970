-- Accounts and the rights they hold, managed through the API: each with its versions and its life.

ALTER TABLE users ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version >= 1);
CREATE INDEX users_by_creation ON users (created_at, id);

-- What is pending, refused or withdrawn gives no right, whatever its days.
ALTER TABLE grants ADD COLUMN status text COLLATE "C" NOT NULL DEFAULT 'granted' CHECK (status IN ('pending', 'granted', 'refused', 'withdrawn'));
ALTER TABLE grants ADD COLUMN requested_by uuid;
-- Whoever approved or refused it, where it needed a second approver.
ALTER TABLE grants ADD COLUMN decided_by uuid;
ALTER TABLE grants ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version >= 1);
ALTER TABLE grants ADD COLUMN created_at timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE grants ADD COLUMN updated_at timestamptz NOT NULL DEFAULT 'epoch';
UPDATE grants SET created_at = users.created_at, updated_at = users.created_at FROM users WHERE users.id = grants.user_id;
CREATE INDEX grants_by_department ON grants (department_code, user_id) WHERE department_code IS NOT NULL;
