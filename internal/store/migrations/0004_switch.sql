-- What the operator switched off: a method or a channel of the live platform, by id.
-- +goose Up
CREATE TABLE switched_off (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
