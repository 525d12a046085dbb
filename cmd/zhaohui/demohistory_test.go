package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// today is a Friday noon in Beijing: what happens in a past depends on the weekdays and holidays in it.
var today = time.Date(2026, 9, 18, 12, 0, 0, 0, time.FixedZone("", 8*60*60))

// demoIn builds a demo in a folder.
func demoIn(t *testing.T, folder string) (*demonstration, *portal) {
	t.Helper()
	b, demo := demoContent(), newDemonstration()
	demo.wall = func() time.Time { return today }
	b.settings = settings{Addr: "localhost:1", databaseSettings: databaseSettings{Data: folder}}
	b.demo, b.now, b.senders = demo, demo.now, demo.senders()
	p := &portal{log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	var err error
	if b.public, err = publicURL(b.settings); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.shut)
	if err := p.build(b); err != nil {
		t.Fatal(err)
	}
	return demo, p
}

// pastOf builds a demo in a folder of its own and writes a past of some days until today.
func pastOf(t *testing.T, seed uint64, days int) (*demonstration, *records, *history) {
	t.Helper()
	demo, _ := demoIn(t, t.TempDir())
	h, err := demo.past.prepare(seed, days)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.past.records.db.SQL().Exec(`PRAGMA synchronous = OFF`); err != nil {
		t.Fatal(err)
	}
	if err := h.write(t.Context()); err != nil {
		t.Fatal(err)
	}
	return demo, demo.past.records, h
}

// kinds counts what the trail holds of the past.
func kinds(t *testing.T, r *records, until time.Time) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for from := int64(0); ; {
		entries, err := r.trail.Entries(t.Context(), from, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.At.Before(until) {
				name := e.Kind
				if why := e.Data["why"]; why != "" {
					name += " " + why
				}
				counts[name]++
			}
			from = e.Seq + 1
		}
		if len(entries) < 1000 {
			return counts
		}
	}
}

