package guide

import (
	"math/bits"
	"slices"
)

// MaxScreens is how many questions a person is ever asked (situations.md: never more than 7). What is still
// unknown then is said on the result instead.
const MaxScreens = 7

// Fit says how well a channel suits a set of answers.
type Fit uint8

// Off means the situation the channel is for was not said; No that an answer rules it out.
const (
	Off Fit = iota
	No
	Maybe
	Yes
)

func (f Fit) String() string { return [...]string{"off", "no", "maybe", "yes"}[f] }

// Ranked is a channel with its place in a recommendation.
type Ranked struct {
	*Channel
	Fit     Fit
	Rank    int // from 1
	Reasons []Reason

	part uint8 // of the ladder
}

// Reason is one line of why: an answer for or against a channel, or a need that is still unknown.
type Reason struct {
	Question, Value string // Value is "" if the question is unanswered; Question is "" if nothing is left for a second proof
	Fit             Fit
}

// Recommendation is the result of the chooser.
type Recommendation struct {
	Stop     string    // id of the stop page, "" if none; then nothing else is set
	Next     *Question // what to ask next, nil if no answer could change the first channel any more
	Channels []Ranked  // possible ones first, each with its reasons; ruled-out ones last
}

// Possible are the channels that the answers do not rule out, best first.
func (r Recommendation) Possible() []Ranked {
	n := slices.IndexFunc(r.Channels, func(c Ranked) bool { return c.Fit == No })
	if n < 0 {
		n = len(r.Channels)
	}
	return r.Channels[:n]
}

// First is the best channel.
func (r Recommendation) First() Ranked { return r.Channels[0] }

// Recommend ranks the channels of the answers' platform.
//
// The first is the most preferred one that is not ruled out: more abilities only add candidates, so having more
// never makes the first choice worse, and "unsure" never hides the right one. Below it stand those that surely
// fit, then those that fit perhaps, then unconfirmed ones, then people.
func (a Answers) Recommend() Recommendation {
	if stop := a.stop(); stop != "" {
		return Recommendation{Stop: stop}
	}
	best := a.of.first(a.standings(every, standing{}))
	lonely := best != nil && best.ID == a.of.Last && a.people() == 1
	ranked := make([]Ranked, 0, len(a.of.Channels))
	reasons := make([]Reason, 0, 4*len(a.of.Channels)) // one array for all, most channels have fewer than four
	for _, c := range a.of.Channels {
		fit := Off
		if !c.Aside {
			fit = a.fit(c)
		}
		if fit == Maybe && lonely && !a.holds(c.When) {
			continue // a situation that the person is unsure of does not stand below the end of the ladder
		}
		if fit != Off {
			from := len(reasons)
			reasons = a.reasons(reasons, c)
			ranked = append(ranked, Ranked{Channel: c, Fit: fit, Reasons: reasons[from:len(reasons):len(reasons)]})
			ranked[len(ranked)-1].part = a.part(ranked[len(ranked)-1], best)
		}
	}
	if best != nil {
		slices.SortStableFunc(ranked, func(a, b Ranked) int { return int(a.part) - int(b.part) })
	}
	for i := range ranked {
		ranked[i].Rank = i + 1
	}
	return Recommendation{Channels: ranked, Next: a.next()}
}

// LeavesPerson says whether an official person is among the possible channels, without ranking them: the linter asks
// it of every combination.
func (a Answers) LeavesPerson() bool { return a.stop() == "" && a.people() > 0 }

// people counts the official persons who are possible.
func (a *Answers) people() int {
	n := 0
	for _, c := range a.of.Channels {
		if c.Human && !c.Aside && a.fit(c) >= Maybe {
			n++
		}
	}
	return n
}

// part is the part of the ladder a channel belongs to; inside a part the order of preference holds.
func (a Answers) part(c Ranked, first *Channel) uint8 {
	switch {
	case c.Channel == first:
		return 0
	case c.Fit == No:
		return 7
	case c.ID == a.of.Last:
		return 6
	case c.Human:
		return 5
	case c.Confidence == Unconfirmed:
		return 4
	case c.Fit == Maybe:
		return 3
	case a.holds(c.Lead) && len(c.Lead) > 0:
		return 1
	default:
		return 2
	}
}

// standing is the state of all channels of a platform, a bit each: those that may come first, and those that what was
// said puts before all (Lead).
type standing struct{ possible, leading uint64 }

const every = ^uint64(0)

// standings brings the bits of some channels up to date.
func (a Answers) standings(channels uint64, s standing) standing {
	for i, c := range a.of.Channels {
		bit := uint64(1) << i
		if channels&bit == 0 || c.Aside {
			continue
		}
		s.possible, s.leading = s.possible&^bit, s.leading&^bit
		if a.holds(c.When) && a.fit(c) >= Maybe {
			s.possible |= bit
			if len(c.Lead) > 0 && a.holds(c.Lead) {
				s.leading |= bit
			}
		}
	}
	return s
}

