-- What the operator may know of how the portal helps: counts by day and by ids of the content. Nobody is in it.
-- +goose Up
CREATE TABLE insight_day (
    day      TEXT   NOT NULL, -- 2026-11-22, where the operator is
    measure  TEXT   NOT NULL,
    platform TEXT   NOT NULL,
    a        TEXT   NOT NULL,
    b        TEXT   NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (day, measure, platform, a, b)
);
CREATE INDEX insight_day_measure ON insight_day (measure, day);

-- What has to be known of a case or ticket until it ends, and is erased then.
CREATE TABLE insight_running (
    id      TEXT   NOT NULL PRIMARY KEY,
    begun   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    a       TEXT   NOT NULL, -- channel, or kind of ticket
    reached BIGINT NOT NULL,
    vetoed  BIGINT NOT NULL,
    due     BIGINT NOT NULL,
    asked   BIGINT NOT NULL
);
CREATE INDEX insight_running_seen ON insight_running (seen);

-- How far the trail was counted.
CREATE TABLE insight_state (
    id  BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
);
INSERT INTO insight_state (id, seq) VALUES (1, 0);

CREATE INDEX share_link_created ON share_link (created);
