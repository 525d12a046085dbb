package insight

import (
	"context"
	"reflect"
	"testing"
	"time"
)

// counted is a store that has these counts, whatever is asked.
type counted struct {
	Store
	sums Counts
}

func (c counted) Insight(context.Context, string, string) (Counts, error) { return c.sums, nil }

func (c counted) InsightDays(_ context.Context, _, _, measure, b string) (Counts, error) {
	days := Counts{}
	for key, n := range c.sums {
		if key.Measure == measure && key.B == b {
			days[key] = n
		}
	}
	return days, nil
}

// everything are counts of each measure, each of n.
func everything(n int64) Counts {
	day := noon.Format(time.DateOnly)
	sums := Counts{}
	add := func(measure, platform, a, b string) {
		sums[Key{Day: day, Measure: measure, Platform: platform, A: a, B: b}] += n
	}
	for _, step := range LiveSteps {
		add(Reached, "wallet", "sms", step)
	}
	add(Took, "wallet", "sms", Bucket(time.Hour))
	add(Ended, "wallet", EndDone, "")
	add(Ended, "wallet", EndStopped, "named")
	for _, b := range []string{"begun", "passed", "wrong", "failed", "locked"} {
		add(Tried, "wallet", "sms", b)
	}
	for _, b := range []string{"sent", "asked", "approved", "refused"} {
		add(Ticket, "wallet", "appeal", b)
	}
	for _, b := range []string{"kept", "broken"} {
		add(Promise, "wallet", "appeal", b)
	}
	add(TicketTook, "wallet", "appeal", Bucket(time.Hour))
	add(Refused, "wallet", "appeal", "too-little")
	for _, b := range []string{"queued", "accepted", "delivered", "bounced"} {
		add(Letter, "", "sms", b)
	}
	for _, b := range []string{"finished", "failed"} {
		add(Walked, "other", "app", b)
	}
	add(StepDone, "other", "app", "open")
	add(StepFailed, "other", "app", "open")
	add(StopShown, "other", "coached", "")
	for _, b := range []string{"made", "opened", "started", "finished", "failed", "scam"} {
		add(Link, "other", "step", b)
	}
	add(Vote, "", "article", "yes")
	add(Vote, "", "article", "no")
	add(searchHashed, "", "hash", "")
	sums[Key{Day: day, Measure: searchText, A: "hash", B: "words"}] = 1
	return sums
}

// shown calls fn with every number in a value, and where it stands.
func shown(v reflect.Value, where string, fn func(where string, n Number)) {
	switch {
	case v.Type() == reflect.TypeFor[Number]():
		fn(where, Number(v.Int()))
	case v.Type() == reflect.TypeFor[time.Time]():
	case v.Kind() == reflect.Pointer:
		shown(v.Elem(), where, fn)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			shown(v.Index(i), where, fn)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			shown(v.Field(i), where+"."+v.Type().Field(i).Name, fn)
		}
	}
}

// Wherever in the report a number stands: one to four people are a few, more are a multiple of five, and no time is told of a few.
func TestInsight_noNumberOfAFewPeopleStandsAnywhere(t *testing.T) {
	for _, n := range []int64{1, 3, 4, 7, 23} {
		k := New(Config{Store: counted{sums: everything(n)}, Now: func() time.Time { return noon }, Live: "wallet"})
		for _, days := range []int{7, 30, 90} {
			report, err := k.Report(t.Context(), days, "")
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			shown(reflect.ValueOf(report), "", func(where string, got Number) {
				seen[where] = seen[where] || got != 0
				if got != 0 && got != AFew && (got < Few || got%Few != 0) {
					t.Errorf("%d days, %d of each: %s is %d", days, n, where, got)
				}
			})
			if want := 38; n > 4 && len(seen) < want {
				t.Errorf("only %d places of numbers are filled, want %d: %v", len(seen), want, seen)
			}
			if few := n < Few; len(report.Searches) > 0 == few {
				t.Errorf("words that %d searched for: %v", n, report.Searches)
			}
			if n < 2*Few && report.Median+report.P90+report.Channels[0].Median+report.Tickets[0].Median != 0 {
				t.Errorf("the time of %d people is told", n)
			}
		}
	}
}

// The longer the time, the more days stand together, so that no point of a line is one person's.
func TestInsight_longTimesAreShownInLongSpans(t *testing.T) {
	k := New(Config{Store: counted{sums: everything(7)}, Now: func() time.Time { return noon }, Live: "wallet"})
	for days, spans := range map[int]int{7: 7, 30: 6, 90: 9} {
		report, err := k.Report(t.Context(), days, "")
		if err != nil || len(report.Spans) != spans {
			t.Errorf("%d days are %d points, want %d; %v", days, len(report.Spans), spans, err)
		}
	}
}

// Who is one of few is not found by asking for a small share either.
func TestTimes_aSmallShareNeedsAsManyPeople(t *testing.T) {
	var times Times
	times.add(Bucket(time.Hour), 2*Few-1)
	if got := times.Quantile(.1); got != 0 {
		t.Errorf("a tenth of nine people took %s", got)
	}
}
