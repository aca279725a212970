-- Every role, each held in the place that it asks for; one account a member.

CREATE TABLE placed_grants (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo', 'member',
        'correspondent', 'training_coordinator', 'lawyer', 'aid_committee_member', 'treasurer', 'solidarity_officer', 'auditor')),
    -- Where the role holds, or where its establishment lies.
    department_code TEXT,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    -- What is pending, refused or withdrawn gives no right, whatever its days.
    status TEXT NOT NULL DEFAULT 'granted' CHECK (status IN ('pending', 'granted', 'refused', 'withdrawn')),
    requested_by BLOB,
    -- Whoever approved or refused it, where it needed a second approver.
    decided_by BLOB,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL DEFAULT 0,
    academy_code TEXT,
    establishment_id BLOB REFERENCES establishments (id),
    CHECK (ends_on >= starts_on),
    CHECK ((role IN ('department_head', 'department_staff', 'volunteer', 'correspondent')) = (department_code IS NOT NULL)),
    CHECK ((role = 'training_coordinator') = (academy_code IS NOT NULL)),
    CHECK ((role = 'correspondent') = (establishment_id IS NOT NULL))
) STRICT;
INSERT INTO placed_grants (id, user_id, role, department_code, starts_on, ends_on, status, requested_by, decided_by, version, created_at, updated_at)
    SELECT id, user_id, role, department_code, starts_on, ends_on, status, requested_by, decided_by, version, created_at, updated_at FROM grants;
DROP TABLE grants;
ALTER TABLE placed_grants RENAME TO grants;
CREATE INDEX grants_by_user ON grants (user_id);
CREATE INDEX grants_by_department ON grants (department_code, user_id) WHERE department_code IS NOT NULL;
CREATE INDEX grants_by_establishment ON grants (establishment_id) WHERE establishment_id IS NOT NULL;

DROP INDEX users_by_member;
CREATE UNIQUE INDEX users_member ON users (member_id) WHERE member_id IS NOT NULL;
