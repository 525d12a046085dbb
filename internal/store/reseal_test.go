package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/vault"
)

func TestReseal_bringsEveryRowToTheNewestKey(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		keys := vault.Generate()
		auditRecord(t, auditOf(d, keys), time.Now(), 25)
		rotated := keys.Rotated()
		now := auditOf(d, rotated)
		auditRecord(t, now, time.Now(), 2)
		if done, err := now.Reseal()[0].Reseal(t.Context(), 10); done || err != nil { // and then it is stopped
			t.Fatal(done, err)
		}
		column, batches := now.Reseal()[0], 1
		for ; ; batches++ {
			done, err := column.Reseal(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			if done {
				break
			}
		}
		if batches != 2 {
			t.Errorf("15 rows were left, 10 a batch: %d batches", batches)
		}
		newest, err := vault.Parse(strings.SplitAfterN(rotated.String(), "\n", 3)[1])
		if err != nil {
			t.Fatal(err)
		}
		alone := auditOf(d, newest)
		for seq := range int64(27) {
			if values, err := alone.Person(t.Context(), seq+1); err != nil || values["ip"] != "192.0.2.77" {
				t.Fatal("with the newest key alone:", seq+1, values, err)
			}
		}
		if _, err := now.Verify(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
}

func TestReseal_reindexesAndPassesOverWhatNoKeyOpens(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		auditExecute(t, d, `CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, sealed BYTEA)`)
		keys := vault.Generate()
		for i := range 12 {
			id := fmt.Sprintf("p%02d", i)
			auditExecute(t, d, `INSERT INTO person (id, name, sealed) VALUES ($1, $2, $3)`, id, keys.Index("name").Sum(id), keys.Box("x").Seal([]byte(id), "person:sealed:"+id))
		}
		auditExecute(t, d, `INSERT INTO person (id, name, sealed) VALUES ('none', '', NULL)`)
		auditExecute(t, d, `UPDATE person SET sealed = (SELECT sealed FROM person WHERE id = 'p04') WHERE id = 'p03'`)
		next := keys.Rotated()
		column := &Column{DB: d, Table: "person", Key: "id", Sealed: "sealed", Box: next.Box("x"), Reindex: func(ctx context.Context, tx *sql.Tx, id string, plain []byte) error {
			_, err := tx.ExecContext(ctx, `UPDATE person SET name = $1 WHERE id = $2`, next.Index("name").Sum(string(plain)), id)
			return err
		}}
		for done := false; !done; {
			var err error
			if done, err = column.Reseal(t.Context(), 5); done == (err == nil) || done && !strings.Contains(err.Error(), "1 of its rows, the first is p03") {
				t.Fatal(done, err)
			}
		}
		for i := range 12 {
			id := fmt.Sprintf("p%02d", i)
			if n := auditCount(t, d, fmt.Sprintf(`SELECT count(*) FROM person WHERE id = '%s' AND name = '%s'`, id, next.Index("name").Sum(id))); (n == 1) != (i != 3) {
				t.Errorf("%s: index is new: %d", id, n)
			}
		}
	})
}

// A case that was begun before a change of keys is found by the newest key alone, and a save that was under way when it was
// resealed does not bring the old indexes back.
func TestReseal_findsOldCasesByTheNewestKey(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		keys := vault.Generate()
		next := keys.Rotated()
		cases := func(keys *vault.Keyset) *Cases {
			return NewCases(d, CaseDeps{Seal: keys.Box("case"), Record: func(context.Context, *sql.Tx, []recovery.Event) error { return nil }})
		}
		do := func(keys *vault.Keyset, fn func(recovery.Tx) error) error { return cases(keys).Do(t.Context(), fn) }
		indexes := func(keys *vault.Keyset) func(f *recovery.Facts) CaseIndexes {
			return func(f *recovery.Facts) CaseIndexes {
				return CaseIndexes{Subject: keys.Index("case").Sum(f.Account), Resume: keys.Index("case").Sum(f.Code)}
			}
		}
		for _, id := range []string{"a", "b", "c", "d"} {
			c := &recovery.Case{ID: id, State: recovery.Open, Started: d.now(), Acted: d.now(), Facts: recovery.Facts{Account: "7", Code: "code-" + id}}
			to := indexes(keys)(&c.Facts)
			c.Subject, c.Resume = to.Subject, to.Resume
			if err := do(keys, func(tx recovery.Tx) error { return tx.Create(c) }); err != nil {
				t.Fatal(err)
			}
		}
		saved, err := cases(next).Case(t.Context(), "b") // by a serve with the new keyset: facts are fresh, indexes are not
		if err != nil {
			t.Fatal(err)
		}
		if err := do(next, func(tx recovery.Tx) error { return tx.Save(saved) }); err != nil {
			t.Fatal(err)
		}
		underway, err := cases(next).Case(t.Context(), "c")
		if err != nil {
			t.Fatal(err)
		}
		for _, column := range cases(next).Reseal(next.Box("case"), indexes(next)) {
			for done := false; !done; {
				if done, err = column.Reseal(t.Context(), 2); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := do(next, func(tx recovery.Tx) error { return tx.Save(underway) }); !errors.Is(err, problem.Conflict) {
			t.Error("an old save must come too late:", err)
		}
		newest, err := vault.Parse(strings.SplitAfterN(next.String(), "\n", 3)[1])
		if err != nil {
			t.Fatal(err)
		}
		if c, err := cases(newest).CaseByResume(t.Context(), newest.Index("case").Sum("code-b")); err != nil || c.ID != "b" || c.Facts.Account != "7" {
			t.Error(c, err)
		}
		err = do(newest, func(tx recovery.Tx) error {
			ids, err := tx.OpenCases(newest.Index("case").Sum("7"))
			if len(ids) != 4 {
				t.Error("open cases:", ids)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAuditKeys_areThoseThatSignedSomethingThatIsKept(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		keys := vault.Generate()
		if named, err := auditOf(d, keys).Keys(t.Context()); err != nil || len(named) != 0 {
			t.Error("an empty trail:", named, err)
		}
		auditRecord(t, auditOf(d, keys), d.now(), 3)
		next := keys.Rotated().Rotated()
		auditRecord(t, auditOf(d, next), d.now(), 3)
		named, err := auditOf(d, next).Keys(t.Context())
		if err != nil || len(named) != 2 {
			t.Fatal(named, err)
		}
		for i, prefix := range next.Prefixes() {
			has := slices.ContainsFunc(named, func(key []byte) bool { return bytes.Equal(key, prefix) })
			if has != (i != 1) {
				t.Errorf("key %d is named: %v", i+1, has)
			}
		}
	})
}
