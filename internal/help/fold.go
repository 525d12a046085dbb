package help

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestQuery is how many characters of a query are looked at. Nobody describes a trouble better in more, and what
// a search costs must not be the visitor's choice.
const longestQuery = 60

// Fold brings what a person typed to the form that is compared: full-width letters, digits and punctuation become
// half-width, letters lower case, runs of space one space, and what follows the 60th character is dropped.
func Fold(text string) string {
	folded := make([]rune, 0, len(text))
	for _, r := range text {
		r = foldRune(r)
		if r == ' ' && (len(folded) == 0 || folded[len(folded)-1] == ' ') {
			continue
		}
		if folded = append(folded, r); len(folded) == longestQuery {
			break
		}
	}
	return strings.TrimSpace(string(folded))
}

// foldRune folds one character into one character, so that a place in the folded text is the same place in the text.
func foldRune(r rune) rune {
	switch {
	case r >= '一' && r <= '鿿': // nearly every character: no need to look it up
		return r
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case unicode.IsSpace(r), !unicode.IsPrint(r), r == unicode.ReplacementChar:
		return ' '
	}
	return unicode.ToLower(r)
}

// Secretive reports whether a text holds 6 digits or more: then it may be a password, a code, a card, an ID or a phone
// number, and is refused before it is searched, stored or logged (requirement G1). Digits of every script and shape
// count, and whatever stands between them is skipped, so neither "１２３４５６" nor "12-34-56" nor a card number in groups
// of four slips through. The price is that two hotline numbers in one query are refused too.
//
// It looks at the whole text, not only at the part that Fold keeps. Chinese numerals do not count.
func Secretive(text string) bool {
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) || unicode.Is(unicode.No, r) {
			if digits++; digits == 6 {
				return true
			}
		}
	}
	return false
}

// Unit is the smallest thing that is compared: one character of a script without spaces, or one word of another.
type Unit struct {
	Text string
	Han  bool // a single character that stands without spaces around it
	Gap  bool // something stood between it and the unit before
}

// Units cuts a text into units, folded. Punctuation and spaces are gone; Gap remembers them.
func Units(text string) []Unit {
	var units []Unit
	var word strings.Builder
	gap, wordGap := false, false
	endWord := func() {
		if word.Len() > 0 {
			units = append(units, Unit{Text: word.String(), Gap: wordGap})
			word.Reset()
		}
	}
	for i, r := range text {
		r = foldRune(r)
		switch {
		case spaceless(r): // folding left it as it was
			endWord()
			units = append(units, Unit{Text: text[i : i+utf8.RuneLen(r)], Han: true, Gap: gap})
			gap = false
		case inWord(r):
			if word.Len() == 0 {
				wordGap, gap = gap, false
			}
			word.WriteRune(r)
		default:
			endWord()
			gap = true
		}
	}
	endWord()
	return units
}

// spaceless says whether a character belongs to a script that sets no spaces between words.
func spaceless(r rune) bool {
	return r >= '一' && r <= '鿿' || r >= '⺀' && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
