package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// A group is one transaction that carries the writes of many callers. Waiting for the disk takes longer than all else in
// a small write, so whoever comes while a group runs joins it, and all are answered after one commit.
//
// A write that fails or panics is undone alone. Nearly all succeed, so a group runs without savepoints at first; once one
// fails, the whole group is undone and the others run again, each with a savepoint. A write's own transaction is the
// group's, which is why its context cannot stop a statement in the middle: SQLite would undo the whole group with it.
//
// Entries of the audit trail are added at a group's end, all together: its head is locked, checked and signed once.
type group struct {
	db    *sql.DB
	queue chan *member
	stop  chan struct{} // closed by close
	done  chan struct{} // closed when the last write was answered
	once  sync.Once
}

// The ends of a group: so many writes, or so long.
const (
	mostMembers = 512
	longGroup   = 20 * time.Millisecond
)

// member is one caller's write.
type member struct {
	ctx    context.Context
	fn     func(ctx context.Context, tx *sql.Tx) error
	turn   atomic.Int32 // waiting, taken by the group, or left by the caller
	traced bool         // it left events to the group's end
	answer chan outcome // room for one
}

const (
	waiting int32 = iota
	taken
	left
)

type outcome struct {
	err   error
	panic *panicked
}

func (o outcome) failed() bool { return o.err != nil || o.panic != nil }

// panicked carries a panic back to the caller it belongs to.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) String() string { return fmt.Sprintf("%v\n\nin a write:\n%s", p.value, p.stack) }

var errClosed = errors.New("database is closed")

func startGroup(db *sql.DB) *group {
	g := &group{db: db, queue: make(chan *member, mostMembers), stop: make(chan struct{}), done: make(chan struct{})}
	go g.run()
	return g
}

// write hands fn over and waits until it is durable or failed.
func (g *group) write(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	m := &member{ctx: ctx, fn: fn, answer: make(chan outcome, 1)}
	select {
	case <-g.stop:
		return fmt.Errorf("%w: %w", problem.Unavailable, errClosed)
	case <-ctx.Done(): // or what is chosen below would be a matter of luck
		return fmt.Errorf("wait to write: %w: %w", problem.Unavailable, ctx.Err())
	default:
	}
	select {
	case g.queue <- m:
	case <-ctx.Done():
		return fmt.Errorf("wait to write: %w: %w", problem.Unavailable, ctx.Err())
	case <-g.stop:
		return fmt.Errorf("%w: %w", problem.Unavailable, errClosed)
	}
	var got outcome
	select {
	case got = <-m.answer:
	case <-ctx.Done():
		if m.turn.CompareAndSwap(waiting, left) {
			return fmt.Errorf("wait to write: %w: %w", problem.Unavailable, ctx.Err())
		}
		got = <-m.answer // it has begun, and its end has to be known
	case <-g.done:
		if m.turn.CompareAndSwap(waiting, left) {
			return fmt.Errorf("%w: %w", problem.Unavailable, errClosed)
		}
		got = <-m.answer
	}
	if got.panic != nil {
		panic(got.panic)
	}
	return got.err
}

// close lets no more writes in and waits for those that are.
func (g *group) close() {
	g.once.Do(func() { close(g.stop) })
	<-g.done
}

func (g *group) run() {
	defer close(g.done)
	for {
		select {
		case m := <-g.queue:
			g.commit(m)
		case <-g.stop:
			for {
				select {
				case m := <-g.queue:
					g.commit(m)
				default:
					return
				}
			}
		}
	}
}

// commit runs a group that begins with a member, and again without those that cost the others their transaction.
func (g *group) commit(first *member) {
	if !first.turn.CompareAndSwap(waiting, taken) {
		return
	}
	again := g.attempt([]*member{first}, false)
	for len(again) > 0 {
		again = g.attempt(again, true)
	}
}

