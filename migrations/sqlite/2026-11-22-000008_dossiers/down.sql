DROP TABLE contact_requests;
DROP TABLE legal_holds;
DROP TABLE dossiers;
DROP TABLE status_transitions;
