-- A dossier is split off one other, and stands for a duplicate of one other.
CREATE UNIQUE INDEX dossier_links_split_from ON dossier_links (from_id) WHERE kind = 'split_from' AND withdrawn_on IS NULL;
CREATE UNIQUE INDEX dossier_links_duplicate_of ON dossier_links (from_id) WHERE kind = 'duplicate_of' AND withdrawn_on IS NULL;
CREATE INDEX dossier_links_duplicates ON dossier_links (to_id, from_id) WHERE kind = 'duplicate_of' AND withdrawn_on IS NULL;
CREATE INDEX dossiers_duplicates ON dossiers (department_code, opened_on, id) WHERE outcome = 'duplicate';

-- Activities are written by people: what the server does is told by its steps. Some are meant for the one who is in charge.
CREATE TABLE written_activities (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('question', 'interview', 'support', 'accompaniment', 'letter', 'follow_up', 'meeting', 'decision', 'note')),
    medium TEXT CHECK (medium IN ('in_person', 'phone', 'video', 'email', 'post', 'home_visit', 'external', 'third_party')),
    started_at INTEGER NOT NULL,
    minutes INTEGER CHECK (minutes > 0),
    author_id BLOB NOT NULL REFERENCES users (id),
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
    -- Whoever was in charge when it was meant for them.
    referent_id BLOB REFERENCES users (id)
) STRICT;
INSERT INTO written_activities (id, dossier_id, kind, medium, started_at, minutes, author_id, summary, for_team, for_lawyer, for_member, for_insurer, version, created_at, updated_at)
    SELECT id, dossier_id, kind, medium, started_at, minutes, author_id, summary, for_team, for_lawyer, for_member, for_insurer, version, created_at, updated_at FROM activities;
DROP TABLE activities;
ALTER TABLE written_activities RENAME TO activities;
CREATE INDEX activities_by_dossier ON activities (dossier_id, started_at, id);

-- The steps of what lies under a dossier are told with its own, in order of time.
ALTER TABLE status_transitions ADD COLUMN whole_id BLOB;
UPDATE status_transitions SET whole_id = resource_id WHERE resource = 'dossier';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM tasks WHERE tasks.id = resource_id) WHERE resource = 'task';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM lawyer_mandates WHERE lawyer_mandates.id = resource_id) WHERE resource = 'mandate';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM cover_decisions WHERE cover_decisions.id = resource_id) WHERE resource = 'cover_decision';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM protection_requests WHERE protection_requests.id = resource_id)
    WHERE resource = 'protection_request';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM deadlines WHERE deadlines.id = resource_id) WHERE resource = 'deadline';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM deadline_events WHERE deadline_events.id = resource_id) WHERE resource = 'deadline_event';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM proceedings WHERE proceedings.id = resource_id) WHERE resource = 'proceeding';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM proceeding_steps WHERE proceeding_steps.id = resource_id) WHERE resource = 'proceeding_step';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM conciliations WHERE conciliations.id = resource_id) WHERE resource = 'conciliation';
UPDATE status_transitions SET whole_id = (SELECT dossier_id FROM commitments WHERE commitments.id = resource_id) WHERE resource = 'commitment';
DROP INDEX status_transitions_in_time;
CREATE INDEX status_transitions_in_time ON status_transitions (whole_id, recorded_at, id) WHERE whole_id IS NOT NULL;
