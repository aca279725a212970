-- Teams cannot stand without their association.
DELETE FROM team_members;
DELETE FROM audit_events WHERE resource = 'association';
DELETE FROM resource_versions WHERE resource = 'association';
DELETE FROM associations;
