DROP TABLE digest_mails;
DROP TABLE digests;
DROP TABLE user_absences;
