package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/vault"
)

func auditOf(d *DB, keys *vault.Keyset) *Audit {
	return NewAudit(d, audit.NewChain(keys.Hash("audit")), keys.Box("audit"))
}

// auditRecord appends n events in one transaction; each has personal data.
func auditRecord(t *testing.T, a *Audit, at time.Time, n int) {
	t.Helper()
	var events []recovery.Event
	for i := range n {
		events = append(events, recovery.Event{At: at, Kind: "proof-passed", Case: "c1", Actor: "customer",
			Data: map[string]string{"method": "sms", "n": fmt.Sprint(i)}, Person: map[string]string{"ip": "192.0.2.77"}})
	}
	if err := a.db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error { return a.Append(ctx, tx, events) }); err != nil {
		t.Fatal(err)
	}
}

func auditExecute(t *testing.T, d *DB, statement string, args ...any) {
	t.Helper()
	err := d.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		t.Fatal(statement, err)
	}
}

func auditCount(t *testing.T, d *DB, query string) (n int) {
	t.Helper()
	if err := d.read().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(query, err)
	}
	return n
}

func TestP4_parallelAppendsMakeOneChainWithoutGaps(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a := auditOf(d, vault.Generate())
		const callers, each = 16, 8
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for i := range each {
					err := d.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
						if err := a.Append(ctx, tx, []recovery.Event{{At: time.Now(), Kind: "a"}, {At: time.Now(), Kind: "b"}}); err != nil {
							return err
						}
						if i%4 == 3 { // what is undone leaves no gap
							return problem.Conflict
						}
						return nil
					})
					if err != nil && !errors.Is(err, problem.Conflict) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		want := callers * each / 4 * 3 * 2
		report, err := a.Verify(t.Context(), nil)
		if err != nil || report.Entries != want || report.Head.Seq != int64(want) {
			t.Errorf("want %d entries, got %d up to %d, %v", want, report.Entries, report.Head.Seq, err)
		}
	})
}

