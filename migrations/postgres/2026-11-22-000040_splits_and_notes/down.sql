DROP INDEX status_transitions_in_time;
ALTER TABLE status_transitions DROP COLUMN whole_id;
CREATE INDEX status_transitions_in_time ON status_transitions (resource_id, recorded_at, id);

ALTER TABLE activities DROP COLUMN referent_id;
ALTER TABLE activities ALTER COLUMN author_id DROP NOT NULL;
ALTER TABLE activities DROP CONSTRAINT activities_kind_check;
ALTER TABLE activities ADD CONSTRAINT activities_kind_check CHECK (kind IN ('question', 'interview', 'support', 'accompaniment', 'letter', 'follow_up', 'meeting', 'decision', 'note', 'system'));
ALTER TABLE activities ADD CONSTRAINT activities_check CHECK ((author_id IS NULL) = (kind = 'system'));

DROP INDEX dossiers_duplicates;
DROP INDEX dossier_links_duplicates;
DROP INDEX dossier_links_duplicate_of;
DROP INDEX dossier_links_split_from;
