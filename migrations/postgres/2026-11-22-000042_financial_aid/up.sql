-- What members of an association must meet to be granted aid in a year; the row without an association is the national default.
CREATE TABLE aid_rules (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid REFERENCES associations (id),
    department_code text COLLATE "C",
    year integer NOT NULL,
    seniority_months integer CHECK (seniority_months >= 1),
    dues_up_to_date boolean NOT NULL,
    cooldown_months integer CHECK (cooldown_months >= 1),
    grant_ceiling_cents bigint CHECK (grant_ceiling_cents > 0),
    loan_ceiling_cents bigint CHECK (loan_ceiling_cents > 0),
    fee_advance_ceiling_cents bigint CHECK (fee_advance_ceiling_cents > 0),
    in_kind_ceiling_cents bigint CHECK (in_kind_ceiling_cents > 0),
    -- Days after an urgent grant by which a committee is to ratify it.
    ratification_days integer NOT NULL CHECK (ratification_days >= 1),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX aid_rules_of_association ON aid_rules (association_id, year) WHERE association_id IS NOT NULL;
CREATE UNIQUE INDEX aid_rules_by_default ON aid_rules (year) WHERE association_id IS NULL;
CREATE INDEX aid_rules_by_year ON aid_rules (year, id);

-- What an association may grant in a year: how much is promised and how much paid is kept here, so that one statement holds the limit.
CREATE TABLE aid_envelopes (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C",
    year integer NOT NULL,
    amount_cents bigint NOT NULL,
    committed_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (association_id, year),
    CHECK (0 <= paid_cents AND paid_cents <= committed_cents AND committed_cents <= amount_cents)
);
CREATE INDEX aid_envelopes_by_year ON aid_envelopes (year, id);
CREATE INDEX aid_envelopes_by_department ON aid_envelopes (department_code, year, id);

CREATE TABLE financial_aid_requests (
    id uuid NOT NULL PRIMARY KEY,
    number text COLLATE "C" NOT NULL UNIQUE,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    -- None once the request is anonymised, as are the sheet and all texts.
    member_id uuid REFERENCES members (id),
    dossier_id uuid REFERENCES dossiers (id),
    nature text COLLATE "C" NOT NULL CHECK (nature IN ('grant', 'loan', 'fee_advance', 'in_kind')),
    repayable boolean NOT NULL,
    reason text COLLATE "C" NOT NULL CHECK (reason IN ('disaster', 'illness', 'death', 'loss_of_income', 'legal_costs', 'crisis', 'other')),
    asked_cents bigint NOT NULL CHECK (asked_cents > 0),
    sheet jsonb,
    context text COLLATE "C",
    urgent boolean NOT NULL,
    purpose text COLLATE "C",
    status text COLLATE "C" NOT NULL CHECK (status IN ('draft', 'submitted', 'more_information', 'instructed', 'before_committee', 'granted',
        'partly_granted', 'refused', 'adjourned', 'granted_urgently', 'ratified', 'not_ratified', 'paid', 'closed', 'withdrawn')),
    submitted_on date,
    question text COLLATE "C",
    information text COLLATE "C",
    instruction_note text COLLATE "C",
    instructed_by uuid,
    waivers jsonb NOT NULL,
    -- The session of a committee before which it stands, or stood last.
    session_id uuid,
    granted_cents bigint CHECK (granted_cents > 0),
    motivation text COLLATE "C",
    decided_on date,
    ratify_by date,
    -- What it holds of the envelope; what is ordered and what is paid of that.
    envelope_id uuid REFERENCES aid_envelopes (id),
    committed_cents bigint NOT NULL,
    ordered_cents bigint NOT NULL CHECK (ordered_cents >= 0),
    paid_cents bigint NOT NULL CHECK (paid_cents >= 0),
    created_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (nature = 'fee_advance' OR repayable = (nature = 'loan')),
    CHECK (granted_cents <= asked_cents),
    CHECK (ordered_cents + paid_cents <= committed_cents),
    CHECK (committed_cents <= coalesce(granted_cents, 0)),
    CHECK (committed_cents = 0 OR envelope_id IS NOT NULL)
);
CREATE INDEX financial_aid_requests_in_time ON financial_aid_requests (created_at, id);
CREATE INDEX financial_aid_requests_by_department ON financial_aid_requests (department_code, created_at, id);
CREATE INDEX financial_aid_requests_by_status ON financial_aid_requests (department_code, status, created_at, id);
CREATE INDEX financial_aid_requests_by_member ON financial_aid_requests (member_id, created_at, id);
CREATE INDEX financial_aid_requests_by_dossier ON financial_aid_requests (dossier_id) WHERE dossier_id IS NOT NULL;
CREATE INDEX financial_aid_requests_by_session ON financial_aid_requests (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX financial_aid_requests_unratified ON financial_aid_requests (department_code, created_at, id) WHERE status = 'granted_urgently';

-- Ordered payments handed together to the bank.
CREATE TABLE aid_payment_batches (
    id uuid NOT NULL PRIMARY KEY,
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    payments_count integer NOT NULL CHECK (payments_count >= 1),
    total_cents bigint NOT NULL CHECK (total_cents > 0),
    created_by uuid,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL
);
CREATE INDEX aid_payment_batches_in_time ON aid_payment_batches (created_at, id);
CREATE INDEX aid_payment_batches_by_association ON aid_payment_batches (association_id, created_at, id);

CREATE TABLE aid_payments (
    id uuid NOT NULL PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES financial_aid_requests (id),
    association_id uuid NOT NULL REFERENCES associations (id),
    department_code text COLLATE "C" NOT NULL,
    payee_kind text COLLATE "C" NOT NULL CHECK (payee_kind IN ('member', 'creditor')),
    -- None once the request is anonymised, as are the account and the reason.
    payee_name text COLLATE "C",
    iban text COLLATE "C",
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    status text COLLATE "C" NOT NULL CHECK (status IN ('ordered', 'paid', 'rejected', 'cancelled')),
    ordered_on date NOT NULL,
    ordered_by uuid,
    paid_on date,
    batch_id uuid REFERENCES aid_payment_batches (id),
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((paid_on IS NOT NULL) = (status = 'paid')),
    CHECK (ordered_on <= paid_on)
);
CREATE INDEX aid_payments_in_time ON aid_payments (created_at, id);
CREATE INDEX aid_payments_by_department ON aid_payments (department_code, created_at, id);
CREATE INDEX aid_payments_by_association ON aid_payments (association_id, status, created_at, id);
CREATE INDEX aid_payments_by_request ON aid_payments (request_id, created_at, id);
CREATE INDEX aid_payments_by_batch ON aid_payments (batch_id, created_at, id) WHERE batch_id IS NOT NULL;

-- What is paid back of a loan, and when.
CREATE TABLE aid_instalments (
    id uuid NOT NULL PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES financial_aid_requests (id),
    number integer NOT NULL CHECK (number >= 1),
    due_on date NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    paid_on date,
    remitted_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (request_id, number),
    CHECK (paid_on IS NULL OR remitted_on IS NULL)
);

-- Who is in office in the committee of an association, and from when to when.
CREATE TABLE aid_committee_members (
    id uuid NOT NULL PRIMARY KEY,
    committee_id uuid NOT NULL,
    association_id uuid NOT NULL REFERENCES associations (id),
    user_id uuid NOT NULL REFERENCES users (id),
    function text COLLATE "C" NOT NULL CHECK (function IN ('chair', 'member', 'secretary', 'treasurer')),
    starts_on date NOT NULL,
    ends_on date,
    version integer NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (starts_on <= ends_on)
);
CREATE INDEX aid_committee_members_by_committee ON aid_committee_members (committee_id, starts_on, id);
CREATE INDEX aid_committee_members_by_user ON aid_committee_members (user_id, function);
