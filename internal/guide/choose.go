package guide

import (
	"slices"
	"sort"
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
}

// Reason is one line of why: an answer for or against a channel, or a need that is still unknown.
type Reason struct {
	Question, Value string // Value is "" if the question is unanswered
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
	var ranked []Ranked
	for _, c := range a.of.Channels {
		if c.Aside {
			continue
		}
		if fit := a.fit(c); fit != Off {
			ranked = append(ranked, Ranked{Channel: c, Fit: fit, Reasons: a.reasons(c)})
		}
	}
	if best := a.first(); best != nil {
		sort.SliceStable(ranked, func(i, j int) bool { return a.order(ranked[i], best) < a.order(ranked[j], best) })
	}
	for i := range ranked {
		ranked[i].Rank = i + 1
	}
	return Recommendation{Channels: ranked, Next: a.next()}
}

// order is the part of the ladder a channel belongs to; inside a part the order of preference holds.
func (a Answers) order(c Ranked, first *Channel) int {
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

// first is the channel to try first. Channels stand in order of preference, so it is the first possible one,
// unless what was said puts another before all (Lead).
func (a Answers) first() *Channel {
	var best *Channel
	for _, c := range a.of.Channels {
		if c.Aside || !a.holds(c.When) || a.fit(c) < Maybe {
			continue
		}
		if len(c.Lead) > 0 && a.holds(c.Lead) {
			return c
		}
		if best == nil {
			best = c
		}
	}
	return best
}

// next finds the first question that is worth a screen: an answer to it could change the first channel or stop.
func (a Answers) next() *Question {
	if a.screens() >= MaxScreens {
		return nil
	}
	first := a.first()
	for i := range a.of.Questions {
		q := &a.of.Questions[i]
		if a.given[i] > 0 || q.Row || !a.holds(q.Ask) {
			continue
		}
		if len(q.Stop) > 0 {
			return q
		}
		for v := range q.Values {
			if a.given[i] = uint8(v + 1); a.first() != first {
				return q
			}
		}
		a.given[i] = 0
	}
	return nil
}

func (a Answers) stop() string {
	for i, q := range a.of.Questions {
		if a.given[i] > 0 {
			if value := q.Values[a.given[i]-1]; slices.Contains(q.Stop, value) {
				return value
			}
		}
	}
	return ""
}

// fit is three-valued logic over the channel's lines: every line must hold, a line holds if any of its terms does.
// A situation that the person is unsure of keeps its channel in sight, but never puts it first.
func (a Answers) fit(c *Channel) Fit {
	fit := Yes
	for _, clause := range c.When {
		switch {
		case a.possible(clause) == Yes:
		case slices.ContainsFunc(clause, func(t Term) bool { return a.given[t.question] > 0 && a.term(t) == Maybe }):
			fit = Maybe
		default:
			return Off
		}
	}
	for _, clause := range c.Needs {
		fit = min(fit, a.possible(clause))
	}
	if c.Confidence == Unconfirmed {
		fit = min(fit, Maybe)
	}
	return fit
}

// holds says whether every line was said to be so; an unknown is not enough.
func (a Answers) holds(clauses []Clause) bool {
	for _, clause := range clauses {
		if !slices.ContainsFunc(clause, func(t Term) bool { return a.term(t) == Yes }) {
			return false
		}
	}
	return true
}

func (a Answers) possible(clause Clause) Fit {
	fit := No
	for _, term := range clause {
		fit = max(fit, a.term(term))
	}
	return fit
}

func (a Answers) term(t Term) Fit {
	given := a.given[t.question]
	if given == 0 {
		usual := a.of.Questions[t.question].Usual
		if usual == "" {
			return Maybe
		}
		given = uint8(slices.Index(a.of.Questions[t.question].Values, usual) + 1)
	}
	bit := uint16(1) << (given - 1)
	switch {
	case t.allowed&bit != 0:
		return Yes
	case t.unsure&bit != 0:
		return Maybe
	}
	return No
}

// reasons lists, in the order of the questions, what speaks for and against a channel and what is unknown. An
// unknown question is named only when the person can still be asked about it and no other term settles its line.
func (a Answers) reasons(c *Channel) []Reason {
	var reasons []Reason
	said := func(question string) bool {
		return slices.ContainsFunc(reasons, func(r Reason) bool { return r.Question == question })
	}
	for _, clauses := range [][]Clause{c.When, c.Needs} {
		for _, clause := range clauses {
			fit := a.possible(clause)
			for _, term := range clause {
				value := a.Value(term.Question)
				if said(term.Question) || a.term(term) != fit {
					continue
				}
				if value == "" && (fit == Yes || a.of.Questions[term.question].Row) {
					continue
				}
				reasons = append(reasons, Reason{Question: term.Question, Value: value, Fit: fit})
			}
		}
	}
	for _, answer := range a.All() { // answers that make it attractive without being needed
		for _, text := range c.Texts {
			if _, ok := text.Because[answer.Question+"="+answer.Value]; ok && !said(answer.Question) {
				reasons = append(reasons, Reason{Question: answer.Question, Value: answer.Value, Fit: Yes})
			}
		}
	}
	sort.SliceStable(reasons, func(i, j int) bool {
		return a.of.questionAt[reasons[i].Question] < a.of.questionAt[reasons[j].Question]
	})
	return reasons
}
