DROP TABLE calendar_feeds;
DROP TABLE training_plans;
DROP TABLE commission_members;
DROP TABLE training_commissions;
