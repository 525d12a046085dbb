package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/store"
	"zhaohui/internal/store/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

// onBoth runs a test with each kind of database, whose tries come soon after another.
func onBoth(t *testing.T, test func(t *testing.T, db *store.DB)) {
	was := waits
	waits = []time.Duration{time.Millisecond}
	t.Cleanup(func() { waits = was })
	for name, c := range map[string]func(t *testing.T) store.Config{
		"sqlite":   func(t *testing.T) store.Config { return store.Config{Path: filepath.Join(t.TempDir(), "jobs.db")} },
		"postgres": func(t *testing.T) store.Config { return store.Config{URL: postgrestest.URL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), c(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := store.Migrate(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			if _, err := db.SQL().Exec(`CREATE TABLE done (id TEXT NOT NULL)`); err != nil {
				t.Fatal(err)
			}
			test(t, db)
		})
	}
}

func newRunner(t *testing.T, db *store.DB) *Runner {
	t.Helper()
	r, err := New(db, Config{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Poll: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func start(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

// enqueue starts jobs in one transaction that ends as err says.
func enqueue(t *testing.T, db *store.DB, r *Runner, kind string, fail bool, ids ...string) {
	t.Helper()
	tx, err := db.SQL().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := r.Enqueue(t.Context(), tx, kind, id); err != nil {
			t.Fatal(err)
		}
	}
	if fail {
		err = tx.Rollback()
	} else {
		err = tx.Commit()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, from <-chan string) string {
	t.Helper()
	select {
	case id := <-from:
		return id
	case <-time.After(30 * time.Second):
		t.Fatal("no job ran")
		return ""
	}
}

func TestJobs_runAfterCommitAndNeverAfterRollback(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r := newRunner(t, db)
		ran := make(chan string, 10)
		r.Handle("deliver", func(_ context.Context, id string, attempt int) error {
			ran <- fmt.Sprint(id, " ", attempt)
			return nil
		})
		start(t, r)
		enqueue(t, db, r, "deliver", true, "lost")
		enqueue(t, db, r, "deliver", false, "kept")
		if got := next(t, ran); got != "kept 1" {
			t.Errorf("ran %s", got)
		}
		enqueue(t, db, r, "deliver", false, "last") // what was rolled back would have come before it
		if got := next(t, ran); got != "last 1" {
			t.Errorf("ran %s", got)
		}
	})
}

func TestJobs_areTriedAgainUntilTheyAreDead(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r := newRunner(t, db)
		ran := make(chan string, 20)
		r.Handle("deliver", func(_ context.Context, id string, attempt int) error {
			ran <- fmt.Sprint(id, " ", attempt)
			switch {
			case id == "never":
				return fmt.Errorf("try %d: no luck", attempt)
			case id == "useless":
				return fmt.Errorf("deliver: %w", Permanent(errors.New("refused")))
			case id == "panics" && attempt == 1:
				panic("oh")
			case attempt < 3:
				return errors.New("later")
			}
			return nil
		}, Options{Tries: 4})
		start(t, r)
		for _, step := range []struct {
			id   string
			runs int
		}{{"third", 3}, {"never", 4}, {"useless", 1}, {"panics", 3}} {
			enqueue(t, db, r, "deliver", false, step.id)
			for n := range step.runs {
				if got, want := next(t, ran), fmt.Sprint(step.id, " ", n+1); got != want {
					t.Fatalf("ran %s, want %s", got, want)
				}
			}
		}
		dead := map[string]Dead{}
		for len(dead) < 2 { // the record of an end comes a little after it
			list, err := r.Dead(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				dead[d.ID] = d
			}
			if t.Context().Err() != nil {
				t.Fatal("no dead jobs")
			}
		}
		if d := dead["never"]; d.Kind != "deliver" || d.Tries != 4 || d.Reason != "try 4: no luck" || d.At.IsZero() {
			t.Errorf("%+v", d)
		}
		if d := dead["useless"]; d.Tries != 1 || d.Reason == "" {
			t.Errorf("%+v", d)
		}
		select {
		case id := <-ran:
			t.Errorf("%s ran once more", id)
		default:
		}
	})
}

func TestJobs_twoRunnersShareThem(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		const most = 40
		var mu sync.Mutex
		times := map[string]int{}
		ran := make(chan string, 2*most)
		for range 2 {
			r := newRunner(t, db)
			r.Handle("deliver", func(_ context.Context, id string, _ int) error {
				mu.Lock()
				times[id]++
				mu.Unlock()
				ran <- id
				return nil
			})
			start(t, r)
		}
		other := newRunner(t, db)
		var ids []string
		for i := range most {
			ids = append(ids, fmt.Sprint("m", i))
		}
		enqueue(t, db, other, "deliver", false, ids...)
		for range most {
			next(t, ran)
		}
		mu.Lock()
		defer mu.Unlock()
		for id, n := range times {
			if n != 1 {
				t.Errorf("%s ran %d times", id, n)
			}
		}
		if len(times) != most {
			t.Errorf("%d of %d ran", len(times), most)
		}
	})
}

