-- The operator's own people. One text for SQLite and PostgreSQL. Times are milliseconds UTC, 0 is none; BYTEA columns are sealed.
-- +goose Up

-- issuer is empty for who signs in here; password is a slow hash. roles are parted by spaces.
CREATE TABLE agent (
    id        TEXT   NOT NULL PRIMARY KEY,
    name      TEXT   NOT NULL,
    shown     TEXT   NOT NULL,
    roles     TEXT   NOT NULL,
    lang      TEXT   NOT NULL,
    created   BIGINT NOT NULL,
    disabled  BIGINT NOT NULL,
    issuer    TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    password  TEXT   NOT NULL,
    totp      BYTEA  NOT NULL,
    last_step BIGINT NOT NULL
);
CREATE UNIQUE INDEX agent_name ON agent (name) WHERE issuer = '';
CREATE UNIQUE INDEX agent_identity ON agent (issuer, subject) WHERE issuer <> '';

-- data is a public key with its counter, as JSON.
CREATE TABLE agent_passkey (
    id       TEXT   NOT NULL PRIMARY KEY,
    agent_id TEXT   NOT NULL,
    added    BIGINT NOT NULL,
    used     BIGINT NOT NULL,
    data     TEXT   NOT NULL
);
CREATE INDEX agent_passkey_agent ON agent_passkey (agent_id);

-- A sign-in; hash is of its token. over is when it ends however busy the agent is, ended when it was ended.
CREATE TABLE agent_session (
    id       TEXT   NOT NULL PRIMARY KEY,
    hash     TEXT   NOT NULL,
    agent_id TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    started  BIGINT NOT NULL,
    seen     BIGINT NOT NULL,
    over     BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    client   TEXT   NOT NULL,
    network  TEXT   NOT NULL,
    sealed   BYTEA  NOT NULL
);
CREATE UNIQUE INDEX agent_session_hash ON agent_session (hash);
CREATE INDEX agent_session_agent ON agent_session (agent_id) WHERE ended = 0;
CREATE INDEX agent_session_network ON agent_session (network, started) WHERE kind = 'whole';
CREATE INDEX agent_session_started ON agent_session (started);

-- What begins an enrolment, and what programs bring.
CREATE TABLE agent_token (
    id       TEXT   NOT NULL PRIMARY KEY,
    hash     TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    agent_id TEXT   NOT NULL,
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    used     BIGINT NOT NULL,
    ended    BIGINT NOT NULL
);
CREATE UNIQUE INDEX agent_token_hash ON agent_token (hash);
CREATE INDEX agent_token_agent ON agent_token (agent_id);
