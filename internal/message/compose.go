package message

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"time"

	"zhaohui/internal/recovery"
)

// Operator is who writes the letters.
type Operator struct {
	Name    func(lang string) string
	Hours   func(lang string) string // of the hotline; may be nil
	Hotline string                   // "" if there is none
	Public  string                   // the portal's public address
	Zone    *time.Location           // of the times in letters; Asia/Shanghai if nil
}

// Composer writes letters.
type Composer struct {
	texts    *Texts
	operator Operator
	host     string // of the public address; what a code is bound to
}

// NewComposer fails if the operator has no name or no public address.
func NewComposer(texts *Texts, o Operator) (*Composer, error) {
	public, err := url.Parse(o.Public)
	if err != nil || public.Hostname() == "" {
		return nil, errors.New("compose letters: the public address has no host")
	}
	if o.Name == nil || o.Name(mainLanguage) == "" {
		return nil, errors.New("compose letters: the operator has no name")
	}
	if o.Zone == nil {
		o.Zone = time.FixedZone("Asia/Shanghai", 8*60*60) // no summer time since 1991; systems without zone files know it too
	}
	return &Composer{texts: texts, operator: o, host: public.Hostname()}, nil
}

// values are what a text may fill in. Neither the address nor anything else of the account is among them.
type values struct {
	Operator, Hotline, Hours, Host string
	Code, Link, Stop, Number       string
	At, Until, Hold                string // in words, with the zone
	Device                         string // in words, "" if unknown
	Frozen                         bool   // the letter tells that paying was stopped
	Began, Never                   string // shared lines
}

// DetailFrozen as a letter's Detail says that "this was not me" came after the reset, so that paying is frozen.
const DetailFrozen = "frozen"

// Compose writes a letter; subject is empty for an SMS. It fails if the letter lacks what its purpose must tell. No
// error repeats what is secret in it.
func (c *Composer) Compose(l recovery.Letter) (subject, text string, err error) {
	if err := complete(l); err != nil {
		return "", "", fmt.Errorf("compose %s by %s: %w", l.Purpose, l.Channel, err)
	}
	w := &writer{book: c.texts.in(l.Lang)}
	v := &w.values
	*v = values{Operator: c.operator.Name(l.Lang), Hotline: c.operator.Hotline, Host: c.host,
		Code: l.Code, Link: l.Link, Stop: l.Stop, Number: l.Number, Device: w.devices[l.Detail], Frozen: l.Detail == DetailFrozen,
		At: w.clock.write(l.At, time.Time{}, c.operator.Zone), Until: w.clock.write(until(l), l.At, c.operator.Zone),
		Hold: w.clock.write(upwards(l.Hold), l.At, c.operator.Zone)}
	if c.operator.Hours != nil {
		v.Hours = c.operator.Hours(l.Lang)
	}
	v.Began, v.Never = w.line("shared.began"), w.line("shared.never")

	purpose, gap, call := string(l.Purpose), "\n", "shared.call-sms"
	if l.Channel == Mail {
		subject = w.line(purpose + ".subject")
		gap, call = "\n\n", "shared.call"
	}
	parts := []string{w.line(purpose + "." + l.Channel)}
	if ticketed(l.Purpose) { // whoever waits for people is told by others that money makes it faster
		free := "shared.free"
		if l.Channel == SMS {
			free += "-sms"
		}
		parts = append(parts, w.line(free))
	}
	if l.Stop != "" && !quiet(l.Purpose) {
		lead := purpose + ".stop"
		if w.texts[lead] == nil {
			lead = "shared.stop"
		}
		parts = append(parts, w.line(lead)+"\n"+l.Stop)
	}
	if c.operator.Hotline != "" && (l.Channel == Mail || !quiet(l.Purpose)) {
		parts = append(parts, w.line(call))
	}
	if l.Channel == SMS && l.Code != "" {
		parts = append(parts, w.line("shared.origin")) // must be the last line, or no browser fills the code in
	}
	if w.err != nil {
		return "", "", fmt.Errorf("compose %s by %s: %w", l.Purpose, l.Channel, w.err)
	}
	return subject, strings.Join(parts, gap), nil
}

// quiet letters carry no "this was not me": they go to somebody who is just asking for them (or to a number that a bank
// keeps, whose owner need not be the account's), and every other letter of the case carries it.
func quiet(p recovery.Purpose) bool { return p == recovery.PurposeCode || p == recovery.PurposeCard }

// coded letters carry a code that runs out.
func coded(p recovery.Purpose) bool { return quiet(p) || p == recovery.PurposeLink }

// ticketed letters tell how a ticket stands.
func ticketed(p recovery.Purpose) bool {
	return p == recovery.PurposeTicketAsked || p == recovery.PurposeTicketRefused || p == recovery.PurposeTicketApproved
}

// complete says what a letter lacks for its purpose.
func complete(l recovery.Letter) error {
	switch {
	case !slices.Contains(Channels, l.Channel):
		return errors.New("there is no such channel")
	case !slices.Contains(Purposes, l.Purpose):
		return errors.New("there is no such purpose")
	case coded(l.Purpose) != (l.Code != ""):
		return errors.New("a code is missing, or too much")
	case l.Purpose == recovery.PurposeLink && l.Link == "":
		return errors.New("the link is missing")
	case ticketed(l.Purpose) && (l.Link == "" || l.Number == ""):
		return errors.New("the ticket's number or the way to it is missing")
	case (coded(l.Purpose) || l.Purpose == recovery.PurposeHold || l.Purpose == recovery.PurposeTicketAsked) && l.Until.IsZero():
		return errors.New("the time until is missing")
	case l.At.IsZero():
		return errors.New("the time is missing")
	case strings.ContainsAny(l.Code+l.Link+l.Stop, "\r\n \t"):
		return errors.New("code or links have blanks in them")
	}
	return nil
}

// until rounds so that the letter is never wrong: a code is not promised longer than it lasts, a hold not shorter.
func until(l recovery.Letter) time.Time {
	if l.Purpose == recovery.PurposeHold {
		return upwards(l.Until)
	}
	return l.Until // layouts without seconds cut them off
}

func upwards(t time.Time) time.Time {
	if t.Equal(t.Truncate(time.Minute)) {
		return t
	}
	return t.Add(time.Minute)
}

// write puts a moment into words; the date is left out on the day of reference, unless that is zero.
func (c clock) write(t, reference time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(zone)
	layout := c.Day
	if t.Format(time.DateOnly) == reference.In(zone).Format(time.DateOnly) {
		layout = c.Today
	}
	name := c.Zones[zone.String()]
	if name == "" {
		name = "UTC" + t.Format("-07:00")
	}
	return strings.ReplaceAll(t.Format(layout), "{zone}", name)
}

// writer fills texts in and keeps the first mistake.
type writer struct {
	*book
	values values
	err    error
}

func (w *writer) line(key string) string {
	var b strings.Builder
	if err := w.texts[key].Execute(&b, &w.values); err != nil && w.err == nil {
		w.err = executed(key, err)
	}
	return b.String()
}

// executed keeps an error about a text itself free of the values that it was filled with.
func executed(key string, err error) error {
	if e, ok := errors.AsType[template.ExecError](err); ok {
		return fmt.Errorf("text %s cannot be filled in at %s", key, e.Name)
	}
	return fmt.Errorf("text %s cannot be filled in", key)
}
