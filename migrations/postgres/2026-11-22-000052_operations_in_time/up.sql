CREATE INDEX operations_in_time ON operations (created_at, id);
