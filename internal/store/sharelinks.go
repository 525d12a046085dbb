package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"strconv"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/throttle"
)

// ShareLinks keeps the links that agents share. It implements support.LinkStore.
type ShareLinks struct {
	db     *DB
	record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error
}

// NewShareLinks records what is done to links in the trail.
func NewShareLinks(db *DB, record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error) *ShareLinks {
	return &ShareLinks{db, record}
}

// AddLink counts and keeps in one transaction: a link that was not made does not count.
func (s *ShareLinks) AddLink(ctx context.Context, l support.Link, limits []throttle.Limit, e recovery.Event) error {
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		counter := &caseTx{ctx: ctx, tx: tx}
		if err := counter.Take(l.Created, limits...); err != nil {
			return err
		}
		t := l.Target
		err := inserted(tx.ExecContext(ctx, `INSERT INTO share_link (code, agent, lang, kind, platform, channel, step, slug, query,
				case_ref, version, created, expires, max_uses, opened, started, finished, failed, retired, why, pattern)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, 0, 0, '', '') ON CONFLICT (code) DO NOTHING`,
			l.Code, l.Agent, l.Lang, t.Kind, t.Platform, t.Channel, t.Step, t.Slug, t.Query, t.Case,
			l.Version, millis(l.Created), millis(l.Expires), l.MaxUses))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, []recovery.Event{e})
	})
	return failed("add share link", err)
}

// OpenLink looks and counts in one statement: of many at once, no more than may are counted.
func (s *ShareLinks) OpenLink(ctx context.Context, code string, at time.Time) (opened bool, err error) {
	err = s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := rowsOf(tx.ExecContext(ctx, `UPDATE share_link SET opened = opened + 1
			WHERE code = $1 AND expires > $2 AND retired = 0 AND (max_uses = 0 OR opened < max_uses)`, code, millis(at)))
		opened = n == 1
		return err
	})
	return opened && err == nil, failed("open share link", err)
}

// MarkLink adds to the counts where they stand. The link comes first, so that others who mark it wait.
func (s *ShareLinks) MarkLink(ctx context.Context, code string, m support.Mark) error {
	one := func(yes bool) int { return map[bool]int{true: 1}[yes] }
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := rowsOf(tx.ExecContext(ctx, `UPDATE share_link
			SET started = started + $1, finished = finished + $2, failed = failed + $3 WHERE code = $4`,
			one(m.Started), one(m.Finished), one(m.Failed), code))
		if err == nil && n == 0 {
			return problem.NotFound
		}
		if err == nil && m.Left != "" {
			_, err = tx.ExecContext(ctx, `UPDATE share_link_step SET stopped = stopped - 1 WHERE code = $1 AND step = $2 AND stopped > 0`,
				code, m.Left)
		}
		if err == nil && m.Step != "" {
			_, err = tx.ExecContext(ctx, `INSERT INTO share_link_step (code, step, stopped) VALUES ($1, $2, 1)
				ON CONFLICT (code, step) DO UPDATE SET stopped = share_link_step.stopped + 1`, code, m.Step)
		}
		return err
	})
	return failed("mark share link", err)
}

// RetireLinks is one transaction. The number of links is known only in it, so the event gets it here.
func (s *ShareLinks) RetireLinks(ctx context.Context, codes []string, at time.Time, why, pattern string,
	e recovery.Event) (retired []string, err error) {
	err = s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		retired = nil // an earlier run did not count
		for _, code := range codes {
			n, err := rowsOf(tx.ExecContext(ctx, `UPDATE share_link SET retired = $1, why = $2, pattern = $3
				WHERE code = $4 AND (retired = 0 OR $5 = 1 AND why <> $6)`, millis(at), why, pattern, code,
				map[bool]int{true: 1}[why == support.WhyScam], support.WhyScam))
			if err != nil {
				return err
			}
			if n == 1 {
				retired = append(retired, code)
			}
		}
		if len(retired) == 0 {
			return nil
		}
		event := e
		event.Data = maps.Clone(e.Data)
		event.Data["n"] = strconv.Itoa(len(retired))
		return s.record(ctx, tx, []recovery.Event{event})
	})
	if err != nil {
		return nil, failed("retire share links", err)
	}
	return retired, nil
}

// ForgetLinks erases links whose time was over before a moment, at most limit, with their counts, and says how many.
func (s *ShareLinks) ForgetLinks(ctx context.Context, before time.Time, limit int) (gone int, err error) {
	err = s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		codes, err := texts(tx.QueryContext(ctx, `SELECT code FROM share_link WHERE expires < $1 ORDER BY expires LIMIT $2`,
			millis(before), limit))
		for _, code := range codes {
			for _, statement := range []string{`DELETE FROM share_link_step WHERE code = $1`, `DELETE FROM share_link WHERE code = $1`} {
				if err == nil {
					_, err = tx.ExecContext(ctx, statement, code)
				}
			}
		}
		gone = len(codes)
		return err
	})
	if err != nil {
		return 0, failed("forget share links", err)
	}
	return gone, nil
}

// ScamPatterns counts links, not visits.
func (s *ShareLinks) ScamPatterns(ctx context.Context, since time.Time, platform string) (map[string]int, error) {
	rows, err := s.db.read().QueryContext(ctx, `SELECT pattern, COUNT(*) FROM share_link
		WHERE why = 'scam' AND retired >= $1 AND ($2 = '' OR platform = $2) GROUP BY pattern`, millis(since), platform)
	if err != nil {
		return nil, failed("count scams", err)
	}
	defer rows.Close()
	patterns := map[string]int{}
	for rows.Next() {
		var pattern string
		var n int
		if err := rows.Scan(&pattern, &n); err != nil {
			return nil, failed("count scams", err)
		}
		patterns[pattern] = n
	}
	return patterns, failed("count scams", errors.Join(rows.Err(), rows.Close()))
}
