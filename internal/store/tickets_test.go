package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
)

type noCases struct{}

func (noCases) About(string) (support.About, error)              { return support.About{}, nil }
func (noCases) Await(string, time.Time, bool) error              { return nil }
func (noCases) Prove(string, support.Grant) error                { return nil }
func (noCases) Tell(string, support.Notice) error                { return nil }
func noCasesIn(context.Context, *sql.Tx) support.Cases           { return noCases{} }
func forgotten(context.Context, *sql.Tx, []recovery.Event) error { return nil }

func ticketNumbered(n int) *support.Ticket {
	return &support.Ticket{ID: fmt.Sprintf("t%07d", n), Number: fmt.Sprint("n", n), Kind: "appeal", Case: fmt.Sprint("c", n),
		State:   support.TicketOpen,
		Created: noon, Sent: noon, Due: noon.Add(time.Duration(n%1000) * time.Minute), Detail: support.Detail{Need: 2}}
}

// All of a ticket is kept, and nobody's number or running ticket is taken.
func TestTickets_areKeptWhole(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s := NewTickets(db, noCasesIn, forgotten)
		want := ticketNumbered(1)
		want.Key, want.Score, want.Slot, want.Promised = "sum", 55, noon.Add(time.Hour), noon.Add(24*time.Hour)
		want.Claim = support.Claim{Agent: "anna", Until: noon.Add(15 * time.Minute)}
		want.Detail = support.Detail{Lang: "zh", Need: 2, Helpers: []string{"carl"}, Flags: []string{"unusual"},
			Rounds:    []support.Round{{At: noon, By: "anna", Asks: []string{"places"}, Rest: time.Hour, Answered: noon}},
			Approvals: []support.Approval{{Agent: "anna", At: noon, Checks: map[string]string{"a": "match"}, Compared: "video"}},
			Refusals:  []support.Refusal{{Agent: "berta", At: noon, Reason: "r", Remedies: []string{"x"}, Papers: []string{"p"}}},
			Reopened:  noon}
		must := func(fn func(tx support.TicketTx) error) {
			t.Helper()
			if err := s.Do(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		must(func(tx support.TicketTx) error { return tx.AddTicket(want) })
		for name, read := range map[string]func() (*support.Ticket, error){
			"id":     func() (*support.Ticket, error) { return s.Ticket(t.Context(), want.ID) },
			"number": func() (*support.Ticket, error) { return s.Numbered(t.Context(), want.Number) },
			"running": func() (got *support.Ticket, err error) {
				err = s.Do(t.Context(), func(tx support.TicketTx) error { got, err = tx.Running("c1", "appeal"); return err })
				return got, err
			},
		} {
			got, err := read()
			if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				t.Errorf("by %s: %+v, %v", name, got, err)
			}
		}
		for what, change := range map[string]func(*support.Ticket){
			"number":  func(o *support.Ticket) { o.Case = "other" },
			"running": func(o *support.Ticket) { o.Number = "other" },
		} {
			other := ticketNumbered(1)
			other.ID = "other"
			change(other)
			err := s.Do(t.Context(), func(tx support.TicketTx) error { return tx.AddTicket(other) })
			if problem.KindOf(err) != problem.KindConflict {
				t.Errorf("the same %s: %v", what, err)
			}
		}
		want.State = support.TicketClosed
		must(func(tx support.TicketTx) error { return tx.SaveTicket(want) })
		other := ticketNumbered(1)
		other.ID, other.Number = "other", "other"
		must(func(tx support.TicketTx) error { return tx.AddTicket(other) })
		if _, err := s.Ticket(t.Context(), "nobody"); problem.KindOf(err) != problem.KindNotFound {
			t.Error(err)
		}
	})
}

