// Package jobs runs what has to happen after a change was committed, for certain: a job is started inside the change's
// transaction, survives a crash, and is tried again until it succeeds or is given up where the operator sees it. It
// decides when a job is tried again. It does not know what jobs do; their arguments are a kind and an id, nothing secret.
//
// A job runs at least once: a process that dies after the work and before its record leaves it to be done again within
// a minute and a half. Whatever a job does must bear that.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// Database is where jobs are kept, with the queue's own tables in it; store.DB is one.
type Database interface {
	SQL() *sql.DB
	Postgres() bool
}

// Config has defaults for all but Log.
type Config struct {
	Log     *slog.Logger
	Workers int           // jobs that run at once: 24
	Poll    time.Duration // how long a committed job may wait to be seen: 250 ms
	Alone   bool          // no other process runs jobs of this database: what runs at the start was left by one that died
}

// Tries is how often a job is tried unless its Options say otherwise.
const Tries = 12

const (
	timeout = 45 * time.Second // for one try; its context ends then
	rescue  = 50 * time.Second // after which the process that ran a job is taken for dead
	keep    = 30 * 24 * time.Hour
)

// waits are between tries: the first is after the first failure, the last holds for all later ones.
var waits = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 20 * time.Minute,
	40 * time.Minute, time.Hour, 2 * time.Hour}

// Func does a job; attempt counts from 1. An error asks for another try, Permanent for none. Errors are kept and shown to
// the operator: they hold nothing secret.
type Func func(ctx context.Context, id string, attempt int) error

// Options of a kind of job.
type Options struct {
	Tries int // 0 is Tries
}

// Runner starts jobs and runs them. Processes that share a PostgreSQL database share the work.
type Runner struct {
	client *river.Client[*sql.Tx]
	log    *slog.Logger
	orphan func(ctx context.Context) error // gives jobs that a dead process left to this one; nil if others may be alive

	mu    sync.RWMutex
	kinds map[string]handler
}

type handler struct {
	fn Func
	Options
}

// New makes a runner that starts jobs at once and runs them after Start.
func New(db Database, c Config) (*Runner, error) {
	if c.Workers == 0 {
		c.Workers = 24
	}
	if c.Poll == 0 {
		c.Poll = 250 * time.Millisecond
	}
	r := &Runner{kinds: map[string]handler{}, log: c.Log}
	if c.Alone {
		r.orphan = func(ctx context.Context) error {
			_, err := db.SQL().ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
			_, errLeader := db.SQL().ExecContext(ctx, `DELETE FROM river_leader`) // or retries wait until it is missed
			return errors.Join(err, errLeader)
		}
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{runner: r}); err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	settings := &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Workers}},
		Workers:                     workers,
		Logger:                      slog.New(quiet{c.Log.Handler()}),
		MaxAttempts:                 Tries,
		RetryPolicy:                 policy{waits},
		JobTimeout:                  timeout,
		RescueStuckJobsAfter:        rescue,
		FetchPollInterval:           c.Poll,
		FetchCooldown:               min(c.Poll, 10*time.Millisecond),
		PollOnly:                    true,
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: keep,
		DiscardedJobRetentionPeriod: keep,
	}
	var err error
	if db.Postgres() {
		r.client, err = river.NewClient(riverdatabasesql.New(db.SQL()), settings)
	} else {
		r.client, err = river.NewClient(riversqlite.New(db.SQL()), settings)
	}
	if err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	return r, nil
}

// Handle says what does the jobs of a kind. It is called before Start.
func (r *Runner) Handle(kind string, fn Func, options ...Options) {
	h := handler{fn: fn}
	for _, o := range options {
		h.Options = o
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kinds[kind] = h
}

// Every does something at start and then after each interval, in one of the processes that share the database, one at a
// time. A try that fails is only logged: the next interval is the next try.
func (r *Runner) Every(name string, interval time.Duration, fn func(ctx context.Context) error) {
	kind := "every-" + name
	r.Handle(kind, func(ctx context.Context, _ string, _ int) error {
		if err := fn(ctx); err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "what happens from time to time failed", "what", name, "error", err)
		}
		return nil // not among the dead: the next one makes up for it
	}, Options{Tries: 1})
	r.client.PeriodicJobs().Add(river.NewPeriodicJob(river.PeriodicInterval(interval), func() (river.JobArgs, *river.InsertOpts) {
		return arguments{Name: kind}, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
	}, &river.PeriodicJobOpts{RunOnStart: true}))
}

// unfinished are the states in which a periodic job stands in the way of another.
var unfinished = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled}

// Enqueue starts a job of a kind for an id once the transaction is committed, and never if it is not. The same job may
// be started twice; it is done twice then.
func (r *Runner) Enqueue(ctx context.Context, tx *sql.Tx, kind, id string) error {
	r.mu.RLock()
	tries := r.kinds[kind].Tries
	r.mu.RUnlock()
	if _, err := r.client.InsertTx(ctx, tx, arguments{Name: kind, ID: id}, &river.InsertOpts{MaxAttempts: tries}); err != nil {
		return fmt.Errorf("start job %s: %w", kind, err)
	}
	return nil
}

// Start runs jobs until Stop. The context is for starting only.
func (r *Runner) Start(ctx context.Context) error {
	if r.orphan != nil {
		if err := r.orphan(ctx); err != nil {
			return fmt.Errorf("take over jobs: %w", err)
		}
	}
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start to run jobs: %w", err)
	}
	return nil
}

// Stop takes no more jobs and waits for those that run. When the context ends it ends theirs as well; they are tried again
// after the next start.
func (r *Runner) Stop(ctx context.Context) error {
	err := r.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = r.client.StopAndCancel(last)
	}
	if err != nil {
		return fmt.Errorf("stop running jobs: %w", err)
	}
	return nil
}

// Dead is a job that was given up.
type Dead struct {
	Kind, ID string
	At       time.Time
	Tries    int
	Reason   string // of the last try
}

// Dead are the jobs that were given up in the last 30 days, those that were started last first, at most 100.
func (r *Runner) Dead(ctx context.Context) ([]Dead, error) {
	params := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderDesc).
		States(rivertype.JobStateCancelled, rivertype.JobStateDiscarded).First(100)
	found, err := r.client.JobList(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	var list []Dead
	for _, row := range found.Jobs {
		a, err := read(row.EncodedArgs)
		if err != nil {
			return nil, fmt.Errorf("list dead jobs: %w", err)
		}
		d := Dead{Kind: a.Name, ID: a.ID, Tries: row.Attempt}
		if row.FinalizedAt != nil {
			d.At = *row.FinalizedAt
		}
		if n := len(row.Errors); n > 0 {
			d.Reason = row.Errors[n-1].Error
		}
		list = append(list, d)
	}
	return list, nil
}

// Permanent says that trying again is useless: the job is dead.
func Permanent(err error) error { return permanent{err} }

type permanent struct{ err error }

func (p permanent) Error() string { return p.err.Error() }
func (p permanent) Unwrap() error { return p.err }

// policy says when a failed job is tried again.
type policy struct{ waits []time.Duration }

func (p policy) NextRetry(job *rivertype.JobRow) time.Time {
	wait := p.waits[min(max(job.Attempt, 1), len(p.waits))-1]
	return time.Now().UTC().Add(wait + rand.N(wait/10+1)) // not all at once after an outage
}

var errNobody = errors.New("this program has nobody for this kind of job")
