DROP INDEX users_member;
CREATE INDEX users_by_member ON users (member_id) WHERE member_id IS NOT NULL;

-- Roles that are not known before this version give no right there.
DELETE FROM grants WHERE role NOT IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo');
DROP INDEX grants_by_establishment;
ALTER TABLE grants DROP CONSTRAINT grants_establishment_check;
ALTER TABLE grants DROP CONSTRAINT grants_academy_check;
ALTER TABLE grants DROP CONSTRAINT grants_department_check;
ALTER TABLE grants DROP CONSTRAINT grants_role_check;
ALTER TABLE grants DROP COLUMN establishment_id;
ALTER TABLE grants DROP COLUMN academy_code;
ALTER TABLE grants ADD CONSTRAINT grants_role_check
    CHECK (role IN ('admin', 'national_staff', 'department_head', 'department_staff', 'volunteer', 'analyst', 'dpo'));
ALTER TABLE grants ADD CONSTRAINT grants_check1 CHECK ((role IN ('department_head', 'department_staff', 'volunteer')) = (department_code IS NOT NULL));
