package web

import (
	"maps"
	"slices"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// choices are the methods to go on with, and which cannot be chosen and why.
func (l *live) choices(view *templates.LiveStepView) {
	view.Choices = l.offers(l.sight.Offers)
	for _, method := range slices.Sorted(maps.Keys(l.sight.Failed)) {
		if l.sight.Failed[method] == "locked" {
			view.Choices = append(view.Choices, templates.LiveChoice{Text: l.t("method." + method + ".choose"),
				Disabled: l.lockedUntil(l.sight.Locked[method])})
		}
	}
	if l.sight.Place.ID == recovery.StepNext && l.sight.Needed > 1 {
		view.Title = title(l.t("live.next.title-more"))
	}
	after := sayOnce(view.Choices)
	switch reasons := l.sight.Environment.Reasons; { // at the first step too: a proof on a new number counts nothing
	case slices.Contains(reasons, recovery.ReasonRecent):
		view.Lead, after = append(view.Lead, l.t("live.next.recent")), ""
	case slices.Contains(reasons, recovery.ReasonUnknown), slices.Contains(reasons, recovery.ReasonOdd):
		view.Lead = append(view.Lead, l.t("live.next.unusual"))
	}
	if after != "" {
		view.Lead = append(view.Lead, l.t("live.next.all", "After", after))
	}
	last := l.last()
	if len(l.sight.Offers) == 0 || l.sight.Unreachable {
		view.Title, view.Lead = title(l.t("live.next.none-title")), []string{l.t("live.next.none-lead")}
		if l.sight.Unreachable {
			view.Title, view.Lead = title(l.t("live.next.unreachable-title")), []string{l.t("live.next.unreachable")}
			view.Choices = nil
		}
		view.Only, view.Proofs, view.Handoff = last, templates.LiveProofs{}, nil // nothing more can be proved
		return
	}
	if last.URL != "" {
		view.Help = &templates.LiveHelp{Title: l.t("live.next.none"), Text: l.t("live.first.none-hint"), Link: last}
	}
}

// sayOnce takes what follows every choice alike out of the rows.
func sayOnce(choices []templates.LiveChoice) string {
	differs := func(c templates.LiveChoice) bool { return c.After != choices[0].After }
	if len(choices) < 2 || slices.ContainsFunc(choices, differs) {
		return ""
	}
	after := choices[0].After
	for i := range choices {
		choices[i].After = ""
	}
	return after
}

// lockedUntil says when a method opens again; at the ceiling of tries only a completed recovery or a person opens it.
func (l *live) lockedUntil(at time.Time) string {
	if at.IsZero() {
		return l.t("live.another.closed")
	}
	return l.t("live.another.locked", "Time", l.clock(at))
}

// choice is a method as a row.
func (l *live) choice(method string) templates.LiveChoice {
	return templates.LiveChoice{Name: "method", Value: method, Text: l.t("method." + method + ".choose"),
		Hint: l.t("method." + method + ".choose-hint")}
}

// offers are methods as full rows.
func (l *live) offers(list []recovery.Offer) []templates.LiveChoice {
	var choices []templates.LiveChoice
	for i, o := range list {
		choice := l.choice(o.Method)
		if len(l.sight.Proofs) > 0 {
			choice.Recommended, choice.After = i == 0, l.worth(o,
				slices.ContainsFunc(list, func(o recovery.Offer) bool { return o.Completes }))
		}
		choices = append(choices, choice)
	}
	return choices
}

// worth says what comes after a method; nothing where it completes the case, as the page says of all, or none does.
func (l *live) worth(o recovery.Offer, some bool) string {
	switch {
	case !o.Completes && some:
		return l.t("live.next.more")
	case !o.Completes:
		return ""
	case o.Hold > 0:
		return l.t("live.next.completes-hold", "Time", l.span(o.Hold))
	case o.Limited > 0:
		return l.t("live.next.completes-limited", "Time", l.span(o.Limited))
	}
	return ""
}

// another is folded: the other ways, after a minute for everybody.
func (l *live) another() *templates.LiveAnother {
	waiting := l.sight.Place.ID == recovery.StepHold
	if l.sight.Doing == "" && !(waiting && len(l.sight.Offers) > 0) {
		return nil
	}
	view := &templates.LiveAnother{Title: l.t("live.another.title"), Text: l.t("live.another.text"),
		Action: l.visit.to("/case/"+l.sight.ID, ""),
		Hidden: []templates.Field{{Name: "do", Value: "choose"}}, Last: l.last()}
	if waiting { // one more proof, and nobody has to wait
		view.Title = l.t("live.another.title-waiting")
	}
	if l.Now().Before(l.sight.Another) {
		view.Text = l.t("live.another.soon", "Time", l.clock(l.sight.Another))
		return view
	}
	for _, o := range l.offers(l.sight.Offers) {
		if o.Value != l.sight.Doing {
			view.Choices = append(view.Choices, o)
		}
	}
	if l.sight.Verdict != nil && !waiting { // in the middle of it, back to the wait
		view.Choices = append(view.Choices, templates.LiveChoice{Name: "method", Value: "",
			Text: l.t("live.another.wait", "Time", l.from(l.sight.Hold))})
	}
	return view
}

// last is the way that is always left: a person, for whom nobody has to wait.
func (l *live) last() ui.Link {
	c, ok := l.platform.Channel(l.platform.Last)
	if !ok {
		return ui.Link{}
	}
	return ui.Link{Text: c.Texts[l.visit.words.Code()].Name, URL: l.visit.to(channelPath(l.platform.ID, c.ID), "")}
}
