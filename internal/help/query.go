package help

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mostTerms bounds what one query may ask of an index.
const mostTerms = 16

// Query is what a person looks for.
type Query struct{ Terms []Term }

// Term is one thing looked for, typed in any of its forms.
type Term struct {
	Typed  string   // as it was typed, folded
	Forms  []string // what may stand for it in a document: itself first, then its synonyms
	Pieces []string // of a run of characters that no list knows: its pairs, as a word may hide in any of them
	Known  bool     // it stands in the list of synonyms
}

// ParseQuery finds the terms of a query. Chinese has no spaces, so known words are cut out of a run first, the
// longest first; what is left between them is a term of its own. Words that say nothing are dropped, unless there
// is nothing else.
func ParseQuery(text string, s *Synonyms) Query {
	units := Units(Fold(text))
	p := parser{synonyms: s, silent: s.silent}
	p.parse(units)
	if len(p.terms) == 0 {
		p.silent = nil
		p.parse(units)
	}
	// A single character left over between words is grammar, not a wish.
	wishes := slices.DeleteFunc(slices.Clone(p.terms), func(t Term) bool { return t.single() && !t.Known })
	if len(wishes) == 0 {
		wishes = p.terms
	}
	return Query{Terms: wishes[:min(len(wishes), mostTerms)]}
}

type parser struct {
	synonyms *Synonyms
	silent   map[string]bool
	terms    []Term
	run      []string // characters that no list knows, so far
}

func (p *parser) parse(units []Unit) {
	for len(units) > 0 {
		n, forms := p.word(units)
		u := units[0]
		switch {
		case n > 0:
			p.endRun()
			if typed := spelled(units[:n]); len(forms) > 0 {
				others := slices.DeleteFunc(forms, func(form string) bool { return form == typed })
				p.add(Term{Typed: typed, Forms: append([]string{typed}, others...), Known: true})
			}
			units = units[n:]
			continue
		case !u.Han:
			p.endRun()
			p.add(Term{Typed: u.Text, Forms: []string{u.Text}})
		default:
			if u.Gap {
				p.endRun()
			}
			p.run = append(p.run, u.Text)
		}
		units = units[1:]
	}
	p.endRun()
}

// word finds the longest known word at the beginning of units: how many it takes, 0 for none, and its forms, none if
// it says nothing.
func (p *parser) word(units []Unit) (n int, forms []string) {
	for n := min(len(units), p.synonyms.longest); n > 0; n-- {
		k := key(units[:n])
		if forms := p.synonyms.forms(k); len(forms) > 0 || p.silent[k] {
			return n, forms
		}
	}
	return 0, nil
}

func (p *parser) endRun() {
	if len(p.run) == 0 {
		return
	}
	typed := strings.Join(p.run, "")
	t := Term{Typed: typed, Forms: []string{typed}}
	if len(p.run) > 2 {
		for i := range p.run[1:] {
			t.Pieces = append(t.Pieces, p.run[i]+p.run[i+1])
		}
	}
	p.add(t)
	p.run = nil
}

func (p *parser) add(t Term) {
	if !slices.ContainsFunc(p.terms, func(other Term) bool { return other.Typed == t.Typed }) {
		p.terms = append(p.terms, t)
	}
}

// single says whether a term is one character that needs others to say something.
func (t Term) single() bool {
	r, size := utf8.DecodeRuneInString(t.Typed)
	return size == len(t.Typed) && spaceless(r)
}

// spelled writes units as a person would: characters close together, words apart.
func spelled(units []Unit) string {
	var text strings.Builder
	for i, u := range units {
		if i > 0 && !u.Han && !units[i-1].Han {
			text.WriteByte(' ')
		}
		text.WriteString(u.Text)
	}
	return text.String()
}
