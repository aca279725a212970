DROP TABLE dossier_links;
DROP TABLE commitments;
DROP TABLE conciliation_sessions;
DROP TABLE conciliations;
DROP INDEX dossiers_by_incident;
ALTER TABLE dossiers DROP COLUMN incident_id;
DROP TABLE incidents;
