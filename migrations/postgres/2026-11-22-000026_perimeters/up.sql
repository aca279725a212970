-- Every role, each held in the place that it asks for; one account a member.

ALTER TABLE grants DROP CONSTRAINT grants_role_check;
ALTER TABLE grants DROP CONSTRAINT grants_check1;
ALTER TABLE grants ADD COLUMN academy_code text COLLATE "C";
ALTER TABLE grants ADD COLUMN establishment_id uuid REFERENCES establishments (id);
ALTER TABLE grants ADD CONSTRAINT grants_role_check CHECK (role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst',
    'dpo', 'member', 'correspondent', 'training_coordinator', 'lawyer', 'aid_committee_member', 'treasurer', 'solidarity_officer', 'auditor'));
-- The department is where the role holds, or where its establishment lies.
ALTER TABLE grants ADD CONSTRAINT grants_department_check
    CHECK ((role IN ('department_head', 'department_staff', 'volunteer', 'correspondent')) = (department_code IS NOT NULL));
ALTER TABLE grants ADD CONSTRAINT grants_academy_check CHECK ((role = 'training_coordinator') = (academy_code IS NOT NULL));
ALTER TABLE grants ADD CONSTRAINT grants_establishment_check CHECK ((role = 'correspondent') = (establishment_id IS NOT NULL));
CREATE INDEX grants_by_establishment ON grants (establishment_id) WHERE establishment_id IS NOT NULL;

DROP INDEX users_by_member;
CREATE UNIQUE INDEX users_member ON users (member_id) WHERE member_id IS NOT NULL;
