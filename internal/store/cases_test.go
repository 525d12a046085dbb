package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"zhaohui/internal/message"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

var _ recovery.Store = (*Cases)(nil)

// mask is a sealer that hides nothing from an attacker, but opens only in the place it sealed for.
type mask struct{}

func (mask) Seal(plain []byte, context string) []byte {
	return append([]byte(context+"\x00"), bytes.Map(func(r rune) rune { return r ^ 1 }, plain)...)
}

func (mask) Open(sealed []byte, context string) ([]byte, error) {
	text, ok := bytes.CutPrefix(sealed, []byte(context+"\x00"))
	if !ok {
		return nil, errors.New("sealed for another place")
	}
	return bytes.Map(func(r rune) rune { return r ^ 1 }, text), nil
}

// seen is what cases handed on, in the transactions that it was handed on in.
type seen struct{ db *DB }

func newCases(db *DB) (*Cases, *seen) {
	for _, text := range []string{`CREATE TABLE IF NOT EXISTS seen_job (job TEXT)`, `CREATE TABLE IF NOT EXISTS seen_event (kind TEXT)`} {
		if err := db.write(context.Background(), run(text)); err != nil {
			panic(err)
		}
	}
	return NewCases(db, CaseDeps{
		Seal:    mask{},
		Compose: func(l recovery.Letter) (string, string, error) { return "about " + l.Code, "text " + l.Code, nil },
		Enqueue: func(ctx context.Context, tx *sql.Tx, kind, id string) error {
			return run(`INSERT INTO seen_job VALUES ($1)`, kind+" "+id)(ctx, tx)
		},
		Record: func(ctx context.Context, tx *sql.Tx, events []recovery.Event) error {
			for _, e := range events {
				if err := run(`INSERT INTO seen_event VALUES ($1)`, e.Kind)(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		},
	}), &seen{db}
}

func (s *seen) jobs(t *testing.T) string { return s.list(t, `SELECT job FROM seen_job`) }

func (s *seen) events(t *testing.T) string { return s.list(t, `SELECT kind FROM seen_event`) }

func (s *seen) list(t *testing.T, text string) string {
	t.Helper()
	list, err := texts(s.db.read().Query(text))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func newCase(id string) *recovery.Case {
	return &recovery.Case{ID: id, State: recovery.Open, Started: noon, Acted: noon.Add(time.Minute), Resume: "resume-" + id, Subject: "subject",
		Facts: recovery.Facts{Platform: "wallet", Lang: "zh", Account: "account-1", Claims: map[string]string{"phone": "no"},
			Proofs: []recovery.Proof{{Method: "mail", Class: recovery.ClassMailbox, Rests: []string{"mailbox:m1"}, At: noon, Own: time.Second}}}}
}

func do(t *testing.T, cases *Cases, fn func(recovery.Tx) error) {
	t.Helper()
	if err := cases.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, cases *Cases, list ...*recovery.Case) {
	t.Helper()
	do(t, cases, func(tx recovery.Tx) error {
		for _, c := range list {
			if err := tx.Create(c); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestCases_comeBackAsTheyWere(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		c := newCase("one")
		create(t, cases, c)
		got, err := cases.Case(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got); diff != "" || got.Version != 1 {
			t.Errorf("version %d, changed on the way:\n%s", got.Version, diff)
		}
		c.State, c.Acted, c.Facts.Hold, c.Resume = recovery.Applying, noon.Add(time.Hour), noon.Add(24*time.Hour), "other"
		do(t, cases, func(tx recovery.Tx) error { return tx.Save(c) })
		if got, err = cases.CaseByResume(t.Context(), "other"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got); diff != "" || got.Version != 2 {
			t.Errorf("version %d, changed on the way:\n%s", got.Version, diff)
		}
		for name, err := range map[string]error{
			"id":        second(cases.Case(t.Context(), "none")),
			"old code":  second(cases.CaseByResume(t.Context(), "resume-one")),
			"no code":   second(cases.CaseByResume(t.Context(), "")),
			"in a tx":   cases.Do(t.Context(), func(tx recovery.Tx) error { return second(tx.Case("none")) }),
			"no letter": second(cases.Delivery(t.Context(), "m1")),
			"no link":   second(cases.Link(t.Context(), "hash")),
		} {
			if problem.KindOf(err) != problem.KindNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestCases_theSecondOfTwoChangesIsAConflict(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, seen := newCases(db)
		create(t, cases, newCase("one"))
		var wait sync.WaitGroup
		var mu sync.Mutex
		outcomes := map[problem.Kind]int{}
		tabs := make([]*recovery.Case, 50)
		for i := range tabs {
			var err error
			if tabs[i], err = cases.Case(t.Context(), "one"); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range tabs {
			wait.Go(func() {
				err := cases.Do(t.Context(), func(tx recovery.Tx) error {
					if err := tx.Record(recovery.Event{Kind: "changed"}); err != nil {
						return err
					}
					return tx.Save(c)
				})
				mu.Lock()
				defer mu.Unlock()
				outcomes[problem.KindOf(err)]++
				if err == nil != (c.Version == 2) {
					t.Errorf("version %d after %v", c.Version, err)
				}
			})
		}
		wait.Wait()
		if outcomes[problem.KindUnknown] != 1 || outcomes[problem.KindConflict] != 49 {
			t.Errorf("outcomes %v", outcomes)
		}
		if got := seen.events(t); got != "changed" {
			t.Errorf("recorded %s", got)
		}
	})
}

// A transaction that runs again, or fails, leaves a case in memory with the version it had.
func TestCases_versionsAreOfWhatHappened(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		c := newCase("one")
		err := cases.Do(t.Context(), func(tx recovery.Tx) error {
			if err := errors.Join(tx.Create(c), tx.Save(c)); err != nil {
				return err
			}
			return problem.Denied
		})
		if !errors.Is(err, problem.Denied) || c.Version != 0 {
			t.Errorf("version %d after %v", c.Version, err)
		}
		do(t, cases, func(tx recovery.Tx) error { return errors.Join(tx.Create(c), tx.Save(c)) })
		if c.Version != 2 {
			t.Errorf("version %d", c.Version)
		}
	})
}

func TestCases_openOnesOfASubject(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		for i, state := range []recovery.State{recovery.Open, recovery.Stopped, recovery.Applying, recovery.Done, recovery.Open} {
			c := newCase(fmt.Sprint(i))
			c.State, c.Started = state, noon.Add(time.Duration(i)*time.Minute)
			create(t, cases, c)
		}
		other, nobody := newCase("other"), newCase("nobody")
		other.Subject, nobody.Subject = "other", ""
		create(t, cases, other, nobody)
		for subject, want := range map[string]string{"subject": "4 2 0", "other": "other", "": "", "none": ""} {
			do(t, cases, func(tx recovery.Tx) error {
				ids, err := tx.OpenCases(subject)
				if got := strings.Join(ids, " "); got != want {
					t.Errorf("subject %q has %q, want %q", subject, got, want)
				}
				return err
			})
		}
	})
}

func TestCases_due(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		idle, held, closed := newCase("idle"), newCase("held"), newCase("closed")
		held.Facts.Hold = noon.Add(24 * time.Hour)
		closed.State = recovery.Done
		create(t, cases, held, idle, closed)
		for after, want := range map[time.Duration]string{time.Minute: "", 17 * time.Minute: "idle", 25 * time.Hour: "idle held"} {
			ids, err := cases.Due(t.Context(), noon.Add(after), 10)
			if got := strings.Join(ids, " "); err != nil || got != want {
				t.Errorf("after %v: %q, want %q (%v)", after, got, want, err)
			}
		}
		if ids, err := cases.Due(t.Context(), noon.Add(25*time.Hour), 1); err != nil || len(ids) != 1 {
			t.Errorf("limit: %v, %v", ids, err)
		}
	})
}

// The facts are sealed to their case: in another row they do not open, and nothing of them can be read.
func TestW9_factsAreSealedToTheirCase(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		create(t, cases, newCase("one"), newCase("two"))
		if err := db.write(t.Context(), run(`UPDATE recovery_case SET facts = (SELECT facts FROM recovery_case WHERE id = 'one') WHERE id = 'two'`)); err != nil {
			t.Fatal(err)
		}
		if _, err := cases.Case(t.Context(), "two"); err == nil || problem.KindOf(err) != problem.KindUnknown {
			t.Errorf("facts of another case open: %v", err)
		}
		var facts []byte
		if err := db.read().QueryRow(`SELECT facts FROM recovery_case WHERE id = 'one'`).Scan(&facts); err != nil || bytes.Contains(facts, []byte("account-1")) {
			t.Errorf("facts can be read: %q, %v", facts, err)
		}
	})
}

