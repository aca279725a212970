DROP INDEX dossiers_by_solidarity;
ALTER TABLE dossiers DROP COLUMN solidarity;
ALTER TABLE dossiers DROP COLUMN solidarity_status;
DROP TABLE dossier_permits;
DROP TABLE dossier_walls;
