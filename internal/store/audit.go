package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/recovery"
)

// Audit keeps the audit trail.
type Audit struct {
	db    *DB
	chain *audit.Chain
	seal  ResealBox
}

// NewAudit makes a trail of a chain; seal is for the personal data in it.
func NewAudit(db *DB, chain *audit.Chain, seal ResealBox) *Audit {
	return &Audit{db: db, chain: chain, seal: seal}
}

// Append adds events to the trail, in a transaction of the caller. It locks the head of the chain until that ends, so it
// is called last; in a group they are added at the group's end. It fails, and the transaction with it, if somebody
// changed the head: going on would hide that.
func (a *Audit) Append(ctx context.Context, tx *sql.Tx, events []recovery.Event) error {
	if len(events) == 0 {
		return nil
	}
	if end, ok := ctx.Value(endKey{}).(*groupEnd); ok {
		end.events = append(end.events, tracedEvents{a, events})
		return nil
	}
	return a.append(ctx, tx, events)
}

func (a *Audit) append(ctx context.Context, tx *sql.Tx, events []recovery.Event) error {
	head, err := a.lock(ctx, tx)
	if err != nil {
		return err
	}
	var values []any // of rows that were not written yet
	for i, event := range events {
		e, person := a.entry(event)
		e = a.chain.Link(head.Mark, e)
		head.Mark = audit.Mark{Seq: e.Seq, MAC: e.MAC}
		values = append(values, e.Seq, e.At.UnixMilli(), e.Kind, e.Case, e.Actor, audit.EncodeData(e.Data), e.PersonDigest, orEmpty(e.Prev), e.MAC)
		if err := a.addPerson(ctx, tx, e.Seq, person); err != nil {
			return failed("write the audit trail", err)
		}
		insert := addEntry
		switch {
		case len(values) == entriesAtOnce*entryValues:
			insert = addEntries
		case len(values) > entryValues || len(events)-i >= entriesAtOnce: // there will be as many as go at once
			continue
		}
		if err := execute(ctx, tx, insert, values...); err != nil {
			return failed("write the audit trail", err)
		}
		values = values[:0]
	}
	_, err = tx.ExecContext(ctx, `UPDATE audit_head SET seq = $1, mac = $2, sum = $3 WHERE id = 1`,
		head.Seq, head.MAC, a.chain.SignHead(head.Mark))
	return failed("move the head of the audit trail", err)
}

// Entries are written some at once while there are so many: less for each than one by one.
const (
	entryValues   = 9
	entriesAtOnce = 16
)

var addEntry, addEntries = insertEntries(1), insertEntries(entriesAtOnce)

func insertEntries(n int) string {
	rows := make([]string, n)
	for row := range rows {
		marks := make([]string, entryValues)
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", row*entryValues+i+1)
		}
		rows[row] = "(" + strings.Join(marks, ", ") + ")"
	}
	return `INSERT INTO audit_entry (seq, at, kind, case_id, actor, data, person, prev, mac) VALUES ` + strings.Join(rows, ", ")
}

// entry makes an entry of an event, not linked yet, with its personal data, nil if it has none.
func (a *Audit) entry(event recovery.Event) (audit.Entry, *audit.Person) {
	e := audit.Entry{At: event.At, Kind: event.Kind, Case: event.Case, Actor: event.Actor, Data: event.Data}
	if len(event.Person) == 0 {
		return e, nil
	}
	person := audit.NewPerson(event.Person)
	e.PersonDigest = a.chain.Digest(person)
	return e, &person
}

