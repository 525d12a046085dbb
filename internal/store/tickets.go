package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// Tickets keeps what people decide. It implements support.TicketStore.
type Tickets struct {
	db     *DB
	record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error
	cases  func(ctx context.Context, tx *sql.Tx) support.Cases
}

var _ support.TicketStore = (*Tickets)(nil)

// NewTickets keeps tickets; cases reaches recoveries in a transaction, record adds to the audit trail, last in it. What cases
// gives may have Events of its own for the trail.
func NewTickets(db *DB, cases func(ctx context.Context, tx *sql.Tx) support.Cases,
	record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error) *Tickets {
	return &Tickets{db, record, cases}
}

// ahead is the error of a transaction that needs something from outside, which has to be read before it.
type ahead interface {
	error
	// Ahead reads it, and gives the context with which the transaction finds it.
	Ahead(ctx context.Context) (context.Context, error)
}

// Do runs fn in one transaction; see support.TicketStore.
func (s *Tickets) Do(ctx context.Context, fn func(support.TicketTx) error) error {
	for again := 0; ; again++ {
		err := s.do(ctx, fn)
		var unread ahead
		if again == 3 || !errors.As(err, &unread) {
			return err
		}
		if ctx, err = unread.Ahead(ctx); err != nil {
			return err
		}
	}
}

func (s *Tickets) do(ctx context.Context, fn func(support.TicketTx) error) error {
	return s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		t := &ticketTx{Cases: s.cases(ctx, tx), ctx: ctx, tx: tx}
		if err := fn(t); err != nil {
			return err
		}
		if reached, ok := t.Cases.(interface{ Events() []recovery.Event }); ok {
			t.events = append(t.events, reached.Events()...)
		}
		if len(t.events) == 0 {
			return nil
		}
		if err := s.record(ctx, tx, t.events); err != nil {
			return fmt.Errorf("record events: %w", err)
		}
		return nil
	})
}

const ticketColumns = `id, number, kind, case_id, key_sum, state, score, created, sent, due, promised, decided, closed, erased,
	claimed_by, claimed_for, approvals, slot, detail`

func readTicket(row interface{ Scan(into ...any) error }) (*support.Ticket, error) {
	t := &support.Ticket{}
	var created, sent, due, promised, decided, closed, erased, until, approvals, slot int64
	var detail string
	if err := row.Scan(&t.ID, &t.Number, &t.Kind, &t.Case, &t.Key, &t.State, &t.Score, &created, &sent, &due, &promised, &decided,
		&closed, &erased, &t.Claim.Agent, &until, &approvals, &slot, &detail); err != nil {
		return nil, err
	}
	for at, ms := range map[*time.Time]int64{&t.Created: created, &t.Sent: sent, &t.Due: due, &t.Promised: promised,
		&t.Decided: decided, &t.Closed: closed, &t.Erased: erased, &t.Claim.Until: until, &t.Slot: slot} {
		*at = moment(ms)
	}
	return t, json.Unmarshal([]byte(detail), &t.Detail)
}

// Ticket is the ticket with an id; problem.NotFound.
func (s *Tickets) Ticket(ctx context.Context, id string) (*support.Ticket, error) {
	t, err := readTicket(s.db.read().QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE id = $1`, id))
	return t, failed("read ticket", err)
}

// Numbered is the ticket with a number; problem.NotFound.
func (s *Tickets) Numbered(ctx context.Context, number string) (*support.Ticket, error) {
	t, err := readTicket(s.db.read().QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket WHERE number = $1`, number))
	return t, failed("read ticket", err)
}

// OfCase is the ticket of a kind in a case that is not closed; problem.NotFound.
func (s *Tickets) OfCase(ctx context.Context, caseID, kind string) (*support.Ticket, error) {
	t, err := readTicket(s.db.read().QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM ticket
		WHERE case_id = $1 AND kind = $2 AND state <> 'closed'`, caseID, kind))
	return t, failed("find ticket of a case", err)
}

// Evidence is what was given, still sealed.
func (s *Tickets) Evidence(ctx context.Context, ticket string) ([]support.Evidence, error) {
	return readEvidence(ctx, s.db.read(), ticket)
}

func readEvidence(ctx context.Context, q rowsQuerier, ticket string) ([]support.Evidence, error) {
	rows, err := q.QueryContext(ctx, `SELECT ticket_id, ask, round, added, filled, sealed FROM ticket_evidence
		WHERE ticket_id = $1 ORDER BY round, ask`, ticket)
	if err != nil {
		return nil, failed("read evidence", err)
	}
	defer rows.Close()
	var list []support.Evidence
	for rows.Next() {
		var e support.Evidence
		var added int64
		if err := rows.Scan(&e.Ticket, &e.Ask, &e.Round, &added, &e.Filled, &e.Sealed); err != nil {
			return nil, failed("read evidence", err)
		}
		e.Added = moment(added)
		list = append(list, e)
	}
	return list, failed("read evidence", rows.Err())
}

// Late lists whose time is over; what waits for people is never among them.
func (s *Tickets) Late(ctx context.Context, at time.Time, limit int) ([]string, error) {
	ids, err := texts(s.db.read().QueryContext(ctx, `SELECT id FROM ticket WHERE state <> 'open' AND due > 0 AND due <= $1
		ORDER BY due LIMIT $2`, millis(at), limit))
	return ids, failed("list late tickets", err)
}

// FullSlots are the calls that nobody else can choose.
func (s *Tickets) FullSlots(ctx context.Context, from time.Time, taken int) ([]time.Time, error) {
	rows, err := s.db.read().QueryContext(ctx, `SELECT at FROM ticket_slot WHERE at >= $1 AND taken >= $2 ORDER BY at`,
		millis(from), taken)
	if err != nil {
		return nil, failed("list calls", err)
	}
	defer rows.Close()
	var full []time.Time
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return nil, failed("list calls", err)
		}
		full = append(full, moment(at))
	}
	return full, failed("list calls", rows.Err())
}

// Reseal is what is sealed of tickets.
func (s *Tickets) Reseal(box ResealBox) []*Column {
	return []*Column{{DB: s.db, Table: "ticket_evidence", Key: "id", Sealed: "sealed", Box: box},
		{DB: s.db, Table: "ticket_picture", Key: "id", Sealed: "sealed", Box: box, Most: pictureBatch}}
}
