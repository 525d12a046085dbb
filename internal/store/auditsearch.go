package store

import (
	"context"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// Trail is the audit trail as the desk reads it. It implements support.TrailStore.
type Trail struct {
	*Audit
	patience  time.Duration // after which a search says where to go on
	byNumber  int64         // entries that one query reads without an index
	byIndex   int64         // and with one
	checkOnce int           // entries that are verified at once
}

var _ support.TrailStore = (*Trail)(nil)

// NewTrail makes the desk's view of a trail.
func NewTrail(a *Audit) *Trail {
	return &Trail{Audit: a, patience: 60 * time.Millisecond, byNumber: 10_000, byIndex: 50_000, checkOnce: 2000}
}

// caseStarted is the one kind that the indexes of the trail leave out.
const caseStarted = "case-started"

// span is a run of entries, both ends included.
type span struct{ first, last int64 }

// Search goes down through the spans that the filter's time leaves, a window of numbers at a time.
func (t *Trail) Search(ctx context.Context, f support.TrailFilter, below int64, limit int) ([]support.TrailEntry, int64, error) {
	if f.Ticket != "" {
		id, err := t.caseOf(ctx, f.Ticket)
		if err != nil || f.Case != "" && f.Case != id {
			return nil, 0, err
		}
		f.Case = id
	}
	if f.Case != "" {
		return t.searchCase(ctx, f, below, limit)
	}
	spans, err := t.spans(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	window := t.byNumber
	if f.Kind != "" && f.Kind != caseStarted || f.Actor != "" && f.Actor != support.Customer {
		window = t.byIndex
	}
	begun, looked := time.Now(), false // a duration, not a date
	var found []support.TrailEntry
	for i := len(spans) - 1; i >= 0; i-- {
		top := spans[i].last
		if below > 0 {
			top = min(top, below-1)
		}
		for ; top >= spans[i].first; top -= window {
			if looked && time.Since(begun) > t.patience {
				return found, top + 1, nil
			}
			looked = true
			c := trailConditions(f)
			c.add(`e.seq <= ?`, top)
			c.add(`e.seq >= ?`, max(spans[i].first, top-window+1))
			more, err := t.lines(ctx, c, limit-len(found))
			if err != nil {
				return nil, 0, err
			}
			if found = append(found, more...); len(found) == limit {
				return found, found[limit-1].Seq, nil
			}
		}
	}
	return found, 0, nil
}

// searchCase reads the entries of one case through their index, and then its start, which only its time tells.
func (t *Trail) searchCase(ctx context.Context, f support.TrailFilter, below int64, limit int) ([]support.TrailEntry, int64, error) {
	c := trailConditions(f)
	c.add(`e.kind <> 'case-started' AND e.case_id <> ''`)
	if below > 0 {
		c.add(`e.seq < ?`, below)
	}
	found, err := t.lines(ctx, c, limit)
	if err != nil || len(found) == limit {
		return found, nextOf(found), err
	}
	began, ok := caseBegan(f.Case)
	if !ok || f.Kind != "" && f.Kind != caseStarted || f.Ticket != "" {
		return found, 0, nil
	}
	spans, err := t.spans(ctx, support.TrailFilter{From: began, Until: began.Add(time.Millisecond)})
	for _, s := range spans {
		c := trailConditions(f)
		c.add(`e.kind = 'case-started'`)
		c.add(`e.at = ?`, millis(began))
		c.add(`e.seq <= ?`, s.last)
		c.add(`e.seq >= ?`, s.first)
		if below > 0 {
			c.add(`e.seq < ?`, below)
		}
		more, failed := t.lines(ctx, c, 1)
		if err = failed; err != nil || len(more) > 0 {
			found = append(found, more...)
			break
		}
	}
	return found, 0, err
}

func nextOf(found []support.TrailEntry) int64 {
	if len(found) == 0 {
		return 0
	}
	return found[len(found)-1].Seq
}

// caseAlphabet is how the ids of cases are written.
var caseAlphabet = base32.HexEncoding.WithPadding(base32.NoPadding)

// caseBegan is the time that the id of a case begins with.
func caseBegan(id string) (time.Time, bool) {
	raw, err := caseAlphabet.DecodeString(strings.ToUpper(id))
	if err != nil || len(raw) != 16 {
		return time.Time{}, false
	}
	return moment(int64(binary.BigEndian.Uint64(raw) >> 16)), true
}

// caseOf is the case of a ticket; problem.Invalid if there is no such ticket.
func (t *Trail) caseOf(ctx context.Context, number string) (id string, err error) {
	err = t.db.read().QueryRowContext(ctx, `SELECT case_id FROM ticket WHERE number = $1`, number).Scan(&id)
	if err = failed("find ticket", err); problem.KindOf(err) == problem.KindNotFound {
		err = problem.Invalid{Fields: map[string]string{"ticket": "unknown"}}
	}
	return id, err
}

// trailConditions are what a filter asks for; a condition of an index stands with it, so that the planner sees it.
func trailConditions(f support.TrailFilter) *conditions {
	c := &conditions{}
	if f.Kind != "" {
		c.add(`e.kind = ?`, f.Kind)
		if f.Kind != caseStarted {
			c.add(`e.kind <> 'case-started'`)
		}
	}
	if f.Case != "" {
		c.add(`e.case_id = ?`, f.Case)
	}
	if f.Actor != "" {
		c.add(`e.actor = ?`, f.Actor)
		if f.Actor != support.Customer {
			c.add(`e.actor <> 'customer'`)
		}
	}
	if f.Ticket != "" {
		c.add(`e.data LIKE ?`, `%"ticket":"`+f.Ticket+`"%`)
	}
	if !f.From.IsZero() {
		c.add(`e.at >= ?`, millis(f.From))
	}
	if !f.Until.IsZero() {
		c.add(`e.at < ?`, millis(f.Until))
	}
	return c
}

// lines reads entries, the newest first.
func (t *Trail) lines(ctx context.Context, c *conditions, limit int) ([]support.TrailEntry, error) {
	c.values = append(c.values, limit)
	rows, err := t.db.read().QueryContext(ctx, fmt.Sprintf(`SELECT %s, p.seq IS NOT NULL FROM audit_entry e LEFT JOIN audit_person p ON p.seq = e.seq
		WHERE %s ORDER BY e.seq DESC LIMIT $%d`, entryColumns, strings.Join(c.parts, " AND "), len(c.values)), c.values...)
	if err != nil {
		return nil, failed("search the audit trail", err)
	}
	defer rows.Close()
	var found []support.TrailEntry
	for rows.Next() {
		var kept bool
		e, err := scanEntry(ctx, rows, &kept)
		if err != nil {
			return nil, fmt.Errorf("search the audit trail: %w", err)
		}
		found = append(found, line(e, kept))
	}
	return found, failed("search the audit trail", rows.Err())
}

func line(e audit.Entry, kept bool) support.TrailEntry {
	l := support.TrailEntry{Seq: e.Seq, At: e.At, Kind: e.Kind, Case: e.Case, Actor: e.Actor, Data: e.Data,
		Sum: audit.Mark{Seq: e.Seq, MAC: e.MAC}.Text()}
	switch {
	case e.PersonDigest == "":
	case kept:
		l.Person = support.PersonKept
	default:
		l.Person = support.PersonErased
	}
	return l
}

// Entry is an entry with what the chain says of it.
func (t *Trail) Entry(ctx context.Context, seq int64) (support.TrailEntry, support.Proof, error) {
	c := &conditions{}
	c.add(`e.seq = ?`, seq)
	found, err := t.lines(ctx, c, 1)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("entry of the audit trail: %w", problem.NotFound)
	}
	if err != nil {
		return support.TrailEntry{}, support.Proof{}, err
	}
	proof, err := t.prove(ctx, seq)
	return found[0], proof, err
}

// prove checks an entry against the one before it, or against the signed sum of that if it was given up.
func (t *Trail) prove(ctx context.Context, seq int64) (support.Proof, error) {
	pair, err := t.Entries(ctx, max(seq-1, 1), 2)
	if err != nil {
		return support.Proof{}, err
	}
	head, err := t.Head(ctx)
	if err != nil {
		return support.Proof{}, err
	}
	proof := support.Proof{Before: seq - 1}
	after := audit.Mark{}
	switch {
	case seq == 1:
	case len(pair) > 0 && pair[0].Seq == seq-1:
		after = audit.Mark{Seq: pair[0].Seq, MAC: pair[0].MAC}
	case head.Anchor.Seq == seq-1 && t.chain.CheckHead(head) == nil:
		after, proof.Anchor = head.Anchor.Mark, true
	}
	for _, e := range pair {
		if e.Seq == seq {
			err = t.chain.Check(after, e)
		}
	}
	if proof.Sound = err == nil; !proof.Sound {
		proof.What = err.Error()
	}
	return proof, nil
}

// Record adds an entry in a transaction of its own.
func (t *Trail) Record(ctx context.Context, e recovery.Event) error {
	return failed("record", t.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return t.Append(ctx, tx, []recovery.Event{e}) }))
}
