package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/throttle"
)

// Sealer seals what must not be read in the database. The context names the place: table:column:id.
type Sealer interface {
	Seal(plain []byte, context string) []byte
	Open(sealed []byte, context string) ([]byte, error)
}

// CaseDeps are what a Cases needs besides the database.
type CaseDeps struct {
	Seal Sealer
	// Compose writes a letter.
	Compose func(recovery.Letter) (subject, text string, err error)
	// Enqueue starts a job when the transaction is committed: "deliver" with a message's id, "apply" with a case's.
	Enqueue func(ctx context.Context, tx *sql.Tx, kind, id string) error
	// Record adds to the audit trail. It is called last in a transaction, because others wait for the chain's head.
	Record func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error
	// DueAt says when a case that is not closed has to be looked at; nil is dueAfter.
	DueAt func(*recovery.Case) time.Time
}

// The kinds of job that cases start.
const (
	JobDeliver = "deliver" // id of a message
	JobApply   = "apply"   // id of a case
)

// Cases keeps recoveries. It implements recovery.Store.
type Cases struct {
	db   *DB
	deps CaseDeps

	pruning                sync.Mutex // held by Prune
	prunedHead, prunedOnce string     // the last keys it looked at
}

// NewCases keeps cases in a database whose schema is up to date.
func NewCases(db *DB, deps CaseDeps) *Cases {
	if deps.DueAt == nil {
		deps.DueAt = dueAfter
	}
	return &Cases{db: db, deps: deps}
}

// dueAfter is the end of the hold, or 15 minutes after the person acted: the shortest life there is (requirement R14).
func dueAfter(c *recovery.Case) time.Time {
	if c.Facts.Hold.After(c.Acted) {
		return c.Facts.Hold
	}
	return c.Acted.Add(15 * time.Minute)
}

// Do runs fn in one transaction; see recovery.Store.
func (s *Cases) Do(ctx context.Context, fn func(recovery.Tx) error) error {
	return s.do(ctx, func(t *caseTx) error { return fn(t) })
}

// Begin seals before the transaction, because others wait for that; see recovery.Store.
func (s *Cases) Begin(ctx context.Context, c *recovery.Case, limit throttle.Limit, e recovery.Event) error {
	facts, due, err := s.seal(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *caseTx) error {
		if err := t.Take(c.Started, limit); err != nil {
			return err
		}
		if err := t.insert(c, facts, due); err != nil {
			return err
		}
		return t.Record(e)
	})
}

func (s *Cases) do(ctx context.Context, fn func(*caseTx) error) error {
	versions := map[*recovery.Case]int64{}
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rewind(versions) // an earlier run did not count
		t := &caseTx{ctx: ctx, tx: tx, s: s, versions: versions}
		if err := fn(t); err != nil {
			return err
		}
		if len(t.events) == 0 {
			return nil
		}
		if err := s.deps.Record(ctx, tx, t.events); err != nil {
			return fmt.Errorf("record events: %w", err)
		}
		return nil
	})
	if err != nil {
		rewind(versions)
	}
	return err
}

// CaseTx is a recovery's side of a transaction that somebody else began and ends.
type CaseTx struct{ caseTx }

// In reaches cases in a transaction of another part of the portal. What it adds to the audit trail is for whoever began the
// transaction to record, last.
func (s *Cases) In(ctx context.Context, tx *sql.Tx) *CaseTx {
	return &CaseTx{caseTx{ctx: ctx, tx: tx, s: s, versions: map[*recovery.Case]int64{}}}
}

// Events are what it adds to the trail.
func (t *CaseTx) Events() []recovery.Event { return t.events }

// rewind gives cases the versions they had before a transaction that did not happen.
func rewind(versions map[*recovery.Case]int64) {
	for c, version := range versions {
		c.Version = version
	}
}

// Case reads a case outside of any transaction; problem.NotFound.
func (s *Cases) Case(ctx context.Context, id string) (*recovery.Case, error) {
	return s.scan(s.db.read().QueryRowContext(ctx, selectCase+`id = $1`, id))
}

// CaseByResume finds a case that is open or being applied; problem.NotFound.
func (s *Cases) CaseByResume(ctx context.Context, index string) (*recovery.Case, error) {
	return s.scan(s.db.read().QueryRowContext(ctx, selectCase+`resume = $1 AND resume <> '' AND state IN ('open', 'applying')
		ORDER BY started DESC LIMIT 1`, index))
}

// Due lists cases that have to be looked at, the longest overdue first. Saving a case moves its time.
func (s *Cases) Due(ctx context.Context, before time.Time, limit int) ([]string, error) {
	ids, err := texts(s.db.read().QueryContext(ctx, `SELECT id FROM recovery_case WHERE due > 0 AND due < $1 ORDER BY due LIMIT $2`,
		millis(before), limit))
	return ids, failed("list due cases", err)
}

// Forget erases closed cases that nothing changed since a moment, with their links and messages, and says how many.
func (s *Cases) Forget(ctx context.Context, before time.Time, limit int) (int, error) {
	var gone int
	err := s.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		ids, err := texts(tx.QueryContext(ctx, `SELECT id FROM recovery_case WHERE state NOT IN ('open', 'applying') AND updated < $1
			ORDER BY updated LIMIT $2`, millis(before), limit))
		for _, id := range ids {
			for _, statement := range []string{`DELETE FROM recovery_link WHERE case_id = $1`, `DELETE FROM message WHERE case_id = $1`,
				`DELETE FROM recovery_case WHERE id = $1`} {
				if err == nil {
					_, err = tx.ExecContext(ctx, statement, id)
				}
			}
		}
		gone = len(ids)
		return err
	})
	return gone, failed("forget closed cases", err)
}

