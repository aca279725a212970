-- What the insurer, and after it the national association, decides on the cover of a dossier.
CREATE TABLE cover_decisions (
    id uuid NOT NULL PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    instance text COLLATE "C" NOT NULL CHECK (instance IN ('insurer', 'national_solidarity')),
    status text COLLATE "C" NOT NULL CHECK (status IN ('requested', 'granted', 'partly_granted', 'refused', 'withdrawn')),
    insurer_code text COLLATE "C",
    -- None once the dossier is anonymised, as are the two texts.
    claim_reference text COLLATE "C",
    member_informed_on date NOT NULL,
    requested_on date NOT NULL,
    requested_by uuid,
    reason text COLLATE "C",
    received_on date,
    source text COLLATE "C",
    motivation text COLLATE "C",
    ceiling_cents bigint,
    decided_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((instance = 'insurer') = (insurer_code IS NOT NULL)),
    CHECK (claim_reference IS NULL OR insurer_code IS NOT NULL),
    CHECK (member_informed_on <= requested_on),
    CHECK (received_on IS NULL OR requested_on <= received_on),
    CHECK ((received_on IS NOT NULL) = (status IN ('granted', 'partly_granted', 'refused')))
);
CREATE INDEX cover_decisions_by_dossier ON cover_decisions (dossier_id, requested_on, id);
CREATE UNIQUE INDEX cover_decisions_once ON cover_decisions (dossier_id, instance) WHERE status <> 'withdrawn';
CREATE UNIQUE INDEX cover_decisions_by_claim ON cover_decisions (insurer_code, claim_reference) WHERE claim_reference IS NOT NULL;

-- How far national solidarity has come is told by the decisions on it. No association works yet with the form before, which knew
-- neither of the insurer's answer nor of the member's agreement: what stood there is not carried over.
DROP INDEX dossiers_by_solidarity;
ALTER TABLE dossiers DROP COLUMN solidarity;
ALTER TABLE dossiers DROP COLUMN solidarity_status;
ALTER TABLE dossiers ADD COLUMN solidarity_status text COLLATE "C" CHECK (solidarity_status IN ('requested', 'granted', 'partly_granted', 'refused'));
CREATE INDEX dossiers_by_solidarity ON dossiers (solidarity_status, opened_on, id) WHERE solidarity_status IS NOT NULL;
