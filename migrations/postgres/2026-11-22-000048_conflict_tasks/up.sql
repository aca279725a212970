-- A conflict is told to the heads concerned and to the data protection officer by a task under each of its dossiers, which is nobody's
-- in particular.
ALTER TABLE tasks ADD COLUMN conflict_id uuid REFERENCES dossier_conflicts (id) CHECK (conflict_id IS NULL OR assignee_id IS NULL);
CREATE UNIQUE INDEX tasks_of_conflict ON tasks (conflict_id, dossier_id) WHERE conflict_id IS NOT NULL;
CREATE INDEX tasks_of_conflicts ON tasks (order_on, id) WHERE conflict_id IS NOT NULL;
-- How many are overdue is told to anybody: not of conflicts.
DROP INDEX tasks_open;
CREATE INDEX tasks_open ON tasks (order_on) WHERE status = 'open' AND conflict_id IS NULL;

-- The day on which the tasks were set.
ALTER TABLE dossier_conflicts ADD COLUMN told_on date;
CREATE INDEX dossier_conflicts_untold ON dossier_conflicts (id) WHERE told_on IS NULL AND waived_on IS NULL;