// Each of these is what somebody could do who may write to the database and has no key.
func TestP4_everyChangeInTheDatabaseIsFound(t *testing.T) {
	flip := func(column string) string { // one byte in the middle, by the database's own means
		return `UPDATE audit_entry SET ` + column + ` = replace(` + column + `, substr(` + column + `, 2, 1), 'z') WHERE seq = 3`
	}
	changes := map[string][]string{
		"at":                         {`UPDATE audit_entry SET at = at + 1 WHERE seq = 3`},
		"kind":                       {flip("kind")},
		"case":                       {flip("case_id")},
		"actor":                      {flip("actor")},
		"data":                       {flip("data")},
		"data, a space":              {`UPDATE audit_entry SET data = data || ' ' WHERE seq = 3`},
		"digest":                     {flip("person")},
		"no digest, no data":         {`UPDATE audit_entry SET person = '' WHERE seq = 3`, `DELETE FROM audit_person WHERE seq = 3`},
		"prev":                       {`UPDATE audit_entry SET prev = mac WHERE seq = 3`},
		"mac":                        {`UPDATE audit_entry SET mac = prev WHERE seq = 3`},
		"number":                     {`UPDATE audit_entry SET seq = 30 WHERE seq = 3`},
		"another's personal data":    {`UPDATE audit_person SET sealed = (SELECT sealed FROM audit_person WHERE seq = 4) WHERE seq = 3`},
		"personal data gone":         {`DELETE FROM audit_person WHERE seq = 3`},
		"cut":                        {`DELETE FROM audit_entry WHERE seq = 9`},
		"cut, and the head after it": {`DELETE FROM audit_entry WHERE seq = 9`, `UPDATE audit_head SET seq = 8, mac = (SELECT mac FROM audit_entry WHERE seq = 8)`},
		"deleted in the middle":      {`DELETE FROM audit_entry WHERE seq = 3`},
		"deleted and closed up": {`DELETE FROM audit_entry WHERE seq = 3`, `UPDATE audit_entry SET seq = seq + 100 WHERE seq > 3`,
			`UPDATE audit_entry SET seq = seq - 101 WHERE seq > 100`, `UPDATE audit_head SET seq = 8`},
		"swapped": {`UPDATE audit_entry SET seq = 99 WHERE seq = 3`, `UPDATE audit_entry SET seq = 3 WHERE seq = 4`, `UPDATE audit_entry SET seq = 4 WHERE seq = 99`},
		"copied": {`INSERT INTO audit_entry (seq, at, kind, case_id, actor, data, person, prev, mac)
			SELECT 10, at, kind, case_id, actor, data, person, prev, mac FROM audit_entry WHERE seq = 3`},
		"head's number":     {`UPDATE audit_head SET seq = 8`},
		"head's mac":        {`UPDATE audit_head SET mac = sum`},
		"head's signature":  {`UPDATE audit_head SET sum = mac`},
		"head reset":        {`UPDATE audit_head SET seq = 0, mac = '', sum = ''`},
		"start given up":    {`DELETE FROM audit_entry WHERE seq < 4`, `UPDATE audit_head SET anchor_seq = 3, anchor_mac = (SELECT prev FROM audit_entry WHERE seq = 4), anchor_sum = sum`},
		"anchor's number":   {`UPDATE audit_head SET anchor_seq = 1`},
		"all but the table": {`DELETE FROM audit_entry`, `DELETE FROM audit_person`},
	}
	OnBoth(t, func(t *testing.T, d *DB) {
		for name, statements := range changes {
			t.Run(name, func(t *testing.T) {
				auditExecute(t, d, `DELETE FROM audit_entry`)
				auditExecute(t, d, `DELETE FROM audit_person`)
				auditExecute(t, d, `UPDATE audit_head SET seq = 0, mac = '', sum = '', anchor_seq = 0, anchor_at = 0, anchor_mac = '', anchor_sum = ''`)
				a := auditOf(d, vault.Generate())
				auditRecord(t, a, time.Now(), 9)
				if _, err := a.Verify(t.Context(), nil); err != nil {
					t.Fatal("before:", err)
				}
				for _, statement := range statements {
					auditExecute(t, d, statement)
				}
				_, err := a.Verify(t.Context(), nil)
				if !audit.IsBroken(err) {
					t.Error("after:", err)
				}
			})
		}
	})
}

func TestP4_aTrailWrittenAgainWithoutTheKeyIsFound(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		keys := vault.Generate()
		auditRecord(t, auditOf(d, vault.Generate()), time.Now(), 5) // with a key of the writer's own
		_, err := auditOf(d, keys).Verify(t.Context(), nil)
		if !audit.IsBroken(err) {
			t.Error(err)
		}
		// And it must not be gone on with, which would sign it.
		err = d.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			return auditOf(d, keys).Append(ctx, tx, []recovery.Event{{At: time.Now(), Kind: "x"}})
		})
		if !audit.IsBroken(err) {
			t.Error("the head of a stranger was signed:", err)
		}
	})
}

func TestP4_loggedHeadFindsATrailBegunAnew(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a := auditOf(d, vault.Generate())
		auditRecord(t, a, time.Now(), 5)
		head, err := a.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if report, err := a.Verify(t.Context(), []audit.Mark{head.Mark}); err != nil || report.Logged != 1 {
			t.Fatal(report, err)
		}
		auditExecute(t, d, `DELETE FROM audit_entry`)
		auditExecute(t, d, `UPDATE audit_head SET seq = 0, mac = '', sum = ''`)
		if _, err := a.Verify(t.Context(), nil); err != nil {
			t.Fatal("the test needs a trail that looks sound:", err)
		}
		if _, err := a.Verify(t.Context(), []audit.Mark{head.Mark}); !audit.IsBroken(err) {
			t.Error(err)
		}
	})
}

