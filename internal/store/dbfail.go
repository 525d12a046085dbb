package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"zhaohui/internal/problem"
)

// failed wraps an error with what was being done: no row is problem.NotFound, and a database that cannot be reached or
// cannot go on just now is problem.Unavailable. It is nil for nil.
func failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", doing, problem.NotFound)
	}
	return fmt.Errorf("%s: %w", doing, unavailable(err))
}

// unavailable adds the kind to an error that comes from the way to the database or its state, not from what was asked.
func unavailable(err error) error {
	if err == nil || problem.KindOf(err) != problem.KindUnknown || !isOutage(err) {
		return err
	}
	return fmt.Errorf("%w: %w", problem.Unavailable, err)
}

// Result codes of SQLite that say "not now": busy, locked, out of memory, interrupted, input/output, full, cannot open.
var sqliteOutages = []int{5, 6, 7, 9, 10, 13, 14}

// Classes of PostgreSQL's error codes that say "not now": connection, resources, operator intervention, system error.
var postgresOutages = []string{"08", "53", "57", "58"}

func isOutage(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return slices.Contains(sqliteOutages, e.Code()&0xff)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.ContainsFunc(postgresOutages, func(class string) bool { return strings.HasPrefix(e.Code, class) })
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, outage := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, context.Canceled,
		context.DeadlineExceeded} {
		if errors.Is(err, outage) {
			return true
		}
	}
	text := err.Error() // these two have no type
	return strings.Contains(text, "sql: database is closed") || strings.Contains(text, "conn closed")
}
