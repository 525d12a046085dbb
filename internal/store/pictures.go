package store

import (
	"context"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// Pictures are rows of their own: evidence is read with every page of a form, a picture only when it is looked at. One has two
// megabytes at most, which a group of writes takes in a few milliseconds.

func pictureRow(ticket, id string) string { return ticket + "/" + id }

// Picture is one picture of a ticket, still sealed; problem.NotFound.
func (s *Tickets) Picture(ctx context.Context, ticket, id string) (support.Picture, error) {
	p := support.Picture{ID: id}
	var added int64
	err := s.db.read().QueryRowContext(ctx, `SELECT ticket_id, ask, added, size, width, height, sealed FROM ticket_picture
		WHERE id = $1`, pictureRow(ticket, id)).Scan(&p.Ticket, &p.Ask, &added, &p.Size, &p.Width, &p.Height, &p.Sealed)
	p.Added = moment(added)
	return p, failed("read picture", err)
}

func (t *ticketTx) AddPicture(p support.Picture) error {
	_, err := t.tx.ExecContext(t.ctx, `INSERT INTO ticket_picture (id, ticket_id, ask, added, size, width, height, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, pictureRow(p.Ticket, p.ID), p.Ticket, p.Ask, millis(p.Added), p.Size, p.Width,
		p.Height, p.Sealed)
	return failed("add picture", err)
}

func (t *ticketTx) RemovePicture(ticket, id string) error {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `DELETE FROM ticket_picture WHERE id = $1`, pictureRow(ticket, id)))
	if err == nil && n == 0 {
		err = problem.NotFound
	}
	return failed("remove picture", err)
}

// erasePictures goes with the evidence that names them.
func (t *ticketTx) erasePictures(ticket string) error {
	_, err := t.tx.ExecContext(t.ctx, `DELETE FROM ticket_picture WHERE ticket_id = $1`, ticket)
	return err
}

// pictureBatch is how many pictures are read at once to be sealed again: so many are a few megabytes.
const pictureBatch = 8
