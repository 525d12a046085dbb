package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/insight"
)

// Insight keeps what is counted. It implements insight.Store.
type Insight struct{ db *DB }

// NewInsight keeps counts in a database whose schema is up to date.
func NewInsight(db *DB) *Insight { return &Insight{db} }

var _ insight.Store = (*Insight)(nil)

// AdvanceInsight reads outside of the transaction that writes, so that nobody waits for it. What was read still holds in the
// transaction if nobody else went on meanwhile; whoever did has counted it.
func (s *Insight) AdvanceInsight(ctx context.Context, limit int, need func(insight.Event) string,
	fold func([]insight.Event, map[string]*insight.Running) insight.Changes) (int, error) {
	var seq int64
	if err := s.db.read().QueryRowContext(ctx, `SELECT seq FROM insight_state WHERE id = 1`).Scan(&seq); err != nil {
		return 0, failed("read how far insight is", err)
	}
	events, err := s.trail(ctx, seq, limit)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	running, err := s.running(ctx, events, need)
	if err != nil {
		return 0, err
	}
	changes := fold(events, running)
	moved := int64(0)
	err = s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		moved, err = rowsOf(tx.ExecContext(ctx, `UPDATE insight_state SET seq = $1 WHERE id = 1 AND seq = $2`,
			events[len(events)-1].Seq, seq))
		if err != nil || moved == 0 { // another process was first
			return err
		}
		if err := addCounts(ctx, tx, changes.Counts); err != nil {
			return err
		}
		return keepRunning(ctx, tx, changes.Running)
	})
	if err != nil || moved == 0 {
		return 0, failed("count the trail", err)
	}
	return len(events), nil
}

// trail reads entries after one, without what is sealed.
func (s *Insight) trail(ctx context.Context, after int64, limit int) ([]insight.Event, error) {
	rows, err := s.db.read().QueryContext(ctx, `SELECT seq, at, kind, case_id, data FROM audit_entry WHERE seq > $1
		ORDER BY seq LIMIT $2`, after, limit)
	if err != nil {
		return nil, failed("read the trail", err)
	}
	defer rows.Close()
	var events []insight.Event
	for rows.Next() {
		var e insight.Event
		var at int64
		var data string
		if err := rows.Scan(&e.Seq, &at, &e.Kind, &e.Case, &data); err != nil {
			return nil, failed("read the trail", err)
		}
		e.At = moment(at)
		e.Data, _ = audit.DecodeData(data) // one that somebody changed is found by `zhaohui audit verify`, and counts without it
		events = append(events, e)
	}
	return events, failed("read the trail", rows.Err())
}

// most is how many ids one statement names.
const most = 100

func (s *Insight) running(ctx context.Context, events []insight.Event,
	need func(insight.Event) string) (map[string]*insight.Running, error) {
	wanted := map[string]bool{}
	for _, e := range events {
		if id := need(e); id != "" {
			wanted[id] = true
		}
	}
	found := map[string]*insight.Running{}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), most) {
		if err := s.runningOf(ctx, ids, found); err != nil {
			return nil, failed("read what runs", err)
		}
	}
	return found, nil
}

func (s *Insight) runningOf(ctx context.Context, ids []string, found map[string]*insight.Running) error {
	rows, err := s.db.read().QueryContext(ctx, `SELECT id, begun, seen, a, reached, vetoed, due, asked FROM insight_running
		WHERE id IN (`+marks(1, len(ids))+`)`, anys(ids)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r insight.Running
		var begun, seen, vetoed, due, asked int64
		if err := rows.Scan(&r.ID, &begun, &seen, &r.A, &r.Reached, &vetoed, &due, &asked); err != nil {
			return err
		}
		r.Begun, r.Seen, r.Vetoed, r.Due, r.Asked = moment(begun), moment(seen), vetoed == 1, moment(due), moment(asked)
		found[r.ID] = &r
	}
	return rows.Err()
}

// marks are n placeholders from a number on.
func marks(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(all, ", ")
}

func anys(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// addCounts adds in the order of the keys, so that two who add never wait for each other.
func addCounts(ctx context.Context, tx *sql.Tx, counts insight.Counts) error {
	for _, k := range slices.SortedFunc(maps.Keys(counts), compareKeys) {
		if err := execute(ctx, tx, `INSERT INTO insight_day (day, measure, platform, a, b, n) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (day, measure, platform, a, b) DO UPDATE SET n = insight_day.n + excluded.n`,
			k.Day, k.Measure, k.Platform, k.A, k.B, counts[k]); err != nil {
			return err
		}
	}
	return nil
}

func compareKeys(x, y insight.Key) int {
	return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Measure, y.Measure), cmp.Compare(x.Platform, y.Platform),
		cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
}

func keepRunning(ctx context.Context, tx *sql.Tx, running map[string]*insight.Running) error {
	flag := map[bool]int64{true: 1}
	for _, id := range slices.Sorted(maps.Keys(running)) {
		r := running[id]
		var err error
		if r == nil {
			err = execute(ctx, tx, `DELETE FROM insight_running WHERE id = $1`, id)
		} else {
			err = execute(ctx, tx, `INSERT INTO insight_running (id, begun, seen, a, reached, vetoed, due, asked)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET begun = excluded.begun, seen = excluded.seen,
				a = excluded.a, reached = excluded.reached, vetoed = excluded.vetoed, due = excluded.due, asked = excluded.asked`,
				id, millis(r.Begun), millis(r.Seen), r.A, int64(r.Reached), flag[r.Vetoed], millis(r.Due), millis(r.Asked))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// AddInsight adds counts that no entry of the trail stands for.
func (s *Insight) AddInsight(ctx context.Context, c insight.Counts, more func(map[string]int64) insight.Counts, of insight.SumOf) error {
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := addCounts(ctx, tx, c); err != nil {
			return err
		}
		sums := map[string]int64{}
		for ids := range slices.Chunk(of.A, most) {
			if err := sumUp(ctx, tx, of, ids, sums); err != nil {
				return err
			}
		}
		if len(sums) == 0 {
			return nil
		}
		return addCounts(ctx, tx, more(sums))
	})
	return failed("write counts", err)
}

func sumUp(ctx context.Context, tx *sql.Tx, of insight.SumOf, ids []string, sums map[string]int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT a, SUM(n) FROM insight_day WHERE measure = $1 AND day >= $2
		AND a IN (`+marks(3, len(ids))+`) GROUP BY a`, append([]any{of.Measure, of.Since}, anys(ids)...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a string
		var n int64
		if err := rows.Scan(&a, &n); err != nil {
			return err
		}
		sums[a] = n
	}
	return rows.Err()
}

// ForgetInsight erases what is old.
func (s *Insight) ForgetInsight(ctx context.Context, days, searches string, silent time.Time) error {
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, old := range []struct {
			statement string
			before    any
		}{{`DELETE FROM insight_day WHERE day < $1`, days},
			{`DELETE FROM insight_day WHERE measure IN ('search', 'search-phrase') AND day < $1`, searches},
			{`DELETE FROM insight_running WHERE seen < $1`, millis(silent)}} {
			if _, err := tx.ExecContext(ctx, old.statement, old.before); err != nil {
				return err
			}
		}
		return nil
	})
	return failed("forget old counts", err)
}
