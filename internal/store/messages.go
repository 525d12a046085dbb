package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"zhaohui/internal/message"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// envelope is what is secret in a letter, as it is sealed.
type envelope struct{ To, Subject, Text string }

func envelopeContext(id string) string { return "message:sealed:" + id }

// Post keeps a letter and starts the job that delivers it.
func (t *caseTx) Post(l recovery.Letter) error {
	e := envelope{To: l.To}
	var err error
	if e.Subject, e.Text, err = t.s.deps.Compose(l); err != nil {
		return fmt.Errorf("write letter %s: %w", l.ID, err)
	}
	plain, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write letter %s: %w", l.ID, err)
	}
	_, err = t.tx.ExecContext(t.ctx, `INSERT INTO message (id, case_id, subject, channel, address, purpose, lang, state, provider_id, tries,
		created, updated, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, $9, $10)`,
		l.ID, l.Case, l.Subject, l.Channel, l.Address, l.Purpose, l.Lang, recovery.Queued, millis(t.s.db.now()),
		t.s.deps.Seal.Seal(plain, envelopeContext(l.ID)))
	if err != nil {
		return failed("post letter", err)
	}
	return failed("post letter", t.s.deps.Enqueue(t.ctx, t.tx, JobDeliver, l.ID))
}

// Delivery is how a letter stands, by its id; problem.NotFound.
func (s *Cases) Delivery(ctx context.Context, letter string) (recovery.Delivery, error) {
	var d recovery.Delivery
	var updated int64
	err := s.db.read().QueryRowContext(ctx, `SELECT state, updated FROM message WHERE id = $1`, letter).Scan(&d.State, &updated)
	d.At = moment(updated)
	return d, failed("find delivery", err)
}

// Messages are the letters that were posted, for those who deliver them. It implements message.Store.
type Messages struct {
	db   *DB
	seal Sealer
}

// NewMessages opens letters with the sealer that Cases closes them with.
func NewMessages(db *DB, seal Sealer) *Messages { return &Messages{db, seal} }

var _ message.Store = (*Messages)(nil)

// Outgoing reads a letter to deliver it, which counts as a try while it is queued; problem.NotFound. What is secret in
// it is empty once it was sent or given up.
func (m *Messages) Outgoing(ctx context.Context, id string) (message.Outgoing, error) {
	var o message.Outgoing
	var created int64
	var sealed []byte
	err := m.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `UPDATE message SET tries = tries + CASE WHEN state = 'queued' THEN 1 ELSE 0 END WHERE id = $1
			RETURNING id, channel, purpose, lang, created, tries, state, sealed`, id).
			Scan(&o.ID, &o.Channel, &o.Purpose, &o.Lang, &created, &o.Tries, &o.State, &sealed)
	})
	if err != nil {
		return message.Outgoing{}, failed("read letter", err)
	}
	o.Created = moment(created)
	if len(sealed) == 0 {
		return o, nil
	}
	plain, err := m.seal.Open(sealed, envelopeContext(id))
	if err != nil {
		return message.Outgoing{}, fmt.Errorf("open letter %s: %w", id, err)
	}
	var e envelope
	if err := json.Unmarshal(plain, &e); err != nil {
		return message.Outgoing{}, fmt.Errorf("read letter %s: not what this program writes", id) // the error could repeat it
	}
	o.To, o.Subject, o.Text = e.To, e.Subject, e.Text
	return o, nil
}

// Mark notes how far a letter got, and erases what is secret in it unless it is queued again. A state never goes back: a
// report that comes late, or twice, changes nothing. It fails with problem.NotFound.
func (m *Messages) Mark(ctx context.Context, id string, state recovery.DeliveryState, providerID string, at time.Time) error {
	return failed("mark letter", m.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var now recovery.DeliveryState
		err := tx.QueryRowContext(ctx, `UPDATE message SET provider_id = CASE WHEN $1 = '' THEN provider_id ELSE $1 END WHERE id = $2
			RETURNING state`,
			providerID, id).Scan(&now)
		if err != nil || !goesOn(now, state) {
			return err
		}
		if state == recovery.Queued {
			_, err = tx.ExecContext(ctx, `UPDATE message SET updated = $1 WHERE id = $2`, millis(at), id)
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE message SET state = $1, updated = $2, sealed = $3 WHERE id = $4`,
			state, millis(at), []byte{}, id)
		return err
	}))
}

// goesOn says whether a letter can come from one state into another.
func goesOn(from, to recovery.DeliveryState) bool {
	switch from {
	case recovery.Queued:
		return true
	case recovery.Accepted:
		return to == recovery.Delivered || to == recovery.Bounced
	}
	return false
}

// ByProvider finds a letter by the provider's name for it; problem.NotFound.
func (m *Messages) ByProvider(ctx context.Context, channel, providerID string) (id string, err error) {
	if providerID == "" {
		return "", fmt.Errorf("find letter by provider: %w", problem.NotFound)
	}
	err = m.db.read().QueryRowContext(ctx, `SELECT id FROM message WHERE provider_id = $1 AND provider_id <> '' AND channel = $2
		ORDER BY created DESC LIMIT 1`, providerID, channel).Scan(&id)
	return id, failed("find letter by provider", err)
}

// Dead are the letters that were given up, the newest first, at most limit.
func (m *Messages) Dead(ctx context.Context, limit int) ([]message.Dead, error) {
	rows, err := m.db.read().QueryContext(ctx, `SELECT id, channel, purpose, updated, tries FROM message WHERE state = 'dead'
		ORDER BY updated DESC LIMIT $1`, limit)
	if err != nil {
		return nil, failed("list dead letters", err)
	}
	defer rows.Close()
	var list []message.Dead
	for rows.Next() {
		var d message.Dead
		var updated int64
		if err := rows.Scan(&d.ID, &d.Channel, &d.Purpose, &updated, &d.Tries); err != nil {
			return nil, failed("list dead letters", err)
		}
		d.At = moment(updated)
		list = append(list, d)
	}
	return list, failed("list dead letters", rows.Err())
}

// Forget erases letters that are over and were posted before a moment, at most limit, and says how many.
func (m *Messages) Forget(ctx context.Context, before time.Time, limit int) (int, error) {
	var gone int64
	err := m.db.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		gone, err = rowsOf(tx.ExecContext(ctx, `DELETE FROM message WHERE id IN (SELECT id FROM message WHERE created < $1 AND state <> 'queued'
			ORDER BY created LIMIT $2)`, millis(before), limit))
		return err
	})
	return int(gone), failed("forget letters", err)
}
