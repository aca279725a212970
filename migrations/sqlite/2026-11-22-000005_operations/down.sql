DROP TABLE operation_lines;
DROP TABLE operation_files;
DROP TABLE operations;
