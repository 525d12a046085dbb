package web

import (
	"zhaohui/internal/guide"
	"zhaohui/templates/ui"
)

// screen prepares a sketch: what is ringed, and the same in a sentence for who does not see it.
func (s *Site) screen(v *visit, p *guide.Platform, c *guide.Channel, step *guide.Step) *ui.Screen {
	in := step.Screen
	if in == nil {
		return nil
	}
	out := &ui.Screen{Kind: in.Kind, Title: in.Title, Right: in.Right, Text: in.Text, URL: in.URL, RightTapped: in.Right != "" &&
		in.Right == in.Tap,
		FrameTapped: in.Tap == "frame" || in.Kind == "call" && in.Tap == in.Title, Caption: v.words.T("step.caption")}
	label := p.Label(c, v.words.Code(), in.Tap)
	say := func(key string, pairs ...any) {
		if in.Tap != "" {
			out.Sentence = v.words.T("say.sketch-"+key, append(pairs, "Title", in.Title, "Label", label)...)
		}
	}
	if out.FrameTapped {
		say("frame")
	}
	if out.RightTapped {
		say("right")
	}
	for g, group := range in.Groups {
		var rows []ui.Row
		for r, row := range group {
			tapped := row.Label == in.Tap
			rows = append(rows, ui.Row{Icon: row.Icon, Label: row.Label, Note: row.Note, Tapped: tapped,
				Mine: in.Kind == "chat" && row.Icon == "me"})
			if tapped {
				say("row", "Group", g+1, "Row", r+1)
			}
		}
		out.Groups = append(out.Groups, rows)
	}
	for _, tab := range in.Tabs {
		out.Tabs = append(out.Tabs, ui.Row{Icon: tab.Icon, Label: tab.Label, Tapped: tab.Label == in.Tap})
		if tab.Label == in.Tap {
			say("tab")
		}
	}
	for _, button := range in.Buttons {
		out.Buttons = append(out.Buttons, ui.Button{Label: button, Tapped: button == in.Tap})
		if button == in.Tap {
			say("button")
		}
	}
	return out
}
