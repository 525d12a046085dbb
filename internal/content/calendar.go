package content

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"zhaohui/internal/support"
)

const calendarFile = "calendar.yaml"

type calendarData struct {
	Zone     string
	Week     map[string][]hours
	MakeUp   []hours `yaml:"make-up"`
	Years    map[int]yearFile
	CallBack struct {
		Every, Lead span
		Ahead       int
		PerSlot     int `yaml:"per-slot"`
	} `yaml:"call-back"`
}

type yearFile struct {
	Announced bool
	Off, Work []days
}

// ReadCalendar reads the desk's calendar, as Load does; nil if it cannot be used. Years are judged against now.
func ReadCalendar(files fs.FS, now time.Time) (*support.Calendar, Problems) {
	l := &loader{files: files, now: now}
	c := l.calendar()
	return c, l.problems
}

func (l *loader) calendar() *support.Calendar {
	var file calendarData
	node, ok := l.decode(calendarFile, &file)
	if !ok {
		return nil
	}
	before := len(l.problems)
	zone, err := time.Parse("-07:00", file.Zone)
	if err != nil {
		l.report(calendarFile, lineOf(node, "zone"), "zone: write the distance from UTC, like +08:00")
	}
	_, offset := zone.Zone()
	c := &support.Calendar{Zone: time.FixedZone(file.Zone, offset), MakeUp: hoursOf(file.MakeUp), Days: map[string]bool{},
		Known: map[int]bool{}, CallBack: support.CallBack{Every: file.CallBack.Every.d(), Lead: file.CallBack.Lead.d(),
			Ahead: file.CallBack.Ahead, PerSlot: file.CallBack.PerSlot}}
	for name, list := range file.Week {
		day, ok := support.Weekday(name)
		if !ok {
			l.report(calendarFile, lineOf(node, "week", name), "%s is no day of the week", name)
		}
		c.Week[day] = hoursOf(list)
	}
	for year, days := range file.Years {
		c.Known[year] = days.Announced
		l.year(c, node, year, days)
	}
	for _, flaw := range c.Check() {
		l.report(calendarFile, lineOf(node, flaw.Where...), "%s", flaw.Text)
	}
	if len(l.problems) > before {
		return nil
	}
	l.lastYear(c, node)
	return c
}

// year notes the days of a year. A day of it may be named once, and a day that is worked instead lies on a day off.
func (l *loader) year(c *support.Calendar, node *yaml.Node, year int, file yearFile) {
	line := lineOf(node, "years", strconv.Itoa(year))
	note := func(all []days, worked bool) {
		for _, d := range all {
			for day := d.from; !day.After(d.to); day = day.AddDate(0, 0, 1) {
				key := day.Format(time.DateOnly)
				if _, twice := c.Days[key]; twice || day.Year() != year {
					l.report(calendarFile, line, "%s is named twice or in the wrong year", key)
				}
				if worked && len(c.Week[day.Weekday()]) > 0 {
					l.report(calendarFile, line, "%s is a working day anyway", key)
				}
				c.Days[key] = worked
			}
		}
	}
	note(file.Off, false)
	note(file.Work, true)
}

// lastYear warns in December when the next year is not there or not announced: promises would be counted wrongly.
func (l *loader) lastYear(c *support.Calendar, node *yaml.Node) {
	if l.now.IsZero() {
		return
	}
	next := l.now.AddDate(0, 1, 0).Year()
	if !c.Known[next] {
		l.warn(calendarFile, lineOf(node, "years", strconv.Itoa(next)), "the holidays of %d are not all here: copy the announcement", next)
	}
}

// hours is a stretch of a day: 9:00-12:00.
type hours support.Hours

// UnmarshalYAML reads hours.
func (h *hours) UnmarshalYAML(node *yaml.Node) error {
	from, to, _ := strings.Cut(node.Value, "-")
	begin, ok := clock(from)
	end, ok2 := clock(to)
	if !ok || !ok2 {
		return &yaml.TypeError{Errors: []string{lineText(node.Line, fmt.Sprintf("%q is no stretch of a day like 9:00-12:00", node.Value))}}
	}
	*h = hours{From: begin, To: end}
	return nil
}

// clock reads a time of day; 24:00 is the end of it.
func clock(text string) (time.Duration, bool) {
	hour, minute, cut := strings.Cut(text, ":")
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !cut || err != nil || err2 != nil || h < 0 || m < 0 || m > 59 || len(minute) != 2 || h*60+m > 24*60 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

func hoursOf(in []hours) []support.Hours {
	var out []support.Hours
	for _, h := range in {
		out = append(out, support.Hours(h))
	}
	return out
}

// days is a day, or several in a row: 2026-10-01..2026-10-07.
type days struct{ from, to time.Time }

// UnmarshalYAML reads days.
func (d *days) UnmarshalYAML(node *yaml.Node) error {
	first, last, cut := strings.Cut(node.Value, "..")
	if !cut {
		last = first
	}
	from, err := time.Parse(time.DateOnly, first)
	to, err2 := time.Parse(time.DateOnly, last)
	if err != nil || err2 != nil || to.Before(from) || to.Sub(from) > 31*24*time.Hour {
		return &yaml.TypeError{Errors: []string{lineText(node.Line,
			fmt.Sprintf("%q is no day like 2026-10-01 nor days like 2026-10-01..2026-10-07", node.Value))}}
	}
	*d = days{from, to}
	return nil
}
