-- Pictures that customers gave to a ticket, cleaned and sealed. What they show is known to nobody but who opens them.
-- +goose Up
CREATE TABLE ticket_picture (
    id        TEXT   NOT NULL PRIMARY KEY, -- ticket/picture: what is sealed is bound to both
    ticket_id TEXT   NOT NULL,
    ask       TEXT   NOT NULL,
    added     BIGINT NOT NULL,
    size      BIGINT NOT NULL, -- bytes of the picture
    width     BIGINT NOT NULL,
    height    BIGINT NOT NULL,
    sealed    BYTEA  NOT NULL
);
CREATE INDEX ticket_picture_ticket ON ticket_picture (ticket_id, added, id);
