package content_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

const (
	appealFile   = "platforms/wallet/appeal.yaml"
	calendarFile = "calendar.yaml"
)

// spoiled is the real content with one line of a file changed.
func spoiled(t *testing.T, file, old, with string) fs.FS {
	t.Helper()
	raw, err := fs.ReadFile(embedded.Files(), file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), old, with, 1)
	if text == string(raw) && old != with {
		t.Fatalf("%s has no %q", file, old)
	}
	return content.Overlay(fstest.MapFS{file: {Data: []byte(text)}}, embedded.Files())
}

// lineWith is the line of a file that begins with a text.
func lineWith(t *testing.T, files fs.FS, file, text string) int {
	t.Helper()
	raw, err := fs.ReadFile(files, file)
	if err != nil {
		t.Fatal(err)
	}
	return 1 + slices.IndexFunc(strings.Split(string(raw), "\n"), func(line string) bool {
		return strings.HasPrefix(strings.TrimSpace(line), text)
	})
}

// What an operator may not weaken is refused at the line that does.
func TestP1_P2_P3_aWeakAppealIsRefusedWithItsLine(t *testing.T) {
	for _, c := range []struct{ old, with, line, text string }{
		{"above: 2", "above: 1", "approvals:", "two different people"},
		{"hold: 72h", "hold: 71h", "hold:", "72h at least"},
		{"gives: staff ", "gives: phone ", "gives:", "staff or document"},
		{"compared: document", "compared: staff", "compared:", "another class"},
		{"reopen: 30d", "reopen: 1d", "reopen:", "7d at least"},
		{"keep: 30d", "keep: 181d", "keep:", "180d at most"},
		{"papers: [identity-card, passport, carrier-proof, bank-proof, police-report]", "papers: []", "papers:", "at least one"},
		{"remedies: [answer-more, ", "remedies: [answer-more, answer-more, ", "remedies:", "of its own"},
		{"within: 72h}", "within: 96h}", "steps:", "72h at most"},
		{"{from: 50, within: 48h}", "{from: 90, within: 48h}", "steps:", "steps go down"},
		{"counts: working-days", "counts: sometimes", "counts:", "working-hours"},
		{"weight: 24", "weight: 25", "asks:", "add up to 100"},
		{"kind: text, max: 200", "kind: text", "asks:", "max for a text"},
		{"kind: month}", "kind: password}", "asks:", "a kind"},
		{"statuses: 5 ", "statuses: 500 ", "statuses:", "1 to 10"},
		{"draft: 7d", "draft: 90d", "draft:", "1 to 30 days"},
		{"flags: [nothing-proved", "flags: [Nothing", "flags:", "of its own"},
		{"id: appeal", "id: appeal\nfast: true", "fast:", "not known"},
	} {
		files := spoiled(t, appealFile, c.old, c.with)
		kinds, problems := content.ReadTickets(files, "wallet")
		found := slices.ContainsFunc(problems, func(p content.Problem) bool {
			return strings.Contains(p.Text, c.text) && p.Line == lineWith(t, files, appealFile, c.line)
		})
		if len(kinds) != 0 || !found {
			t.Errorf("%s: %d kinds, %v", c.with, len(kinds), problems)
		}
	}
	if kinds, problems := content.ReadTickets(embedded.Files(), "wallet"); len(kinds) != 1 || len(problems) != 0 {
		t.Errorf("the real one: %v", problems)
	}
	if kinds, problems := content.ReadTickets(embedded.Files(), "alipay"); len(kinds)+len(problems) != 0 {
		t.Errorf("a guided platform has tickets: %v", problems)
	}
}

func TestCalendar_whatCannotBeIsRefusedWithItsLine(t *testing.T) {
	for _, c := range []struct{ old, with, line, text string }{
		{`zone: "+08:00"`, `zone: Shanghai`, "zone:", "distance from UTC"},
		{"monday: [9:00-12:00", "monday: [9:00-8:00", "monday:", "go forward"},
		{"monday: [9:00-12:00", "monday: [9:00-25:00", "monday:", "no stretch"},
		{"monday: [9:00-12:00", "monday: [9:00-14:00", "monday:", "overlap"},
		{"monday:", "someday:", "someday:", "no day of the week"},
		{"- 2027-04-05 ", "- 2027-04-31 ", "- 2027-04-31", "no day like"},
		{"- 2027-04-05 ", "- 2026-12-31 ", "2027:", "wrong year"},
		{"- 2027-04-05 ", "- 2027-02-06 ", "2027:", "named twice"},
		{"work: [2026-01-04", "work: [2026-01-05", "2026:", "working day anyway"},
		{"per-slot: 2", "per-slot: 0", "call-back:", "per-slot"},
		{"make-up: [9:00-12:00, 13:00-18:00]", "make-up: []", "make-up:", "worked instead"},
	} {
		files := spoiled(t, calendarFile, c.old, c.with)
		calendar, problems := content.ReadCalendar(files, time.Time{})
		found := slices.ContainsFunc(problems, func(p content.Problem) bool {
			return strings.Contains(p.Text, c.text) && p.Line == lineWith(t, files, calendarFile, c.line)
		})
		if calendar != nil || !found {
			t.Errorf("%s: %v", c.with, problems)
		}
	}
}

// A year whose holidays are not all announced is fine until December; then somebody has to copy the announcement.
func TestCalendar_inDecemberTheNextYearIsAskedFor(t *testing.T) {
	for day, warned := range map[string]bool{"2026-11-30": false, "2026-12-02": true, "2027-11-30": true, "2027-12-02": true,
		"2025-12-02": false} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		calendar, problems := content.ReadCalendar(embedded.Files(), now)
		if calendar == nil || len(problems.Errors()) != 0 || (len(problems) > 0) != warned {
			t.Errorf("%s: %v", day, problems)
		}
	}
	calendar, _ := content.ReadCalendar(embedded.Files(), time.Time{})
	noon := func(day string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", day+" 15:00", calendar.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for day, works := range map[string]bool{"2026-11-20": true, "2026-11-21": false, "2026-10-01": false, "2026-10-10": true,
		"2026-02-23": false,
		"2026-02-28": true, "2027-01-01": false, "2027-02-08": false, "2027-02-09": true} {
		if calendar.Open(noon(day)) != works {
			t.Errorf("on %s the desk works: %t", day, !works)
		}
	}
}
