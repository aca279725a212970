-- What is done in a case, what is to be done, and both in order of time with the steps of the case.

CREATE TABLE activities (
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
CREATE INDEX activities_by_dossier ON activities (dossier_id, started_at, id);

CREATE TABLE tasks (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    -- The department of the dossier, which it follows.
    department_code TEXT NOT NULL,
    -- None once the dossier is anonymised.
    title TEXT,
    note TEXT,
    due_on TEXT,
    -- The day by which tasks are ordered: those without one come last.
    order_on TEXT NOT NULL,
    assignee_id BLOB REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('open', 'done', 'cancelled')),
    created_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (order_on = coalesce(due_on, '2199-12-31'))
) STRICT;
CREATE INDEX tasks_by_dossier ON tasks (dossier_id, order_on, id);
CREATE INDEX tasks_in_time ON tasks (dossier_id, created_at, id);
CREATE INDEX tasks_by_department ON tasks (department_code, order_on, id);
CREATE INDEX tasks_by_status ON tasks (department_code, status, order_on, id);
CREATE INDEX tasks_by_assignee ON tasks (assignee_id, order_on, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX tasks_by_assignee_and_status ON tasks (assignee_id, status, order_on, id) WHERE assignee_id IS NOT NULL;
-- How many are overdue is told to whoever watches the server.
CREATE INDEX tasks_open ON tasks (order_on) WHERE status = 'open';

CREATE INDEX status_transitions_in_time ON status_transitions (resource_id, recorded_at, id);
