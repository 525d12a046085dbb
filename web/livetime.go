package web

import (
	"strings"
	"time"
)

// clockTime is a moment by the clock, with the day where it is another one.
func (s *Site) clockTime(v *visit, at time.Time) string {
	at, now := at.In(s.Zone), s.Now().In(s.Zone)
	clock := at.Format("15:04")
	switch days := day(at) - day(now); days {
	case 0:
		return clock
	case 1:
		return v.words.T("say.tomorrow", "Time", clock)
	}
	return v.words.T("say.date", "Month", int(at.Month()), "MonthName", at.Format("January"), "Day", at.Day(), "Time", clock)
}

// atLeast is a stretch of time rounded down to what span says of it: who has to hurry is never told a day too much.
func atLeast(d time.Duration) time.Duration {
	switch {
	case d > 48*time.Hour:
		return d.Truncate(24 * time.Hour)
	case d >= 2*time.Hour:
		return d.Truncate(time.Hour)
	}
	return d
}

// day counts days.
func day(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 3600))
}

func (l *live) clock(at time.Time) string { return l.clockTime(l.visit, at) }

// from is the first full minute at which something can be done.
func (l *live) from(at time.Time) string { return l.clock(fullMinute(at)) }

func fullMinute(at time.Time) time.Time { return at.Add(time.Minute - 1).Truncate(time.Minute) }

// span is a stretch of time in the reader's words, never negative, rounded up.
func (l *live) span(d time.Duration) string {
	switch {
	case d <= 0:
		return l.t("say.span-minutes", "n", 0)
	case d <= time.Minute:
		return l.t("say.span-minutes", "n", 1)
	case d < 2*time.Hour:
		return l.t("say.span-minutes", "n", int((d+time.Minute-1)/time.Minute))
	case d <= 48*time.Hour:
		return l.t("say.span-hours", "n", int((d+time.Hour-1)/time.Hour))
	}
	return l.t("say.span-days", "n", int((d+24*time.Hour-1)/(24*time.Hour)))
}

// hours is a stretch of time to the hour where it is long, so that what is gone and what is left make the whole: up is what
// is added before it is cut.
func (l *live) hours(d, up time.Duration) string {
	if d < 2*time.Hour {
		return l.span(d)
	}
	n := int((d + up) / time.Hour)
	days, rest := n/24, n%24
	switch {
	case n <= 48:
		return l.t("say.span-hours", "n", n)
	case rest == 0:
		return l.t("say.span-days", "n", days)
	}
	return l.t("say.span-days", "n", days) + " " + l.t("say.span-hours", "n", rest)
}

// whole keeps a date on one line.
func whole(date string) string { return strings.ReplaceAll(date, " ", "\u00a0") }
