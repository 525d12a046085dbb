package support

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

var noon = time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)

// ledger is a trail in memory, the newest entry last.
type ledger struct {
	TrailStore
	entries []TrailEntry
	checks  int
}

func (l *ledger) Record(_ context.Context, e recovery.Event) error {
	seq := int64(len(l.entries) + 1)
	l.entries = append(l.entries, TrailEntry{Seq: seq, At: e.At, Kind: e.Kind, Case: e.Case, Actor: e.Actor, Data: e.Data})
	return nil
}

func (l *ledger) Search(_ context.Context, f TrailFilter, _ int64, limit int) (found []TrailEntry, next int64, err error) {
	for i := len(l.entries) - 1; i >= 0 && len(found) < limit; i-- {
		e := l.entries[i]
		if (f.Kind == "" || f.Kind == e.Kind) && (f.Actor == "" || f.Actor == e.Actor) && !e.At.Before(f.From) {
			found = append(found, e)
		}
	}
	return found, 0, nil
}

func (l *ledger) Entry(_ context.Context, seq int64) (TrailEntry, Proof, error) {
	if seq < 1 || seq > int64(len(l.entries)) {
		return TrailEntry{}, Proof{}, problem.NotFound
	}
	return l.entries[seq-1], Proof{}, nil
}

func (l *ledger) Person(context.Context, int64) (map[string]string, error) {
	return map[string]string{"name": "林小雨"}, nil
}

func (l *ledger) Checking() TrailChecking { return l }

func (l *ledger) Step(context.Context) (at, of int64, broken string, err error) {
	l.checks++
	return 1, 1, "", nil
}

// P1: each entry is opened for itself, and only where there is something to see.
func TestP1_personalDataOfOneEntryOpensNoOther(t *testing.T) {
	l := &ledger{entries: []TrailEntry{{Seq: 1, At: noon, Person: PersonKept}, {Seq: 2, At: noon, Person: PersonKept},
		{Seq: 3, At: noon, Person: PersonErased}, {Seq: 4, At: noon}}}
	trail := NewTrail(l, func() time.Time { return noon })
	for _, seq := range []int64{3, 4} {
		err := trail.OpenPerson(t.Context(), seq, "audra", TrailReasons[0])
		if problem.KindOf(err) != problem.KindNotFound || len(l.entries) != 4 {
			t.Errorf("entry %d has nothing to see: %v, %d entries", seq, err, len(l.entries))
		}
	}
	if err := trail.OpenPerson(t.Context(), 1, "audra", TrailReasons[0]); err != nil {
		t.Fatal(err)
	}
	for seq, want := range map[int64]bool{1: true, 2: false} {
		if person, _, err := trail.Person(t.Context(), seq, "audra"); err != nil || (person != nil) != want {
			t.Errorf("entry %d: %v, %v", seq, person, err)
		}
	}
}

// P4: the trail is verified once a day, whoever did it.
func TestP4_theTrailIsVerifiedOnceADay(t *testing.T) {
	now := noon
	l := &ledger{entries: []TrailEntry{{Seq: 1, At: noon}}}
	trail := NewTrail(l, func() time.Time { return now })
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Hour, 1}, {18 * time.Hour, 1}, {time.Hour, 2}} {
		now = now.Add(step.after)
		if err := trail.VerifyDaily(t.Context()); err != nil || l.checks != step.want {
			t.Errorf("at %s it was verified %d times, want %d; %v", now.Format("15:04"), l.checks, step.want, err)
		}
	}
}

// P3: what is erased is as old as it may be kept, and one kind that fails keeps no other.
func TestP3_eachKindIsErasedWhenItsOwnTimeIsOver(t *testing.T) {
	day := 24 * time.Hour
	erased := map[string]time.Time{}
	item := func(id string, keep time.Duration, err error) Retained {
		return Retained{ID: id, Keep: keep, Erase: func(_ context.Context, before time.Time, _ int) (int, error) {
			erased[id] = before
			return 2, err
		}}
	}
	l := &ledger{}
	failed := errors.New("the table is locked")
	all := []Retained{item("cases", 30*day, failed), item("letters", 7*day, nil)}
	err := NewRetention(all, l, func() time.Time { return noon }).Run(t.Context())
	if !errors.Is(err, failed) {
		t.Errorf("what failed is not said: %v", err)
	}
	if !erased["cases"].Equal(noon.Add(-30*day)) || !erased["letters"].Equal(noon.Add(-7*day)) {
		t.Errorf("erased is what is from before %v", erased)
	}
	if len(l.entries) != 1 || l.entries[0].Kind != KindRetained || l.entries[0].Data["letters"] != "2" ||
		l.entries[0].Data["cases"] != "2" {
		t.Errorf("the trail has %+v", l.entries)
	}
}

// drawer keeps searches.
type drawer struct {
	FilterStore
	list []Filter
}

func (d *drawer) Filters(context.Context, string) ([]Filter, error) { return d.list, nil }

func (d *drawer) AddFilter(_ context.Context, f Filter, _ int) error {
	d.list = append(d.list, f)
	return nil
}

// A search is kept for its own page, and is no longer than a page writes it.
func TestFilters_areOfTheirOwnPageAndShort(t *testing.T) {
	filters := NewFilters(&drawer{}, func() time.Time { return noon })
	for page, name := range map[string]string{"tickets": "今天到期", "audit": "登录"} {
		if err := filters.Keep(t.Context(), "lin", page, name, url.Values{"kind": {"appeal"}}); err != nil {
			t.Fatal(err)
		}
		if own, err := filters.Of(t.Context(), "lin", page); err != nil || len(own) != 1 || own[0].Name != name {
			t.Errorf("%s has %+v, %v", page, own, err)
		}
	}
	err := filters.Keep(t.Context(), "lin", "audit", "long", url.Values{"kind": {strings.Repeat("x", 400)}})
	if problem.KindOf(err) != problem.KindInvalid {
		t.Errorf("a search of 405 signs: %v", err)
	}
}

// A promise that was broken stays broken: the time that the customer is asked mends nothing.
func TestL15_aBrokenPromiseStaysBroken(t *testing.T) {
	p, c := Promise{Counts: CountsClock}, &Calendar{Zone: time.UTC}
	due := noon.Add(-2 * time.Hour)
	if rest := p.rest(c, noon, due); rest != -2*time.Hour {
		t.Errorf("%s are left two hours after the end", rest)
	}
	later := noon.Add(5 * 24 * time.Hour)
	if again := p.resume(c, later, p.rest(c, noon, due)); !again.Equal(later.Add(-2 * time.Hour)) {
		t.Errorf("promised until %s at %s", again, later)
	}
}
