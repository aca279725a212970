DROP INDEX status_transitions_in_time;
DROP TABLE tasks;
DROP TABLE activities;
