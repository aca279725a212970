-- Each word of the names of the living members, by department: the beginning of a word is a range of the key, and what the other
-- words are held against stands in it too, so that no other table is read for those who do not fit.
CREATE TABLE member_words (
    department_code TEXT NOT NULL,
    word TEXT NOT NULL,
    -- All words of the names, each after a space.
    names TEXT NOT NULL,
    member_id BLOB NOT NULL,
    PRIMARY KEY (department_code, word, names, member_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO member_words
SELECT members.department_code, each.value, ' ' || members.search_key, members.id
FROM members, json_each('["' || replace(search_key, ' ', '","') || '"]') AS each
WHERE members.deleted_at IS NULL;

DROP TRIGGER members_fts_insert;
DROP TRIGGER members_fts_delete;
DROP TRIGGER members_fts_update;
DROP TABLE members_fts;
CREATE TRIGGER member_words_insert AFTER INSERT ON members WHEN new.deleted_at IS NULL BEGIN
    INSERT OR IGNORE INTO member_words
    SELECT new.department_code, each.value, ' ' || new.search_key, new.id FROM json_each('["' || replace(new.search_key, ' ', '","') || '"]') AS each;
END;
CREATE TRIGGER member_words_delete AFTER DELETE ON members BEGIN
    DELETE FROM member_words
    WHERE department_code = old.department_code AND names = ' ' || old.search_key AND member_id = old.id
        AND word IN (SELECT each.value FROM json_each('["' || replace(old.search_key, ' ', '","') || '"]') AS each);
END;
CREATE TRIGGER member_words_update AFTER UPDATE OF search_key, department_code, deleted_at ON members
WHEN old.search_key <> new.search_key OR old.department_code <> new.department_code OR old.deleted_at IS NOT new.deleted_at BEGIN
    DELETE FROM member_words
    WHERE department_code = old.department_code AND names = ' ' || old.search_key AND member_id = old.id
        AND word IN (SELECT each.value FROM json_each('["' || replace(old.search_key, ' ', '","') || '"]') AS each);
    INSERT OR IGNORE INTO member_words
    SELECT new.department_code, each.value, ' ' || new.search_key, new.id FROM json_each('["' || replace(new.search_key, ' ', '","') || '"]') AS each
    WHERE new.deleted_at IS NULL;
END;
