DROP INDEX dossier_walls_by_party;
ALTER TABLE dossier_walls DROP COLUMN party_id;
DROP TABLE dossier_conflicts;
DROP TABLE party_digests;
DROP TABLE dossier_parties;
