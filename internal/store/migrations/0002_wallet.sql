-- One text for SQLite and PostgreSQL. Times are milliseconds UTC, 0 is none; BYTEA columns are sealed.

-- +goose Up

-- An account of the embedded wallet. All that is personal is in data, one document; payments are apart, as they are long
-- and seldom read. version counts changes.
CREATE TABLE wallet_account (
    id      TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    data    BYTEA  NOT NULL,
    history BYTEA  NOT NULL
);

-- The blind index of a sign-in name.
CREATE TABLE account_name (
    idx        TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL
);
CREATE INDEX account_name_account ON account_name (account_id);

-- A write that was done: its key again gives its answer. gone is when the answer alone is forgotten.
CREATE TABLE wallet_write (
    key        TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    gone       BIGINT NOT NULL,
    answer     BYTEA  NOT NULL
);
CREATE INDEX wallet_write_account ON wallet_write (account_id);
CREATE INDEX wallet_write_at ON wallet_write (at);
CREATE INDEX wallet_write_gone ON wallet_write (gone) WHERE gone > 0;