func TestP3_personalDataOfTheTrailIsErasedAndTheChainStaysWhole(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a := auditOf(d, vault.Generate())
		old, young := d.now().AddDate(0, 0, -100), d.now().AddDate(0, 0, -1)
		auditRecord(t, a, old, auditBatch+3)
		auditRecord(t, a, young, 4)
		if values, err := a.Person(t.Context(), 1); err != nil || values["ip"] != "192.0.2.77" {
			t.Fatal(values, err)
		}
		if _, err := a.ErasePersons(t.Context(), d.now().AddDate(0, 0, -90)); err != nil {
			t.Fatal(err)
		}
		if n := auditCount(t, d, `SELECT count(*) FROM audit_person`); n != 4 {
			t.Errorf("%d are left", n)
		}
		if _, err := a.Person(t.Context(), 1); !errors.Is(err, problem.NotFound) {
			t.Error(err)
		}
		report, err := a.Verify(t.Context(), nil)
		if err != nil || report.Erased != auditBatch+3 {
			t.Error(report, err)
		}
		entries, err := a.Entries(t.Context(), auditBatch+8, 10)
		if err != nil || len(entries) != 2 || entries[0].Kind != audit.KindErased || entries[0].Data["count"] != fmt.Sprint(auditBatch) {
			t.Error("the trail says that and what was erased:", entries, err)
		}
	})
}

func TestP3_entriesAreKeptTheirTimeThenGivenUp(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a := auditOf(d, vault.Generate())
		auditRecord(t, a, d.now().AddDate(0, 0, -300), auditBatch+3)
		auditRecord(t, a, d.now().AddDate(0, 0, -250), 2)
		auditRecord(t, a, d.now().AddDate(0, 0, -170), 3)
		if _, err := a.Prune(t.Context(), d.now().AddDate(0, 0, -179)); err == nil {
			t.Fatal("entries were given up too early")
		}
		before, err := a.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Prune(t.Context(), d.now().AddDate(0, 0, -200)); err != nil {
			t.Fatal(err)
		}
		report, err := a.Verify(t.Context(), []audit.Mark{before.Mark, {Seq: 1, MAC: []byte("of an entry that is gone")}})
		if err != nil || report.Entries != 3+2 || report.Head.Anchor.Seq != auditBatch+5 || report.Older != 1 || report.Logged != 1 {
			t.Errorf("%+v %v", report, err)
		}
		if n := auditCount(t, d, `SELECT count(*) FROM audit_person`); n != 3 {
			t.Errorf("personal data of %d entries is left", n)
		}
		auditExecute(t, d, `DELETE FROM audit_entry WHERE seq = $1`, auditBatch+6)
		if _, err := a.Verify(t.Context(), nil); !audit.IsBroken(err) {
			t.Error("a cut at the start:", err)
		}
	})
}

func TestP4_pruningDoesNotSignAHoleAway(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a := auditOf(d, vault.Generate())
		auditRecord(t, a, d.now().AddDate(0, 0, -300), 9)
		auditExecute(t, d, `DELETE FROM audit_entry WHERE seq = 4`)
		if _, err := a.Prune(t.Context(), d.now().AddDate(0, 0, -200)); !audit.IsBroken(err) {
			t.Error(err)
		}
		if n := auditCount(t, d, `SELECT count(*) FROM audit_entry`); n != 8 {
			t.Errorf("%d are left", n)
		}
	})
}

func TestAudit_keepsNothingPersonalInTheOpen(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		a := auditOf(d, vault.Generate())
		auditRecord(t, a, time.Now(), 1)
		var kind, data, person string
		var sealed []byte
		row := d.read().QueryRowContext(t.Context(), `SELECT e.kind, e.data, e.person, p.sealed FROM audit_entry e JOIN audit_person p ON p.seq = e.seq`)
		if err := row.Scan(&kind, &data, &person, &sealed); err != nil {
			t.Fatal(err)
		}
		if all := kind + data + person + string(sealed); strings.Contains(all, "192.0.2.77") {
			t.Errorf("%q", all)
		}
	})
}
