DROP TABLE aid_recusals;
DROP TABLE aid_votes;
DROP TABLE aid_docket_items;
DROP TABLE aid_attendances;
DROP TABLE aid_sessions;
-- Terms in committees that are gone.
DELETE FROM aid_committee_members;
DROP TABLE aid_committees;