func TestCases_eventsComeLastAndOnlyIfAllWorked(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, seen := newCases(db)
		do(t, cases, func(tx recovery.Tx) error {
			if err := tx.Record(recovery.Event{Kind: "case-started"}); err != nil {
				return err
			}
			if seen.events(t) != "" {
				t.Error("the head of the trail is held longer than needed")
			}
			return errors.Join(tx.Create(newCase("one")), tx.Apply("one"), tx.Record(recovery.Event{Kind: "applied"}))
		})
		_ = cases.Do(t.Context(), func(tx recovery.Tx) error {
			return errors.Join(tx.Record(recovery.Event{Kind: "lost"}), problem.Conflict)
		})
		if got := seen.events(t); got != "case-started applied" {
			t.Errorf("recorded %s", got)
		}
		if got := seen.jobs(t); got != "apply one" {
			t.Errorf("started %s", got)
		}
	})
}

func TestLinks_oneUse(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		link := recovery.Link{Hash: "h1", Kind: recovery.LinkMail, Case: "one", Address: "m1", Nonce: "n", Expires: noon.Add(time.Hour)}
		stop := recovery.Link{Hash: "h2", Kind: recovery.LinkStop, Case: "one", Expires: noon.Add(time.Hour)}
		other := recovery.Link{Hash: "h3", Kind: recovery.LinkMail, Case: "two", Expires: noon.Add(time.Hour)}
		do(t, cases, func(tx recovery.Tx) error { return errors.Join(tx.AddLink(link), tx.AddLink(stop), tx.AddLink(other)) })
		if got, err := cases.Link(t.Context(), "h1"); err != nil || got != link {
			t.Errorf("%+v, %v", got, err)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		wins := 0
		for range 20 {
			wait.Go(func() {
				err := cases.Do(t.Context(), func(tx recovery.Tx) error {
					ok, err := tx.UseLink("h1", noon)
					if ok {
						mu.Lock()
						wins++
						mu.Unlock()
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if wins != 1 {
			t.Errorf("used %d times", wins)
		}
		if got, err := cases.Link(t.Context(), "h1"); err != nil || !got.Used.Equal(noon) {
			t.Errorf("%+v, %v", got, err)
		}
		do(t, cases, func(tx recovery.Tx) error { return tx.EndLinks("one", recovery.LinkStop) })
		if got, err := cases.Link(t.Context(), "h1"); err != nil || !got.Expires.Before(noon) || got.Expires.IsZero() {
			t.Errorf("an ended link is %+v, %v", got, err)
		}
		for hash, want := range map[string]bool{"h1": false, "h2": true, "h3": true, "none": false} {
			do(t, cases, func(tx recovery.Tx) error {
				ok, err := tx.UseLink(hash, noon)
				if ok != want {
					t.Errorf("%s can be used: %v", hash, ok)
				}
				return err
			})
		}
	})
}

func TestMessages_theirWay(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, seen := newCases(db)
		letters := NewMessages(db, mask{})
		post := func(id string) {
			t.Helper()
			do(t, cases, func(tx recovery.Tx) error {
				return tx.Post(recovery.Letter{ID: id, Case: "one", Subject: "s", Channel: "sms", Address: "p1", To: "+8613800138000",
					Purpose: recovery.PurposeCode, Lang: "zh", Code: "314159"})
			})
		}
		post("m1")
		if got := seen.jobs(t); got != "deliver m1" {
			t.Errorf("started %q", got)
		}
		var sealed []byte
		if err := db.read().QueryRow(`SELECT sealed FROM message`).Scan(&sealed); err != nil || bytes.Contains(sealed, []byte("314159")) || len(sealed) == 0 {
			t.Errorf("the letter can be read: %q, %v", sealed, err)
		}
		want := message.Outgoing{ID: "m1", Channel: "sms", To: "+8613800138000", Purpose: "code", Lang: "zh", Subject: "about 314159",
			Text: "text 314159", Created: noon, Tries: 1, State: recovery.Queued}
		if got, err := letters.Outgoing(t.Context(), "m1"); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		mark := func(id string, state recovery.DeliveryState, provider string, want recovery.DeliveryState) {
			t.Helper()
			if err := letters.Mark(t.Context(), id, state, provider, noon.Add(time.Minute)); err != nil {
				t.Error(err)
			}
			if d, err := cases.Delivery(t.Context(), id); err != nil || d.State != want {
				t.Errorf("after %s it is %+v, %v", state, d, err)
			}
		}
		mark("m1", recovery.Queued, "", recovery.Queued)
		if got, err := letters.Outgoing(t.Context(), "m1"); err != nil || got.Tries != 2 || got.Text == "" {
			t.Errorf("%+v, %v", got, err)
		}
		mark("m1", recovery.Accepted, "provider-1", recovery.Accepted)
		if got, err := letters.Outgoing(t.Context(), "m1"); err != nil || got.Text+got.To+got.Subject != "" || got.State != recovery.Accepted || got.Tries != 2 {
			t.Errorf("after it was sent: %+v, %v", got, err)
		}
		mark("m1", recovery.Queued, "", recovery.Accepted)
		mark("m1", recovery.Dead, "", recovery.Accepted)
		mark("m1", recovery.Delivered, "", recovery.Delivered)
		mark("m1", recovery.Accepted, "provider-1", recovery.Delivered)
		if id, err := letters.ByProvider(t.Context(), "sms", "provider-1"); err != nil || id != "m1" {
			t.Errorf("%q, %v", id, err)
		}
		for name, err := range map[string]error{
			"outgoing":    second(letters.Outgoing(t.Context(), "none")),
			"mark":        letters.Mark(t.Context(), "none", recovery.Accepted, "", noon),
			"by provider": second(letters.ByProvider(t.Context(), "mail", "provider-1")),
			"no name":     second(letters.ByProvider(t.Context(), "sms", "")),
		} {
			if problem.KindOf(err) != problem.KindNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestMessages_dead(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		letters := NewMessages(db, mask{})
		for i, state := range []recovery.DeliveryState{recovery.Dead, recovery.Bounced, recovery.Dead, recovery.Queued} {
			id := fmt.Sprint("m", i)
			do(t, cases, func(tx recovery.Tx) error {
				return tx.Post(recovery.Letter{ID: id, Channel: "mail", Purpose: recovery.PurposeDone})
			})
			if _, err := letters.Outgoing(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if err := letters.Mark(t.Context(), id, state, "", noon.Add(time.Duration(i)*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		want := []message.Dead{{ID: "m2", Channel: "mail", Purpose: "done", At: noon.Add(2 * time.Minute), Tries: 1},
			{ID: "m0", Channel: "mail", Purpose: "done", At: noon, Tries: 1}}
		if got, err := letters.Dead(t.Context(), 10); err != nil || !slices.Equal(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		if n, err := letters.Forget(t.Context(), noon.Add(time.Second), 10); err != nil || n != 3 {
			t.Errorf("forgot %d, %v: what waits is kept", n, err)
		}
	})
}

// Retention: what is closed long enough is gone with all that belongs to it; what is open stays.
func TestP3_closedCasesAreForgotten(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		cases, _ := newCases(db)
		closed, open := newCase("closed"), newCase("open")
		closed.State = recovery.Stopped
		create(t, cases, closed, open)
		do(t, cases, func(tx recovery.Tx) error {
			return errors.Join(tx.AddLink(recovery.Link{Hash: "h", Case: "closed"}), tx.AddLink(recovery.Link{Hash: "h2", Case: "open"}),
				tx.Post(recovery.Letter{ID: "m", Case: "closed"}))
		})
		if n, err := cases.Forget(t.Context(), noon, 10); err != nil || n != 0 {
			t.Errorf("forgot %d too early, %v", n, err)
		}
		if n, err := cases.Forget(t.Context(), noon.Add(time.Second), 10); err != nil || n != 1 {
			t.Errorf("forgot %d, %v", n, err)
		}
		for table, want := range map[string]int{"recovery_case": 1, "recovery_link": 1, "message": 0} {
			var n int
			if err := db.read().QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil || n != want {
				t.Errorf("%s has %d rows, want %d (%v)", table, n, want, err)
			}
		}
	})
}
