package guide

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Answers are what a person said about one platform. The zero value of an entry is "not answered". Answers are
// values: With and Without return changed copies.
type Answers struct {
	of    *Platform
	given [maxQuestions]uint8 // 1 + index of the value
}

const maxQuestions = 24

// None is the empty set of answers.
func (p *Platform) None() Answers { return Answers{of: p} }

// Refused names an answer that a platform does not know.
type Refused struct {
	Question, Value string
	Known           bool // the question exists, the value does not
}

func (r *Refused) Error() string {
	if r.Known {
		return fmt.Sprintf("question %q has no value %q", r.Question, r.Value)
	}
	return fmt.Sprintf("unknown question %q", r.Question)
}

// Parse reads answers out of a query. Whatever the platform does not know is left out and returned as refused,
// in a stable order: pages drop it, the API answers with it.
func (p *Platform) Parse(query url.Values) (Answers, []*Refused) {
	answers := p.None()
	var refused []*Refused
	keys := make([]string, 0, len(query))
	for key := range query {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		value := query.Get(key)
		i, known := p.questionAt[key]
		if !known {
			refused = append(refused, &Refused{Question: key, Value: value})
			continue
		}
		if len(query[key]) > 1 { // nobody can tell which one was meant: it is asked again (requirement G4)
			refused = append(refused, &Refused{Question: key, Value: value, Known: true})
			continue
		}
		if value == "" { // an untouched choice of the first screen
			continue
		}
		at := slices.Index(p.Questions[i].Values, value)
		if at < 0 {
			refused = append(refused, &Refused{Question: key, Value: value, Known: true})
			continue
		}
		answers.given[i] = uint8(at + 1)
	}
	return answers, refused
}

// Value is what was said to a question, "" if nothing.
func (a Answers) Value(question string) string {
	i, ok := a.of.questionAt[question]
	if !ok {
		return ""
	}
	return a.at(i)
}

// at is what was said to the question at a place.
func (a *Answers) at(question int) string {
	if a.given[question] == 0 {
		return ""
	}
	return a.of.Questions[question].Values[a.given[question]-1]
}

// With adds or changes an answer; an unknown question or value changes nothing.
func (a Answers) With(question, value string) Answers {
	if i, ok := a.of.questionAt[question]; ok {
		if at := slices.Index(a.of.Questions[i].Values, value); at >= 0 {
			a.given[i] = uint8(at + 1)
		}
	}
	return a
}

// Without takes an answer back.
func (a Answers) Without(question string) Answers {
	if i, ok := a.of.questionAt[question]; ok {
		a.given[i] = 0
	}
	return a
}

// Safe says whether the safety question was answered, and not by something that stops.
func (a Answers) Safe() bool { return a.Value(a.of.safety) != "" && a.stop() == "" }

// WithoutSafety takes the answer to the safety question back: it is never shared or kept, and asked again after a stop
// (requirement G4).
func (a Answers) WithoutSafety() Answers { return a.Without(a.of.safety) }

// Answer is one question with what was said.
type Answer struct{ Question, Value string }

// All lists the answers in the order of the questions.
func (a Answers) All() []Answer {
	var all []Answer
	for i, q := range a.of.Questions {
		if a.given[i] > 0 {
			all = append(all, Answer{q.ID, q.Values[a.given[i]-1]})
		}
	}
	return all
}

// Query writes the answers as a query string in the order of the questions, so that equal answers have one address.
func (a Answers) Query() string {
	var b strings.Builder
	for i, answer := range a.All() {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(answer.Question)
		b.WriteByte('=')
		b.WriteString(answer.Value)
	}
	return b.String()
}

// screens counts the answers that were each given on a screen of their own.
func (a Answers) screens() int {
	n := 0
	for i, q := range a.of.Questions {
		if a.given[i] > 0 && !q.Row {
			n++
		}
	}
	return n
}
