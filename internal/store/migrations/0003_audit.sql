-- The audit trail (requirement P4). Rows of audit_entry are only ever added, and given up from the oldest on.
-- +goose Up
CREATE TABLE audit_entry (
    seq     BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    kind    TEXT   NOT NULL,
    case_id TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    data    TEXT   NOT NULL,
    person  TEXT   NOT NULL,
    prev    BYTEA  NOT NULL,
    mac     BYTEA  NOT NULL
);

-- Personal data, outside of the chain, so that it can be erased.
CREATE TABLE audit_person (
    seq    BIGINT PRIMARY KEY,
    sealed BYTEA  NOT NULL
);

-- One row: where the chain ends, and the newest entry that was given up.
CREATE TABLE audit_head (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    seq        BIGINT  NOT NULL,
    mac        BYTEA   NOT NULL,
    sum        BYTEA   NOT NULL,
    anchor_seq BIGINT  NOT NULL,
    anchor_at  BIGINT  NOT NULL,
    anchor_mac BYTEA   NOT NULL,
    anchor_sum BYTEA   NOT NULL
);

INSERT INTO audit_head (id, seq, mac, sum, anchor_seq, anchor_at, anchor_mac, anchor_sum) VALUES (1, 0, '', '', 0, 0, '', '');
