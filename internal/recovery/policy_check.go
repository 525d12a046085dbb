package recovery

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

const day = 24 * time.Hour

// Breach is a rule or number of a policy that may not be, and where it stands: keys of policy.yaml.
type Breach struct {
	Where   []string
	Channel string // the channel that cannot end, if it is that
	Text    string
}

// Check refuses numbers above the ceilings of the requirements, and rules that are too weak taken one by one. Prove goes
// on from there. A policy with breaches must not be used.
func (p *Policy) Check() []Breach {
	c := &checker{}
	c.methods(p)
	c.rules(p)
	c.codes(p)
	c.times(p)
	return c.found
}

type checker struct{ found []Breach }

// must reports a breach unless ok.
func (c *checker) must(ok bool, where []string, format string, args ...any) {
	if !ok {
		c.found = append(c.found, Breach{Where: where, Text: fmt.Sprintf(format, args...)})
	}
}

func at(where ...string) []string { return where }

// ceilings are requirement R3, over all cases.
var ceilings = []Tries{{Max: 10, Within: day}, {Max: 30, Within: 30 * day}}

const inARow = 100

// judgedHold is the least wait after people decided.
const judgedHold = 72 * time.Hour

// most is how many tries a limit allows in any stretch of a time.
func (t Tries) most(within time.Duration) int {
	return t.Max * int((within+t.Within-1)/t.Within)
}

