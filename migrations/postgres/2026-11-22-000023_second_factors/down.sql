DROP TABLE factor_tickets;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
