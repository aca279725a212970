DROP TABLE correspondents;
DROP TABLE establishments_fts;
DROP TABLE establishments;
