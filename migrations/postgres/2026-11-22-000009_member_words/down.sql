DROP TRIGGER member_words_insert ON members;
DROP TRIGGER member_words_delete ON members;
DROP TRIGGER member_words_update ON members;
DROP FUNCTION keep_member_words;
DROP TABLE member_words;
ALTER TABLE members ADD COLUMN search_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', search_key)) STORED;
CREATE INDEX members_search ON members USING gin (search_vector);
