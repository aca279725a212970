-- Audit events say more of who and by which right, and stand in a keyed chain: a row that was edited, removed, added or moved is found.

ALTER TABLE audit_events ADD COLUMN client_id uuid;
ALTER TABLE audit_events ADD COLUMN on_behalf_of uuid;
-- The roles by which the operation was granted.
ALTER TABLE audit_events ADD COLUMN rule text COLLATE "C";
-- Keyed digests of the resource; the resource itself stands in its versions.
ALTER TABLE audit_events ADD COLUMN before_digest bytea;
ALTER TABLE audit_events ADD COLUMN after_digest bytea;
-- The place in the chain, from 1 on; NULL until it has one.
ALTER TABLE audit_events ADD COLUMN sequence bigint CHECK (sequence >= 1);
-- Of the row alone while it waits for its place, then of the row and of all before it. NULL in rows of before the chain that wait.
ALTER TABLE audit_events ADD COLUMN seal bytea;

CREATE UNIQUE INDEX audit_events_in_sequence ON audit_events (sequence);
DROP INDEX audit_events_by_resource;
CREATE INDEX audit_events_by_resource ON audit_events (resource_id, recorded_at, id);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, recorded_at, id);
CREATE INDEX audit_events_in_time ON audit_events (recorded_at, id);
