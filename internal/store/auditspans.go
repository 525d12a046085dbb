package store

import (
	"context"
	"database/sql"

	"zhaohui/internal/support"
)

// spanOf is how many entries a span has.
const spanOf = 1000

// spans are the runs of entries that a filter's time may have entries in, the oldest first, joined where they touch. What no
// span covers yet is always among them. A clock that was set back costs time and loses nothing: a span knows its own times.
func (t *Trail) spans(ctx context.Context, f support.TrailFilter) ([]span, error) {
	head, err := t.Head(ctx)
	if err != nil {
		return nil, err
	}
	if f.From.IsZero() && f.Until.IsZero() {
		return touching(nil, span{head.Anchor.Seq + 1, head.Seq}), nil
	}
	until := millis(f.Until)
	if until == 0 {
		until = 1 << 62
	}
	rows, err := t.db.read().QueryContext(ctx, `SELECT first_seq, last_seq FROM audit_span WHERE latest >= $1 AND earliest < $2 ORDER BY first_seq`,
		millis(f.From), until)
	if err != nil {
		return nil, failed("read spans of the audit trail", err)
	}
	defer rows.Close()
	var all []span
	for rows.Next() {
		var s span
		if err := rows.Scan(&s.first, &s.last); err != nil {
			return nil, failed("read spans of the audit trail", err)
		}
		all = touching(all, s)
	}
	if err := rows.Err(); err != nil {
		return nil, failed("read spans of the audit trail", err)
	}
	covered, err := t.covered(ctx)
	return touching(all, span{max(covered, head.Anchor.Seq) + 1, head.Seq}), err
}

// covered is the last entry that a span covers.
func (t *Trail) covered(ctx context.Context) (last int64, err error) {
	err = t.db.read().QueryRowContext(ctx, `SELECT COALESCE(MAX(last_seq), 0) FROM audit_span`).Scan(&last)
	return last, failed("read spans of the audit trail", err)
}

func touching(all []span, next span) []span {
	switch n := len(all); {
	case next.last < next.first:
		return all
	case n > 0 && all[n-1].last+1 == next.first:
		all[n-1].last = next.last
		return all
	}
	return append(all, next)
}

// Cover writes the spans of entries that have none, and drops those of entries that were given up.
func (t *Trail) Cover(ctx context.Context) error {
	head, err := t.Head(ctx)
	if err != nil {
		return err
	}
	last, err := t.covered(ctx)
	if err != nil {
		return err
	}
	for last = max(last, head.Anchor.Seq); head.Seq-last >= spanOf; last += spanOf {
		var earliest, latest sql.NullInt64
		if err := t.db.read().QueryRowContext(ctx, `SELECT MIN(at), MAX(at) FROM audit_entry WHERE seq > $1 AND seq <= $2`, last, last+spanOf).Scan(
			&earliest, &latest); err != nil {
			return failed("read times of the audit trail", err)
		}
		err := t.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO audit_span (first_seq, last_seq, earliest, latest) VALUES ($1, $2, $3, $4)
				ON CONFLICT (first_seq) DO NOTHING`, last+1, last+spanOf, earliest.Int64, latest.Int64)
			return err
		})
		if err != nil {
			return failed("write spans of the audit trail", err)
		}
	}
	return failed("drop spans of the audit trail", t.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM audit_span WHERE last_seq <= $1`, head.Anchor.Seq)
		return err
	}))
}
