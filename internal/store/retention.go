package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Due counts what is from before a moment and was not erased, and finds the oldest of all that is kept.
type Due func(ctx context.Context, before time.Time, most int) (n int, oldest time.Time, err error)

// dueTables say where things wait for their end: rows of a table that a condition leaves, by a column of times.
var dueTables = map[string]struct{ table, column, where string }{
	"cases":    {"recovery_case", "updated", "state NOT IN ('open', 'applying')"},
	"evidence": {"ticket", "due", "state = 'closed' AND due > 0"},
	"shifts":   {"agent_session", "started", "1 = 1"},
	"links":    {"share_link", "expires", "1 = 1"},
}

// DueOf counts a kind of thing by its id: "cases", "evidence", "shifts", "links", "persons", "trail".
func DueOf(db *DB, id string) Due {
	switch id {
	case "persons":
		return func(ctx context.Context, before time.Time, most int) (int, time.Time, error) {
			return duePersons(ctx, db, before, most)
		}
	case "trail":
		return func(ctx context.Context, before time.Time, most int) (int, time.Time, error) {
			return dueInTrail(ctx, db, before, most)
		}
	}
	t, ok := dueTables[id]
	if !ok {
		panic("nothing is kept under the id " + id) // a mistake of the program, seen at its start
	}
	return func(ctx context.Context, before time.Time, most int) (n int, oldest time.Time, err error) {
		err = db.read().QueryRowContext(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM %s WHERE %s AND %s < $1 LIMIT $2) AS seen`,
			t.table, t.where, t.column), millis(before), most).Scan(&n)
		if err != nil {
			return 0, oldest, failed("count what is due", err)
		}
		var first sql.NullInt64
		err = db.read().QueryRowContext(ctx, fmt.Sprintf(`SELECT %[2]s FROM %[1]s WHERE %[3]s ORDER BY %[2]s LIMIT 1`, t.table, t.column,
			t.where)).Scan(&first)
		if err == sql.ErrNoRows {
			return n, oldest, nil
		}
		return n, moment(first.Int64), failed("find the oldest", err)
	}
}
