package guide

import (
	"fmt"
	"slices"
)

// reserved are the keys that pages and the API use in a query for themselves.
var reserved = []string{"ask", "after", "lang", "q", "to", "useful"}

// Build connects a platform's parts and refuses what cannot work at all: rules that name unknown questions or
// values, an end of the ladder that does not exist. What merely reads badly is the linter's business.
func (p *Platform) Build() error {
	if len(p.Questions) > maxQuestions {
		return fmt.Errorf("platform %s: %d questions, at most %d", p.ID, len(p.Questions), maxQuestions)
	}
	p.safety = "" // a changed platform is built again
	clear(p.naming[:])
	p.questionAt = make(map[string]int, len(p.Questions))
	for i, q := range p.Questions {
		if len(q.Values) == 0 || len(q.Values) > 15 {
			return fmt.Errorf("platform %s: question %s needs 1 to 15 values", p.ID, q.ID)
		}
		if _, twice := p.questionAt[q.ID]; twice || slices.Contains(reserved, q.ID) {
			return fmt.Errorf("platform %s: question id %q is reserved or stands twice", p.ID, q.ID)
		}
		p.questionAt[q.ID] = i
		if len(q.Stop) > 0 {
			if p.safety != "" || len(q.Values)-len(q.Stop) != 1 {
				return fmt.Errorf("platform %s: one question stops, and exactly one of its values leads on", p.ID)
			}
			p.safety = q.ID
		}
	}
	if p.safety == "" {
		return fmt.Errorf("platform %s: no question asks whether something is wrong right now (requirement G4)", p.ID)
	}
	for i := range p.Questions {
		q := &p.Questions[i]
		if q.Usual != "" && !slices.Contains(q.Values, q.Usual) {
			return fmt.Errorf("platform %s: question %s: usual value %q is not in its list", p.ID, q.ID, q.Usual)
		}
		for _, v := range q.Stop {
			if !slices.Contains(q.Values, v) {
				return fmt.Errorf("platform %s: question %s: stop value %q is not in its list", p.ID, q.ID, v)
			}
		}
		if err := p.compile(q.Ask); err != nil {
			return fmt.Errorf("platform %s: question %s: %w", p.ID, q.ID, err)
		}
	}
	if len(p.Channels) > maxChannels {
		return fmt.Errorf("platform %s: %d channels, at most %d", p.ID, len(p.Channels), maxChannels)
	}
	p.channelAt = make(map[string]*Channel, len(p.Channels))
	for i, c := range p.Channels {
		p.channelAt[c.ID] = c
		p.noteBecause(c)
		for _, clauses := range [][]Clause{c.When, c.Needs, c.Lead} {
			if err := p.compile(clauses); err != nil {
				return fmt.Errorf("platform %s: channel %s: %w", p.ID, c.ID, err)
			}
			for _, clause := range clauses {
				for _, term := range clause {
					p.naming[term.question] |= 1 << i
				}
			}
		}
	}
	if last, ok := p.channelAt[p.Last]; len(p.Channels) > 0 && (!ok || !last.Human) {
		return fmt.Errorf("platform %s: last %q must be a channel with human: true", p.ID, p.Last)
	}
	return nil
}

// maxChannels is what fits into the bits of a standing.
const maxChannels = 64

// noteBecause notes which answers have a text that says why the channel suits, in whatever language.
func (p *Platform) noteBecause(c *Channel) {
	clear(c.because[:])
	for i, q := range p.Questions {
		for v, value := range q.Values {
			for _, text := range c.Texts {
				if _, ok := text.Because[q.ID+"="+value]; ok {
					c.because[i] |= 1 << v
				}
			}
		}
	}
}

func (p *Platform) compile(clauses []Clause) error {
	for _, clause := range clauses {
		for i := range clause {
			term := &clause[i]
			at, ok := p.questionAt[term.Question]
			if !ok {
				return fmt.Errorf("no question asks %q", term.Question)
			}
			term.question, term.allowed, term.unsure = at, 0, 0
			values := p.Questions[at].Values
			for _, v := range term.Values {
				k := slices.Index(values, v)
				if k < 0 {
					return fmt.Errorf("question %s has no value %q", term.Question, v)
				}
				term.allowed |= 1 << k
			}
			if k := slices.Index(values, "unsure"); k >= 0 && term.allowed&(1<<k) == 0 {
				term.unsure = 1 << k
			}
			term.unsaid = Maybe
			if k := slices.Index(values, p.Questions[at].Usual); k >= 0 {
				term.unsaid = term.fit(uint8(k + 1))
			}
		}
	}
	return nil
}

// fit says how an answer, 1 + the index of its value, suits the term.
func (t *Term) fit(given uint8) Fit {
	bit := uint16(1) << (given - 1)
	switch {
	case t.allowed&bit != 0:
		return Yes
	case t.unsure&bit != 0:
		return Maybe
	}
	return No
}
