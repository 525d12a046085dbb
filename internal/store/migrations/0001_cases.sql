-- One text for SQLite and PostgreSQL. Times are milliseconds UTC, 0 is none; BYTEA columns are sealed.

-- +goose Up

-- A live recovery. due is when somebody has to look at it again, 0 once it is closed.
CREATE TABLE recovery_case (
    id      TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    state   TEXT   NOT NULL,
    started BIGINT NOT NULL,
    acted   BIGINT NOT NULL,
    resume  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    due     BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    facts   BYTEA  NOT NULL
);
CREATE INDEX recovery_case_resume ON recovery_case (resume) WHERE resume <> '';
CREATE INDEX recovery_case_subject ON recovery_case (subject, started) WHERE subject <> '' AND state IN ('open', 'applying');
CREATE INDEX recovery_case_due ON recovery_case (due) WHERE due > 0;
CREATE INDEX recovery_case_closed ON recovery_case (updated) WHERE state NOT IN ('open', 'applying');

-- Where a token in a message leads; only its hash is kept. expires 0 is a link that was ended.
CREATE TABLE recovery_link (
    hash    TEXT   NOT NULL PRIMARY KEY,
    kind    TEXT   NOT NULL,
    case_id TEXT   NOT NULL,
    address TEXT   NOT NULL,
    nonce   TEXT   NOT NULL,
    expires BIGINT NOT NULL,
    used    BIGINT NOT NULL
);
CREATE INDEX recovery_link_case ON recovery_link (case_id);

-- Whoever counts a use of a key writes its head first, so that others wait.
CREATE TABLE throttle_head (
    key      TEXT   NOT NULL PRIMARY KEY,
    uses     BIGINT NOT NULL,
    in_a_row BIGINT NOT NULL
);

-- One use, which counts until gone. n is the number that the head gave it.
CREATE TABLE throttle_use (
    key  TEXT   NOT NULL,
    at   BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    PRIMARY KEY (key, at, n)
);

-- What happens once in a time.
CREATE TABLE throttle_once (
    key  TEXT   NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL,
    gone BIGINT NOT NULL
);

-- A letter on its way. sealed is where it goes and its text, empty once it is over.
CREATE TABLE message (
    id          TEXT   NOT NULL PRIMARY KEY,
    case_id     TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    channel     TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    purpose     TEXT   NOT NULL,
    lang        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    provider_id TEXT   NOT NULL,
    tries       BIGINT NOT NULL,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    sealed      BYTEA  NOT NULL
);
CREATE INDEX message_case ON message (case_id);
CREATE INDEX message_provider ON message (provider_id) WHERE provider_id <> '';
CREATE INDEX message_dead ON message (updated) WHERE state = 'dead';
CREATE INDEX message_created ON message (created);
