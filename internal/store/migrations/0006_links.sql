-- Short addresses that agents share. Nothing in them names a customer: what is counted are visits.
-- +goose Up
CREATE TABLE share_link (
    code     TEXT   NOT NULL PRIMARY KEY,
    agent    TEXT   NOT NULL,
    lang     TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    platform TEXT   NOT NULL,
    channel  TEXT   NOT NULL,
    step     TEXT   NOT NULL,
    slug     TEXT   NOT NULL,
    query    TEXT   NOT NULL,
    case_ref TEXT   NOT NULL,
    version  TEXT   NOT NULL,
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    max_uses BIGINT NOT NULL,
    opened   BIGINT NOT NULL,
    started  BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    failed   BIGINT NOT NULL,
    retired  BIGINT NOT NULL,
    why      TEXT   NOT NULL,
    pattern  TEXT   NOT NULL
);
CREATE INDEX share_link_agent ON share_link (agent, created, code);
CREATE INDEX share_link_expires ON share_link (expires);
CREATE INDEX share_link_scam ON share_link (retired) WHERE why = 'scam';

-- How many visits were at a step last.
CREATE TABLE share_link_step (
    code    TEXT   NOT NULL,
    step    TEXT   NOT NULL,
    stopped BIGINT NOT NULL,
    PRIMARY KEY (code, step)
);
