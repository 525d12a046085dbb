package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store/postgrestest"
	"zhaohui/internal/throttle"
)

// beginCase does what the start of a case does: count it, keep it, record it.
func beginCase(tx recovery.Tx, n int64) error {
	limit := throttle.Limit{Key: "begin:" + strconv.FormatInt(n%1000, 10), Max: 1 << 30, Within: time.Hour}
	if err := tx.Take(noon.Add(time.Duration(n)*time.Millisecond), limit); err != nil {
		return err
	}
	id := strconv.FormatInt(n, 36)
	if err := tx.Create(&recovery.Case{ID: id, State: recovery.Open, Started: noon, Acted: noon, Resume: id,
		Facts: recovery.Facts{Platform: "wallet", Channel: "mail", Lang: "zh", Safe: true}}); err != nil {
		return err
	}
	return tx.Record(recovery.Event{At: noon, Kind: "case-started", Case: id, Actor: "customer"})
}

// benchCases is Cases over a durable database whose trail has one row, as much as a chained one.
func benchCases(tb testing.TB, c Config) *Cases {
	tb.Helper()
	c.Now = func() time.Time { return noon }
	db := openMigrated(tb, c)
	for _, text := range []string{`CREATE TABLE bench_head (seq BIGINT)`, `INSERT INTO bench_head VALUES (0)`,
		`CREATE TABLE bench_event (seq BIGINT PRIMARY KEY, kind TEXT)`} {
		if err := db.write(tb.Context(), run(text)); err != nil {
			tb.Fatal(err)
		}
	}
	cases, _ := newCases(db)
	cases.deps.Record = func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error {
		var seq int64
		if err := tx.QueryRowContext(ctx, `UPDATE bench_head SET seq = seq + 1 RETURNING seq`).Scan(&seq); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO bench_event VALUES ($1, $2)`, seq, events[0].Kind)
		return err
	}
	return cases
}

// BenchmarkCaseStart is a durable case start: by one caller after the other in a plain transaction each, and by 128
// callers at once as the portal does it (goal: 8 times as many, better 12).
func BenchmarkCaseStart(b *testing.B) {
	open := map[string]func(b *testing.B) *Cases{
		"sqlite":   func(b *testing.B) *Cases { return benchCases(b, Config{Path: filepath.Join(b.TempDir(), "bench.db")}) },
		"postgres": func(b *testing.B) *Cases { return benchCases(b, Config{URL: postgrestest.URL(b)}) },
	}
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name+"/one-at-a-time", func(b *testing.B) {
			cases := open[name](b)
			pool := plain(b, cases.db)
			var n int64
			for b.Loop() {
				n++
				tx, err := pool.BeginTx(b.Context(), nil)
				if err != nil {
					b.Fatal(err)
				}
				t := &caseTx{ctx: b.Context(), tx: tx, s: cases, versions: map[*recovery.Case]int64{}}
				if err := beginCase(t, n); err != nil {
					b.Fatal(err)
				}
				if err := cases.deps.Record(b.Context(), tx, t.events); err != nil {
					b.Fatal(err)
				}
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
		b.Run(name+"/128-callers", func(b *testing.B) {
			cases := open[name](b)
			var n atomic.Int64
			most := int64(b.N)
			var wait sync.WaitGroup
			b.ResetTimer()
			for range 128 {
				wait.Go(func() {
					for i := n.Add(1); i <= most; i = n.Add(1) {
						if err := cases.Do(b.Context(), func(tx recovery.Tx) error { return beginCase(tx, i) }); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wait.Wait()
			perSecond(b)
		})
	}
}

// plain is the same database, opened as the driver's documentation does it, and as durable.
func plain(b *testing.B, db *DB) *sql.DB {
	b.Helper()
	if db.postgres {
		return db.writes
	}
	var path string
	if err := db.read().QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path); err != nil {
		b.Fatal(err)
	}
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)")
	if err != nil {
		b.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	b.Cleanup(func() { pool.Close() })
	return pool
}

func perSecond(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "starts/s")
}
