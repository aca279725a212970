DROP TABLE aid_committee_members;
DROP TABLE aid_instalments;
DROP TABLE aid_payments;
DROP TABLE aid_payment_batches;
DROP TABLE financial_aid_requests;
DROP TABLE aid_envelopes;
DROP TABLE aid_rules;