func TestJobs_everyRunsAtStartAndAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r := newRunner(t, db)
		ran := make(chan string, 100)
		r.Every("expiry", time.Second, func(context.Context) error {
			ran <- "expiry"
			return errors.New("not this time")
		})
		start(t, r)
		next(t, ran)
		next(t, ran)
	})
}

// A job whose process was killed is running for ever, as far as the database knows, until somebody takes it over.
func TestW10_jobOfAKilledProcessIsDoneAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r := newRunner(t, db)
		ran := make(chan string, 10)
		r.Handle("deliver", func(_ context.Context, id string, attempt int) error {
			ran <- fmt.Sprint(id, " ", attempt)
			return nil
		})
		enqueue(t, db, r, "deliver", false, "orphan")
		past := any(time.Now().UTC().Add(-rescue - time.Second))
		by := any(`["gone"]`)
		if db.Postgres() {
			by = any([]string{"gone"})
		} else {
			past = any(past.(time.Time).Format("2006-01-02 15:04:05.000"))
		}
		tx := []any{past, by}
		if _, err := db.SQL().Exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = $1, attempted_by = $2`, tx...); err != nil {
			t.Fatal(err)
		}
		start(t, r)
		if got := next(t, ran); got != "orphan 2" {
			t.Errorf("ran %s", got)
		}
	})
}

func TestStop_endsWhatDoesNotEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r := newRunner(t, db)
		ran, ended := make(chan string, 1), make(chan string, 1)
		r.Handle("apply", func(ctx context.Context, id string, _ int) error {
			ran <- id
			<-ctx.Done()
			ended <- id
			return ctx.Err()
		})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		enqueue(t, db, r, "apply", false, "slow")
		next(t, ran)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
		next(t, ended)
		var state string
		if err := db.SQL().QueryRow(`SELECT state FROM river_job`).Scan(&state); err != nil || state == "running" || state == "completed" {
			t.Errorf("it is %s (%v)", state, err)
		}
	})
}

// Who is alone need not wait until a dead process is missed: what runs at the start can only be its own, from before.
func TestW10_whoIsAloneTakesOverAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		r, err := New(db, Config{Log: slog.New(slog.DiscardHandler), Poll: 10 * time.Millisecond, Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		ran := make(chan string, 10)
		r.Handle("deliver", func(_ context.Context, id string, attempt int) error {
			ran <- fmt.Sprint(id, " ", attempt)
			return nil
		})
		enqueue(t, db, r, "deliver", false, "orphan")
		if _, err := db.SQL().Exec(`UPDATE river_job SET state = 'running', attempt = 1`); err != nil {
			t.Fatal(err)
		}
		start(t, r)
		if got := next(t, ran); got != "orphan 2" {
			t.Errorf("ran %s", got)
		}
	})
}

// What happens from time to time is no job that somebody has to look at when it fails once.
func TestJobs_everyThatFailsIsLoggedAndNotDead(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		said := make(chan string, 10)
		r, err := New(db, Config{Log: slog.New(slog.NewTextHandler(lines(said), nil)), Poll: 10 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		r.Every("retention", time.Hour, func(context.Context) error { return errors.New("disk is full") })
		start(t, r)
		if line := next(t, said); !strings.Contains(line, "what=retention") || !strings.Contains(line, "disk is full") {
			t.Error(line)
		}
		if dead, err := r.Dead(t.Context()); err != nil || len(dead) > 0 {
			t.Error(dead, err)
		}
	})
}

type lines chan<- string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}
