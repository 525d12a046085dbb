package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/recovery"
)

// auditBatch is how many entries one transaction erases or gives up: others wait for it.
const auditBatch = 500

// ErasePersons erases the personal data of all entries from before a time, and says so in the trail, which stays whole. It
// returns how many entries lost theirs.
func (a *Audit) ErasePersons(ctx context.Context, before time.Time) (int, error) {
	return a.batches(ctx, "erase personal data of the audit trail", func(ctx context.Context, tx *sql.Tx) (int64, error) {
		n, err := rowsOf(tx.ExecContext(ctx, `DELETE FROM audit_person WHERE seq IN (SELECT p.seq FROM audit_person p
			JOIN audit_entry e ON e.seq = p.seq WHERE e.at < $1 ORDER BY p.seq LIMIT $2)`, before.UnixMilli(), auditBatch))
		if err != nil || n == 0 {
			return 0, err
		}
		return n, a.Append(ctx, tx, []recovery.Event{{At: a.db.now(), Kind: audit.KindErased, Actor: "job", Data: map[string]string{
			"before": time.UnixMilli(before.UnixMilli()).UTC().Format(time.RFC3339Nano), "count": strconv.FormatInt(n, 10)}}})
	})
}

// Prune gives up the entries from before a time, the oldest first and without gaps; the newest of them stays as a signed
// anchor. No entry is given up before audit.Keep is over, and none that is not what was written: that stops it.
// It returns how many were given up.
func (a *Audit) Prune(ctx context.Context, before time.Time) (int, error) {
	if latest := a.db.now().Add(-audit.Keep); before.After(latest) {
		return 0, fmt.Errorf("give up old entries of the audit trail: they are kept until %s at least", latest.UTC().Format(time.DateOnly))
	}
	return a.batches(ctx, "give up old entries of the audit trail", func(ctx context.Context, tx *sql.Tx) (int64, error) {
		head, err := a.lock(ctx, tx)
		if err != nil {
			return 0, err
		}
		old, err := a.old(ctx, tx, head.Anchor.Mark, before)
		if err != nil || len(old) == 0 {
			return 0, err
		}
		anchor := a.chain.NewAnchor(old[len(old)-1])
		for _, table := range []string{"audit_person", "audit_entry"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE seq <= $1`, anchor.Seq); err != nil {
				return 0, err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET anchor_seq = $1, anchor_at = $2, anchor_mac = $3, anchor_sum = $4
			WHERE id = 1`, anchor.Seq, anchor.At.UnixMilli(), anchor.MAC, anchor.Sum); err != nil {
			return 0, err
		}
		return int64(len(old)), a.Append(ctx, tx, []recovery.Event{{At: a.db.now(), Kind: audit.KindPruned, Actor: "job",
			Data: map[string]string{"before": before.UTC().Format(time.RFC3339), "through": strconv.FormatInt(anchor.Seq, 10)}}})
	})
}

// old reads a batch of entries after the anchor, up to the first that is not from before a time, and checks them.
func (a *Audit) old(ctx context.Context, tx *sql.Tx, after audit.Mark, before time.Time) ([]audit.Entry, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+` FROM audit_entry e ORDER BY e.seq LIMIT $1`, auditBatch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var old []audit.Entry
	for rows.Next() {
		e, err := scanEntry(ctx, rows)
		if err == nil {
			err = a.chain.Check(after, e)
		}
		if err != nil || !e.At.Before(before) {
			return old, err
		}
		old, after = append(old, e), audit.Mark{Seq: e.Seq, MAC: e.MAC}
	}
	return old, rows.Err()
}

// batches repeats a transaction until it has nothing left to do, and says how much was done.
func (a *Audit) batches(ctx context.Context, doing string, batch func(ctx context.Context, tx *sql.Tx) (int64, error)) (int, error) {
	for all := 0; ; {
		var n int64
		err := a.db.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			n, err = batch(ctx, tx)
			return err
		})
		if err == nil {
			all += int(n)
		}
		if err != nil || n < auditBatch {
			return all, failed(doing, err)
		}
	}
}
