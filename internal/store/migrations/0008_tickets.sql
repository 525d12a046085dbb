-- What people decide. Nothing personal is in a ticket; what customers gave is beside it, sealed.
-- +goose Up
CREATE TABLE ticket (
    id          TEXT   NOT NULL PRIMARY KEY,
    number      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    case_id     TEXT   NOT NULL,
    key_sum     TEXT   NOT NULL, -- keyed sum of what the customer shows with the number
    state       TEXT   NOT NULL,
    score       BIGINT NOT NULL,
    created     BIGINT NOT NULL,
    sent        BIGINT NOT NULL,
    due         BIGINT NOT NULL, -- when something has to happen; 0 if never
    promised    BIGINT NOT NULL,
    decided     BIGINT NOT NULL,
    closed      BIGINT NOT NULL,
    erased      BIGINT NOT NULL,
    claimed_by  TEXT   NOT NULL,
    claimed_for BIGINT NOT NULL, -- until when
    approvals   BIGINT NOT NULL, -- so many agreed while others are waited for; 0 otherwise
    slot        BIGINT NOT NULL,
    detail      TEXT   NOT NULL
);
CREATE UNIQUE INDEX ticket_number ON ticket (number);
CREATE UNIQUE INDEX ticket_running ON ticket (case_id, kind) WHERE state <> 'closed';
CREATE INDEX ticket_queue ON ticket (state, due, id);
CREATE INDEX ticket_kind ON ticket (kind, state, due, id);
CREATE INDEX ticket_claimed ON ticket (claimed_for, claimed_by) WHERE state = 'open' AND claimed_for > 0;
CREATE INDEX ticket_second ON ticket (due, id) WHERE approvals > 0;
CREATE INDEX ticket_late ON ticket (due) WHERE state <> 'open' AND due > 0;

-- What a customer gave to a question; round counts how often they were asked for more.
CREATE TABLE ticket_evidence (
    id        TEXT   NOT NULL PRIMARY KEY, -- ticket/question/round
    ticket_id TEXT   NOT NULL,
    ask       TEXT   NOT NULL,
    round     BIGINT NOT NULL,
    added     BIGINT NOT NULL,
    filled    BIGINT NOT NULL,
    sealed    BYTEA  NOT NULL
);
CREATE INDEX ticket_evidence_ticket ON ticket_evidence (ticket_id, round, ask);

-- How many calls begin at a moment.
CREATE TABLE ticket_slot (
    at    BIGINT NOT NULL PRIMARY KEY,
    taken BIGINT NOT NULL
);
