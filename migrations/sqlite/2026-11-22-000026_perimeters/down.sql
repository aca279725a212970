DROP INDEX users_member;
CREATE INDEX users_by_member ON users (member_id) WHERE member_id IS NOT NULL;

CREATE TABLE departmental_grants (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo')),
    department_code TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    status TEXT NOT NULL DEFAULT 'granted' CHECK (status IN ('pending', 'granted', 'refused', 'withdrawn')),
    requested_by BLOB,
    decided_by BLOB,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL DEFAULT 0,
    CHECK (ends_on >= starts_on),
    CHECK ((role IN ('department_head', 'department_staff', 'volunteer')) = (department_code IS NOT NULL))
) STRICT;
-- Roles that are not known before this version give no right there.
INSERT INTO departmental_grants (id, user_id, role, department_code, starts_on, ends_on, status, requested_by, decided_by, version, created_at, updated_at)
    SELECT id, user_id, role, department_code, starts_on, ends_on, status, requested_by, decided_by, version, created_at, updated_at FROM grants
    WHERE role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo');
DROP TABLE grants;
ALTER TABLE departmental_grants RENAME TO grants;
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_department ON grants (department_code, user_id) WHERE department_code IS NOT NULL;
