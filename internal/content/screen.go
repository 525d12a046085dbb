package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"zhaohui/internal/guide"
)

var (
	slug  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	icons = strings.Fields(`apps bank bell bill book bus calendar camera card chat check clock cloud code doc door edit eye face
		family file finger flag folder gear gift globe hand heart help home id key leaf list lock mail map me menu mic money more
		people pay pen phone photo pin plus power qr question redo scan search shield shop sms star store tag ticket tool transfer
		trash tv user users voice wallet warn wifi wrench`)
	kinds = map[string]int{"list": 4, "grid": 4, "web": 4, "dialog": 4, "form": 0, "camera": 0, "call": 0, "chat": 1} // least neighbours
)

type screenAt struct {
	file, channel, step, drawn string
	line                       int
}

func lineText(line int, text string) string { return fmt.Sprintf("line %d: %s", line, text) }

// screen reads a sketch and checks that what is ringed is really drawn, once, among plausible neighbours.
func (l *loader) screen(file string, p *guide.Platform, c *guide.Channel, step stepFile) *guide.Screen {
	in := step.Screen
	s := &guide.Screen{Kind: in.Kind, Title: in.Title, Right: in.Right, Text: in.Text, URL: in.URL, Buttons: in.Buttons, Tap: in.Tap, Tabs: p.App.Tabs}
	least, known := kinds[in.Kind]
	if !known {
		l.report(file, in.line, "step %s: there is no screen of kind %q", step.ID, in.Kind)
	}
	group := []guide.Row{}
	for _, text := range in.Rows {
		if text == "---" {
			s.Groups, group = append(s.Groups, group), nil
			continue
		}
		group = append(group, l.row(file, in.line, text))
	}
	if len(group) > 0 {
		s.Groups = append(s.Groups, group)
	}
	switch {
	case len(in.Tabs) == 1 && in.Tabs[0] == "none":
		s.Tabs = nil
	case len(in.Tabs) > 0:
		s.Tabs = nil
		for _, tab := range in.Tabs {
			s.Tabs = append(s.Tabs, l.row(file, in.line, tab))
		}
	}
	if !slices.Contains([]string{"list", "grid"}, in.Kind) && len(in.Tabs) == 0 {
		s.Tabs = nil
	}
	drawn, neighbours := 0, 0
	for _, g := range s.Groups {
		for _, r := range g {
			if r.Label == s.Tap {
				drawn++
			} else {
				neighbours++
			}
		}
	}
	for _, tab := range s.Tabs {
		if tab.Label == s.Tap {
			drawn++
		}
	}
	for _, label := range append(slices.Clone(s.Buttons), s.Right) {
		if label != "" && label == s.Tap {
			drawn++
		}
	}
	if s.Kind == "camera" && s.Tap == "frame" || s.Kind == "call" && s.Tap == s.Title {
		drawn++
	}
	switch {
	case s.Tap == "" && s.Kind != "chat" && s.Kind != "call" && s.Kind != "camera" && s.Kind != "form":
		l.report(file, in.line, "step %s: the sketch rings nothing (tap)", step.ID)
	case s.Tap != "" && drawn == 0:
		l.report(file, in.line, "step %s: the ringed row %q is not drawn", step.ID, s.Tap)
	case drawn > 1:
		l.report(file, in.line, "step %s: %q is drawn %d times, so the ring is not clear", step.ID, s.Tap, drawn)
	}
	if neighbours < least {
		l.report(file, in.line, "step %s: a sketch of kind %s needs at least %d neighbours besides the ringed row", step.ID, in.Kind, least)
	}
	l.screens = append(l.screens, screenAt{file: file, line: in.line, channel: p.ID + "/" + c.ID, step: step.ID,
		drawn: fmt.Sprint(in.Kind, in.Title, in.Right, in.Text, in.URL, in.Rows, in.Buttons, in.Tap)})
	return s
}
