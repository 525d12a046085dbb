package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"zhaohui/internal/alert"
	"zhaohui/internal/problem"
)

// JobAlert hands a notice of an alert over, by its id.
const JobAlert = "alert"

// Alerts counts what alerts are about, and keeps how they stand. It implements alert.Store.
type Alerts struct {
	db      *DB
	trail   *Audit
	enqueue func(ctx context.Context, tx *sql.Tx, kind, id string) error
}

var _ alert.Store = (*Alerts)(nil)

// NewAlerts keeps alerts; enqueue starts a job when the transaction is committed.
func NewAlerts(db *DB, trail *Audit, enqueue func(ctx context.Context, tx *sql.Tx, kind, id string) error) *Alerts {
	return &Alerts{db, trail, enqueue}
}

// Alerts are those that were ever said; there are as many as kinds and channels.
func (s *Alerts) Alerts(ctx context.Context) ([]alert.State, error) {
	rows, err := s.db.read().QueryContext(ctx, `SELECT version, kind, channel, began, said, seen, count, most FROM alert ORDER BY id`)
	if err != nil {
		return nil, failed("read alerts", err)
	}
	defer rows.Close()
	var list []alert.State
	for rows.Next() {
		var a alert.State
		var began, said, seen int64
		if err := rows.Scan(&a.Version, &a.Kind, &a.Channel, &began, &said, &seen, &a.Count, &a.Limit); err != nil {
			return nil, failed("read alerts", err)
		}
		a.Began, a.Said, a.Seen = moment(began), moment(said), moment(seen)
		list = append(list, a)
	}
	return list, failed("read alerts", rows.Err())
}

// Change puts a state in the place of the one with a version; see alert.Store.
func (s *Alerts) Change(ctx context.Context, next alert.State, version int64, notice *alert.Notice) error {
	var data []byte
	if notice != nil {
		var err error
		if data, err = json.Marshal(notice); err != nil {
			return fmt.Errorf("change alert: %w", err)
		}
	}
	return failed("change alert", s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		changed, err := rowsOf(tx.ExecContext(ctx, `INSERT INTO alert (id, version, kind, channel, began, said, seen, count, most)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET version = excluded.version, began = excluded.began,
			said = excluded.said, seen = excluded.seen, count = excluded.count, most = excluded.most WHERE alert.version = $10`,
			string(next.Kind)+":"+next.Channel, version+1, string(next.Kind), next.Channel, millis(next.Began), millis(next.Said),
			millis(next.Seen), next.Count, next.Limit, version))
		if err != nil {
			return err
		}
		if changed == 0 {
			return problem.Conflict
		}
		if notice == nil {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO alert_notice (id, at, data) VALUES ($1, $2, $3)`, notice.ID, millis(notice.At),
			string(data)); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, JobAlert, notice.ID)
	}))
}

// Notice is one that was started; problem.NotFound.
func (s *Alerts) Notice(ctx context.Context, id string) (alert.Notice, error) {
	var data string
	var n alert.Notice
	if err := s.db.read().QueryRowContext(ctx, `SELECT data FROM alert_notice WHERE id = $1`, id).Scan(&data); err != nil {
		return n, failed("read notice", err)
	}
	return n, failed("read notice", json.Unmarshal([]byte(data), &n))
}

// Forget erases notices of before a moment, at most limit, and says how many.
func (s *Alerts) Forget(ctx context.Context, before time.Time, limit int) (int, error) {
	var old int // nearly always none: nobody has to wait for a write that changes nothing
	if err := s.db.read().QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM alert_notice WHERE at < $1 LIMIT 1) AS old`,
		millis(before)).Scan(&old); err != nil || old == 0 {
		return 0, failed("forget notices", err)
	}
	var gone int64
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		gone, err = rowsOf(tx.ExecContext(ctx, `DELETE FROM alert_notice WHERE id IN (SELECT id FROM alert_notice WHERE at < $1
			ORDER BY at LIMIT $2)`, millis(before), limit))
		return err
	})
	return int(gone), failed("forget notices", err)
}
