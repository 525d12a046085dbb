package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"zhaohui/internal/problem"
)

func run(text string, args ...any) func(ctx context.Context, tx *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	}
}

func makeTable(tb testing.TB, db *DB) {
	tb.Helper()
	if err := db.write(tb.Context(), run(`CREATE TABLE thing (name TEXT NOT NULL PRIMARY KEY, data BYTEA)`)); err != nil {
		tb.Fatal(err)
	}
}

func things(tb testing.TB, db *DB) string {
	tb.Helper()
	names, err := texts(db.read().Query(`SELECT name FROM thing ORDER BY name`))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Join(names, " ")
}

func insert(name string) func(ctx context.Context, tx *sql.Tx) error {
	return run(`INSERT INTO thing (name, data) VALUES ($1, $2)`, name, []byte{0, 1, 255})
}

func TestWrite_allOrNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		makeTable(t, db)
		mine := errors.New("mine")
		err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			if err := insert("lost")(ctx, tx); err != nil {
				return err
			}
			return mine
		})
		if !errors.Is(err, mine) || problem.KindOf(err) != problem.KindUnknown {
			t.Errorf("a failed write gives %v", err)
		}
		if err := db.write(t.Context(), insert("kept")); err != nil {
			t.Error(err)
		}
		if got := things(t, db); got != "kept" {
			t.Errorf("there is %q", got)
		}
		var data []byte
		if err := db.read().QueryRow(`SELECT data FROM thing`).Scan(&data); err != nil || string(data) != "\x00\x01\xff" {
			t.Errorf("bytes come back as %v, %v", data, err)
		}
	})
}

func TestWrite_aPanicIsTheCallersAlone(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		makeTable(t, db)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not reach the caller")
				}
			}()
			_ = db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				_ = insert("lost")(ctx, tx)
				panic("oh")
			})
		}()
		if err := db.write(t.Context(), insert("kept")); err != nil {
			t.Error(err)
		}
		if got := things(t, db); got != "kept" {
			t.Errorf("there is %q", got)
		}
	})
}

// A group is built on purpose: the first member holds it open until the others wait, then each ends in its own way.
func TestWrite_membersOfAGroupAreApart(t *testing.T) {
	db := OpenSQLite(t)
	makeTable(t, db)
	open, release := make(chan struct{}), make(chan struct{})
	var once sync.Once // it runs again when others fail
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			once.Do(func() { close(open) })
			<-release
			return insert("first")(ctx, tx)
		}); err != nil {
			t.Error(err)
		}
	})
	<-open
	errs := map[string]chan error{}
	start := func(name string, ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) {
		got := make(chan error, 1)
		errs[name] = got
		go func() { got <- db.write(ctx, fn) }()
		for n := len(errs); len(db.group.queue) < n; { // until it waits in the queue
			runtime.Gosched()
		}
	}
	start("fails", t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_ = insert("lost")(ctx, tx)
		return problem.Conflict
	})
	start("twice", t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if err := insert("again")(ctx, tx); err != nil {
			return err
		}
		return insert("again")(ctx, tx)
	})
	gone, cancel := context.WithCancel(t.Context())
	start("leaves", gone, insert("left"))
	start("works", t.Context(), insert("works"))
	cancel()
	if err := <-errs["leaves"]; problem.KindOf(err) != problem.KindUnavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left gets %v", err)
	}
	close(release)
	if err := <-errs["fails"]; !errors.Is(err, problem.Conflict) {
		t.Errorf("who failed gets %v", err)
	}
	if err := <-errs["twice"]; err == nil {
		t.Error("a broken constraint is no error")
	}
	if err := <-errs["works"]; err != nil {
		t.Error(err)
	}
	wait.Wait()
	if got := things(t, db); got != "first works" {
		t.Errorf("there is %q", got)
	}
}

