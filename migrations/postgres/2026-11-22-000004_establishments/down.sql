DROP TABLE correspondents;
DROP TABLE establishments;
