-- Deadlines that cost rights when they are missed: what runs in each case, computed from its facts, and what the facts alone do not tell.

-- Days that set a clock off and stand nowhere else: a publication, an accident, a suspension, when an insured event became known.
CREATE TABLE deadline_events (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('publication', 'publication_discriminatory', 'accident', 'event_known', 'suspension')),
    occurred_on date NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('recorded', 'voided')),
    recorded_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX deadline_events_by_dossier ON deadline_events (dossier_id, occurred_on, id);

CREATE TABLE deadlines (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    -- The department of the dossier, which it follows.
    department_code text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL CHECK (source IN ('dossier', 'deadline_event', 'protection_request', 'proceeding_step')),
    source_id uuid NOT NULL,
    starts_on date NOT NULL,
    due_on date NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('running', 'reached', 'met', 'missed', 'superseded')),
    met_on date,
    -- What the team did; none where the facts tell it, and once the dossier is anonymised.
    done text COLLATE "C",
    -- How often the clock was set anew.
    run integer NOT NULL CHECK (run >= 1),
    -- The day on which somebody is to be told of it next.
    next_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (starts_on <= due_on),
    CHECK (status <> 'met' OR met_on IS NOT NULL),
    CHECK (next_on IS NULL OR status IN ('running', 'reached'))
);
CREATE UNIQUE INDEX deadlines_once ON deadlines (dossier_id, code, source_id);
CREATE INDEX deadlines_by_dossier ON deadlines (dossier_id, due_on, id);
CREATE INDEX deadlines_by_department ON deadlines (department_code, due_on, id);
CREATE INDEX deadlines_by_status ON deadlines (department_code, status, due_on, id);
CREATE INDEX deadlines_next ON deadlines (next_on, id) WHERE next_on IS NOT NULL;
-- How many are overdue is told to whoever watches the server.
CREATE INDEX deadlines_running ON deadlines (due_on) WHERE status = 'running';

-- The tasks by which somebody was told of a deadline: one for each threshold of each run, whichever server was first.
CREATE TABLE deadline_alerts (
    deadline_id uuid NOT NULL REFERENCES deadlines (id),
    run integer NOT NULL,
    days integer NOT NULL,
    task_id uuid NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (deadline_id, run, days)
);
