package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"zhaohui/internal/alert"
	"zhaohui/internal/audit"
)

// Counts counts what alerts are about; see alert.Store. Every statement goes through an index and ends at q.Most rows.
func (s *Alerts) Counts(ctx context.Context, q alert.Question) (alert.Counts, error) {
	var c alert.Counts
	var err error
	if c.Blocked, err = s.number(ctx, `SELECT COUNT(DISTINCT c.subject) FROM (SELECT case_id FROM audit_entry WHERE kind = 'method-failed'
		AND at > $1 AND data LIKE '%"why":"locked"%' LIMIT $2) AS closed JOIN recovery_case c ON c.id = closed.case_id
		WHERE c.subject <> ''`, millis(q.Blocked), q.Most); err != nil {
		return c, failed("count accounts that were closed out", err)
	}
	for _, channel := range slices.Sorted(maps.Keys(q.Budgets)) {
		used, err := s.number(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM throttle_use WHERE key = $1 AND at > $2 LIMIT $3) AS used`,
			"send-total:"+channel, millis(q.Sends), q.Budgets[channel])
		if err != nil {
			return c, failed("count sends", err)
		}
		c.Sends = append(c.Sends, alert.Sends{Channel: channel, Used: used, Budget: q.Budgets[channel]})
		letters, err := s.letters(ctx, q, channel)
		if err != nil {
			return c, failed("count letters", err)
		}
		c.Letters = append(c.Letters, letters)
	}
	if c.Overdue, err = s.number(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE state = 'open' AND due > 0 AND due < $1 LIMIT $2)
		AS late`, millis(q.Now), q.Most); err != nil {
		return c, failed("count overdue tickets", err)
	}
	c.TrailBroken, err = s.trail.endBroken(ctx)
	return c, err
}

func (s *Alerts) number(ctx context.Context, query string, values ...any) (n int, err error) {
	err = s.db.read().QueryRowContext(ctx, query, values...).Scan(&n)
	return n, err
}

// letters looks at the newest letters of a channel: those whose fate is known, and those that were tried in vain.
func (s *Alerts) letters(ctx context.Context, q alert.Question, channel string) (alert.Letters, error) {
	l := alert.Letters{Channel: channel}
	rows, err := s.db.read().QueryContext(ctx, `SELECT state IN ('accepted', 'delivered') FROM message WHERE created > $1 AND channel = $2
		AND (state <> 'queued' OR tries > 1) ORDER BY created DESC LIMIT $3`, millis(q.Letters), channel, q.NewestLetters)
	if err != nil {
		return l, err
	}
	defer rows.Close()
	inARow := true
	for rows.Next() {
		var arrived bool
		if err := rows.Scan(&arrived); err != nil {
			return l, err
		}
		l.All++
		if inARow = inARow && !arrived; inARow {
			l.InARow++
		}
		if !arrived {
			l.Failed++
		}
	}
	return l, rows.Err()
}

// endEntries is how much of the trail's end is looked at: Verify takes long, and whoever changes a trail mostly does at its end.
const endEntries = 100

// endBroken says whether the end of the trail is not what was written.
func (a *Audit) endBroken(ctx context.Context) (bool, error) {
	err := a.checkEnd(ctx)
	if audit.IsBroken(err) {
		return true, nil
	}
	return false, failed("look at the end of the audit trail", err)
}

func (a *Audit) checkEnd(ctx context.Context) error {
	tx, err := a.db.read().BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	head, err := scanHead(tx.QueryRowContext(ctx, `SELECT `+headColumns+` FROM audit_head WHERE id = 1`))
	if err != nil {
		return err
	}
	if err := a.chain.CheckHead(head); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+` FROM audit_entry e WHERE e.seq > $1 ORDER BY e.seq`, head.Seq-endEntries)
	if err != nil {
		return err
	}
	defer rows.Close()
	last := audit.Mark{}
	for first := true; rows.Next(); first = false {
		e, err := scanEntry(ctx, rows)
		if err != nil {
			return err
		}
		if first { // what it follows was not read
			last = audit.Mark{Seq: e.Seq - 1, MAC: e.Prev}
		}
		if err := a.chain.Check(last, e); err != nil {
			return err
		}
		last = audit.Mark{Seq: e.Seq, MAC: e.MAC}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if last.Seq != head.Seq && head.Seq != head.Anchor.Seq {
		return audit.Broken{Seq: last.Seq + 1, What: fmt.Sprintf("is missing: the trail ends at %d", head.Seq)}
	}
	return nil
}
