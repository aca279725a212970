DROP INDEX dossiers_by_case_order;
DROP INDEX dossiers_by_department;
DROP INDEX dossiers_by_opening;
CREATE INDEX dossiers_by_opening ON dossiers (opened_on, id);
CREATE INDEX dossiers_by_department ON dossiers (department_code, opened_on, id);
CREATE INDEX dossiers_by_case_order ON dossiers (case_order, id);
ALTER TABLE dossiers DROP COLUMN path;
ALTER TABLE dossiers DROP COLUMN judicialised;
ALTER TABLE dossiers DROP COLUMN counsel_involved;
ALTER TABLE dossiers DROP COLUMN complaint_filed;
DROP TABLE proceeding_steps;
DROP TABLE proceedings;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('dossiers', 'dossiers_by_opening', '120000 50 1'),
    ('dossiers', 'dossiers_by_department', '120000 1200 2 1'),
    ('dossiers', 'dossiers_by_case_order', '120000 1 1');
ANALYZE sqlite_schema;
