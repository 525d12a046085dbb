package store

import (
	"context"
	"database/sql"
	"time"

	"zhaohui/internal/insight"
)

// RecountInsight writes a day's letters and links anew, if they are others than were counted.
func (s *Insight) RecountInsight(ctx context.Context, day string, from, to time.Time) error {
	now := insight.Counts{}
	if err := s.letters(ctx, day, from, to, now); err != nil {
		return failed("count letters", err)
	}
	if err := s.links(ctx, day, from, to, now); err != nil {
		return failed("count links", err)
	}
	was, err := s.counts(ctx, `SELECT day, measure, platform, a, b, n FROM insight_day
		WHERE day = $1 AND measure IN ('letter', 'link')`, day)
	if err != nil {
		return err
	}
	changed := insight.Counts{}
	for key, n := range now {
		if d := n - was[key]; d != 0 {
			changed[key] = d
		}
	}
	for key, n := range was {
		if _, still := now[key]; !still && key.Measure == insight.Letter {
			changed[key] = -n // it came into another state; what was erased when its time was over stays counted
		}
	}
	if len(now) == 0 || len(changed) == 0 {
		return nil
	}
	err = s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for key := range changed { // anew, not added: two processes may do it at once
			if _, err := tx.ExecContext(ctx, `DELETE FROM insight_day
				WHERE day = $1 AND measure = $2 AND platform = $3 AND a = $4 AND b = $5`,
				key.Day, key.Measure, key.Platform, key.A, key.B); err != nil {
				return err
			}
		}
		again := insight.Counts{}
		for key := range changed {
			if n := now[key]; n > 0 {
				again[key] = n
			}
		}
		return addCounts(ctx, tx, again)
	})
	return failed("count letters and links", err)
}

func (s *Insight) letters(ctx context.Context, day string, from, to time.Time, counts insight.Counts) error {
	rows, err := s.db.read().QueryContext(ctx, `SELECT channel, state, COUNT(*) FROM message WHERE created >= $1 AND created < $2
		GROUP BY channel, state`, millis(from), millis(to))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		key := insight.Key{Day: day, Measure: insight.Letter}
		var n int64
		if err := rows.Scan(&key.A, &key.B, &n); err != nil {
			return err
		}
		counts[key] += n
	}
	return rows.Err()
}

// links are what became of the links that were made on a day.
func (s *Insight) links(ctx context.Context, day string, from, to time.Time, counts insight.Counts) error {
	rows, err := s.db.read().QueryContext(ctx, `SELECT platform, kind, COUNT(*), SUM(opened), SUM(started), SUM(finished), SUM(failed),
		SUM(CASE WHEN why = 'scam' THEN 1 ELSE 0 END) FROM share_link WHERE created >= $1 AND created < $2 GROUP BY platform, kind`,
		millis(from), millis(to))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		key := insight.Key{Day: day, Measure: insight.Link}
		var n [6]int64
		if err := rows.Scan(&key.Platform, &key.A, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5]); err != nil {
			return err
		}
		for i, what := range []string{"made", "opened", "started", "finished", "failed", "scam"} {
			if key.B = what; n[i] > 0 {
				counts[key] += n[i]
			}
		}
	}
	return rows.Err()
}

// Insight sums a span of days up.
func (s *Insight) Insight(ctx context.Context, from, to string) (insight.Counts, error) {
	return s.counts(ctx, `SELECT '', measure, platform, a, b, SUM(n) FROM insight_day WHERE day >= $1 AND day <= $2
		GROUP BY measure, platform, a, b`, from, to)
}

// InsightDays are the counts of one measure by day.
func (s *Insight) InsightDays(ctx context.Context, from, to, measure, b string) (insight.Counts, error) {
	return s.counts(ctx, `SELECT day, measure, platform, '', b, SUM(n) FROM insight_day WHERE measure = $1 AND b = $2
		AND day >= $3 AND day <= $4 GROUP BY day, measure, platform, b`, measure, b, from, to)
}

func (s *Insight) counts(ctx context.Context, statement string, args ...any) (insight.Counts, error) {
	rows, err := s.db.read().QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, failed("read counts", err)
	}
	defer rows.Close()
	counts := insight.Counts{}
	for rows.Next() {
		var k insight.Key
		var n int64
		if err := rows.Scan(&k.Day, &k.Measure, &k.Platform, &k.A, &k.B, &n); err != nil {
			return nil, failed("read counts", err)
		}
		counts[k] += n
	}
	return counts, failed("read counts", rows.Err())
}
