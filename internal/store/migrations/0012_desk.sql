-- What the desk looks things up with. Starts of cases come by the thousand in one moment, so the indexes of the trail leave
-- them out: a start is found by its time, which the spans and the id of the case tell.
-- +goose Up
CREATE INDEX audit_entry_kind ON audit_entry (kind, seq) WHERE kind <> 'case-started';
CREATE INDEX audit_entry_case ON audit_entry (case_id, seq) WHERE kind <> 'case-started' AND case_id <> '';
CREATE INDEX audit_entry_actor ON audit_entry (actor, seq) WHERE actor <> 'customer';

-- The times that a run of entries has, so that a search by time reads those alone. Written after the entries, by a job.
CREATE TABLE audit_span (
    first_seq BIGINT NOT NULL PRIMARY KEY,
    last_seq  BIGINT NOT NULL,
    earliest  BIGINT NOT NULL,
    latest    BIGINT NOT NULL
);

-- What somebody claimed just now: counted on every page of the desk.
CREATE INDEX ticket_mine ON ticket (claimed_by, claimed_for) WHERE state = 'open' AND claimed_for > 0;

-- Searches that an agent keeps under a name; query holds ids, states and days, never what a customer gave.
CREATE TABLE desk_filter (
    id       TEXT   NOT NULL PRIMARY KEY,
    agent_id TEXT   NOT NULL,
    page     TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    query    TEXT   NOT NULL,
    made     BIGINT NOT NULL
);
CREATE UNIQUE INDEX desk_filter_name ON desk_filter (agent_id, page, name);
