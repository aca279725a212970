DROP INDEX status_transitions_in_time;
ALTER TABLE status_transitions DROP COLUMN whole_id;
CREATE INDEX status_transitions_in_time ON status_transitions (resource_id, recorded_at, id);

CREATE TABLE told_activities (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('question', 'interview', 'support', 'accompaniment', 'letter', 'follow_up', 'meeting', 'decision', 'note', 'system')),
    medium TEXT CHECK (medium IN ('in_person', 'phone', 'video', 'email', 'post', 'home_visit', 'external', 'third_party')),
    started_at INTEGER NOT NULL,
    minutes INTEGER CHECK (minutes > 0),
    -- None where the house itself tells it.
    author_id BLOB REFERENCES users (id),
    -- None once the dossier is anonymised.
    summary TEXT,
    -- For whom it is meant besides its author.
    for_team INTEGER NOT NULL,
    for_lawyer INTEGER NOT NULL,
    for_member INTEGER NOT NULL,
    for_insurer INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((author_id IS NULL) = (kind = 'system'))
) STRICT;
INSERT INTO told_activities (id, dossier_id, kind, medium, started_at, minutes, author_id, summary, for_team, for_lawyer, for_member, for_insurer, version, created_at, updated_at)
    SELECT id, dossier_id, kind, medium, started_at, minutes, author_id, summary, for_team, for_lawyer, for_member, for_insurer, version, created_at, updated_at FROM activities;
DROP TABLE activities;
ALTER TABLE told_activities RENAME TO activities;
CREATE INDEX activities_by_dossier ON activities (dossier_id, started_at, id);

DROP INDEX dossiers_duplicates;
DROP INDEX dossier_links_duplicates;
DROP INDEX dossier_links_duplicate_of;
DROP INDEX dossier_links_split_from;
