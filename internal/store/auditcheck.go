package store

import (
	"context"
	"database/sql"

	"zhaohui/internal/audit"
	"zhaohui/internal/support"
)

// checking verifies the trail in parts. Each part is read at one moment, with the head of that moment; entries that come
// meanwhile are verified too, so it ends where the trail ends then.
type checking struct {
	trail *Trail
	parts *audit.Parts // nil at the start
}

// Checking begins to verify; see support.TrailStore.
func (t *Trail) Checking() support.TrailChecking { return &checking{trail: t} }

// Step verifies the next part.
func (c *checking) Step(ctx context.Context) (at, of int64, broken string, err error) {
	tx, err := c.trail.db.read().BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return 0, 0, "", failed("verify the audit trail", err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	head, err := scanHead(tx.QueryRowContext(ctx, `SELECT `+headColumns+` FROM audit_head WHERE id = 1`))
	if err == nil {
		err = c.step(ctx, tx, head)
	}
	at = 0
	if c.parts != nil {
		at = c.parts.Last()
	}
	switch {
	case audit.IsBroken(err):
		return at, head.Seq, err.Error(), nil
	case err != nil:
		return at, head.Seq, "", failed("verify the audit trail", err)
	}
	return at, head.Seq, "", nil
}

func (c *checking) step(ctx context.Context, tx *sql.Tx, head audit.Head) (err error) {
	if c.parts == nil || head.Anchor.Seq > c.parts.Last() { // what comes next was given up meanwhile
		c.parts, err = c.trail.chain.NewParts(head)
	} else {
		err = c.parts.Part(head)
	}
	if err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+`, p.sealed FROM audit_entry e LEFT JOIN audit_person p ON p.seq = e.seq
		WHERE e.seq > $1 ORDER BY e.seq LIMIT $2`, c.parts.Last(), c.trail.checkOnce)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		kept, err := c.trail.scanKept(ctx, rows)
		if err == nil {
			err = c.parts.Add(kept)
		}
		if err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || n == c.trail.checkOnce && c.parts.Last() != head.Seq {
		return err
	}
	return c.parts.End()
}
