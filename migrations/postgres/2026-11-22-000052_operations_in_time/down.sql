DROP INDEX operations_in_time;