// attempt runs these members and those that come meanwhile in one transaction and answers them. If one of them failed
// without a savepoint, or made SQLite undo the whole transaction, it alone is answered; the others have to run again.
func (g *group) attempt(members []*member, savepoints bool) (again []*member) {
	end := &groupEnd{}
	conn, tx, err := g.begin(end)
	if err != nil {
		answer(members, fmt.Errorf("begin: %w: %w", problem.Unavailable, err))
		return nil
	}
	defer func() { _ = conn.Close() }() // gives it back; what counts is how the transaction ended
	started := time.Now()               // a real stretch of time, whatever clock the portal lives by
	var ran []*member
	failed := map[*member]outcome{}
	for len(members) > 0 {
		m := members[0]
		members = members[1:]
		got, undone := g.runOne(tx, m, end, savepoints)
		if got.failed() && !undone {
			_ = tx.Rollback() // if the member ended the transaction there is none, but the connection has to be given back
			m.answer <- got
			return append(ran, members...)
		}
		if ran = append(ran, m); got.failed() {
			failed[m] = got
		}
		if len(members) == 0 && len(ran) < mostMembers && time.Since(started) < longGroup {
			members = g.waiting(mostMembers - len(ran))
		}
	}
	if got := call(context.WithValue(context.Background(), endKey{}, end), tx, end.append); got.failed() {
		_ = tx.Rollback() // likewise
		for _, m := range ran {
			if own, ok := failed[m]; ok {
				m.answer <- own
			} else if m.traced {
				m.answer <- got
			} else {
				again = append(again, m)
			}
		}
		return again
	}
	if err = tx.Commit(); err != nil {
		err = fmt.Errorf("commit: %w: %w", problem.Unavailable, err)
	}
	for _, m := range ran {
		if got, ok := failed[m]; ok {
			m.answer <- got
			continue
		}
		m.answer <- outcome{err: err}
	}
	return nil
}

// begin begins a transaction on a connection whose statements the group's end can do itself.
func (g *group) begin(end *groupEnd) (*sql.Conn, *sql.Tx, error) {
	ctx := context.Background()
	conn, err := g.db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = conn.Raw(func(c any) error {
		end.on = c.(*keeper)
		return nil
	})
	var tx *sql.Tx
	if err == nil {
		tx, err = conn.BeginTx(ctx, nil)
	}
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, tx, nil
}

// waiting takes what is in the queue. It lets others run once before it finds nothing: callers that were just answered
// are about to come back.
func (g *group) waiting(most int) []*member {
	var found []*member
	for range 2 {
		for len(found) < most {
			select {
			case m := <-g.queue:
				if m.turn.CompareAndSwap(waiting, taken) {
					found = append(found, m)
				}
				continue
			default:
			}
			break
		}
		if len(found) > 0 {
			return found
		}
		runtime.Gosched()
	}
	return found
}

// runOne runs one member. undone says that it failed and nothing of it is left.
func (g *group) runOne(tx *sql.Tx, m *member, end *groupEnd, savepoint bool) (got outcome, undone bool) {
	ctx := context.WithValue(context.WithoutCancel(m.ctx), endKey{}, end)
	before := len(end.events)
	defer func() {
		if got.failed() {
			end.events = end.events[:before]
		}
		m.traced = len(end.events) > before
	}()
	if !savepoint {
		if got = call(ctx, tx, m.fn); !got.failed() {
			_, got.err = tx.Exec(stillOpen)
		}
		return got, false
	}
	if _, err := tx.Exec(`SAVEPOINT member`); err != nil {
		return outcome{err: fmt.Errorf("begin: %w: %w", problem.Unavailable, err)}, false
	}
	if got = call(ctx, tx, m.fn); got.failed() {
		if _, err := tx.Exec(`ROLLBACK TO member`); err != nil {
			return got, false
		}
		undone = true
	}
	if _, err := tx.Exec(`RELEASE member`); err != nil && !got.failed() {
		return outcome{err: fmt.Errorf("end write: %w: %w", problem.Unavailable, err)}, false
	}
	return got, undone
}

// groupEnd is what a group's members left to its end, and the connection they are on; their contexts carry it under endKey.
type groupEnd struct {
	events []tracedEvents
	on     *keeper
	values []driver.NamedValue // of one statement after the other
}

// named are values as a connection takes them: int64, string or []byte.
func (e *groupEnd) named(args []any) []driver.NamedValue {
	e.values = e.values[:0]
	for i, arg := range args {
		e.values = append(e.values, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return e.values
}

type endKey struct{}

type tracedEvents struct {
	trail  *Audit
	events []recovery.Event
}

// append adds all events to their trails; nearly always there is one.
func (e *groupEnd) append(ctx context.Context, tx *sql.Tx) error {
	for rest := e.events; len(rest) > 0; {
		trail := rest[0].trail
		var events []recovery.Event
		for len(rest) > 0 && rest[0].trail == trail {
			events, rest = append(events, rest[0].events...), rest[1:]
		}
		if err := trail.append(ctx, tx, events); err != nil {
			return err
		}
	}
	return nil
}

func call(ctx context.Context, tx *sql.Tx, fn func(ctx context.Context, tx *sql.Tx) error) (got outcome) {
	defer func() {
		if value := recover(); value != nil {
			got.panic = &panicked{value: value, stack: debug.Stack()}
		}
	}()
	return outcome{err: fn(ctx, tx)}
}

func answer(members []*member, err error) {
	for _, m := range members {
		m.answer <- outcome{err: err}
	}
}
