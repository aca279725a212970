-- A dossier is split off one other, and stands for a duplicate of one other.
CREATE UNIQUE INDEX dossier_links_split_from ON dossier_links (from_id) WHERE kind = 'split_from' AND withdrawn_on IS NULL;
CREATE UNIQUE INDEX dossier_links_duplicate_of ON dossier_links (from_id) WHERE kind = 'duplicate_of' AND withdrawn_on IS NULL;
CREATE INDEX dossier_links_duplicates ON dossier_links (to_id, from_id) WHERE kind = 'duplicate_of' AND withdrawn_on IS NULL;
CREATE INDEX dossiers_duplicates ON dossiers (department_code, opened_on, id) WHERE outcome = 'duplicate';
