package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"modernc.org/sqlite"
)

// keptStatements is how many statements a connection keeps: more than the texts that this program has.
const keptStatements = 300

// keeping opens connections to SQLite that keep their statements prepared: reading a text and planning it costs more than
// doing what it says.
type keeping struct{ driver.Connector }

func newKeeping(dsn string) (driver.Connector, error) {
	plain, err := sqlite.NewConnector(dsn)
	return keeping{plain}, err
}

func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeper{sqliteConn: conn.(sqliteConn), kept: map[string]*statement{}}, nil
}

// sqliteConn is what the driver's connections can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keeper is a connection; one goroutine at a time uses it.
//
// Some errors let SQLite end the transaction on its own. What came after them would be on its own as well, so after such
// an error nothing but a rollback is done: a caller who overlooks the error cannot get half of what it asked for.
type keeper struct {
	sqliteConn
	kept   map[string]*statement // by text
	inTx   bool
	doomed error // why the transaction can only be rolled back
}

// BeginTx begins a transaction that cannot be committed once it is doomed.
func (k *keeper) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := k.sqliteConn.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	k.inTx = true
	return &keptTx{tx, k}, nil
}

type keptTx struct {
	driver.Tx
	on *keeper
}

func (t *keptTx) Commit() error {
	if t.on.doomed != nil {
		return errors.Join(t.on.doomed, t.Rollback())
	}
	t.on.inTx = false
	return t.Tx.Commit()
}

func (t *keptTx) Rollback() error {
	t.on.inTx, t.on.doomed = false, nil
	return t.Tx.Rollback()
}

// noted keeps in mind that an error dooms the transaction.
func (k *keeper) noted(err error) error {
	if err != nil && k.inTx && k.doomed == nil && isOutage(err) {
		k.doomed = err
	}
	return err
}

// statement is a prepared one. While its rows are read the same text is done another way.
type statement struct {
	driver.Stmt
	busy bool
}

// statement gives the prepared statement of a text, nil if it has to be done without one.
func (k *keeper) statement(ctx context.Context, text string) (*statement, error) {
	if k.doomed != nil {
		return nil, fmt.Errorf("after an error that ended the transaction: %w", k.doomed)
	}
	if s, ok := k.kept[text]; ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if len(k.kept) >= keptStatements {
		for text, s := range k.kept {
			if !s.busy {
				_ = s.Close() // it was only kept
				delete(k.kept, text)
			}
		}
	}
	prepared, err := k.PrepareContext(ctx, inOrder(text))
	if err != nil {
		return nil, err
	}
	s := &statement{Stmt: prepared}
	k.kept[text] = s
	return s, nil
}

// inOrder is a text with ? for $1, $2 … if each is there once and in its order: the driver looks values up by the name of
// their mark, which takes longer than some statements. Else it is the text.
func inOrder(text string) string {
	var marked strings.Builder
	rest, seen, quoted := text, 0, false
	for {
		at := strings.IndexAny(rest, "$'")
		if at < 0 {
			return marked.String() + rest
		}
		marked.WriteString(rest[:at])
		if rest[at] == '\'' || quoted {
			quoted = quoted != (rest[at] == '\'')
			marked.WriteByte(rest[at])
			rest = rest[at+1:]
			continue
		}
		seen++
		end := at + 1 + len(rest[at+1:]) - len(strings.TrimLeft(rest[at+1:], "0123456789"))
		if rest[at+1:end] != strconv.Itoa(seen) {
			return text
		}
		marked.WriteByte('?')
		rest = rest[end:]
	}
}

// execute does a statement of the group whose member ctx belongs to, on its connection itself: less than half of what the
// database package takes. Elsewhere it does it in the transaction.
func execute(ctx context.Context, tx *sql.Tx, text string, args ...any) error {
	if end, ok := ctx.Value(endKey{}).(*groupEnd); ok && end.on != nil {
		_, err := end.on.ExecContext(ctx, text, end.named(args))
		return err
	}
	_, err := tx.ExecContext(ctx, text, args...)
	return err
}

// numbers is execute for one row of numbers; sql.ErrNoRows if there is none.
func numbers(ctx context.Context, tx *sql.Tx, text string, into []*int64, args ...any) error {
	end, ok := ctx.Value(endKey{}).(*groupEnd)
	if !ok || end.on == nil {
		columns := make([]any, len(into))
		for i := range into {
			columns[i] = into[i]
		}
		return tx.QueryRowContext(ctx, text, args...).Scan(columns...)
	}
	rows, err := end.on.QueryContext(ctx, text, end.named(args))
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(into))
	if err = rows.Next(values); errors.Is(err, io.EOF) {
		err = sql.ErrNoRows
	}
	for i, value := range values {
		if err == nil {
			*into[i], ok = value.(int64)
			if !ok {
				err = fmt.Errorf("column %d is a %T, want a number", i+1, value)
			}
		}
	}
	return errors.Join(err, rows.Close())
}

// stillOpen is a text that only asks whether the transaction is doomed.
const stillOpen = "-- still open"

func (k *keeper) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if text == stillOpen {
		return driver.ResultNoRows, k.doomed
	}
	s, err := k.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		result, err := k.sqliteConn.ExecContext(ctx, text, args)
		return result, k.noted(err)
	}
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return result, k.noted(err)
}

func (k *keeper) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		rows, err := k.sqliteConn.QueryContext(ctx, text, args)
		return rows, k.noted(err)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, k.noted(err)
	}
	s.busy = true
	return &keptRows{rows, s}, nil
}

// Close ends the statements before the connection.
func (k *keeper) Close() error {
	for _, s := range k.kept {
		_ = s.Close() // the connection's end is what counts
	}
	clear(k.kept)
	return k.sqliteConn.Close()
}

type keptRows struct {
	driver.Rows
	of *statement
}

func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
