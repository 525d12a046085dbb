-- Alerts: how each stands, and what people are told. One text for SQLite and PostgreSQL. Times are milliseconds UTC, 0 is none.
-- +goose Up

-- id is a kind with a channel, where it has one. began 0 is an alert that is over.
CREATE TABLE alert (
    id      TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    kind    TEXT   NOT NULL,
    channel TEXT   NOT NULL,
    began   BIGINT NOT NULL,
    said    BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    count   BIGINT NOT NULL,
    most    BIGINT NOT NULL
);

-- What was or will be told; data is a notice as JSON.
CREATE TABLE alert_notice (
    id   TEXT   NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL,
    data TEXT   NOT NULL
);
CREATE INDEX alert_notice_at ON alert_notice (at);

-- Methods that were closed for somebody, to count them without reading the trail.
CREATE INDEX audit_entry_failed ON audit_entry (at) WHERE kind = 'method-failed';