const selectCase = `SELECT id, version, state, started, acted, resume, subject, facts FROM recovery_case WHERE `

func (s *Cases) scan(row *sql.Row) (*recovery.Case, error) {
	c := &recovery.Case{}
	var started, acted int64
	var sealed []byte
	if err := row.Scan(&c.ID, &c.Version, &c.State, &started, &acted, &c.Resume, &c.Subject, &sealed); err != nil {
		return nil, failed("read case", err)
	}
	c.Started, c.Acted = moment(started), moment(acted)
	plain, err := s.deps.Seal.Open(sealed, factsContext(c.ID))
	if err != nil {
		return nil, fmt.Errorf("open facts of case %s: %w", c.ID, err)
	}
	if err := json.Unmarshal(plain, &c.Facts); err != nil {
		return nil, fmt.Errorf("read facts of case %s: not what this program writes", c.ID) // the error could repeat facts
	}
	return c, nil
}

func factsContext(id string) string { return "recovery_case:facts:" + id }

// caseTx is a transaction; it implements recovery.Tx.
type caseTx struct {
	ctx      context.Context // a transaction lives no longer than the call that it is made for
	tx       *sql.Tx
	s        *Cases
	versions map[*recovery.Case]int64
	events   []recovery.Event
}

func (t *caseTx) Create(c *recovery.Case) error {
	facts, due, err := t.s.seal(c)
	if err != nil {
		return err
	}
	return t.insert(c, facts, due)
}

func (t *caseTx) insert(c *recovery.Case, facts []byte, due int64) error {
	err := execute(t.ctx, t.tx, `INSERT INTO recovery_case (id, version, state, started, acted, resume, subject, due, updated, facts)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, string(c.State), millis(c.Started), millis(c.Acted), c.Resume, c.Subject, due, millis(t.s.db.now()), facts)
	if err != nil {
		return failed("create case", err)
	}
	t.setVersion(c, 1)
	return nil
}

func (t *caseTx) Case(id string) (*recovery.Case, error) {
	return t.s.scan(t.tx.QueryRowContext(t.ctx, selectCase+`id = $1`, id))
}

func (t *caseTx) Save(c *recovery.Case) error {
	facts, due, err := t.s.seal(c)
	if err != nil {
		return err
	}
	result, err := t.tx.ExecContext(t.ctx, `UPDATE recovery_case SET version = version + 1, state = $1, acted = $2, resume = $3,
		subject = $4, due = $5, updated = $6, facts = $7 WHERE id = $8 AND version = $9`,
		c.State, millis(c.Acted), c.Resume, c.Subject, due, millis(t.s.db.now()), facts, c.ID, c.Version)
	if err != nil {
		return failed("save case", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("save case: %w", errors.Join(problem.Conflict, err))
	}
	t.setVersion(c, c.Version+1)
	return nil
}

// seal is what is kept of a case besides its plain fields: the facts, and when it is due.
func (s *Cases) seal(c *recovery.Case) (facts []byte, due int64, err error) {
	plain, err := json.Marshal(c.Facts)
	if err != nil {
		return nil, 0, fmt.Errorf("write facts of case %s: %w", c.ID, err)
	}
	if c.State == recovery.Open || c.State == recovery.Applying {
		due = millis(s.deps.DueAt(c))
	}
	return s.deps.Seal.Seal(plain, factsContext(c.ID)), due, nil
}

func (t *caseTx) setVersion(c *recovery.Case, version int64) {
	if _, ok := t.versions[c]; !ok {
		t.versions[c] = c.Version
	}
	c.Version = version
}

// OpenCases also lists those that are being applied: their state says so.
func (t *caseTx) OpenCases(subject string) ([]string, error) {
	ids, err := texts(t.tx.QueryContext(t.ctx, `SELECT id FROM recovery_case
		WHERE subject = $1 AND subject <> '' AND state IN ('open', 'applying') ORDER BY started DESC, id`, subject))
	return ids, failed("list open cases", err)
}

// CasesOf lists what may still be stopped or frozen.
func (t *caseTx) CasesOf(subject string, since time.Time) ([]string, error) {
	ids, err := texts(t.tx.QueryContext(t.ctx, `SELECT id FROM recovery_case WHERE subject = $1 AND subject <> ''
		AND (state IN ('open', 'applying') OR state = 'done' AND updated >= $2) ORDER BY started DESC, id`, subject, millis(since)))
	return ids, failed("list cases of an account", err)
}

// StoppedCases lists what was stopped, by whomever.
func (t *caseTx) StoppedCases(subject string, since time.Time, limit int) ([]string, error) {
	ids, err := texts(t.tx.QueryContext(t.ctx, `SELECT id FROM recovery_case WHERE subject = $1 AND subject <> ''
		AND state = 'stopped' AND updated >= $2 ORDER BY updated DESC, id LIMIT $3`, subject, millis(since), limit))
	return ids, failed("list stopped cases", err)
}

func (t *caseTx) Apply(caseID string) error {
	return failed("start to apply a case", t.s.deps.Enqueue(t.ctx, t.tx, JobApply, caseID))
}

// CountArrival: what was reported as a scam counts no more (support.Links.Note).
func (t *caseTx) CountArrival(link string) error {
	return failed("count an arrival", execute(t.ctx, t.tx, `UPDATE share_link SET finished = finished + 1 WHERE code = $1 AND why <> $2`,
		link, support.WhyScam))
}

func (t *caseTx) Record(e recovery.Event) error {
	t.events = append(t.events, e)
	return nil
}

// texts reads a column of text.
func texts(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, errors.Join(rows.Err(), rows.Close())
}