func howMany(t *testing.T, r *records, query string) (n int) {
	t.Helper()
	if err := r.db.SQL().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The demo's past is what its services did: people came and went through channels, most got there, some stopped, and the trail
// of it is whole. Nobody whom the demo shows was touched, and no letter reached its page.
func TestDemo_historyIsMadeByTheServices(t *testing.T) {
	demo, r, h := pastOf(t, 1, 20)
	accounts, err := json.Marshal(demo.Accounts())
	if err != nil {
		t.Fatal(err)
	}
	counts := kinds(t, r, h.until)
	for kind, least := range map[string]int{"case-started": 60, "case-done": 15, "method-failed locked": 1, "try-wrong": 10, "case-expired": 3,
		"proof-passed": 40, "password-chosen": 15,
		"ticket-sent": 5, "ticket-agreed": 2, "ticket-approved": 1, "ticket-refused": 1, "ticket-asked": 1, "link-made": 30} {
		if counts[kind] < least {
			t.Errorf("%d times %s in %d days, want %d or more; all: %v", counts[kind], kind, h.length, least, counts)
		}
	}
	if counts["case-done"] >= counts["case-started"] {
		t.Error("everybody got there")
	}
	if _, err := r.trail.Verify(t.Context(), nil); err != nil {
		t.Errorf("the trail: %v", err)
	}
	for state, least := range map[string]int{"delivered": 100, "bounced": 1, "accepted": 1} {
		if n := howMany(t, r, fmt.Sprintf(`SELECT COUNT(*) FROM message WHERE state = '%s'`, state)); n < least {
			t.Errorf("%d letters are %s, want %d or more", n, state, least)
		}
	}
	if n := howMany(t, r, `SELECT COUNT(DISTINCT day) FROM insight_day`); n < 19 {
		t.Errorf("%d days are counted", n)
	}
	if letters := demo.Outbox(); len(letters) > 0 {
		t.Errorf("%d letters reached the page, the first %+v", len(letters), letters[0])
	}
	if n := howMany(t, r, fmt.Sprintf(`SELECT COUNT(*) FROM recovery_case WHERE state = 'open' AND started < %d`,
		h.until.Add(-4*24*time.Hour).UnixMilli())); n > 12 {
		t.Errorf("%d cases of long ago are open", n)
	}
	for _, a := range demo.Accounts() {
		kept, err := r.accounts.Find(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if n := howMany(t, r, `SELECT COUNT(*) FROM wallet_account WHERE version > 1 AND id = '`+kept.ID+`'`); n > 0 {
			t.Errorf("%s was changed", a.ID)
		}
	}
	if n := howMany(t, r, `SELECT COUNT(*) FROM wallet_account`); n != len(demo.Accounts())+madePeople {
		t.Errorf("%d accounts", n)
	}
	if after, _ := json.Marshal(demo.Accounts()); string(after) != string(accounts) {
		t.Error("the demo's accounts look different")
	}
	if written := h.progress(); written != 20 || len(h.own) > 0 {
		t.Errorf("%d days written, %d cases still its own", written, len(h.own))
	}
	if there, err := writtenBefore(t.Context(), store.NewInsight(r.db), 20); err != nil || there != 20 {
		t.Errorf("another process would see %d days, %v", there, err)
	}
}

// P3: what was over in the past went in the past, by its own clock, and the trail says how much. Nothing is late today, and
// nothing was late on a day of it: as long as it is written, the portal erases by the same clock.
func TestDemo_historyErasesWhatIsOver(t *testing.T) {
	demo, _, h := pastOf(t, 5, 34) // closed cases are kept for thirty days
	kept, runs, err := h.kept.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kept {
		if k.Due > 0 {
			t.Errorf("%d of %s are over", k.Due, k.ID)
		}
		if k.ID == "cases" && (k.Erased < 5 || h.until.Sub(k.Oldest) < 29*24*time.Hour) {
			t.Errorf("%d cases were erased, the oldest is of %s", k.Erased, k.Oldest)
		}
	}
	if len(runs) < 3 || runs[len(runs)-1].At.After(h.until.Add(-2*24*time.Hour)) {
		t.Errorf("the runs were %v", runs)
	}
	if now := demo.erasing(); !now.Equal(today) {
		t.Errorf("the portal erases by %s", now)
	}
	h.ends.Store(false)
	h.clock.Store(h.from.UnixNano())
	if now := demo.erasing(); !now.Equal(h.from) {
		t.Errorf("the portal erases by %s while the past is written", now)
	}
}

// A past that was stopped on the way is not taken up again: the next start says how much of it is there, and not that it is
// being written.
func TestDemo_historyThatWasStoppedSaysHowFarItCame(t *testing.T) {
	folder := t.TempDir()
	demo, p := demoIn(t, folder)
	h, err := demo.past.prepare(2, 30)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h.rest = func(time.Duration) {
		if h.progress() == 4 {
			stop()
		}
	}
	if err := h.write(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if past := demo.Past(); !past.Ended {
		t.Errorf("who stopped it reads %+v", past)
	}
	p.shut()
	p.close = nil
	again, p := demoIn(t, folder)
	page := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost:1/en/demo", nil)
	p.site.Handler().ServeHTTP(page, r)
	want := fmt.Sprintf("only the first %d are there", again.Past().Written)
	if page.Code != 200 || !strings.Contains(page.Body.String(), want) {
		t.Errorf("the page does not say %q: %d", want, page.Code)
	}
	if past := again.Past(); !past.Ended || past.Written < 4 || past.Written > 5 || past.Days != historyDays {
		t.Errorf("the next start says %+v", past)
	}
}

// The same seed gives the same past, so that what people are shown of it can be spoken of.
func TestDemo_historyIsTheSameEachTime(t *testing.T) {
	_, one, h := pastOf(t, 7, 6)
	_, other, again := pastOf(t, 7, 6)
	first, second := kinds(t, one, h.until), kinds(t, other, again.until)
	delete(first, support.KindRetained) // which counts of limits go on which night hangs on their keys, and those are drawn anew
	delete(second, support.KindRetained)
	if !maps.Equal(first, second) {
		t.Errorf("first %v, then %v", first, second)
	}
}

// Whoever looks after the portal's cases leaves those of the past alone: by their clock all of them ran out long ago.
func TestDemo_historyIsNotTendedByAnotherClock(t *testing.T) {
	demo, _, h := pastOf(t, 3, 1)
	h.over.Store(false)
	key, err := h.service.Begin(t.Context(), recovery.Beginning{Platform: "wallet", Channel: "sms", Lang: "zh",
		Client: recovery.Client{Network: "10.1.1.1", Kind: "phone"}})
	if err != nil {
		t.Fatal(err)
	}
	state := func() string {
		t.Helper()
		var state string
		if err := demo.past.records.db.SQL().QueryRowContext(t.Context(), `SELECT state FROM recovery_case WHERE id = $1`,
			key.Case).Scan(&state); err != nil {
			t.Fatal(err)
		}
		return state
	}
	h.own[key.Case] = true
	if err := demo.Advance(t.Context(), 24*time.Hour); err != nil || state() != "open" {
		t.Errorf("while it is of the past: %s, %v", state(), err)
	}
	clear(h.own)
	if err := demo.Advance(t.Context(), time.Second); err != nil || state() != "expired" {
		t.Errorf("once it is the portal's: %s, %v", state(), err)
	}
}
