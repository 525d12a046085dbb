package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/insight"
	"zhaohui/internal/recovery"
)

// counted is a database with a trail, a keeper and a clock.
type counted struct {
	db     *DB
	store  *Insight
	keeper *insight.Keeper
	now    time.Time
}

func newCounted(db *DB) *counted {
	c := &counted{db: db, store: NewInsight(db), now: noon}
	c.keeper = c.another()
	return c
}

// another is a keeper of another process.
func (c *counted) another() *insight.Keeper {
	return insight.New(insight.Config{Store: c.store, Now: func() time.Time { return c.now }, Live: "wallet",
		Hash: func(text string) string { return fmt.Sprintf("hash-of-%d", len(text)) }})
}

// happens writes events into the trail, as Audit does but without a chain.
func (c *counted) happens(t *testing.T, events ...recovery.Event) {
	t.Helper()
	err := c.db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		var last int64
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM audit_entry`).Scan(&last); err != nil {
			return err
		}
		for i, e := range events {
			_, err := tx.ExecContext(ctx, `INSERT INTO audit_entry (seq, at, kind, case_id, actor, data, person, prev, mac)
				VALUES ($1, $2, $3, $4, 'customer', $5, '', $6, $6)`, last+int64(i)+1, millis(e.At), e.Kind, e.Case, audit.EncodeData(e.Data), []byte{})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// recovered is a case from its beginning to its end.
func recovered(id string, at time.Time) []recovery.Event {
	var events []recovery.Event
	for i, kind := range []string{"case-started", "account-named", "proof-passed", "route-enough", "password-chosen", "case-done"} {
		data := map[string]string{"channel": "sms"}
		if kind == "proof-passed" {
			data["method"] = "sms"
		}
		events = append(events, recovery.Event{At: at.Add(time.Duration(i) * time.Minute), Kind: kind, Case: id, Data: data})
	}
	return events
}

func (c *counted) sums(t *testing.T) []string {
	t.Helper()
	counts, err := c.store.Insight(t.Context(), "2026-01-01", "2027-01-01")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for k, n := range counts {
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %d", k.Measure, k.Platform, k.A, k.B, n)), " "))
	}
	slices.Sort(lines)
	return lines
}

func TestInsight_eachEntryOfTheTrailCountsOnce(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		c := newCounted(db)
		const cases = 260 // three batches
		for i := range cases {
			c.happens(t, recovered(fmt.Sprintf("c%d", i), noon)...)
		}
		var wait sync.WaitGroup
		for range 4 { // processes
			keeper := c.another()
			wait.Go(func() {
				if err := keeper.Follow(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for range 2 { // nothing is new
			if err := c.keeper.Follow(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := c.sums(t)
		for _, want := range []string{"reached wallet sms begun 260", "reached wallet sms done 260", "ended wallet done 260", "tried wallet sms passed 260"} {
			if !slices.Contains(got, want) {
				t.Errorf("want %q in %q", want, got)
			}
		}
		var running int
		if err := db.SQL().QueryRow(`SELECT COUNT(*) FROM insight_running`).Scan(&running); err != nil || running != 0 {
			t.Errorf("%d cases are remembered that are over, %v", running, err)
		}
	})
}

func TestInsight_whatFailsIsCountedLater(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		c := newCounted(db)
		c.happens(t, recovered("c1", noon)[:3]...)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.keeper.Follow(ended); err == nil {
			t.Error("it counts without a database")
		}
		if got := c.sums(t); len(got) > 0 {
			t.Errorf("half of it is there: %q", got)
		}
		for range 2 {
			if err := c.keeper.Follow(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		c.happens(t, recovered("c1", noon)[3:]...) // it went on between two looks
		if err := c.keeper.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := c.sums(t); !slices.Contains(got, "reached wallet sms done 1") || !slices.Contains(got, "reached wallet sms proved 1") {
			t.Errorf("counted %q", got)
		}
	})
}

func TestInsight_lettersAndLinksAreLookedUpAgain(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		c := newCounted(db)
		letter := func(id, state string) {
			t.Helper()
			if _, err := db.SQL().Exec(`INSERT INTO message (id, case_id, subject, channel, address, purpose, lang, state, provider_id, tries,
				created, updated, sealed) VALUES ($1, 'c', 's', 'sms', 'phone', 'code', 'zh', $2, '', 0, $3, $3, $4)`, id, state,
				millis(noon), []byte{}); err != nil {
				t.Fatal(err)
			}
		}
		look := func() []string {
			t.Helper()
			c.now = c.now.Add(time.Hour)
			if err := c.keeper.Follow(t.Context()); err != nil {
				t.Fatal(err)
			}
			return c.sums(t)
		}
		letter("a", "queued")
		letter("b", "delivered")
		if got := look(); !slices.Equal(got, []string{"letter sms delivered 1", "letter sms queued 1"}) {
			t.Errorf("counted %q", got)
		}
		if _, err := db.SQL().Exec(`UPDATE message SET state = 'bounced' WHERE id = 'a'`); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := look(); !slices.Equal(got, []string{"letter sms bounced 1", "letter sms delivered 1"}) {
				t.Errorf("after one bounced: %q", got)
			}
		}
		if _, err := db.SQL().Exec(`DELETE FROM message`); err != nil { // their time is over
			t.Fatal(err)
		}
		if got := look(); len(got) != 2 {
			t.Errorf("what was erased is not counted any more: %q", got)
		}
	})
}

func TestInsight_wordsThatFewSearchedForAreNotKept(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		c := newCounted(db)
		for i := range 5 {
			for _, words := range []string{"Lost  Phone", "13800138000", "call 95188", "me@example.com", strings.Repeat("a", 41)} {
				c.keeper.CountSearch(words)
			}
			if i == 0 {
				c.keeper.CountSearch("wang fang lives there")
			}
			if err := c.keeper.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			kept := strings.Join(c.sums(t), "; ")
			if strings.Contains(kept, "wang") || i < 4 && strings.Contains(kept, "lost") {
				t.Errorf("after %d searches there is %s", i+1, kept)
			}
		}
		got, want := c.sums(t), []string{"search hash-of-17 5", "search hash-of-28 1", "search-phrase hash-of-17 lost phone 1"}
		if !slices.Equal(got, want) {
			t.Errorf("kept %q, want %q", got, want)
		}
		report, err := c.keeper.Report(t.Context(), 7, "")
		if err != nil || len(report.Searches) != 1 || report.Searches[0].A != "lost phone" || report.Searches[0].N != 5 {
			t.Errorf("shown: %+v, %v", report.Searches, err)
		}
	})
}

func TestInsight_whatCouldNotBeWrittenWaits(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		c := newCounted(db)
		c.keeper.Count(insight.StepDone, "alipay", "face", "open-me")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.keeper.Flush(ended); err == nil {
			t.Error("written without a database")
		}
		c.keeper.Count(insight.StepDone, "alipay", "face", "open-me")
		if err := errors.Join(c.keeper.Flush(t.Context()), c.keeper.Flush(t.Context())); err != nil {
			t.Fatal(err)
		}
		if got := c.sums(t); !slices.Equal(got, []string{"step-done alipay face open-me 2"}) {
			t.Errorf("counted %q", got)
		}
	})
}

func TestInsight_oldCountsAreForgotten(t *testing.T) {
	OnBoth(t, func(t *testing.T, db *DB) {
		c := newCounted(db)
		c.happens(t, recovered("c1", noon)[:2]...)
		c.keeper.CountSearch("lost phone")
		if err := errors.Join(c.keeper.Flush(t.Context()), c.keeper.Follow(t.Context())); err != nil {
			t.Fatal(err)
		}
		for _, days := range []int{59, 61, 92, 402} {
			c.now = noon.AddDate(0, 0, days)
			if err := c.keeper.Follow(t.Context()); err != nil {
				t.Fatal(err)
			}
			var searches, running, counts int
			if err := errors.Join(db.SQL().QueryRow(`SELECT COUNT(*) FROM insight_day WHERE measure = 'search'`).Scan(&searches),
				db.SQL().QueryRow(`SELECT COUNT(*) FROM insight_running`).Scan(&running),
				db.SQL().QueryRow(`SELECT COUNT(*) FROM insight_day WHERE measure = 'reached'`).Scan(&counts)); err != nil {
				t.Fatal(err)
			}
			got, want := [3]int{searches, running, counts}, map[int][3]int{59: {1, 1, 2}, 61: {1, 0, 2}, 92: {0, 0, 2}, 402: {0, 0, 0}}[days]
			if got != want {
				t.Errorf("after %d days %v are left (searches, running, counts), want %v", days, got, want)
			}
		}
	})
}
