package store

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

func TestInOrder(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1":                             "SELECT 1",
		"VALUES ($1, $2, $3)":                  "VALUES (?, ?, ?)",
		"a = $1 AND b = 'x$2' AND c = $2":      "a = ? AND b = 'x$2' AND c = ?",
		"a = '''$1' AND c = $1":                "a = '''$1' AND c = ?",
		"a = $2 AND b = $1":                    "a = $2 AND b = $1",
		"VALUES ($1, $2, $2)":                  "VALUES ($1, $2, $2)",
		"a = $1 AND b = $name":                 "a = $1 AND b = $name",
		"$1$2$3$4$5$6$7$8$9$10$11 AND b = $12": "??????????? AND b = ?",
		"":                                     "",
	} {
		if got := inOrder(text); got != want {
			t.Errorf("%s\nbecame %s", text, got)
		}
	}
}

// Whether a statement runs on the group's connection itself or in a transaction of the database package, it does the same.
func TestExecute_asInATransaction(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		err := d.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			for _, way := range []context.Context{ctx, context.WithoutCancel(t.Context())} {
				var at, gone int64
				err := errors.Join(
					execute(way, tx, `INSERT INTO throttle_once (key, at, gone) VALUES ($1, $2, $3)`, "k", int64(4), int64(5)),
					numbers(way, tx, `SELECT at, gone FROM throttle_once WHERE key = $1`, []*int64{&at, &gone}, "k"),
					execute(way, tx, `DELETE FROM throttle_once WHERE key = $1`, "k"))
				if err != nil || at != 4 || gone != 5 {
					t.Errorf("%d, %d: %v", at, gone, err)
				}
				none := numbers(way, tx, `SELECT at, gone FROM throttle_once WHERE key = $1`, []*int64{&at, &gone}, "k")
				if !errors.Is(none, sql.ErrNoRows) {
					t.Errorf("no row: %v", none)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// What a limit refuses is not begun.
func TestR4_beginCountsOrLeavesNothing(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		cases, _ := newCases(d)
		limit := throttle.Limit{Key: "begin", Max: 1, Within: time.Hour}
		for i, id := range []string{"first", "second"} {
			c := &recovery.Case{ID: id, State: recovery.Open, Started: noon, Acted: noon, Facts: recovery.Facts{Lang: "zh"}}
			err := cases.Begin(t.Context(), c, limit, recovery.Event{At: noon, Kind: "case-started", Case: id, Actor: "customer"})
			var refused throttle.Refused
			if i == 0 && err != nil || i == 1 && !errors.As(err, &refused) {
				t.Fatalf("%s: %v", id, err)
			}
			kept, err := cases.Case(t.Context(), id)
			if i == 0 && (err != nil || c.Version != 1 || kept.Facts.Lang != "zh") {
				t.Errorf("what was allowed: %+v, %v", kept, err)
			}
			if i == 1 && (!errors.Is(err, problem.NotFound) || c.Version != 0) {
				t.Errorf("what was refused: %+v, %v", kept, err)
			}
		}
	})
}
