package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"zhaohui/internal/recovery"
)

// ResealBox is a Sealer that says what the newest key sealed. vault.Box is one.
type ResealBox interface {
	Sealer
	// Newest is how everything begins that the newest key sealed.
	Newest() []byte
}

// Resealer seals again what older keys sealed, so that an older key can be taken out of the keyset.
type Resealer interface {
	// What names it for people: a table and a column.
	What() string
	// Reseal does one batch in one transaction, at most limit rows; done says that nothing is left. It may be stopped
	// at any time and begun again: what is done is found by its key. Rows that no key opens are left as they are; the
	// error of the last batch counts them.
	Reseal(ctx context.Context, limit int) (done bool, err error)
}

// Column reseals one sealed column, and writes the blind indexes again that follow from it. It is for one go: a new one
// begins at the first row.
type Column struct {
	DB      *DB
	Table   string
	Key     string // column of the id: a text, or a number if Numbers
	Sealed  string // rows where it is null or empty have nothing sealed
	Numbers bool
	Box     ResealBox
	// Most is how many rows are read at once where they are large. Optional.
	Most int
	// Context is what a row's value is bound to; `table:column:id` if nil.
	Context func(id string) string
	// Reindex writes the row's blind indexes with the newest key. Optional. It runs in the transaction that holds the row.
	Reindex func(ctx context.Context, tx *sql.Tx, id string, plain []byte) error
	// Also is a condition for rows whose indexes are written again although the newest key sealed them: where whoever saves
	// a row leaves its indexes as they are. Optional.
	Also string

	after   any // id of the last row that was looked at; nil before the first
	changed bool
	bad     []string
}

// What is the table and column.
func (c *Column) What() string { return c.Table + "." + c.Sealed }

// sealedRow is a row to look at.
type sealedRow struct {
	id     any
	text   string
	sealed []byte
}

// Reseal looks at the rows in the order of their ids, so that all batches together read the table once. It goes through
// them again if somebody else changed one in between.
func (c *Column) Reseal(ctx context.Context, limit int) (bool, error) {
	if c.Most > 0 {
		limit = min(limit, c.Most)
	}
	rows, err := c.rows(ctx, limit)
	if err != nil {
		return false, failed("reseal "+c.What(), err)
	}
	var bad []string
	var changed bool
	err = c.DB.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		bad, changed = nil, false // it may run again
		for _, row := range rows {
			plain, err := c.Box.Open(row.sealed, c.context(row.text))
			if err != nil {
				bad = append(bad, row.text) // one broken row must not keep all others at an old key
				continue
			}
			same, err := c.one(ctx, tx, row, plain)
			if err != nil {
				return fmt.Errorf("row %s: %w", row.text, err)
			}
			changed = changed || !same
		}
		return nil
	})
	if err != nil {
		return false, failed("reseal "+c.What(), err)
	}
	c.bad, c.changed = append(c.bad, bad...), c.changed || changed
	if len(rows) == limit {
		c.after = rows[limit-1].id
		return false, nil
	}
	if c.changed {
		c.after, c.changed, c.bad = nil, false, nil
		return false, nil
	}
	if len(c.bad) > 0 {
		return true, fmt.Errorf("reseal %s: no key opens %d of its rows, the first is %s", c.What(), len(c.bad), c.bad[0])
	}
	return true, nil
}

func (c *Column) context(id string) string {
	if c.Context != nil {
		return c.Context(id)
	}
	return c.Table + ":" + c.Sealed + ":" + id
}

