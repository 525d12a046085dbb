package store

import (
	"context"
	"database/sql"
	"time"
)

// The trail is in the order in which it was written. That is the order of time but for what was written later of times before;
// the spans know their times, so that nobody reads the whole trail to find the oldest.

// dueInTrail counts the entries that can be given up, which are the first ones up to one that is too young, and finds the
// oldest of all.
func dueInTrail(ctx context.Context, db *DB, before time.Time, most int) (n int, oldest time.Time, err error) {
	var first, from, to, spans, rest sql.NullInt64
	row := func(into []any, query string, args ...any) {
		if err == nil {
			err = db.read().QueryRowContext(ctx, query, args...).Scan(into...)
		}
	}
	row([]any{&first}, `SELECT MIN(seq) FROM audit_entry`)
	row([]any{&from, &to, &spans}, `SELECT MIN(first_seq), MAX(last_seq), MIN(earliest) FROM audit_span
		WHERE first_seq >= $1`, first.Int64)
	row([]any{&rest}, `SELECT MIN(at) FROM (SELECT MIN(at) AS at FROM audit_entry WHERE seq < $1
		UNION ALL SELECT MIN(at) FROM audit_entry WHERE seq > $2) AS ends`, from.Int64, to.Int64)
	row([]any{&n}, `SELECT COUNT(*) FROM (SELECT 1 FROM audit_entry WHERE seq < COALESCE(
		(SELECT seq FROM audit_entry WHERE at >= $1 ORDER BY seq LIMIT 1), 9000000000000000000) ORDER BY seq LIMIT $2) AS seen`,
		millis(before), most)
	for _, at := range []sql.NullInt64{spans, rest} {
		if at.Valid && (oldest.IsZero() || moment(at.Int64).Before(oldest)) {
			oldest = moment(at.Int64)
		}
	}
	return n, oldest, failed("count what is due in the trail", err)
}

// spansLooked is how many spans duePersons looks into at most.
const spansLooked = 2000

// duePersons counts the entries whose personal data is to be erased, and finds the oldest that has any.
func duePersons(ctx context.Context, db *DB, before time.Time, most int) (n int, oldest time.Time, err error) {
	spans, tail, err := spansWithPersons(ctx, db)
	if err != nil {
		return 0, oldest, failed("count what is due in the trail", err)
	}
	for i, s := range append([]timedSpan{tail}, spans...) {
		if i > 0 && !oldest.IsZero() && s.earliest >= max(millis(oldest), millis(before)) {
			break // the rest is younger
		}
		var first sql.NullInt64
		var due int
		err := db.read().QueryRowContext(ctx, `SELECT MIN(e.at), COUNT(CASE WHEN e.at < $3 THEN 1 END) FROM audit_person p
			JOIN audit_entry e ON e.seq = p.seq WHERE p.seq >= $1 AND p.seq <= $2`, s.first, s.last, millis(before)).Scan(&first, &due)
		if err != nil {
			return 0, oldest, failed("count what is due in the trail", err)
		}
		if first.Valid && (oldest.IsZero() || moment(first.Int64).Before(oldest)) {
			oldest = moment(first.Int64)
		}
		if n += due; n >= most && i > 0 {
			break
		}
	}
	return min(n, most), oldest, nil
}

// timedSpan is a span with the earliest time in it.
type timedSpan struct {
	span
	earliest int64
}

// spansWithPersons are the spans that can have personal data, by their earliest time, and the end of the trail that none covers.
func spansWithPersons(ctx context.Context, db *DB) (spans []timedSpan, tail timedSpan, err error) {
	tail.last = 1<<62 - 1
	err = db.read().QueryRowContext(ctx, `SELECT COALESCE(MAX(last_seq), 0) + 1 FROM audit_span`).Scan(&tail.first)
	if err != nil {
		return nil, tail, err
	}
	rows, err := db.read().QueryContext(ctx, `SELECT first_seq, last_seq, earliest FROM audit_span
		WHERE last_seq >= (SELECT COALESCE(MIN(seq), 0) FROM audit_person) ORDER BY earliest LIMIT $1`, spansLooked)
	if err != nil {
		return nil, tail, err
	}
	defer rows.Close()
	for rows.Next() {
		var s timedSpan
		if err := rows.Scan(&s.first, &s.last, &s.earliest); err != nil {
			return nil, tail, err
		}
		spans = append(spans, s)
	}
	return spans, tail, rows.Err()
}
