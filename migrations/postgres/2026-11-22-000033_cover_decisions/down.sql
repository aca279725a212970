DROP INDEX dossiers_by_solidarity;
ALTER TABLE dossiers DROP COLUMN solidarity_status;
ALTER TABLE dossiers ADD COLUMN solidarity_status text COLLATE "C" CHECK (solidarity_status IN ('requested', 'granted', 'refused'));
ALTER TABLE dossiers ADD COLUMN solidarity jsonb;
CREATE INDEX dossiers_by_solidarity ON dossiers (solidarity_status, opened_on, id) WHERE solidarity_status IS NOT NULL;
DROP TABLE cover_decisions;
