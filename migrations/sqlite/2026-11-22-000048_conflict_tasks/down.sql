DROP INDEX dossier_conflicts_untold;
ALTER TABLE dossier_conflicts DROP COLUMN told_on;

-- Without the column they would tell the whole team.
DELETE FROM tasks WHERE conflict_id IS NOT NULL;
DROP INDEX tasks_open;
DROP INDEX tasks_of_conflicts;
DROP INDEX tasks_of_conflict;
ALTER TABLE tasks DROP COLUMN conflict_id;
CREATE INDEX tasks_open ON tasks (order_on) WHERE status = 'open';
