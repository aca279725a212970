DROP TRIGGER member_words_insert;
DROP TRIGGER member_words_delete;
DROP TRIGGER member_words_update;
DROP TABLE member_words;
CREATE VIRTUAL TABLE members_fts USING fts5(search_key, content='members', content_rowid='seq', tokenize="unicode61 remove_diacritics 0", columnsize=0, detail=none);
INSERT INTO members_fts (members_fts) VALUES ('rebuild');
CREATE TRIGGER members_fts_insert AFTER INSERT ON members BEGIN
    INSERT INTO members_fts (rowid, search_key) VALUES (new.seq, new.search_key);
END;
CREATE TRIGGER members_fts_delete AFTER DELETE ON members BEGIN
    INSERT INTO members_fts (members_fts, rowid, search_key) VALUES ('delete', old.seq, old.search_key);
END;
CREATE TRIGGER members_fts_update AFTER UPDATE OF search_key ON members WHEN old.search_key <> new.search_key BEGIN
    INSERT INTO members_fts (members_fts, rowid, search_key) VALUES ('delete', old.seq, old.search_key);
    INSERT INTO members_fts (rowid, search_key) VALUES (new.seq, new.search_key);
END;
