DROP TABLE protection_requests;
