package ui

import "strings"

// near is how many rows on each side of the ringed one are kept in large text.
const near = 1

// far reports whether a row (or, with row -1, a whole group) is left out of
// the sketch in large text, so that the ringed row is on the first screen.
func (s Screen) far(group, row int) bool {
	g, r := s.tapped()
	if s.Kind == "grid" {
		return g >= 0 && row < 0 && group != g || g < 0 && group > 0
	}
	if g < 0 {
		return row > near || row < 0 && group > 0
	}
	if group != g {
		return row < 0
	}
	return row >= 0 && (row < r-near || row > r+near)
}

// tapped finds the ringed row; -1 if something else is ringed.
func (s Screen) tapped() (group, row int) {
	for g, rows := range s.Groups {
		for i, r := range rows {
			if r.Tapped {
				return g, i
			}
		}
	}
	return -1, -1
}

// papers are words on a camera's screen that ask for a card, not for a face.
var papers = []string{"身份证", "证件", "银行卡", "护照"}

// ofCard reports whether a camera looks for a card or paper.
func (s Screen) ofCard() bool {
	for _, word := range papers {
		if strings.Contains(s.Title+s.Text, word) {
			return true
		}
	}
	return false
}

// root reports whether a screen is one that a tab or an address opens: there
// is no way back from it, so no arrow stands in its title bar.
func (s Screen) root() bool {
	for _, tab := range s.Tabs {
		if tab.Tapped || tab.Label == s.Title {
			return true
		}
	}
	return s.Kind == "web" || s.Kind == "grid" && len(s.Tabs) > 0
}
