package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is the number of the lock that a PostgreSQL database is migrated under; any number that is ours.
const migrationLock = 0x7a68616f // "zhao"

// Migrate brings the schema up to what this program needs, forward only: ours, then that of the job queue. On
// PostgreSQL one process does it and others wait; on SQLite a process that lost a race finds the work done.
func Migrate(ctx context.Context, d *DB) error {
	if err := d.migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", unavailable(err))
	}
	return nil
}

func (d *DB) migrate(ctx context.Context) error {
	if d.postgres {
		lock, err := d.writes.Conn(ctx)
		if err != nil {
			return err
		}
		defer lock.Close()
		if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
			return err
		}
		defer func() { // with a context of its own: a lock that stays would stop every later start
			_, _ = lock.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, migrationLock)
		}()
		return d.migrateOnce(ctx)
	}
	err := d.migrateOnce(ctx)
	for range 2 {
		if err == nil {
			return nil
		}
		err = d.migrateOnce(ctx)
	}
	return err
}

func (d *DB) migrateOnce(ctx context.Context) error {
	if err := d.migrateOwn(ctx); err != nil {
		return err
	}
	if d.postgres {
		return migrateJobs(ctx, riverdatabasesql.New(d.writes), d.log)
	}
	return migrateJobs(ctx, riversqlite.New(d.writes), d.log)
}

func (d *DB) migrateOwn(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if d.postgres {
		dialect = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(dialect, d.writes, files, goose.WithDisableGlobalRegistry(true),
		goose.WithTableName("schema_version"), goose.WithGoMigrations(goose.NewGoMigration(usesVersion, &goose.GoFunc{RunTx: d.usesInOneTree}, nil)))
	if err != nil {
		return err
	}
	done, err := provider.Up(ctx)
	for _, m := range done {
		if m.Error == nil {
			d.log.Info("schema changed", "migration", m.Source.Version)
		}
	}
	return err
}

// usesVersion is the number of usesInOneTree among the migrations.
const usesVersion = 9

// usesInOneTree keeps the uses of limits in one tree on SQLite, which makes a table and an index of what PostgreSQL's text
// says: every use was written twice, at two places.
func (d *DB) usesInOneTree(ctx context.Context, tx *sql.Tx) error {
	if d.postgres {
		return nil
	}
	for _, statement := range []string{
		`CREATE TABLE throttle_use_new (key TEXT NOT NULL, at BIGINT NOT NULL, n BIGINT NOT NULL, gone BIGINT NOT NULL,
			PRIMARY KEY (key, at, n)) WITHOUT ROWID`,
		`INSERT INTO throttle_use_new (key, at, n, gone) SELECT key, at, n, gone FROM throttle_use`,
		`DROP TABLE throttle_use`,
		`ALTER TABLE throttle_use_new RENAME TO throttle_use`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func migrateJobs(ctx context.Context, driver riverdriver.Driver[*sql.Tx], log *slog.Logger) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}) // it speaks at every start
	if err != nil {
		return err
	}
	done, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if done != nil {
		for _, m := range done.Versions {
			log.Debug("schema of jobs changed", "migration", m.Version)
		}
	}
	return err
}
