package store

import (
	"strings"

	"zhaohui/internal/help"
)

// match is one expression of the index's query language.
type match struct {
	expression string
	last       bool // only if nothing else found anything
}

// The columns that say what a document is about, and all that hold words.
const (
	named    = "{title words}"
	anywhere = "{title words text}"
)

// matches translates a query, the best first: all terms in title or words, all terms anywhere, any term in title or
// words, any term or part of one anywhere, all characters. Steps and not one sum of ranks, because a long text that
// says many synonyms many times would outweigh the title that says the word once.
//
// What a person typed reaches an expression only as quoted tokens of letters and digits.
func (ix *index) matches(q help.Query) []match {
	if len(q.Terms) == 0 {
		return nil
	}
	var list []match
	for _, join := range []string{" AND ", " OR "} {
		for _, where := range []string{named, anywhere} {
			if expression := ix.joined(q, join, where); expression != "" {
				list = append(list, match{expression: expression})
			}
		}
	}
	var characters []string
	for _, t := range q.Terms {
		for _, character := range strings.Fields(singles(t.Typed)) {
			characters = append(characters, "single : "+quoted(character))
		}
	}
	if len(characters) > 0 {
		list = append(list, match{expression: strings.Join(characters, " AND "), last: true})
	}
	return list
}

// joined looks for all or any of the terms in some columns. A run that no list knows counts as there if all of its
// pairs are; where any term will do, any of its pairs will too. It is empty if a term cannot be there at all.
func (ix *index) joined(q help.Query, join, where string) string {
	var terms []string
	for _, t := range q.Terms {
		phrases := append(phrasesIn(where, t.Forms), ix.pinyin(t)...)
		if pieces := phrasesIn(where, t.Pieces); len(pieces) > 0 {
			phrases = append(phrases, "("+strings.Join(pieces, join)+")")
		}
		switch {
		case len(phrases) > 0:
			terms = append(terms, "("+strings.Join(phrases, " OR ")+")")
		case join == " AND ":
			return ""
		}
	}
	return strings.Join(terms, join)
}

// phrasesIn looks for each of some words. A single character is kept in a column of its own, for all columns at once.
func phrasesIn(where string, words []string) []string {
	var phrases []string
	for _, word := range words {
		if text := strings.TrimSpace(strings.ReplaceAll(tokens(word), stop, "")); text != "" {
			phrases = append(phrases, where+" : "+quoted(text))
		} else if text := strings.TrimSpace(singles(word)); text != "" && where == anywhere {
			phrases = append(phrases, "single : "+quoted(text))
		}
	}
	return phrases
}

// pinyin is what a word of letters may be that no list knows.
func (ix *index) pinyin(t help.Term) []string {
	if t.Known {
		return nil
	}
	var phrases []string
	for _, reading := range readings(t.Typed, ix.syllables) {
		phrase := "syllables : " + quoted(reading.text)
		if reading.open {
			phrase += " *"
		}
		phrases = append(phrases, phrase)
	}
	if letters, ok := initialsTyped(t.Typed); ok {
		phrases = append(phrases, "initials : "+quoted(letters))
	}
	return phrases
}

// quoted is a string of the index's query language. No token holds a quote; doubling it is for the day one does.
func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
