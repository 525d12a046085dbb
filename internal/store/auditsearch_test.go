package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
)

var trailBegan = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

// trailOf is a trail of random events, whose times are mostly, but not always, in order. Its spans cover some of it.
func randomTrail(t *testing.T, d *DB, n int) (*Trail, []recovery.Event) {
	t.Helper()
	trail := NewTrail(auditOf(d, vault.Generate()))
	trail.patience, trail.byNumber, trail.byIndex = time.Hour, 700, 900
	random := rand.New(rand.NewPCG(7, 11))
	ids := []string{"", idOf(trailBegan), idOf(trailBegan.Add(time.Hour)), idOf(trailBegan.Add(30 * time.Hour))}
	auditExecute(t, d, `INSERT INTO ticket (id, number, kind, case_id, key_sum, state, score, created, sent, due, promised, decided, closed, erased,
		claimed_by, claimed_for, approvals, slot, detail) VALUES ('t1', 'TWXY2345', 'appeal', $1, '', 'open', 0, 0, 0, 0, 0, 0, 0, 0, '', 0, 0, 0, '{}')`, ids[1])
	var all []recovery.Event
	for i, id := range ids[1:] {
		all = append(all, recovery.Event{At: trailBegan.Add(time.Duration([]int{0, 1, 30}[i]) * time.Hour), Kind: caseStarted, Case: id, Actor: "customer"})
	}
	for i := len(all); i < n; i++ {
		e := recovery.Event{At: trailBegan.Add(time.Duration(i)*time.Minute + time.Duration(random.IntN(7200))*time.Second), Case: ids[random.IntN(4)],
			Kind: []string{"proof-passed", "try-wrong", "evidence-viewed"}[random.IntN(3)], Actor: []string{"customer", "job", "agent:lin", "agent:zhu"}[random.IntN(4)],
			Data: map[string]string{"n": fmt.Sprint(i)}}
		switch {
		case i%500 == 0:
			e.Kind = "switched-off"
		case i%900 == 0:
			e.At = e.At.AddDate(0, 0, -9) // a clock that was set back
		case i%70 == 0:
			e.Case, e.Data["ticket"] = ids[1], "TWXY2345"
		}
		all = append(all, e)
	}
	random.Shuffle(len(all), func(i, j int) {
		if i/40 == j/40 && i > 2 && j > 2 { // a case begins with its start
			all[i], all[j] = all[j], all[i]
		}
	})
	for part := range slices.Chunk(all, 400) {
		if err := d.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error { return trail.Append(ctx, tx, part) }); err != nil {
			t.Fatal(err)
		}
	}
	return trail, all
}

// idOf is the id of a case that began at a moment.
func idOf(at time.Time) string {
	var raw [16]byte
	for i := range 6 {
		raw[i] = byte(at.UnixMilli() >> (8 * (5 - i)))
	}
	raw[15] = 1
	return strings.ToLower(caseAlphabet.EncodeToString(raw[:]))
}

func matches(f support.TrailFilter, e recovery.Event) bool {
	return (f.Kind == "" || f.Kind == e.Kind) && (f.Case == "" || f.Case == e.Case) && (f.Actor == "" || f.Actor == e.Actor) &&
		(f.Ticket == "" || f.Ticket == e.Data["ticket"]) && (f.From.IsZero() || !e.At.Before(f.From)) && (f.Until.IsZero() || e.At.Before(f.Until))
}

// allOf goes from page to page.
func allOf(t *testing.T, trail *Trail, f support.TrailFilter, limit int) []int64 {
	t.Helper()
	var found []int64
	for below := int64(0); ; {
		page, next, err := trail.Search(t.Context(), f, below, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			found = append(found, e.Seq)
		}
		if next == 0 {
			return found
		}
		if below > 0 && next >= below {
			t.Fatalf("%+v: the search goes on at %d after %d", f, next, below)
		}
		below = next
	}
}

// Whatever is asked for, the search finds just what a look at every entry finds, in pages of any length, whether spans cover
// the entries or not, and though the clock was set back.
func TestP4_searchFindsWhatEveryEntrySays(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		trail, all := randomTrail(t, d, 3500)
		day := func(n int) time.Time { return trailBegan.AddDate(0, 0, n) }
		filters := []support.TrailFilter{{}, {Kind: "switched-off"}, {Kind: "proof-passed", Actor: "agent:lin"}, {Actor: "customer"}, {Actor: "agent:zhu"},
			{Kind: caseStarted}, {Kind: caseStarted, Actor: "customer"}, {Kind: "none"}, {From: day(1), Until: day(2)}, {Until: day(-3)}, {From: day(9)},
			{Kind: "switched-off", From: day(0), Until: day(1)}, {Case: idOf(day(0))}, {Case: idOf(trailBegan.Add(30 * time.Hour)), Kind: caseStarted},
			{Case: idOf(day(0)), Actor: "job", From: day(1)}, {Case: "nothing"}, {Ticket: "TWXY2345"}, {Ticket: "TWXY2345", Case: idOf(trailBegan.Add(time.Hour))}}
		check := func(when string) {
			for _, f := range filters {
				var want []int64
				for i, e := range slices.Backward(all) {
					if matches(f, e) {
						want = append(want, int64(i+1))
					}
				}
				for _, limit := range []int{7, 500} {
					if got := allOf(t, trail, f, limit); !slices.Equal(got, want) {
						t.Errorf("%s, %+v in pages of %d: %d found, want %d", when, f, limit, len(got), len(want))
					}
				}
			}
		}
		check("without spans")
		if err := trail.Cover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := auditCount(t, d, `SELECT COUNT(*) FROM audit_span`); n != 3 {
			t.Errorf("%d spans, want one for each thousand", n)
		}
		check("with spans")
		trail.patience = 0 // every window is a page of its own
		check("without patience")
		if _, _, err := trail.Search(t.Context(), support.TrailFilter{Ticket: "NOTTHERE"}, 0, 10); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("an appeal that is not there: %v", err)
		}
	})
}

