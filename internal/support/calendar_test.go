package support_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/support"
)

// deskCalendar is the real one.
func deskCalendar(tb testing.TB) *support.Calendar {
	tb.Helper()
	c, problems := content.ReadCalendar(embedded.Files(), start)
	if c == nil {
		tb.Fatal(problems)
	}
	return c
}

var china = time.FixedZone("+08:00", 8*3600)

// at reads a moment in China.
func at(tb testing.TB, text string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", text, china)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestL15_aPromiseIsCountedByTheWorkingCalendar(t *testing.T) {
	c := deskCalendar(t)
	for _, tt := range []struct {
		what, from string
		hours      int
		counts     support.Counting
		want       string
	}{
		{"in the week", "2026-11-17 16:00", 24, support.CountsDays, "2026-11-18 16:00"},
		{"over a weekend", "2026-11-20 16:00", 24, support.CountsDays, "2026-11-23 16:00"},
		{"from a weekend", "2026-11-21 16:00", 24, support.CountsDays, "2026-11-24 00:00"},
		{"up to midnight before a weekend", "2026-11-20 00:00", 24, support.CountsDays, "2026-11-21 00:00"},
		{"three days over a weekend", "2026-11-19 10:00", 72, support.CountsDays, "2026-11-24 10:00"},
		{"over the Spring Festival", "2026-02-14 16:00", 24, support.CountsDays, "2026-02-24 16:00"},
		{"on a Saturday that is worked", "2026-02-27 16:00", 24, support.CountsDays, "2026-02-28 16:00"},
		{"over National Day, which ends before a Saturday that is worked", "2026-09-30 12:00", 72, support.CountsDays, "2026-10-10 12:00"},
		{"over New Year", "2026-12-31 12:00", 24, support.CountsDays, "2027-01-04 12:00"},
		{"every hour", "2026-11-20 16:00", 24, support.CountsClock, "2026-11-21 16:00"},
		{"while the desk is open: eight hours a day", "2026-11-20 16:00", 24, support.CountsHours, "2026-11-25 16:00"},
		{"while the desk is open, over lunch", "2026-11-17 11:00", 2, support.CountsHours, "2026-11-17 14:00"},
	} {
		from, want := at(t, tt.from), at(t, tt.want)
		got := c.Add(from, time.Duration(tt.hours)*time.Hour, tt.counts)
		if !got.Equal(want) {
			t.Errorf("%s: %s and %d h is %s, want %s", tt.what, tt.from, tt.hours, got.In(china), tt.want)
		}
		if back := c.Between(from, got, tt.counts); back != time.Duration(tt.hours)*time.Hour {
			t.Errorf("%s: %s lie between", tt.what, back)
		}
	}
}

// What is added lies between, whatever the hours, and parts add up to the whole.
func TestCalendar_addAndBetweenAgree(t *testing.T) {
	c := deskCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		from := start.Add(time.Duration(rapid.IntRange(-400*24*60, 400*24*60).Draw(t, "from")) * time.Minute)
		one := time.Duration(rapid.IntRange(1, 72*60).Draw(t, "one")) * time.Minute
		two := time.Duration(rapid.IntRange(1, 72*60).Draw(t, "two")) * time.Minute
		counts := rapid.SampledFrom(support.Countings()).Draw(t, "counts")
		until := c.Add(from, one, counts)
		if got := c.Between(from, until, counts); got != one {
			t.Errorf("%s from %s: %s lie between", one, from, got)
		}
		if a, b := c.Add(until, two, counts), c.Add(from, one+two, counts); !a.Equal(b) {
			t.Errorf("in two parts %s, at once %s", a, b)
		}
	})
}

func TestCalendar_callsAreOfferedInWorkingHours(t *testing.T) {
	c := deskCalendar(t)
	slots := c.Slots(at(t, "2026-11-20 16:10")) // a Friday; an hour ahead
	if len(slots) != 1+2*16 {
		t.Fatalf("%d calls: %v", len(slots), slots)
	}
	if !slots[0].Equal(at(t, "2026-11-20 17:30")) || !slots[1].Equal(at(t, "2026-11-23 09:00")) {
		t.Errorf("the first are %s and %s", slots[0].In(china), slots[1].In(china))
	}
	for _, slot := range slots {
		if !c.Open(slot) || !c.Open(slot.Add(29*time.Minute)) {
			t.Errorf("nobody is there at %s", slot.In(china))
		}
	}
}

func TestL15_theMoreCompleteTheSooner(t *testing.T) {
	k := appeal(t)
	for score, want := range map[int]time.Duration{100: 24 * time.Hour, 80: 24 * time.Hour, 79: 48 * time.Hour, 50: 48 * time.Hour,
		49: 72 * time.Hour, 0: 72 * time.Hour} {
		if got := k.Promise.Within(score); got != want {
			t.Errorf("%d %% is promised in %s, want %s", score, got, want)
		}
	}
	all := map[string]int{}
	for _, ask := range k.Asks {
		all[ask.ID] = 9
	}
	if got := k.Score(all); got != 100 {
		t.Errorf("everything answered is %d %%", got)
	}
	if got := k.Score(nil); got != 0 {
		t.Errorf("nothing answered is %d %%", got)
	}
	for filled, want := range map[int]int{1: 8, 2: 16, 3: 24, 4: 24} {
		if got := k.Score(map[string]int{"top-ups": filled}); got != want {
			t.Errorf("%d top-ups are %d %%, want %d", filled, got, want)
		}
	}
	delete(all, "top-ups")
	if got := k.Score(all); got != 76 {
		t.Errorf("all but the top-ups is %d %%", got)
	}
}

// More answers never make a form less complete, nor the promise later.
func TestL15_moreAnswersNeverMakeItWorse(t *testing.T) {
	k := appeal(t)
	rapid.Check(t, func(t *rapid.T) {
		some := map[string]int{}
		for _, ask := range k.Asks {
			some[ask.ID] = rapid.IntRange(0, ask.Many).Draw(t, ask.ID)
		}
		before := k.Score(some)
		some[rapid.SampledFrom(k.Asks).Draw(t, "more").ID]++
		after := k.Score(some)
		if after < before || after > 100 || k.Promise.Within(after) > k.Promise.Within(before) {
			t.Errorf("%d %% became %d %%", before, after)
		}
	})
}
