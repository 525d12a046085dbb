package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// Accounts keeps the accounts of the embedded wallet. It implements wallet.Records.
type Accounts struct{ db *DB }

// NewAccounts keeps accounts in a database.
func NewAccounts(db *DB) *Accounts { return &Accounts{db: db} }

// Read is the sealed data of an account; problem.NotFound.
func (a *Accounts) Read(ctx context.Context, id string) (data []byte, err error) {
	err = a.db.read().QueryRowContext(ctx, `SELECT data FROM wallet_account WHERE id = $1`, id).Scan(&data)
	return data, failed("read account", err)
}

// History is the sealed payments of an account; problem.NotFound.
func (a *Accounts) History(ctx context.Context, id string) (history []byte, err error) {
	err = a.db.read().QueryRowContext(ctx, `SELECT history FROM wallet_account WHERE id = $1`, id).Scan(&history)
	return history, failed("read payments", err)
}

// Named is the id of the account that one of these indexes belongs to; problem.NotFound.
func (a *Accounts) Named(ctx context.Context, indexes []string) (id string, err error) {
	in, args := list(indexes)
	err = a.db.read().QueryRowContext(ctx, `SELECT account_id FROM account_name WHERE idx IN (`+in+`) LIMIT 1`, args...).Scan(&id)
	return id, failed("find account", err)
}

// IDs lists accounts in the order of their ids.
func (a *Accounts) IDs(ctx context.Context, after string, limit int) ([]string, error) {
	ids, err := texts(a.db.read().QueryContext(ctx, `SELECT id FROM wallet_account WHERE id > $1 ORDER BY id LIMIT $2`, after, limit))
	return ids, failed("list accounts", err)
}

// Add adds all of these accounts or none; problem.Conflict if an id or a name is taken.
func (a *Accounts) Add(ctx context.Context, at time.Time, rows []wallet.Row) error {
	err := a.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, row := range rows {
			done, err := tx.ExecContext(ctx, `INSERT INTO wallet_account (id, version, created, updated, data, history)
				VALUES ($1, 1, $2, $2, $3, $4) ON CONFLICT DO NOTHING`, row.ID, millis(at), row.Data, row.History)
			if err := inserted(done, err); err != nil {
				return err
			}
			if err := addNames(ctx, tx, row.ID, row.Names); err != nil {
				return err
			}
		}
		return nil
	})
	return failed("add accounts", err)
}

func addNames(ctx context.Context, tx *sql.Tx, id string, indexes []string) error {
	for _, idx := range indexes {
		done, err := tx.ExecContext(ctx, `INSERT INTO account_name (idx, account_id) VALUES ($1, $2)
			ON CONFLICT DO NOTHING`, idx, id)
		if err := inserted(done, err); err != nil {
			return err
		}
	}
	return nil
}

// replaceNames writes an account's names under the newest key.
func replaceNames(ctx context.Context, tx *sql.Tx, id string, indexes []string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_name WHERE account_id = $1`, id); err != nil {
		return err
	}
	return addNames(ctx, tx, id, indexes)
}

// inserted says problem.Conflict for a row that was there.
func inserted(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(problem.Conflict, err)
	}
	return nil
}

var errRepeated = errors.New("this key was used before")

// Change changes an account unless the key was used before. It writes the row first: on PostgreSQL this makes others
// wait until the transaction ends, and they see its outcome.
func (a *Accounts) Change(
	ctx context.Context, w wallet.Write, change func([]byte) (wallet.Changed, error),
) (answer wallet.Answer, err error) {
	err = a.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var data []byte
		err := tx.QueryRowContext(ctx, `UPDATE wallet_account SET version = version + 1, updated = $2 WHERE id = $1 RETURNING data`,
			w.Account, millis(w.At)).Scan(&data)
		if err != nil {
			return failed("lock account", err)
		}
		if answer, err = readAnswer(ctx, tx, w.Key); !errors.Is(err, problem.NotFound) {
			if err == nil {
				err = errRepeated // and so nothing changes
			}
			return err
		}
		changed, err := change(data)
		if err != nil {
			return err
		}
		answer = changed.Answer
		if _, err := tx.ExecContext(ctx, `UPDATE wallet_account SET data = $2 WHERE id = $1`, w.Account, changed.Data); err != nil {
			return err
		}
		if err := replaceNames(ctx, tx, w.Account, changed.Names); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO wallet_write (key, account_id, at, gone, answer) VALUES ($1, $2, $3, $4, $5)`,
			w.Key, w.Account, millis(w.At), millis(answer.Until), answer.Sealed)
		return err
	})
	if err != nil && !errors.Is(err, errRepeated) {
		return wallet.Answer{}, failed("change account", err)
	}
	return answer, nil
}

// querier is a pool or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readAnswer(ctx context.Context, q querier, key string) (answer wallet.Answer, err error) {
	var gone int64
	err = q.QueryRowContext(ctx, `SELECT answer, gone FROM wallet_write WHERE key = $1`, key).Scan(&answer.Sealed, &gone)
	answer.Until = moment(gone)
	return answer, failed("read answer", err)
}

// Answer is what the first write with a key answered; problem.NotFound.
func (a *Accounts) Answer(ctx context.Context, key string) (wallet.Answer, error) {
	return readAnswer(ctx, a.db.read(), key)
}

// Erase removes an account with its names and answers; problem.NotFound.
func (a *Accounts) Erase(ctx context.Context, id string) error {
	err := a.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM wallet_account WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(problem.NotFound, err)
		}
		for _, table := range []string{"account_name", "wallet_write"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE account_id = $1`, id); err != nil {
				return err
			}
		}
		return nil
	})
	return failed("erase account", err)
}

// Prune forgets answers that are over now, and writes from before a moment.
func (a *Accounts) Prune(ctx context.Context, now, before time.Time) error {
	err := a.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE wallet_write SET answer = $1 WHERE gone > 0 AND gone <= $2 AND length(answer) > 0`,
			[]byte{}, millis(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM wallet_write WHERE at < $1`, millis(before))
		return err
	})
	return failed("prune writes", err)
}

// Reseal is all that is sealed of accounts, for a new key; index is that of sign-in names.
func (a *Accounts) Reseal(box ResealBox, index wallet.Indexer) []*Column {
	return []*Column{
		{DB: a.db, Table: "wallet_account", Key: "id", Sealed: "data", Box: box,
			Context: func(id string) string { return "account:data:" + id },
			Reindex: func(ctx context.Context, tx *sql.Tx, id string, plain []byte) error {
				names, err := wallet.SignInNames(id, plain)
				if err != nil {
					return err
				}
				for i := range names {
					names[i] = index.Sum(names[i])
				}
				return replaceNames(ctx, tx, id, names)
			}},
		{DB: a.db, Table: "wallet_account", Key: "id", Sealed: "history", Box: box,
			Context: func(id string) string { return "account:history:" + id }},
		{DB: a.db, Table: "wallet_write", Key: "key", Sealed: "answer", Box: box},
	}
}

// list is placeholders for values, and the values.
func list(values []string) (placeholders string, args []any) {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = fmt.Sprintf("$%d", i+1)
		args = append(args, v)
	}
	return strings.Join(marks, ", "), args
}
