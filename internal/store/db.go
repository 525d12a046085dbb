package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"zhaohui/internal/problem"
)

// DB is the portal's database: a SQLite file, or PostgreSQL. Every statement is one text for both, with $1 for values,
// times as milliseconds UTC and ids made in Go.
//
// SQLite has one connection that writes and a few that only read. A write waits for the disk before it is answered, and
// writes that come at the same time share that wait (group.go).
type DB struct {
	writes   *sql.DB
	reads    *sql.DB // the same as writes on PostgreSQL
	postgres bool
	now      func() time.Time
	log      *slog.Logger
	group    *group // nil on PostgreSQL
}

// Config says where the database is.
type Config struct {
	URL  string // postgres://… or the path of a SQLite file; "" takes Path
	Path string // of a SQLite file; it is created with mode 0600, its folder with 0700
	Now  func() time.Time
	Log  *slog.Logger
}

// readers is how many connections to a SQLite file read at once.
const readers = 4

// Open opens the database. It does not change the schema: Migrate does.
func Open(ctx context.Context, c Config) (*DB, error) {
	d := &DB{now: c.Now, log: c.Log}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	open := d.openSQLite
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		open = d.openPostgres
	} else if strings.Contains(c.URL, "://") {
		return nil, errors.New("open database: want postgres://… or the path of a file") // not the URL, it may hold a password
	} else if c.URL == "" {
		c.URL = c.Path
	}
	if err := open(c.URL); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := d.Ready(ctx); err != nil {
		_ = d.Close() // what counts is why it is not ready
		return nil, err
	}
	return d, nil
}

func (d *DB) openSQLite(path string) error {
	if path == "" {
		return errors.New("no path")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // SQLite gives the files beside it the same mode
	if err != nil {
		return err
	}
	if err := errors.Join(file.Chmod(0o600), file.Close()); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	writes, err := openFile(path, "immediate", "busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", "wal_autocheckpoint(8000)", "cache_size(-16000)")
	if err != nil {
		return err
	}
	reads, err := openFile(path, "deferred", "busy_timeout(10000)", "query_only(1)")
	if err != nil {
		return errors.Join(err, writes.Close())
	}
	d.writes, d.reads = writes, reads
	d.writes.SetMaxOpenConns(1)
	d.reads.SetMaxOpenConns(readers)
	d.reads.SetMaxIdleConns(readers)
	d.group = startGroup(d.writes)
	return nil
}

// openFile opens a SQLite file whose connections begin as pragmas say; lock is when a transaction takes its lock.
func openFile(path, lock string, pragmas ...string) (*sql.DB, error) {
	address := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_txlock": {lock}, "_pragma": pragmas}.Encode()}
	connector, err := newKeeping(address.String())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func (d *DB) openPostgres(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return errors.New("the postgres:// address cannot be read") // the error would repeat it, and the password in it
	}
	query := parsed.Query()
	if !query.Has("connect_timeout") {
		query.Set("connect_timeout", "5")
	}
	parsed.RawQuery = query.Encode()
	if d.writes, err = sql.Open("pgx", parsed.String()); err != nil {
		return errors.New("the postgres:// address cannot be used")
	}
	d.writes.SetMaxOpenConns(20)
	d.writes.SetMaxIdleConns(10)
	d.writes.SetConnMaxIdleTime(5 * time.Minute)
	d.reads, d.postgres = d.writes, true
	return nil
}

// Close waits for the writes that were asked for and closes the database.
func (d *DB) Close() error {
	if d.group != nil {
		d.group.close()
	}
	err := d.writes.Close()
	if d.reads != d.writes {
		err = errors.Join(err, d.reads.Close())
	}
	return err
}

// Postgres says which of the two databases it is.
func (d *DB) Postgres() bool { return d.postgres }

// SQL is the pool that writes, for libraries that bring statements of their own. On SQLite it has one connection: who
// holds it must not wait for a write.
func (d *DB) SQL() *sql.DB { return d.writes }

// Ready says whether the database answers; problem.Unavailable if not.
func (d *DB) Ready(ctx context.Context) error {
	var one int
	for _, pool := range []*sql.DB{d.writes, d.reads} {
		if err := pool.QueryRowContext(ctx, `SELECT 1`).Scan(&one); err != nil {
			return fmt.Errorf("ask database: %w: %w", problem.Unavailable, err)
		}
	}
	return nil
}

// read is the pool for statements that change nothing and need no transaction.
func (d *DB) read() *sql.DB { return d.reads }

// write runs fn in one transaction: all of it is durable before write returns, or nothing happened. fn may run more than
// once. It must use the context and the transaction that it is given and nothing else of the database, must not end the
// transaction, and should be quick: on SQLite others wait for it.
//
// A database that cannot be reached is problem.Unavailable; so is a context that ended before fn ran.
func (d *DB) write(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	if d.group != nil {
		return unavailable(d.group.write(ctx, fn))
	}
	return d.writePostgres(ctx, fn)
}

// millis is a time as it is kept; zero stays 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is a time that was kept.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