func (c *checker) methods(p *Policy) {
	c.must(len(p.Methods) > 0, at("methods"), "no method")
	for _, id := range slices.Sorted(maps.Keys(p.Methods)) {
		m, where := p.Methods[id], at("methods", id)
		c.must(slices.Contains(Classes, m.Class), where, "%s: class %q does not exist", id, m.Class)
		people := m.Hold > 0 && len(m.Tries) == 0 // where people decide nothing is guessed, and no stranger can use tries up
		if !people && c.tries(m.Tries, append(where, "tries"), id) {
			for _, ceiling := range ceilings {
				c.must(allows(m.Tries, ceiling.Within) <= ceiling.Max, append(where, "tries"),
					"%s: %d tries in %s, the ceiling is %d (requirement R3)", id, allows(m.Tries, ceiling.Within), Span(ceiling.Within), ceiling.Max)
			}
		}
		c.must(m.InARow > 0 && m.InARow <= inARow, at("in-a-row"), "in-a-row: 1 to %d (requirement R3)", inARow)
		if later := slices.Contains([]string{"card", "questions", "current"}, id); later {
			c.must(m.Later, where, "%s: comes only after a proof of another class: later: true (requirement R15)", id)
		}
		c.must(m.Hold == 0 && m.Compared == "" || m.Hold >= judgedHold, append(where, "hold"),
			"%s: what people decided waits %s at least, the owner must have time to stop it (requirement R7)", id, Span(judgedHold))
		c.must(m.Compared == "" || slices.Contains(Classes, m.Compared) && m.Compared != m.Class, append(where, "compared"),
			"%s: compared papers give another class", id)
		if m.Paced.Wait != 0 || len(m.Paced.Tries) > 0 {
			where = append(where, "paced")
			c.must(m.Paced.Wait > 0, where, "%s: paced needs a wait", id)
			if c.tries(m.Paced.Tries, where, id) {
				c.must(allows(m.Paced.Tries, day) < allows(m.Tries, day), where, "%s: fewer tries with a wait than with a puzzle", id)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Planned)) {
		c.must(slices.Contains(Classes, p.Planned[id]), at("planned", id), "%s: class %q does not exist", id, p.Planned[id])
		_, both := p.Methods[id]
		c.must(!both, at("planned", id), "%s stands under methods too", id)
	}
	if _, ok := p.Methods["card"]; ok || len(p.Cards) > 0 {
		for _, class := range CardClasses {
			card, ok := p.Cards[class]
			c.must(ok, at("cards"), "cards of the class %s are missing", class)
			if ok {
				c.tries(card.Tries, at("cards", class), class)
				c.must(card.Wait[0] >= 0 && card.Wait[0] <= card.Wait[1], at("cards", class), "%s: a wait is from–to", class)
			}
		}
	}
	for class := range p.Cards {
		c.must(slices.Contains(CardClasses, class), at("cards", class), "cards: no class of banks is called %q", class)
	}
}

func (c *checker) tries(tries []Tries, where []string, what string) bool {
	ok := len(tries) > 0
	for _, t := range tries {
		ok = ok && t.Max > 0 && t.Max <= 1000 && t.Within > 0
	}
	c.must(ok, where, "%s: tries need a number, 1 to 1000, and a time above nothing, e.g. 3 in 24h", what)
	return ok
}

// allows is how many tries several limits together allow in any stretch of a time.
func allows(tries []Tries, within time.Duration) int {
	least := tries[0].most(within)
	for _, t := range tries {
		least = min(least, t.most(within))
	}
	return least
}

func (c *checker) rules(p *Policy) {
	known := func(classes []Class) bool {
		for i, class := range classes {
			if !slices.Contains(Classes, class) || slices.Contains(classes[:i], class) {
				return false
			}
		}
		return true
	}
	for key, rules := range map[string][]Rule{"usual": p.Usual, "unusual": p.Unusual} {
		where := at("enough", key)
		c.must(len(rules) > 0, where, "enough.%s: nothing would ever be enough", key)
		for i, r := range rules {
			c.must(known(r.With), where, "enough.%s, rule %d: a class that does not exist, or stands twice", key, i+1)
			c.must(max(r.Classes, len(r.With)) >= 2, where, "enough.%s, rule %d: one class alone never resets (requirement R1)", key, i+1)
			c.must(r.Hold >= 0 && r.Classes <= len(Classes), where, "enough.%s, rule %d cannot be", key, i+1)
		}
	}
	for i, e := range p.Only {
		c.must(known(e.Classes) && len(e.Classes) >= 2, at("only"), "only, exception %d: names two or more classes, each once", i+1)
		c.must(e.Hold >= 0 && e.Limited >= 0 && e.Hold+e.Limited > 0, at("only"), "only, exception %d: a hold or limits", i+1)
	}
	c.must(p.Recent.Within >= 7*day, at("recent", "within"), "recent.within: 7 days at least (requirement R8)")
	c.must(p.Recent.Hold >= day, at("recent", "hold"), "recent.hold: 24h at least (requirement R8)")
	c.must(p.Appeal.Hold >= day, at("appeal", "hold"), "appeal.hold: 24h at least, it stands for the notice (requirement R7)")
}

func (c *checker) codes(p *Policy) {
	for channel, longest := range map[string]time.Duration{"sms": 10 * time.Minute, "mail": day} {
		life := p.Codes[channel]
		c.must(life > 0 && life <= longest, at("codes", channel), "codes.%s: at most %s (requirement R2)", channel, Span(longest))
		c.must(p.Sends.Total[channel] > 0, at("sends", "total"), "sends.total: a daily budget for %s (requirement R5)", channel)
	}
	for channel := range p.Codes {
		c.must(channel == "sms" || channel == "mail", at("codes", channel), "codes: no channel is called %q", channel)
	}
	c.must(p.CodeTries > 0 && p.CodeTries <= 5, at("codes", "tries"), "codes.tries: 1 to 5 a code (requirement R3)")
	s := p.Sends
	c.must(s.Between >= time.Minute, at("sends", "between"), "sends.between: 60s at least (requirement R5)")
	c.must(s.PerDestination > 0 && s.PerDestination <= 10, at("sends", "per-destination"),
		"sends.per-destination: 1 to 10 a day (requirement R5)")
	c.must(s.PerAccount > 0 && s.PerAccount <= 10, at("sends", "per-account"), "sends.per-account: 1 to 10 a day (requirement R5)")
	least := min(s.Total["sms"], s.Total["mail"])
	c.must(s.PerNetwork > 0 && s.PerNetwork < least, at("sends", "per-network"),
		"sends.per-network: less than sends.total, or one network could use it up (requirement R5)")
	for method, n := range s.PerMethod {
		_, ok := p.Methods[method]
		c.must(ok && n > 0 && n <= 10, at("sends", "per-method", method),
			"sends.per-method: %s: a method, and 1 to 10 a day (requirement R5)", method)
	}
}

func (c *checker) times(p *Policy) {
	t := p.Case
	c.must(t.Idle > 0 && t.Idle <= 15*time.Minute, at("case", "idle"), "case.idle: at most 15m (requirement R14)")
	c.must(t.Total >= t.Idle && t.Total <= time.Hour, at("case", "total"), "case.total: from case.idle to 60m (requirement R14)")
	c.must(t.Warn >= 2*time.Minute && t.Warn < t.Idle, at("case", "warn"),
		"case.warn: 2m at least, and less than case.idle (requirement R14)")
	c.must(t.More == 10, at("case", "more"),
		"case.more: ten times, fewer shuts out slow hands and more keeps cases open (requirement R14)")
	c.must(t.Fresh > 0 && t.Fresh <= time.Hour, at("case", "fresh"), "case.fresh: at most 60m (requirement R14)")
	c.must(t.Another > 0 && t.Another <= time.Minute, at("case", "another"), "case.another: at most 60s (requirement R15)")
	c.must(t.PerNetwork > 0, at("case", "per-network"), "case.per-network: 1 at least")
	c.must(t.Collect >= day, at("case", "collect"), "case.collect: 24h at least, people sleep")
	c.must(t.Keep >= p.After.Veto, at("case", "keep"), "case.keep: at least aftercare.veto, or the veto would find no case")
	a := p.After
	c.must(a.Veto >= 3*day, at("aftercare", "veto"), "aftercare.veto: 3d at least, people are away on weekends (requirement R7)")
	c.must(a.Observe >= a.Veto, at("aftercare", "observe"), "aftercare.observe: at least as long as the veto")
	c.must(a.Single > 0 && a.Single <= a.Daily, at("aftercare", "daily-yuan"),
		"aftercare: single-yuan above nothing and at most daily-yuan")
	c.must(a.Limited > 0 && a.Limited <= a.Single, at("aftercare", "limited-yuan"),
		"aftercare.limited-yuan: above nothing and at most single-yuan")
	c.must(a.Frozen >= 0 && a.Frozen <= a.Limited, at("aftercare", "frozen-yuan"), "aftercare.frozen-yuan: at most limited-yuan")
	c.must(a.Removed >= 30*day, at("aftercare", "removed"), "aftercare.removed: 30d at least (requirement R7)")
	c.must(a.Notice > 0 && a.Notice <= day, at("aftercare", "notice"), "aftercare.notice: at most 24h (requirement R7)")
	c.must(p.Digits == 6, at("passwords", "digits"), "passwords.digits: a payment password has 6 (requirement R9)")
	c.must(p.Last >= 5, at("passwords", "last"), "passwords.last: 5 at least (requirement R9)")
}

// Span writes a stretch of time as policy.yaml does: 60s, 30m, 24h, 30d.
func Span(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		sign string
		from int64
	}{{day, "d", 3}, {time.Hour, "h", 2}, {time.Minute, "m", 2}, {time.Second, "s", 1}} {
		if n := int64(d / unit.of); d%unit.of == 0 && n >= unit.from {
			return fmt.Sprintf("%d%s", n, unit.sign)
		}
	}
	return d.String()
}
