DROP TABLE idempotency_records;
DROP TABLE audit_events;
DROP TABLE resource_versions;
