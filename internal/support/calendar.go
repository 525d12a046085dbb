package support

import (
	"fmt"
	"slices"
	"time"
)

// Counting says which hours of a promise run. A customer is told the moment at which it ends, not the hours alone.
type Counting string

// The ways to count.
const (
	CountsClock Counting = "clock"         // every hour
	CountsDays  Counting = "working-days"  // every hour of working days: weekends and holidays stand still
	CountsHours Counting = "working-hours" // only while the desk is open
)

// Countings lists the ways to count.
func Countings() []Counting { return []Counting{CountsClock, CountsDays, CountsHours} }

// Hours is a stretch of a day, from and to as time since midnight.
type Hours struct{ From, To time.Duration }

// Calendar says when the desk works. It has no summer time: its zone is the same distance from UTC all year.
type Calendar struct {
	Zone     *time.Location
	Week     [7][]Hours      // by time.Weekday; none on a day off
	Days     map[string]bool // 2026-10-01: false for a holiday, true for a day that is worked instead
	MakeUp   []Hours         // the hours of a day that is worked instead
	Known    map[int]bool    // years whose days are all announced; false if only what the law fixes is known
	CallBack CallBack
}

// CallBack says when customers may choose to be called.
type CallBack struct {
	Every   time.Duration // from the start of one slot to the next
	Lead    time.Duration // so long before it a slot can still be chosen
	Ahead   int           // working days to choose from
	PerSlot int           // calls in one slot
}

const dayKey = "2006-01-02"

// midnight is the start of a day in the calendar's zone.
func (c *Calendar) midnight(t time.Time) time.Time {
	year, month, day := t.In(c.Zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, c.Zone)
}

// Hours are the desk's hours on the day of a moment.
func (c *Calendar) Hours(t time.Time) []Hours {
	t = t.In(c.Zone)
	worked, named := c.Days[t.Format(dayKey)]
	switch {
	case named && worked:
		return c.MakeUp
	case named:
		return nil
	}
	return c.Week[t.Weekday()]
}

// Works says whether the day of a moment is a working day.
func (c *Calendar) Works(t time.Time) bool { return len(c.Hours(t)) > 0 }

// Open says whether the desk is open at a moment.
func (c *Calendar) Open(t time.Time) bool {
	since := t.Sub(c.midnight(t))
	return slices.ContainsFunc(c.Hours(t), func(h Hours) bool { return since >= h.From && since < h.To })
}

var wholeDay = []Hours{{0, 24 * time.Hour}}

// counted are the stretches of a day that count.
func (c *Calendar) counted(day time.Time, counts Counting) []Hours {
	switch {
	case counts == CountsClock:
		return wholeDay
	case counts == CountsHours:
		return c.Hours(day)
	case c.Works(day):
		return wholeDay
	}
	return nil
}

// furthest is how many days are looked at: more than any row of holidays and any promise.
const furthest = 800

// Add is when so much counted time has passed since a moment.
func (c *Calendar) Add(from time.Time, d time.Duration, counts Counting) time.Time {
	if d <= 0 {
		return from
	}
	day := c.midnight(from)
	for range furthest {
		for _, h := range c.counted(day, counts) {
			begin, end := day.Add(h.From), day.Add(h.To)
			if begin.Before(from) {
				begin = from
			}
			length := end.Sub(begin)
			if length <= 0 {
				continue
			}
			if d <= length {
				return begin.Add(d).UTC()
			}
			d -= length
		}
		day = day.AddDate(0, 0, 1)
	}
	return day.UTC() // a calendar without work, which Check refuses
}

// Between is how much counted time lies between two moments; 0 if they are the wrong way round.
func (c *Calendar) Between(from, to time.Time, counts Counting) time.Duration {
	var sum time.Duration
	for day := c.midnight(from); day.Before(to); day = day.AddDate(0, 0, 1) {
		for _, h := range c.counted(day, counts) {
			begin, end := day.Add(h.From), day.Add(h.To)
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			sum += max(0, end.Sub(begin))
		}
	}
	return sum
}

// Slots are the starts of calls that can be chosen now, the earliest first.
func (c *Calendar) Slots(now time.Time) []time.Time {
	if c.CallBack.Every <= 0 {
		return nil
	}
	var slots []time.Time
	days, day := 0, c.midnight(now)
	for range furthest {
		if days == c.CallBack.Ahead {
			break
		}
		before := len(slots)
		for _, h := range c.Hours(day) {
			for at := h.From; at+c.CallBack.Every <= h.To; at += c.CallBack.Every {
				if slot := day.Add(at); !slot.Before(now.Add(c.CallBack.Lead)) {
					slots = append(slots, slot.UTC())
				}
			}
		}
		if len(slots) > before {
			days++
		}
		day = day.AddDate(0, 0, 1)
	}
	return slots
}

// Flaw is what is wrong in a kind of ticket or a calendar: the keys that lead to it, and a sentence.
type Flaw struct {
	Where []string
	Text  string
}

type flaws []Flaw

func (f *flaws) must(ok bool, text string, where ...string) {
	if !ok {
		*f = append(*f, Flaw{where, text})
	}
}

// Check says what cannot work.
func (c *Calendar) Check() []Flaw {
	var f flaws
	works := false
	for day, hours := range c.Week {
		works = works || len(hours) > 0
		f.must(inOrder(hours), "hours go forward within one day and do not overlap", "week", weekdays[day])
	}
	f.must(works, "the desk is open on no day", "week")
	f.must(len(c.MakeUp) > 0 && inOrder(c.MakeUp), "the hours of days that are worked instead", "make-up")
	for day := range c.Days {
		at, err := time.Parse(dayKey, day)
		_, known := c.Known[at.Year()]
		f.must(err == nil && known, fmt.Sprintf("%s is not a day of a year that is listed", day), "years")
	}
	f.must(c.CallBack.Every >= 10*time.Minute && c.CallBack.Lead >= 0 && c.CallBack.PerSlot > 0 &&
		c.CallBack.Ahead > 0 && c.CallBack.Ahead <= 14, "every: 10m at least; ahead: 1 to 14; per-slot: 1 at least", "call-back")
	return f
}

func inOrder(hours []Hours) bool {
	var last time.Duration
	for _, h := range hours {
		if h.From < last || h.To <= h.From || h.To > 24*time.Hour {
			return false
		}
		last = h.To
	}
	return true
}

var weekdays = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// Weekday finds a day of the week by its name in data.
func Weekday(name string) (time.Weekday, bool) {
	i := slices.Index(weekdays[:], name)
	return time.Weekday(max(i, 0)), i >= 0
}
