DROP TABLE client_assertions;
DROP TABLE client_secrets;
DROP TABLE api_clients;
