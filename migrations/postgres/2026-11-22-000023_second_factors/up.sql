-- Second factors: codes of thirty seconds, and recovery codes for a lost telephone.

CREATE TABLE second_factors (
    user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id),
    -- Encrypted with a key made from the key folder, for this account alone.
    secret text COLLATE "C" NOT NULL,
    -- The last thirty seconds of which a code was taken: none of them or before is taken again.
    last_step bigint NOT NULL,
    enrolled_at timestamptz NOT NULL
);

CREATE TABLE recovery_codes (
    digest bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    used_at timestamptz
);
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- Leave to enrol, for five minutes; only a digest of each is kept, and its secret encrypted.
CREATE TABLE factor_tickets (
    digest bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    secret text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX factor_tickets_by_user ON factor_tickets (user_id);
