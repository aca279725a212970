DROP INDEX grants_by_department;
-- What gives no right is not known before this version: it must not become one.
DELETE FROM grants WHERE status <> 'granted';
ALTER TABLE grants DROP COLUMN updated_at;
ALTER TABLE grants DROP COLUMN created_at;
ALTER TABLE grants DROP COLUMN version;
ALTER TABLE grants DROP COLUMN decided_by;
ALTER TABLE grants DROP COLUMN requested_by;
ALTER TABLE grants DROP COLUMN status;
DROP INDEX users_by_creation;
ALTER TABLE users DROP COLUMN version;