// The planner has to use the indexes that leave starts of cases out, or a search would read the whole trail.
func TestP4_aRareKindIsFoundByItsIndex(t *testing.T) {
	d := OpenSQLite(t)
	for name, f := range map[string]support.TrailFilter{"audit_entry_kind": {Kind: "switched-off"}, "audit_entry_actor": {Actor: "agent:lin"}} {
		c := trailConditions(f)
		c.add(`e.seq <= ?`, 1000)
		c.add(`e.seq >= ?`, 1)
		rows, err := d.read().Query(`EXPLAIN QUERY PLAN SELECT e.seq FROM audit_entry e WHERE `+strings.Join(c.parts, " AND ")+
			` ORDER BY e.seq DESC LIMIT 50`, c.values...)
		if err != nil {
			t.Fatal(err)
		}
		var plan string
		for rows.Next() {
			var a, b, n int
			var step string
			if err := rows.Scan(&a, &b, &n, &step); err != nil {
				t.Fatal(err)
			}
			plan += step + "\n"
		}
		if err := rows.Close(); err != nil || !strings.Contains(plan, "USING") || !strings.Contains(plan, name) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%+v: %s %v", f, plan, err)
		}
	}
}

func TestP4_anEntryIsProvedByTheOneBefore(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		trail := NewTrail(auditOf(d, vault.Generate()))
		auditRecord(t, trail.Audit, d.now().AddDate(0, 0, -300), 4)
		auditRecord(t, trail.Audit, d.now(), 3)
		if _, err := trail.Prune(t.Context(), d.now().AddDate(0, 0, -200)); err != nil {
			t.Fatal(err)
		}
		for seq, want := range map[int64]support.Proof{5: {Sound: true, Before: 4, Anchor: true}, 6: {Sound: true, Before: 5}} {
			e, proof, err := trail.Entry(t.Context(), seq)
			if err != nil || proof != want || e.Seq != seq || e.Person != support.PersonKept {
				t.Errorf("entry %d: %+v %+v, %v", seq, e, proof, err)
			}
		}
		auditExecute(t, d, `UPDATE audit_entry SET actor = 'owner' WHERE seq = 6`)
		if _, proof, err := trail.Entry(t.Context(), 6); err != nil || proof.Sound || !strings.Contains(proof.What, "changed") {
			t.Errorf("an entry that was changed: %+v, %v", proof, err)
		}
		if _, _, err := trail.Entry(t.Context(), 2); problem.KindOf(err) != problem.KindNotFound {
			t.Errorf("one that was given up: %v", err)
		}
	})
}

// stepped goes through the whole trail in parts; between them something may happen.
func stepped(t *testing.T, trail *Trail, between func()) (through int64, broken string) {
	t.Helper()
	check := trail.Checking()
	for range 100 {
		at, of, broken, err := check.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if broken != "" || at == of {
			return at, broken
		}
		between()
	}
	t.Fatal("it never ends")
	return 0, ""
}

func TestP4_verifyingInPartsFindsWhatVerifyingAtOnceFinds(t *testing.T) {
	OnBoth(t, func(t *testing.T, d *DB) {
		trail := NewTrail(auditOf(d, vault.Generate()))
		trail.checkOnce = 10
		auditRecord(t, trail.Audit, d.now().AddDate(0, 0, -300), 40)
		auditRecord(t, trail.Audit, d.now(), 40)
		if at, broken := stepped(t, trail, func() {}); at != 80 || broken != "" {
			t.Errorf("a sound trail: %d %q", at, broken)
		}
		more, pruned := 3, false
		at, broken := stepped(t, trail, func() { // entries come, and old ones go, while it is verified
			if more--; more >= 0 {
				auditRecord(t, trail.Audit, d.now(), 7)
			}
			if !pruned {
				pruned = true
				if _, err := trail.ErasePersons(t.Context(), d.now().AddDate(0, 0, -100)); err != nil {
					t.Fatal(err)
				}
				if _, err := trail.Prune(t.Context(), d.now().AddDate(0, 0, -200)); err != nil {
					t.Fatal(err)
				}
			}
		})
		if at != 80+3*7+2 || broken != "" {
			t.Errorf("a trail that moves: %d %q", at, broken)
		}
		auditExecute(t, d, `UPDATE audit_entry SET kind = 'proof-refused' WHERE seq = 70`)
		if at, broken := stepped(t, trail, func() {}); at != 69 || !strings.Contains(broken, "entry 70") {
			t.Errorf("a change: %d %q", at, broken)
		}
		if _, err := trail.Verify(t.Context(), nil); !audit.IsBroken(err) {
			t.Errorf("at once: %v", err)
		}
		auditExecute(t, d, `UPDATE audit_head SET seq = 90`)
		if _, broken := stepped(t, trail, func() {}); !strings.Contains(broken, "head") {
			t.Errorf("a head that was moved: %q", broken)
		}
	})
}
