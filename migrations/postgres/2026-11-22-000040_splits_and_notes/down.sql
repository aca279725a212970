DROP INDEX dossiers_duplicates;
DROP INDEX dossier_links_duplicates;
DROP INDEX dossier_links_duplicate_of;
DROP INDEX dossier_links_split_from;
