package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

// plain keeps a case that begins as most programs would: in a transaction of its own, on a connection opened as the
// driver's documentation does it, and as durable. It writes the same rows, seals and links of the trail as the portal.
// What a case does later it does not know.
type plain struct {
	recovery.Store
	pool   *sql.DB
	seal   recovery.Box
	policy *recovery.Policy
	record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error
}

func openPlain(s *state) (*plain, error) {
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(s.folder, "zhaohui.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return &plain{pool: pool, seal: s.box, policy: s.policy, record: s.trail.Append}, nil
}

func (p *plain) Do(ctx context.Context, fn func(recovery.Tx) error) error {
	tx, err := p.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := &plainTx{ctx: ctx, tx: tx, plain: p}
	if err := fn(t); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := p.record(ctx, tx, t.events); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (p *plain) Begin(ctx context.Context, c *recovery.Case, limit throttle.Limit, e recovery.Event) error {
	return p.Do(ctx, func(tx recovery.Tx) error {
		if err := tx.Take(c.Started, limit); err != nil {
			return err
		}
		if err := tx.Create(c); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

type plainTx struct {
	recovery.Tx
	*plain
	ctx    context.Context
	tx     *sql.Tx
	events []recovery.Event
}

func (t *plainTx) Take(at time.Time, limits ...throttle.Limit) error {
	for _, l := range limits {
		var uses int64
		if err := t.tx.QueryRowContext(t.ctx, `INSERT INTO throttle_head (key, uses, in_a_row) VALUES ($1, 1, 0)
			ON CONFLICT (key) DO UPDATE SET uses = throttle_head.uses + 1 RETURNING uses`, l.Key).Scan(&uses); err != nil {
			return err
		}
		if _, err := t.tx.ExecContext(t.ctx, `INSERT INTO throttle_use (key, at, n, gone) VALUES ($1, $2, $3, $4)`,
			l.Key, at.UnixMilli(), uses, at.Add(l.Within).UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

func (t *plainTx) Create(c *recovery.Case) error {
	facts, err := json.Marshal(c.Facts)
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(t.ctx, `INSERT INTO recovery_case (id, version, state, started, acted, resume, subject, due, updated, facts)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $3, $8)`, c.ID, c.State, c.Started.UnixMilli(), c.Acted.UnixMilli(), c.Resume, c.Subject,
		t.policy.DueAt(c).UnixMilli(), t.seal.Seal(facts, "recovery_case:facts:"+c.ID))
	return err
}

func (t *plainTx) Record(e recovery.Event) error {
	t.events = append(t.events, e)
	return nil
}
