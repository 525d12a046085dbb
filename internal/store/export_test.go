package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhaohui/internal/store/postgrestest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		writeUntilKilled(path)
	}
	os.Exit(postgrestest.Run(m))
}

// OnBoth runs a test on an empty, migrated database of each kind.
func OnBoth(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, OpenSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, OpenPostgres(t)) })
}

// OpenSQLite is an empty, migrated database in a file. It does not wait for the disk.
func OpenSQLite(tb testing.TB) *DB {
	tb.Helper()
	db := openOnly(tb, Config{Path: filepath.Join(tb.TempDir(), "data", "zhaohui.db"), Now: func() time.Time { return noon }})
	if _, err := db.SQL().Exec(`PRAGMA synchronous = OFF`); err != nil {
		tb.Fatal(err)
	}
	if err := Migrate(tb.Context(), db); err != nil {
		tb.Fatal(err)
	}
	return db
}

// OpenPostgres is an empty, migrated database on PostgreSQL.
func OpenPostgres(tb testing.TB) *DB {
	tb.Helper()
	return openMigrated(tb, Config{URL: postgrestest.URL(tb)})
}

func openMigrated(tb testing.TB, c Config) *DB {
	tb.Helper()
	if c.Now == nil {
		c.Now = func() time.Time { return noon }
	}
	db := openOnly(tb, c)
	if err := Migrate(tb.Context(), db); err != nil {
		tb.Fatal(err)
	}
	return db
}

func openOnly(tb testing.TB, c Config) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}

// noon is when tests happen.
var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// Write runs a transaction.
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return d.write(ctx, fn)
}

// Read is the pool that reads.
func (d *DB) Read() *sql.DB { return d.read() }
