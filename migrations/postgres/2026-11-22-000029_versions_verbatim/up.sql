-- Versions are held against the digests of the record, which are of the text as it was written; `jsonb` keeps its meaning alone.
-- Nothing was released that compared them: what is there already is no longer the text that its digest is of.
ALTER TABLE resource_versions ALTER COLUMN snapshot TYPE text COLLATE "C" USING snapshot::text;
