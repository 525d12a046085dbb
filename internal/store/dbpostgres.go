package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// longest is how long a transaction on PostgreSQL may take if the caller set no end.
const longest = 15 * time.Second

// again are the error codes after which the same transaction may succeed: serialization failure and deadlock.
var again = []string{"40001", "40P01"}

func (d *DB) writePostgres(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for tries := 1; ; tries++ {
		err := d.transact(ctx, fn)
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || tries == 5 || !slices.Contains(again, e.Code) {
			return unavailable(err)
		}
	}
}

// transact runs fn in one transaction at Read Committed: what needs more takes a lock by writing a row first.
func (d *DB) transact(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := d.writes.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
