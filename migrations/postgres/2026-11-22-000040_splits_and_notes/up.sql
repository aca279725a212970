-- A dossier is split off one other, and stands for a duplicate of one other.
CREATE UNIQUE INDEX dossier_links_split_from ON dossier_links (from_id) WHERE kind = 'split_from' AND withdrawn_on IS NULL;
CREATE UNIQUE INDEX dossier_links_duplicate_of ON dossier_links (from_id) WHERE kind = 'duplicate_of' AND withdrawn_on IS NULL;
CREATE INDEX dossier_links_duplicates ON dossier_links (to_id, from_id) WHERE kind = 'duplicate_of' AND withdrawn_on IS NULL;
CREATE INDEX dossiers_duplicates ON dossiers (department_code, opened_on, id) WHERE outcome = 'duplicate';

-- Activities are written by people: what the server does is told by its steps. Some are meant for the one who is in charge.
ALTER TABLE activities DROP CONSTRAINT activities_check;
ALTER TABLE activities DROP CONSTRAINT activities_kind_check;
ALTER TABLE activities ADD CONSTRAINT activities_kind_check CHECK (kind IN ('question', 'interview', 'support', 'accompaniment', 'letter', 'follow_up', 'meeting', 'decision', 'note'));
ALTER TABLE activities ALTER COLUMN author_id SET NOT NULL;
-- Whoever was in charge when it was meant for them.
ALTER TABLE activities ADD COLUMN referent_id uuid REFERENCES users (id);

-- The steps of what lies under a dossier are told with its own, in order of time.
ALTER TABLE status_transitions ADD COLUMN whole_id uuid;
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
