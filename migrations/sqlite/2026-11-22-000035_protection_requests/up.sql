-- Requests for the protection that a public employer owes, one for each stage of a procedure.
CREATE TABLE protection_requests (
    id BLOB NOT NULL PRIMARY KEY,
    dossier_id BLOB NOT NULL REFERENCES dossiers (id),
    stage TEXT NOT NULL CHECK (stage IN ('initial', 'investigation', 'first_instance', 'appeal', 'cassation')),
    status TEXT NOT NULL CHECK (status IN ('to_request', 'requested', 'granted', 'partly_granted', 'refused', 'implicitly_refused', 'appealed',
        'rejected', 'withdrawn')),
    addressed_to TEXT NOT NULL CHECK (addressed_to IN ('state', 'local_authority', 'school_body')),
    requested_on TEXT,
    received_on TEXT,
    received_estimated INTEGER NOT NULL,
    decided_on TEXT,
    appealed_on TEXT,
    -- The day on which silence is a refusal, and the last one to sue against a refusal.
    silence_due_on TEXT,
    suit_due_on TEXT,
    -- None once the dossier is anonymised.
    reason TEXT,
    motivation TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((requested_on IS NULL) = (received_on IS NULL)),
    CHECK ((received_on IS NULL) = (silence_due_on IS NULL)),
    CHECK (requested_on <= received_on),
    CHECK (requested_on IS NOT NULL OR status IN ('to_request', 'withdrawn'))
) STRICT;
CREATE INDEX protection_requests_by_dossier ON protection_requests (dossier_id, created_at, id);
CREATE UNIQUE INDEX protection_requests_once ON protection_requests (dossier_id, stage) WHERE status <> 'withdrawn';
CREATE INDEX protection_requests_silent ON protection_requests (silence_due_on, id) WHERE status = 'requested';
