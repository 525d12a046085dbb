// Package alert decides when the people who answer for the portal are told that something goes wrong: what is looked at,
// when an alert begins, when it is said again, and when it is over. It does not count anything itself and knows neither HTTP
// nor SQL; nothing in an alert is about a person.
package alert

import "time"

// Kind is what an alert is about.
type Kind string

// The kinds. Limits of sends and of failing letters are in percent.
const (
	AccountsBlocked Kind = "accounts-blocked"   // methods were closed for so many accounts: somebody may be trying them all
	SendsNear       Kind = "sends-nearly-used"  // so much of a day's messages of a channel is used
	SendsUsed       Kind = "sends-used"         // nothing more is sent there today
	LettersFailing  Kind = "letters-failing"    // so much of what was sent was refused or given up
	LettersInARow   Kind = "letters-in-a-row"   // the newest so many all failed
	TicketsOverdue  Kind = "tickets-overdue"    // so many wait longer than was promised
	TrailBroken     Kind = "audit-trail-broken" // somebody changed the audit trail
)

// Kinds are all kinds, in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{TrailBroken, LettersInARow, LettersFailing, SendsUsed, SendsNear, AccountsBlocked, TicketsOverdue}
}

// Rule is when an alert of a kind begins: its count is Limit or more. Limit 0 switches the kind off.
type Rule struct {
	Limit  int
	Within time.Duration // how far back is counted, where the kind does
	Least  int           // of LettersFailing: a share of fewer letters says nothing
}

// Rules are when people are told.
type Rules struct {
	Repeat time.Duration // an alert that lasts is said again after this
	Calm   time.Duration // it is over once its count was below the limit for so long
	Kinds  map[Kind]Rule
}

// Counts are what is looked at, all at one moment.
type Counts struct {
	Blocked     int // accounts
	Sends       []Sends
	Letters     []Letters
	Overdue     int // tickets
	TrailBroken bool
}

// Sends are the messages of a channel in the last day.
type Sends struct {
	Channel      string
	Used, Budget int
}

// Letters are those of a channel whose fate is known, or that were tried in vain at least twice.
type Letters struct {
	Channel             string
	All, Failed, InARow int
}

// Reading is a count beside its limit.
type Reading struct {
	Kind         Kind
	Channel      string // "" where the kind has none
	Count, Limit int
	Reached      bool
}

// Read compares counts with the rules. A kind that is switched off gives no reading.
func (r Rules) Read(c Counts) []Reading {
	var all []Reading
	add := func(kind Kind, channel string, count int, known bool) {
		if rule := r.Kinds[kind]; rule.Limit > 0 {
			all = append(all, Reading{kind, channel, count, rule.Limit, known && count >= rule.Limit})
		}
	}
	broken := 0
	if c.TrailBroken {
		broken = 1
	}
	add(TrailBroken, "", broken, true)
	for _, l := range c.Letters {
		add(LettersInARow, l.Channel, l.InARow, true)
		add(LettersFailing, l.Channel, percent(l.Failed, l.All), l.All >= r.Kinds[LettersFailing].Least)
	}
	for _, s := range c.Sends {
		add(SendsUsed, s.Channel, percent(s.Used, s.Budget), true)
		add(SendsNear, s.Channel, percent(s.Used, s.Budget), true)
	}
	add(AccountsBlocked, "", c.Blocked, true)
	add(TicketsOverdue, "", c.Overdue, true)
	return all
}

// percent is rounded down: what is used up is all of it.
func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return part * 100 / whole
}