func (a *Audit) addPerson(ctx context.Context, tx *sql.Tx, seq int64, person *audit.Person) error {
	if person == nil {
		return nil
	}
	plain, err := json.Marshal(person)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit_person (seq, sealed) VALUES ($1, $2)`, seq, a.seal.Seal(plain, personContext(seq)))
	return err
}

func personContext(seq int64) string { return fmt.Sprintf("audit_person:sealed:%d", seq) }

// orEmpty keeps a column that must not be null from it: the first entry has nothing before it.
func orEmpty(raw []byte) []byte {
	if raw == nil {
		return []byte{}
	}
	return raw
}

const headColumns = `seq, mac, sum, anchor_seq, anchor_at, anchor_mac, anchor_sum`

func scanHead(row *sql.Row) (audit.Head, error) {
	var h audit.Head
	var at int64
	err := row.Scan(&h.Seq, &h.MAC, &h.Sum, &h.Anchor.Seq, &at, &h.Anchor.MAC, &h.Anchor.Sum)
	h.Anchor.At = time.UnixMilli(at).UTC()
	return h, err
}

// lock keeps others from the head until the transaction ends: on PostgreSQL a row that was written is locked, and a
// writer who waited sees what the other wrote.
func (a *Audit) lock(ctx context.Context, tx *sql.Tx) (audit.Head, error) {
	head, err := scanHead(tx.QueryRowContext(ctx, `UPDATE audit_head SET seq = seq WHERE id = 1 RETURNING `+headColumns))
	if err != nil {
		return head, failed("lock the head of the audit trail", err)
	}
	if err := a.chain.CheckHead(head); err != nil {
		return head, fmt.Errorf("audit trail, look at it with `zhaohui audit verify`: %w", err)
	}
	return head, nil
}

// Head is where the trail ends.
func (a *Audit) Head(ctx context.Context) (audit.Head, error) {
	head, err := scanHead(a.db.read().QueryRowContext(ctx, `SELECT `+headColumns+` FROM audit_head WHERE id = 1`))
	return head, failed("read the head of the audit trail", err)
}

const entryColumns = `e.seq, e.at, e.kind, e.case_id, e.actor, e.data, e.person, e.prev, e.mac`

// scanEntry reads a row of entryColumns. A row that cannot be one of ours is an audit.Broken, unless the context ended.
func scanEntry(ctx context.Context, rows *sql.Rows, more ...any) (audit.Entry, error) {
	var e audit.Entry
	var at int64
	var data string
	err := rows.Scan(append([]any{&e.Seq, &at, &e.Kind, &e.Case, &e.Actor, &data, &e.PersonDigest, &e.Prev, &e.MAC}, more...)...)
	if err != nil {
		if ctx.Err() != nil {
			return e, failed("read an entry", ctx.Err())
		}
		return e, audit.Broken{Seq: e.Seq, What: "has a column of another type"}
	}
	e.At = time.UnixMilli(at).UTC()
	if e.Data, err = audit.DecodeData(data); err != nil {
		return e, audit.Broken{Seq: e.Seq, What: err.Error()}
	}
	return e, nil
}

// Entries are the entries from a number on, at most limit, the oldest first. It does not verify them.
func (a *Audit) Entries(ctx context.Context, from int64, limit int) ([]audit.Entry, error) {
	rows, err := a.db.read().QueryContext(ctx, `SELECT `+entryColumns+` FROM audit_entry e WHERE e.seq >= $1
		ORDER BY e.seq LIMIT $2`, from, limit)
	if err != nil {
		return nil, failed("read the audit trail", err)
	}
	defer rows.Close()
	var entries []audit.Entry
	for rows.Next() {
		e, err := scanEntry(ctx, rows)
		if err != nil {
			return nil, fmt.Errorf("read the audit trail: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, failed("read the audit trail", rows.Err())
}

// Person is the personal data of an entry; problem.NotFound if it has none or if that was erased.
func (a *Audit) Person(ctx context.Context, seq int64) (map[string]string, error) {
	var sealed []byte
	if err := a.db.read().QueryRowContext(ctx, `SELECT sealed FROM audit_person WHERE seq = $1`, seq).Scan(&sealed); err != nil {
		return nil, failed("read personal data of the audit trail", err)
	}
	person, err := a.open(seq, sealed)
	if err != nil {
		return nil, fmt.Errorf("open personal data of the audit trail, entry %d: %w", seq, err)
	}
	return person.Values, nil
}

func (a *Audit) open(seq int64, sealed []byte) (*audit.Person, error) {
	plain, err := a.seal.Open(sealed, personContext(seq))
	if err != nil {
		return nil, err
	}
	person := &audit.Person{}
	return person, json.Unmarshal(plain, person)
}

// Verify goes through the whole trail as it is at one moment; an audit.Broken names the first place that is not what was
// written. logged are heads that were kept elsewhere.
func (a *Audit) Verify(ctx context.Context, logged []audit.Mark) (audit.Report, error) {
	tx, err := a.db.read().BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return audit.Report{}, failed("verify the audit trail", err)
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	head, err := scanHead(tx.QueryRowContext(ctx, `SELECT `+headColumns+` FROM audit_head WHERE id = 1`))
	if err != nil {
		return audit.Report{}, failed("verify the audit trail: read its head", err)
	}
	report, err := a.chain.Verify(a.all(ctx, tx), head, logged)
	if err != nil && !audit.IsBroken(err) {
		err = failed("verify the audit trail", err)
	}
	return report, err
}

func (a *Audit) all(ctx context.Context, tx *sql.Tx) iter.Seq2[audit.Kept, error] {
	return func(yield func(audit.Kept, error) bool) {
		rows, err := tx.QueryContext(ctx, `SELECT `+entryColumns+`, p.sealed FROM audit_entry e
			LEFT JOIN audit_person p ON p.seq = e.seq ORDER BY e.seq`)
		if err != nil {
			yield(audit.Kept{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			if !yield(a.scanKept(ctx, rows)) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(audit.Kept{}, err)
		}
	}
}

// scanKept reads a row of entryColumns and its personal data.
func (a *Audit) scanKept(ctx context.Context, rows *sql.Rows) (audit.Kept, error) {
	var sealed []byte
	e, err := scanEntry(ctx, rows, &sealed)
	kept := audit.Kept{Entry: e}
	if err == nil && sealed != nil {
		if kept.Person, err = a.open(e.Seq, sealed); err != nil {
			err = audit.Broken{Seq: e.Seq, What: "its personal data was changed, or the key that sealed it is not in the keyset"}
		}
	}
	return kept, err
}
