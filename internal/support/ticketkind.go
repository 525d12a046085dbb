package support

import (
	"regexp"
	"slices"
	"time"
)

// TicketKind is what people judge in one kind of ticket, all of it data. Queue, claim and decision know kinds only through
// this.
type TicketKind struct {
	ID        string
	Asks      []Ask
	Promise   Promise
	Checks    []Check
	Refusals  Refusals
	Compares  []string // how papers can be compared with the person who holds them
	Views     []string // reasons for which evidence may be looked at
	Approvals Approvals
	Class     string        // of the proof that an approval gives
	Compared  string        // class of the proof that compared papers give, "" for none
	Hold      time.Duration // before what was proved may change anything
	More      More
	Draft     time.Duration // an unsent form is forgotten so long after it was begun
	Reopen    time.Duration // a refusal can be opened again so long
	Keep      time.Duration // evidence after the ticket is closed
	Statuses  int           // wrong keys to a number in fifteen minutes
	Begun     int           // begun from one network in 24 hours; an account has no limit: see ticketgroup.go
}

// Ask is one question of the form. Every one may be left out.
type Ask struct {
	ID     string
	Weight int // of 100
	Many   int // entries that can be given
	Full   int // entries that count as a whole answer
	Parts  []Part
}

func (a Ask) full() int { return max(1, a.Full) }
func (a Ask) many() int { return max(1, a.Many) }

// Part is one field of an entry.
type Part struct {
	ID       string
	Kind     PartKind
	Max      int // signs of a text
	Optional bool
}

// PartKind says how a field is typed and checked.
type PartKind string

// The kinds of field.
const (
	PartText   PartKind = "text"        // refuses what looks like a code, a phone, a card or an identity number
	PartPhone  PartKind = "phone"       // a phone number
	PartMonth  PartKind = "month"       // 2019-03
	PartDate   PartKind = "date"        // 2019-03-15, or a month
	PartYuan   PartKind = "yuan"        // an amount
	PartPrefix PartKind = "mail-prefix" // what stands before the @
	// PartPictures takes pictures, as many as the question has entries; it is the only part of its question (requirement W7).
	PartPictures PartKind = "pictures"
)

// Check is one line of the reviewer's checklist.
type Check struct {
	ID   string
	Must bool // an approval needs a match here
}

// What a reviewer can answer to a check.
const (
	CheckMatch    = "match"
	CheckMismatch = "mismatch"
	CheckUnclear  = "cannot-tell"
)

// Refusals are the lists that a refusal is made from, so that nobody is refused without a way on (requirement P2).
type Refusals struct{ Reasons, Remedies, Papers []string }

// Approvals says how many different people have to agree.
type Approvals struct {
	Usual int
	Above int      // above the risk limit
	Yuan  int64    // the risk limit: so much could be lost
	Flags []string // or one of these is said of the case
}

// need is how many people have to agree. What nobody knows counts as much.
func (a Approvals) need(about About) int {
	risky := func(flag string) bool { return slices.Contains(a.Flags, flag) }
	if about.Yuan <= 0 || about.Yuan >= a.Yuan || slices.ContainsFunc(about.Flags, risky) {
		return a.Above
	}
	return a.Usual
}

// What is said of the money within reach, the least first. Nothing is said where the limit is 0: then it decides nothing.
const (
	MoneyBelow   = "below" // the risk limit
	MoneyUnknown = "unknown"
	MoneyAbove   = "above"
)

// money says on which side of the limit a case is.
func (a Approvals) money(about About) string {
	switch {
	case a.Yuan == 0:
		return ""
	case about.Yuan <= 0:
		return MoneyUnknown
	case about.Yuan >= a.Yuan:
		return MoneyAbove
	}
	return MoneyBelow
}

// More says how often the customer may be asked for more, and how long that waits.
type More struct {
	Times int
	Wait  time.Duration
}

