DROP TABLE installation;
DROP TABLE auth_epoch;
DROP TABLE login_places;
DROP TABLE login_failures;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE grants;
DROP TABLE users;
