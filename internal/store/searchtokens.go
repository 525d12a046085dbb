package store

import (
	"strings"

	"zhaohui/internal/help"
)

// stop is a token between texts and after punctuation, so that no phrase reaches across. No query can hold it.
const stop = "\ue000"

// tokens writes texts as the index reads them: of Chinese every pair of neighbours, so that any two-character word is
// found and a longer one is a phrase of its pairs; of other scripts the words.
func tokens(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		units := help.Units(text)
		for i, u := range units {
			if u.Gap && u.Han {
				b.WriteString(stop + " ")
			}
			if next := i + 1; !u.Han {
				b.WriteString(u.Text + " ")
			} else if next < len(units) && units[next].Han && !units[next].Gap {
				b.WriteString(u.Text + units[next].Text + " ")
			}
		}
		b.WriteString(stop + " ")
	}
	return b.String()
}

// singles writes every Chinese character by itself, once, for queries of one.
func singles(texts ...string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, text := range texts {
		for _, u := range help.Units(text) {
			if u.Han && !seen[u.Text] {
				seen[u.Text] = true
				b.WriteString(u.Text + " ")
			}
		}
	}
	return b.String()
}
