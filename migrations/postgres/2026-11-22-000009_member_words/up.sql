-- Each word of the names of the living members, by department: the beginning of a word is a range of the key, and what the other
-- words are held against stands in it too, so that no other table is read for those who do not fit.
CREATE TABLE member_words (
    department_code text COLLATE "C" NOT NULL,
    word text COLLATE "C" NOT NULL,
    -- All words of the names, each after a space.
    names text COLLATE "C" NOT NULL,
    member_id uuid NOT NULL,
    PRIMARY KEY (department_code, word, names, member_id)
);
INSERT INTO member_words
SELECT DISTINCT members.department_code, each.word, ' ' || members.search_key, members.id
FROM members, string_to_table(search_key, ' ') AS each (word)
WHERE members.deleted_at IS NULL;

DROP INDEX members_search;
ALTER TABLE members DROP COLUMN search_vector;
CREATE FUNCTION keep_member_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM member_words
        WHERE department_code = old.department_code AND names = ' ' || old.search_key AND member_id = old.id
            AND word = ANY (string_to_array(old.search_key, ' '));
    END IF;
    IF TG_OP <> 'DELETE' AND new.deleted_at IS NULL THEN
        INSERT INTO member_words
        SELECT DISTINCT new.department_code, each.word, ' ' || new.search_key, new.id FROM string_to_table(new.search_key, ' ') AS each (word);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER member_words_insert AFTER INSERT ON members FOR EACH ROW WHEN (new.deleted_at IS NULL) EXECUTE FUNCTION keep_member_words();
CREATE TRIGGER member_words_delete AFTER DELETE ON members FOR EACH ROW EXECUTE FUNCTION keep_member_words();
CREATE TRIGGER member_words_update AFTER UPDATE ON members FOR EACH ROW
WHEN (old.search_key <> new.search_key OR old.department_code <> new.department_code OR old.deleted_at IS DISTINCT FROM new.deleted_at)
EXECUTE FUNCTION keep_member_words();
