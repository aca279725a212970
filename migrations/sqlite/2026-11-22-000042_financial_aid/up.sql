-- What members of an association must meet to be granted aid in a year; the row without an association is the national default.
CREATE TABLE aid_rules (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB REFERENCES associations (id),
    department_code TEXT,
    year INTEGER NOT NULL,
    seniority_months INTEGER CHECK (seniority_months >= 1),
    dues_up_to_date INTEGER NOT NULL CHECK (dues_up_to_date IN (0, 1)),
    cooldown_months INTEGER CHECK (cooldown_months >= 1),
    grant_ceiling_cents INTEGER CHECK (grant_ceiling_cents > 0),
    loan_ceiling_cents INTEGER CHECK (loan_ceiling_cents > 0),
    fee_advance_ceiling_cents INTEGER CHECK (fee_advance_ceiling_cents > 0),
    in_kind_ceiling_cents INTEGER CHECK (in_kind_ceiling_cents > 0),
    -- Days after an urgent grant by which a committee is to ratify it.
    ratification_days INTEGER NOT NULL CHECK (ratification_days >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX aid_rules_of_association ON aid_rules (association_id, year) WHERE association_id IS NOT NULL;
CREATE UNIQUE INDEX aid_rules_by_default ON aid_rules (year) WHERE association_id IS NULL;
CREATE INDEX aid_rules_by_year ON aid_rules (year, id);

-- What an association may grant in a year: how much is promised and how much paid is kept here, so that one statement holds the limit.
CREATE TABLE aid_envelopes (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT,
    year INTEGER NOT NULL,
    amount_cents INTEGER NOT NULL,
    committed_cents INTEGER NOT NULL,
    paid_cents INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (association_id, year),
    CHECK (0 <= paid_cents AND paid_cents <= committed_cents AND committed_cents <= amount_cents)
) STRICT;
CREATE INDEX aid_envelopes_by_year ON aid_envelopes (year, id);
CREATE INDEX aid_envelopes_by_department ON aid_envelopes (department_code, year, id);

CREATE TABLE financial_aid_requests (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    -- None once the request is anonymised, as are the sheet and all texts.
    member_id BLOB REFERENCES members (id),
    dossier_id BLOB REFERENCES dossiers (id),
    nature TEXT NOT NULL CHECK (nature IN ('grant', 'loan', 'fee_advance', 'in_kind')),
    repayable INTEGER NOT NULL CHECK (repayable IN (0, 1)),
    reason TEXT NOT NULL CHECK (reason IN ('disaster', 'illness', 'death', 'loss_of_income', 'legal_costs', 'crisis', 'other')),
    asked_cents INTEGER NOT NULL CHECK (asked_cents > 0),
    sheet TEXT,
    context TEXT,
    urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    purpose TEXT,
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'more_information', 'instructed', 'before_committee', 'granted',
        'partly_granted', 'refused', 'adjourned', 'granted_urgently', 'ratified', 'not_ratified', 'paid', 'closed', 'withdrawn')),
    submitted_on TEXT,
    question TEXT,
    information TEXT,
    instruction_note TEXT,
    instructed_by BLOB,
    waivers TEXT NOT NULL,
    -- The session of a committee before which it stands, or stood last.
    session_id BLOB,
    granted_cents INTEGER CHECK (granted_cents > 0),
    motivation TEXT,
    decided_on TEXT,
    ratify_by TEXT,
    -- What it holds of the envelope; what is ordered and what is paid of that.
    envelope_id BLOB REFERENCES aid_envelopes (id),
    committed_cents INTEGER NOT NULL,
    ordered_cents INTEGER NOT NULL CHECK (ordered_cents >= 0),
    paid_cents INTEGER NOT NULL CHECK (paid_cents >= 0),
    created_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (nature = 'fee_advance' OR repayable = (nature = 'loan')),
    CHECK (granted_cents <= asked_cents),
    CHECK (ordered_cents + paid_cents <= committed_cents),
    CHECK (committed_cents <= coalesce(granted_cents, 0)),
    CHECK (committed_cents = 0 OR envelope_id IS NOT NULL)
) STRICT;
CREATE INDEX financial_aid_requests_in_time ON financial_aid_requests (created_at, id);
CREATE INDEX financial_aid_requests_by_department ON financial_aid_requests (department_code, created_at, id);
CREATE INDEX financial_aid_requests_by_status ON financial_aid_requests (department_code, status, created_at, id);
CREATE INDEX financial_aid_requests_by_member ON financial_aid_requests (member_id, created_at, id);
CREATE INDEX financial_aid_requests_by_dossier ON financial_aid_requests (dossier_id) WHERE dossier_id IS NOT NULL;
CREATE INDEX financial_aid_requests_by_session ON financial_aid_requests (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX financial_aid_requests_unratified ON financial_aid_requests (department_code, created_at, id) WHERE status = 'granted_urgently';

-- Ordered payments handed together to the bank.
CREATE TABLE aid_payment_batches (
    id BLOB NOT NULL PRIMARY KEY,
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    payments_count INTEGER NOT NULL CHECK (payments_count >= 1),
    total_cents INTEGER NOT NULL CHECK (total_cents > 0),
    created_by BLOB,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX aid_payment_batches_in_time ON aid_payment_batches (created_at, id);
CREATE INDEX aid_payment_batches_by_association ON aid_payment_batches (association_id, created_at, id);

CREATE TABLE aid_payments (
    id BLOB NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES financial_aid_requests (id),
    association_id BLOB NOT NULL REFERENCES associations (id),
    department_code TEXT NOT NULL,
    payee_kind TEXT NOT NULL CHECK (payee_kind IN ('member', 'creditor')),
    -- None once the request is anonymised, as are the account and the reason.
    payee_name TEXT,
    iban TEXT,
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    status TEXT NOT NULL CHECK (status IN ('ordered', 'paid', 'rejected', 'cancelled')),
    ordered_on TEXT NOT NULL,
    ordered_by BLOB,
    paid_on TEXT,
    batch_id BLOB REFERENCES aid_payment_batches (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((paid_on IS NOT NULL) = (status = 'paid')),
    CHECK (ordered_on <= paid_on)
) STRICT;
CREATE INDEX aid_payments_in_time ON aid_payments (created_at, id);
CREATE INDEX aid_payments_by_department ON aid_payments (department_code, created_at, id);
CREATE INDEX aid_payments_by_association ON aid_payments (association_id, status, created_at, id);
CREATE INDEX aid_payments_by_request ON aid_payments (request_id, created_at, id);
CREATE INDEX aid_payments_by_batch ON aid_payments (batch_id, created_at, id) WHERE batch_id IS NOT NULL;

-- What is paid back of a loan, and when.
CREATE TABLE aid_instalments (
    id BLOB NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES financial_aid_requests (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    due_on TEXT NOT NULL,
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    paid_on TEXT,
    remitted_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (request_id, number),
    CHECK (paid_on IS NULL OR remitted_on IS NULL)
) STRICT;

-- Who is in office in the committee of an association, and from when to when.
CREATE TABLE aid_committee_members (
    id BLOB NOT NULL PRIMARY KEY,
    committee_id BLOB NOT NULL,
    association_id BLOB NOT NULL REFERENCES associations (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    function TEXT NOT NULL CHECK (function IN ('chair', 'member', 'secretary', 'treasurer')),
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (starts_on <= ends_on)
) STRICT;
CREATE INDEX aid_committee_members_by_committee ON aid_committee_members (committee_id, starts_on, id);
CREATE INDEX aid_committee_members_by_user ON aid_committee_members (user_id, function);