// rows reads the next rows that an older key sealed, or whose indexes are to be written anyway.
func (c *Column) rows(ctx context.Context, limit int) ([]sealedRow, error) {
	which := fmt.Sprintf(`substr(%s, 1, %d) <> $1`, c.Sealed, len(c.Box.Newest()))
	if c.Also != "" {
		which = "(" + which + " OR (" + c.Also + "))"
	}
	query := fmt.Sprintf(`SELECT %[1]s, %[2]s FROM %[3]s WHERE length(%[2]s) > 0 AND %[4]s`, c.Key, c.Sealed, c.Table, which)
	args := []any{c.Box.Newest(), limit}
	if c.after != nil {
		query += fmt.Sprintf(` AND %s > $3`, c.Key)
		args = append(args, c.after)
	}
	rows, err := c.DB.read().QueryContext(ctx, query+fmt.Sprintf(` ORDER BY %s LIMIT $2`, c.Key), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []sealedRow
	for rows.Next() {
		var row sealedRow
		var number int64
		if c.Numbers {
			err = rows.Scan(&number, &row.sealed)
			row.id, row.text = number, strconv.FormatInt(number, 10)
		} else {
			err = rows.Scan(&row.text, &row.sealed)
			row.id = row.text
		}
		if err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

// one writes a row, which also locks it; same says that it was still what had been read.
func (c *Column) one(ctx context.Context, tx *sql.Tx, row sealedRow, plain []byte) (same bool, err error) {
	sealed := row.sealed
	if !bytes.HasPrefix(sealed, c.Box.Newest()) {
		sealed = c.Box.Seal(plain, c.context(row.text))
	}
	update := fmt.Sprintf(`UPDATE %[1]s SET %[2]s = $1 WHERE %[3]s = $2 AND %[2]s = $3`, c.Table, c.Sealed, c.Key)
	n, err := rowsOf(tx.ExecContext(ctx, update, sealed, row.id, row.sealed))
	if err != nil || n == 0 || c.Reindex == nil {
		return n > 0, err
	}
	return true, c.Reindex(ctx, tx, row.text, plain)
}

// Reseal is what is sealed of the trail: personal data. The chain itself is never signed again.
func (a *Audit) Reseal() []*Column {
	return []*Column{{DB: a.db, Table: "audit_person", Key: "seq", Sealed: "sealed", Numbers: true, Box: a.seal}}
}

// CaseIndexes are a case's blind indexes under the newest key; an empty one is left as it is.
type CaseIndexes struct{ Subject, Resume string }

// Reseal is what is sealed of cases and letters. indexes says what follows from the facts of a case; a case is saved with
// the indexes it was read with, so those of open cases are always written again.
func (s *Cases) Reseal(box ResealBox, indexes func(*recovery.Facts) CaseIndexes) []*Column {
	reindex := func(ctx context.Context, tx *sql.Tx, id string, plain []byte) error {
		var facts recovery.Facts
		if err := json.Unmarshal(plain, &facts); err != nil {
			return errors.New("its facts are not what this program writes") // the error could repeat facts
		}
		to := indexes(&facts)
		// With a new version, so that whoever read the case before does not bring the old indexes back.
		_, err := tx.ExecContext(ctx, `UPDATE recovery_case SET version = version + 1,
			subject = CASE WHEN $1 = '' THEN subject ELSE $1 END, resume = CASE WHEN $2 = '' THEN resume ELSE $2 END
			WHERE id = $3 AND (subject <> $1 AND $1 <> '' OR resume <> $2 AND $2 <> '')`, to.Subject, to.Resume, id)
		return err
	}
	return []*Column{
		{DB: s.db, Table: "recovery_case", Key: "id", Sealed: "facts", Box: box, Reindex: reindex,
			Also: `state IN ('open', 'applying')`},
		{DB: s.db, Table: "message", Key: "id", Sealed: "sealed", Box: box},
	}
}

// Keys are the beginnings of all that the trail is signed with: a key that is named here has to stay in the keyset.
func (a *Audit) Keys(ctx context.Context) ([][]byte, error) {
	rows, err := a.db.read().QueryContext(ctx, fmt.Sprintf(`SELECT DISTINCT substr(mac, 1, %[1]d) FROM audit_entry
		UNION SELECT substr(sum, 1, %[1]d) FROM audit_head
		UNION SELECT substr(anchor_sum, 1, %[1]d) FROM audit_head`, len(a.seal.Newest())))
	if err != nil {
		return nil, failed("list the keys of the audit trail", err)
	}
	defer rows.Close()
	var keys [][]byte
	for rows.Next() {
		var key []byte
		if err := rows.Scan(&key); err != nil {
			return nil, failed("list the keys of the audit trail", err)
		}
		if len(key) > 0 {
			keys = append(keys, key)
		}
	}
	return keys, failed("list the keys of the audit trail", rows.Err())
}