// A disk that fills up lets SQLite end the whole transaction under one member. That costs the others nothing, and who
// overlooks the error does not get half of what they asked for.
func TestWrite_aMemberThatEndsTheGroupIsLeftOut(t *testing.T) {
	db := OpenSQLite(t)
	makeTable(t, db)
	if _, err := db.SQL().Exec(`PRAGMA max_page_count = 200`); err != nil {
		t.Fatal(err)
	}
	open, release := make(chan struct{}), make(chan struct{})
	first, second, third := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	var once sync.Once
	go func() {
		first <- db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			once.Do(func() { close(open) })
			<-release
			return insert("first")(ctx, tx)
		})
	}()
	<-open
	go func() {
		second <- db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			err := run(`INSERT INTO thing (name, data) VALUES ('big', $1)`, make([]byte, 4<<20))(ctx, tx)
			if err == nil {
				t.Error("4 MB fit into 200 pages")
			}
			_ = insert("half")(ctx, tx)
			return nil
		})
	}()
	for len(db.group.queue) < 1 {
		runtime.Gosched()
	}
	go func() { third <- db.write(t.Context(), insert("third")) }()
	for len(db.group.queue) < 2 {
		runtime.Gosched()
	}
	close(release)
	if err := errors.Join(<-first, <-third); err != nil {
		t.Errorf("the innocent got %v", err)
	}
	if err := <-second; problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("who overlooked the error was told %v", err)
	}
	if err := db.write(t.Context(), insert("later")); err != nil {
		t.Error(err)
	}
	if got := things(t, db); got != "first later third" {
		t.Errorf("there is %q", got)
	}
}

func TestWrite_manyAtOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		makeTable(t, db)
		if err := db.write(t.Context(), insert("count")); err != nil {
			t.Fatal(err)
		}
		if err := db.write(t.Context(), run(`ALTER TABLE thing ADD COLUMN n BIGINT NOT NULL DEFAULT 0`)); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() {
				for range 4 {
					if err := db.write(t.Context(), run(`UPDATE thing SET n = n + 1`)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		var n int
		if err := db.read().QueryRow(`SELECT n FROM thing`).Scan(&n); err != nil || n != 200 {
			t.Errorf("200 writes were answered, %d happened (%v)", n, err)
		}
	})
}

func TestRead_changesNothing(t *testing.T) {
	db := OpenSQLite(t)
	if _, err := db.read().Exec(`CREATE TABLE other (name TEXT)`); err == nil {
		t.Error("the pool that reads can write")
	}
}

func TestOpen_filesAreTheOwnersOnly(t *testing.T) {
	db := openMigrated(t, Config{Path: filepath.Join(t.TempDir(), "data", "zhaohui.db")})
	makeTable(t, db)
	var path string
	if err := db.read().QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(filepath.Dir(path), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", d.Name(), info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := db.SQL().QueryRow(`PRAGMA ` + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

func TestOpen_refuses(t *testing.T) {
	for _, url := range []string{"mysql://user:secret@host/db", "postgres://user:secret@127.0.0.1:1/db", "postgres://user:secret@[::1/db", ""} {
		db, err := Open(t.Context(), Config{URL: url})
		if err == nil {
			db.Close()
			t.Errorf("%q opens", url)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error for %q holds the password: %v", url, err)
		}
	}
}

// Connections that break, as when the server is restarted, are problem.Unavailable or not noticed, and then all goes on.
func TestW10_brokenConnectionsHeal(t *testing.T) {
	db := OpenPostgres(t)
	makeTable(t, db)
	err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if _, err := db.SQL().ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid()`); err != nil {
			return err
		}
		return insert("lost")(ctx, tx)
	})
	if problem.KindOf(err) != problem.KindUnavailable {
		t.Errorf("a lost connection gives %v", err)
	}
	if err := db.write(t.Context(), insert("kept")); err != nil {
		t.Errorf("it does not heal: %v", err)
	}
	if got := things(t, db); got != "kept" {
		t.Errorf("there is %q", got)
	}
}

func TestW10_closedIsUnavailable(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := db.write(t.Context(), run(`SELECT 1`)); problem.KindOf(err) != problem.KindUnavailable {
			t.Errorf("write gives %v", err)
		}
		if err := db.Ready(t.Context()); problem.KindOf(err) != problem.KindUnavailable {
			t.Errorf("ready gives %v", err)
		}
		_, err := texts(db.read().Query(`SELECT '1'`))
		if err := failed("read", err); problem.KindOf(err) != problem.KindUnavailable {
			t.Errorf("read gives %v", err)
		}
	})
}

// Two transactions that lock each other out are told apart by PostgreSQL; the one it ends runs again.
func TestWrite_deadlockIsTriedAgain(t *testing.T) {
	db := OpenPostgres(t)
	makeTable(t, db)
	for _, name := range []string{"a", "b"} {
		if err := db.write(t.Context(), insert(name)); err != nil {
			t.Fatal(err)
		}
	}
	var both sync.WaitGroup // holds the first runs until each has its first row
	both.Add(2)
	var wait sync.WaitGroup
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		wait.Go(func() {
			var once sync.Once
			err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				for i, name := range order {
					if err := run(`UPDATE thing SET data = NULL WHERE name = $1`, name)(ctx, tx); err != nil {
						return err
					}
					if i == 0 {
						once.Do(func() { both.Done(); both.Wait() })
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
