package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/throttle"
)

// ticketTx is a transaction; it implements support.TicketTx.
type ticketTx struct {
	support.Cases
	ctx    context.Context // a transaction lives no longer than the call that it is made for
	tx     *sql.Tx
	events []recovery.Event
}

// Ticket writes the row to read it: on PostgreSQL others who do the same wait until this transaction ends, so that of many
// who claim a ticket at once one gets it.
func (t *ticketTx) Ticket(id string) (*support.Ticket, error) {
	found, err := readTicket(t.tx.QueryRowContext(t.ctx, `UPDATE ticket SET score = score WHERE id = $1 RETURNING `+ticketColumns, id))
	return found, failed("read ticket", err)
}

func (t *ticketTx) Running(caseID, kind string) (*support.Ticket, error) {
	found, err := readTicket(t.tx.QueryRowContext(t.ctx, `SELECT `+ticketColumns+` FROM ticket
		WHERE case_id = $1 AND kind = $2 AND state <> 'closed'`, caseID, kind))
	return found, failed("find running ticket", err)
}

// ticketValues are those of ticketColumns without the first.
func ticketValues(t *support.Ticket) ([]any, error) {
	detail, err := json.Marshal(t.Detail)
	agreed := 0
	if t.State == support.TicketOpen {
		agreed = len(t.Detail.Approvals)
	}
	return []any{t.Number, t.Kind, t.Case, t.Key, string(t.State), t.Score, millis(t.Created), millis(t.Sent), millis(t.Due),
		millis(t.Promised), millis(t.Decided), millis(t.Closed), millis(t.Erased), t.Claim.Agent, millis(t.Claim.Until),
		agreed, millis(t.Slot), string(detail)}, err
}

func (t *ticketTx) AddTicket(ticket *support.Ticket) error {
	values, err := ticketValues(ticket)
	if err == nil {
		err = inserted(t.tx.ExecContext(t.ctx, `INSERT INTO ticket (`+ticketColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
			$10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING`, append([]any{ticket.ID}, values...)...))
	}
	return failed("add ticket", err)
}

func (t *ticketTx) SaveTicket(ticket *support.Ticket) error {
	values, err := ticketValues(ticket)
	if err == nil {
		_, err = t.tx.ExecContext(t.ctx, `UPDATE ticket SET number = $2, kind = $3, case_id = $4, key_sum = $5, state = $6, score = $7,
			created = $8, sent = $9, due = $10, promised = $11, decided = $12, closed = $13, erased = $14, claimed_by = $15,
			claimed_for = $16, approvals = $17, slot = $18, detail = $19 WHERE id = $1`, append([]any{ticket.ID}, values...)...)
	}
	return failed("save ticket", err)
}

func (t *ticketTx) RemoveTicket(id string) error {
	_, err := t.EraseEvidence(id)
	if err == nil {
		_, err = t.tx.ExecContext(t.ctx, `DELETE FROM ticket WHERE id = $1`, id)
	}
	return failed("remove ticket", err)
}

func (t *ticketTx) SaveEvidence(e support.Evidence) error {
	_, err := t.tx.ExecContext(t.ctx, `INSERT INTO ticket_evidence (id, ticket_id, ask, round, added, filled, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET added = excluded.added, filled = excluded.filled, sealed = excluded.sealed`,
		e.ID(), e.Ticket, e.Ask, e.Round, millis(e.Added), e.Filled, e.Sealed)
	return failed("save evidence", err)
}

func (t *ticketTx) Evidence(ticket string) ([]support.Evidence, error) {
	return readEvidence(t.ctx, t.tx, ticket)
}

func (t *ticketTx) EraseEvidence(ticket string) (int, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `DELETE FROM ticket_evidence WHERE ticket_id = $1`, ticket))
	if err == nil {
		err = t.erasePictures(ticket)
	}
	return int(n), failed("erase evidence", err)
}

// TakeSlot looks and counts in one statement.
func (t *ticketTx) TakeSlot(at time.Time, most int) (bool, error) {
	n, err := rowsOf(t.tx.ExecContext(t.ctx, `INSERT INTO ticket_slot (at, taken) VALUES ($1, 1)
		ON CONFLICT (at) DO UPDATE SET taken = ticket_slot.taken + 1 WHERE ticket_slot.taken < $2`, millis(at), most))
	return n == 1, failed("take a call", err)
}

func (t *ticketTx) FreeSlot(at time.Time) error {
	_, err := t.tx.ExecContext(t.ctx, `UPDATE ticket_slot SET taken = taken - 1 WHERE at = $1 AND taken > 0`, millis(at))
	return failed("free a call", err)
}

// Take counts as for recoveries, in the same tables.
func (t *ticketTx) Take(at time.Time, limits ...throttle.Limit) error {
	return (&caseTx{ctx: t.ctx, tx: t.tx}).Take(at, limits...)
}

func (t *ticketTx) GiveBack(at time.Time, keys ...string) error {
	return giveBack(t.ctx, t.tx, at, keys)
}

func (t *ticketTx) Record(e recovery.Event) error {
	t.events = append(t.events, e)
	return nil
}
