-- Deadlines that cost rights when they are missed: what runs in each case, computed from its facts, and what the facts alone do not tell.

-- Days that set a clock off and stand nowhere else: a publication, an accident, a suspension, when an insured event became known.
CREATE TABLE deadline_events (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('publication', 'publication_discriminatory', 'accident', 'event_known', 'suspension')),
    occurred_on TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('recorded', 'voided')),
    recorded_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deadline_events_by_dossier ON deadline_events (dossier_id, occurred_on, id);

CREATE TABLE deadlines (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    -- The department of the dossier, which it follows.
    department_code TEXT NOT NULL,
    code TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('dossier', 'deadline_event', 'protection_request', 'proceeding_step')),
    source_id BLOB NOT NULL,
    starts_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'reached', 'met', 'missed', 'superseded')),
    met_on TEXT,
    -- What the team did; none where the facts tell it, and once the dossier is anonymised.
    done TEXT,
    -- How often the clock was set anew.
    run INTEGER NOT NULL CHECK (run >= 1),
    -- The day on which somebody is to be told of it next.
    next_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (starts_on <= due_on),
    CHECK (status <> 'met' OR met_on IS NOT NULL),
    CHECK (next_on IS NULL OR status IN ('running', 'reached'))
) STRICT;
CREATE UNIQUE INDEX deadlines_once ON deadlines (dossier_id, code, source_id);
CREATE INDEX deadlines_by_dossier ON deadlines (dossier_id, due_on, id);
CREATE INDEX deadlines_by_department ON deadlines (department_code, due_on, id);
CREATE INDEX deadlines_by_status ON deadlines (department_code, status, due_on, id);
CREATE INDEX deadlines_next ON deadlines (next_on, id) WHERE next_on IS NOT NULL;
-- How many are overdue is told to whoever watches the server.
CREATE INDEX deadlines_running ON deadlines (due_on) WHERE status = 'running';

-- The tasks by which somebody was told of a deadline: one for each threshold of each run, whichever server was first.
CREATE TABLE deadline_alerts (
    deadline_id BLOB NOT NULL REFERENCES deadlines (id),
    run INTEGER NOT NULL,
    days INTEGER NOT NULL,
    task_id BLOB NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (deadline_id, run, days)
) STRICT;
