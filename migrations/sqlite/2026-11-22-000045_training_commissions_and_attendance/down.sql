DROP TABLE training_certificates;
DROP TABLE training_attendance;
ALTER TABLE training_modules DROP COLUMN minimum_share;
DROP TABLE calendar_feeds;
DROP TABLE training_plans;
DROP TABLE commission_members;
DROP TABLE training_commissions;