// Evidence follows the newest key, like all that is sealed.
func TestTickets_evidenceIsSealedAgain(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		s, box := NewTickets(db, noCasesIn, forgotten), vault.Generate().Box("tickets")
		e := support.Evidence{Ticket: "t1", Ask: "places", Added: noon, Filled: 1}
		e.Sealed = box.Seal([]byte("x"), "ticket_evidence:sealed:t1/places/0")
		if err := s.Do(t.Context(), func(tx support.TicketTx) error { return tx.SaveEvidence(e) }); err != nil {
			t.Fatal(err)
		}
		for _, column := range s.Reseal(box) {
			if done, err := column.Reseal(t.Context(), 10); err != nil || !done {
				t.Errorf("%s: %t, %v", column.What(), done, err)
			}
		}
	})
}

var queueFilters = map[string]support.QueueFilter{
	"all": {}, "kind": {Kind: "picture"}, "rare kind": {Kind: "rare"}, "overdue": {Overdue: true}, "mine": {Claimed: "anna"},
	"claimed": {State: support.TicketClaimed}, "second": {Second: true}, "asked": {State: support.TicketAsked},
	"closed": {State: support.TicketClosed, Kind: "appeal"},
}

// Each page of each list is found through an index, wherever it begins; only the few claimed ones may be sorted.
func TestTickets_theQueueUsesAnIndex(t *testing.T) {
	db := OpenSQLite(t)
	for name, f := range queueFilters {
		query, values := queueQuery(f, noon, support.QueuePlace{Due: 5, ID: "x"}, 50)
		rows, err := db.read().Query(`EXPLAIN QUERY PLAN `+query, values...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		rows.Close()
		text := strings.Join(plan, "; ")
		sorts := strings.Contains(text, "TEMP B-TREE") && name != "mine" && name != "claimed"
		if !strings.Contains(text, "USING INDEX ticket_") || strings.Contains(text, "SCAN ticket;") || sorts {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// manyTickets fills a database with tickets as a busy year leaves them: most are closed, a tenth waits.
func manyTickets(tb testing.TB, db *DB, n int) {
	tb.Helper()
	insert := func(ctx context.Context, tx *sql.Tx) error {
		t := &ticketTx{Cases: noCases{}, ctx: ctx, tx: tx}
		for i := range n {
			ticket := ticketNumbered(i)
			ticket.Due = noon.Add(time.Duration(i%10007-2000) * time.Minute)
			if i%3 == 0 {
				ticket.Kind = "picture"
			}
			if i%5000 == 0 {
				ticket.Kind = "rare"
			}
			if i%40 == 0 {
				ticket.Detail.Approvals = []support.Approval{{Agent: "anna"}}
			}
			if i%2000 == 0 {
				ticket.Claim = support.Claim{Agent: "anna", Until: noon.Add(time.Minute)}
			}
			if err := t.AddTicket(ticket); err != nil {
				return err
			}
		}
		return nil
	}
	if err := db.transact(tb.Context(), insert); err != nil {
		tb.Fatal(err)
	}
	if _, err := db.writes.Exec(`ANALYZE`); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkTicketQueue reads the first page, one in the middle and the counts of a hundred thousand tickets that all wait
// (goal: no page of the console over 200 ms).
func BenchmarkTicketQueue(b *testing.B) {
	for kind, open := range map[string]func(testing.TB) *DB{"sqlite": OpenSQLite, "postgres": OpenPostgres} {
		b.Run(kind, func(b *testing.B) {
			db := open(b)
			manyTickets(b, db, 100_000)
			s := NewTickets(db, noCasesIn, forgotten)
			for name, f := range queueFilters {
				for place, after := range map[string]support.QueuePlace{"first": {}, "middle": {Due: millis(noon.Add(50 * time.Hour)), ID: "t"}} {
					b.Run(name+"/"+place, func(b *testing.B) {
						for b.Loop() {
							if _, err := s.Queue(b.Context(), f, noon, after, 50); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
			}
			b.Run("counts", func(b *testing.B) {
				for b.Loop() {
					if _, err := s.CountQueue(b.Context(), "anna", noon, 1000); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
