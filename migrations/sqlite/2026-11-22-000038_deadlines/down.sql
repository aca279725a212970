DROP TABLE deadline_alerts;
DROP TABLE deadlines;
DROP TABLE deadline_events;
