package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Watch makes a page look at itself again, by script: every Every seconds, and once after Turn seconds, when something on
// it opens. Without script its links do the same. Zero is never.
type Watch struct{ Every, Turn int }

// Attributes are what the script reads.
func (w Watch) Attributes() templ.Attributes {
	a := templ.Attributes{}
	if w.Every > 0 {
		a["data-watch"] = strconv.Itoa(w.Every)
	}
	if w.Every > 0 && w.Turn > 0 {
		a["data-turn"] = strconv.Itoa(w.Turn)
	}
	return a
}
