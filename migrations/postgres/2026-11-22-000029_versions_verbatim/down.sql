ALTER TABLE resource_versions ALTER COLUMN snapshot TYPE jsonb USING snapshot::jsonb;