func (k *TicketKind) ask(id string) (Ask, bool) {
	for _, a := range k.Asks {
		if a.ID == id {
			return a, true
		}
	}
	return Ask{}, false
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// Proofs that no ticket may give: what a person alone or a secret proves is not for others to judge.
var judged = []string{"staff", "document"}

// Check says what cannot work, or is weaker than the requirements allow.
func (k *TicketKind) Check() []Flaw {
	var f flaws
	f.must(slugForm.MatchString(k.ID), "id is missing", "id")
	k.checkAsks(&f)
	steps := k.Promise.Steps
	f.must(slices.Contains(Countings(), k.Promise.Counts), "counts is clock, working-days or working-hours", "promise", "counts")
	f.must(len(steps) > 0 && steps[len(steps)-1].From == 0, "the last step is from 0", "promise", "steps")
	for i, s := range steps {
		f.must(s.Within > 0 && s.Within <= 72*time.Hour, "a promise is 72h at most", "promise", "steps")
		f.must(i == 0 || s.From < steps[i-1].From && s.Within >= steps[i-1].Within,
			"the less complete, the longer: steps go down from the highest", "promise", "steps")
	}
	musts := 0
	for _, c := range k.Checks {
		if c.Must {
			musts++
		}
	}
	f.must(musts > 0, "at least one check must match before anybody approves", "checks")
	f.must(k.Approvals.Usual >= 1 && k.Approvals.Above >= 2 && k.Approvals.Above >= k.Approvals.Usual,
		"above the risk limit two different people at least (requirement P1)", "approvals")
	f.must(k.Approvals.Yuan >= 0 && len(k.Approvals.Flags) > 0, "the risk limit needs an amount and flags", "approvals")
	f.must(slices.Contains(judged, k.Class), "a ticket gives staff or document", "gives")
	f.must(k.Compared == "" || slices.Contains(judged, k.Compared) && k.Compared != k.Class && len(k.Compares) > 0,
		"compared papers give another class, and need ways to compare them", "compared")
	f.must(k.Hold >= 72*time.Hour, "72h at least: the owner must have time to stop it (requirement R7)", "hold")
	f.must(k.More.Times >= 0 && k.More.Times <= 5 && k.More.Wait >= 24*time.Hour, "times: 0 to 5; wait: 24h at least", "more")
	f.must(k.Draft >= 24*time.Hour && k.Draft <= 30*24*time.Hour, "1 to 30 days", "draft")
	f.must(k.Reopen >= 7*24*time.Hour, "7d at least: a refusal can be answered (requirement P2)", "reopen")
	f.must(k.Keep >= 0 && k.Keep <= 180*24*time.Hour, "180d at most (requirement P3)", "keep")
	f.must(k.Statuses >= 1 && k.Statuses <= 10, "1 to 10", "statuses")
	f.must(k.Begun >= 5 && k.Begun <= 100, "5 to 100: a network may be a whole town's", "per-network")
	k.checkLists(&f)
	return f
}

func (k *TicketKind) checkAsks(f *flaws) {
	sum, seen := 0, map[string]bool{}
	for _, a := range k.Asks {
		sum += a.Weight
		f.must(slugForm.MatchString(a.ID) && !seen[a.ID], "every question has an id of its own", "asks")
		_, pictures := a.Pictures()
		f.must((a.Weight > 0 || a.Weight == 0 && pictures) && a.full() <= a.many() && a.many() <= 6 && len(a.Parts) > 0,
			a.ID+": weight above 0 unless it takes pictures, full not above many, many at most 6, at least one part", "asks")
		seen[a.ID] = true
		whole := false
		parts := map[string]bool{}
		for _, p := range a.Parts {
			whole = whole || !p.Optional
			f.must(slugForm.MatchString(p.ID) && !parts[p.ID] && p.known(), a.ID+": a part has an id, a kind, and max for a text", "asks")
			f.must(p.Kind != PartPictures || pictures && a.many() <= mostPictures,
				a.ID+": pictures stand alone in a question, 4 at most (requirement W7)", "asks")
			parts[p.ID] = true
		}
		f.must(whole, a.ID+": one part at least is not optional", "asks")
	}
	f.must(len(k.Asks) > 0 && sum == 100, "the weights add up to 100", "asks")
}

func (p Part) known() bool {
	switch p.Kind {
	case PartText:
		return p.Max > 0 && p.Max <= 500
	case PartPhone, PartMonth, PartDate, PartYuan, PartPrefix, PartPictures:
		return p.Max == 0
	}
	return false
}

// checkLists looks at the lists that people choose from.
func (k *TicketKind) checkLists(f *flaws) {
	checks := make([]string, len(k.Checks))
	for i, c := range k.Checks {
		checks[i] = c.ID
	}
	for name, list := range map[string][]string{"checks": checks, "reasons": k.Refusals.Reasons, "remedies": k.Refusals.Remedies,
		"papers": k.Refusals.Papers, "views": k.Views, "compares": k.Compares, "flags": k.Approvals.Flags} {
		where := []string{name}
		switch name {
		case "reasons", "remedies", "papers":
			where = []string{"refusal", name}
		case "flags":
			where = []string{"approvals", name}
		}
		f.must(len(list) > 0 || name == "compares", "at least one (requirement P2)", where...)
		for i, id := range list {
			f.must(slugForm.MatchString(id) && !slices.Contains(list[:i], id), "every line is an id of its own", where...)
		}
	}
}
