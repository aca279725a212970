-- What the planner is to expect: rows of a table, then rows that share the first column of an index, the first two, and so on, as in a
-- federation. Without this it takes a department for ten rows, and reads the whole of it where a telephone number would have named one.
ANALYZE counters;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('members', 'sqlite_autoindex_members_1', '500000 1'),
    ('members', 'members_number', '500000 1'),
    ('members', 'members_by_name', '500000 2 1'),
    ('members', 'members_by_department', '500000 5000 2 1'),
    ('members', 'members_by_email', '300000 2'),
    ('members', 'members_by_phone', '400000 2'),
    ('members', 'members_by_birth', '450000 30 2'),
    ('members', 'members_by_update', '500000 10 1'),
    ('members', 'members_by_department_update', '500000 5000 2 1'),
    ('members', 'members_by_merge', '5000 1'),
    ('member_words', 'sqlite_autoindex_member_words_1', '1200000 12000 5 1 1'),
    ('employments', 'employments_by_member', '600000 2 1 1'),
    ('employments', 'employments_by_establishment', '500000 10'),
    ('memberships', 'memberships_by_member', '2000000 4 1 1'),
    ('memberships', 'memberships_by_year', '2000000 200000 50000 1'),
    ('dossiers', 'dossiers_reference', '120000 1'),
    ('dossiers', 'dossiers_by_opening', '120000 50 1'),
    ('dossiers', 'dossiers_by_department', '120000 1200 2 1'),
    ('dossiers', 'dossiers_by_status', '120000 1200 200 2 1'),
    ('dossiers', 'dossiers_by_update', '120000 2 1'),
    ('dossiers', 'dossiers_by_case_order', '120000 1 1'),
    ('dossiers', 'dossiers_by_member', '120000 2 1 1'),
    ('dossiers', 'dossiers_by_establishment', '100000 4 1 1'),
    ('dossiers', 'dossiers_by_referent', '110000 100 2 1'),
    ('dossiers', 'dossiers_by_retention', '60000 50'),
    ('contact_requests', 'contact_requests_by_department', '300000 3000 1 1'),
    ('contact_requests', 'contact_requests_by_urgency', '300000 3000 1000 1'),
    ('contact_requests', 'contact_requests_by_status', '300000 3000 500 1 1'),
    ('contact_requests', 'contact_requests_by_member', '200000 2'),
    ('contact_requests', 'contact_requests_by_dossier', '100000 1');
ANALYZE sqlite_schema;