// first is the channel to try first. Channels stand in order of preference, so it is the first possible one, unless
// one leads.
func (p *Platform) first(s standing) *Channel {
	switch {
	case s.leading != 0:
		return p.Channels[bits.TrailingZeros64(s.leading)]
	case s.possible != 0:
		return p.Channels[bits.TrailingZeros64(s.possible)]
	}
	return nil
}

// next finds the first question that is worth a screen: an answer to it could change the first channel or stop. Only
// the channels whose rules name the question are looked at again for its values.
func (a Answers) next() *Question {
	if a.screens() >= MaxScreens {
		return nil
	}
	now := a.standings(every, standing{})
	first := a.of.first(now)
	for i := range a.of.Questions {
		q := &a.of.Questions[i]
		if a.given[i] > 0 || q.Row || !a.holds(q.Ask) {
			continue
		}
		if len(q.Stop) > 0 {
			return q
		}
		for v := range q.Values {
			a.given[i] = uint8(v + 1)
			if a.of.first(a.standings(a.of.naming[i], now)) != first {
				return q
			}
		}
		a.given[i] = 0
	}
	return nil
}

func (a *Answers) stop() string {
	for i := range a.of.Questions {
		if q := &a.of.Questions[i]; a.given[i] > 0 && len(q.Stop) > 0 && slices.Contains(q.Stop, a.at(i)) {
			return a.at(i)
		}
	}
	return ""
}

// fit is three-valued logic over the channel's lines: every line must hold, a line holds if any of its terms does.
// A situation that the person is unsure of keeps its channel in sight, but never puts it first.
func (a *Answers) fit(c *Channel) Fit {
	fit := Yes
	for _, clause := range c.When {
		switch {
		case a.possible(clause) == Yes:
		case a.unsure(clause):
			fit = Maybe
		default:
			return Off
		}
	}
	for _, clause := range c.Needs {
		fit = min(fit, a.possible(clause))
	}
	if c.Confidence == Unconfirmed || c.Older {
		fit = min(fit, Maybe)
	}
	return fit
}

// holds says whether every line was said to be so; an unknown is not enough.
func (a *Answers) holds(clauses []Clause) bool {
	for _, clause := range clauses {
		if a.possible(clause) != Yes {
			return false
		}
	}
	return true
}

func (a *Answers) possible(clause Clause) Fit {
	fit := No
	for i := range clause {
		fit = max(fit, a.term(&clause[i]))
	}
	return fit
}

// unsure says whether the person said to be unsure of a line.
func (a *Answers) unsure(clause Clause) bool {
	for i := range clause {
		if a.given[clause[i].question] > 0 && a.term(&clause[i]) == Maybe {
			return true
		}
	}
	return false
}

func (a *Answers) term(t *Term) Fit {
	given := a.given[t.question]
	if given == 0 {
		return t.unsaid
	}
	return t.fit(given)
}

// reasons appends, in the order of the questions, what speaks for and against a channel and what is unknown. An
// unknown question is named only when the person can still be asked about it and no other term settles its line.
func (a *Answers) reasons(to []Reason, c *Channel) []Reason {
	var found [maxQuestions]Fit // Off: no reason
	own, alone := len(c.Needs), false
	if c.Live != nil {
		own -= c.Live.Second
	}
	for k, clauses := range [...][]Clause{c.When, c.Needs[:own], c.Needs[own:]} {
		for _, clause := range clauses {
			fit := a.possible(clause)
			if k == 2 && fit < Yes { // any of many would do as the second proof, so none of them is needed
				alone = alone || fit == No
				continue
			}
			a.weigh(clause, fit, &found)
		}
	}
	for i := range a.of.Questions {
		given := a.given[i]
		if found[i] == Off && given > 0 && c.because[i]&(1<<(given-1)) != 0 {
			found[i] = Yes // makes it attractive without being needed
		}
		if found[i] != Off {
			to = append(to, Reason{Question: a.of.Questions[i].ID, Value: a.at(i), Fit: found[i]})
		}
	}
	if alone {
		to = append(to, Reason{Fit: No})
	}
	return to
}

// weigh notes which questions make a line what it is. Of several doubts that would do, only the last one asked is named,
// unsaid ones before unsure ones: "needs an SMS" is untrue if an open app will do.
func (a *Answers) weigh(clause Clause, fit Fit, found *[maxQuestions]Fit) {
	unsure, unsaid := -1, -1
	for i := range clause {
		term := &clause[i]
		given := a.given[term.question] > 0
		switch {
		case found[term.question] != Off || a.term(term) != fit || !given && (fit == Yes || a.of.Questions[term.question].Row):
		case !given:
			unsaid = term.question
		case fit == Maybe:
			unsure = term.question
		default:
			found[term.question] = fit
		}
	}
	switch {
	case unsaid >= 0:
		found[unsaid] = fit
	case unsure >= 0:
		found[unsure] = fit
	}
}
