package web

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// stepSlider is the one step whose page is more than fields: a puzzle.
const stepSlider = "slider"

// live makes views of a case.
type live struct {
	*Site
	visit    *visit
	platform *guide.Platform
	channel  *guide.Channel
	sight    recovery.Sight
	mistake  mistake
	path     string // of the step
}

func (l *live) t(key string, pairs ...any) string { return l.visit.words.T(key, pairs...) }

// has is a text that may be missing.
func (l *live) has(key string, pairs ...any) string {
	if text := l.t(key, pairs...); text != key {
		return text
	}
	return ""
}

// said is a text of the step: the method's own, or that of every case.
func (l *live) said(part string, pairs ...any) string {
	if m := l.sight.Place.Method; m != "" {
		return l.has("method."+m+"."+l.sight.Place.ID+"."+part, pairs...)
	}
	return l.has("live."+l.sight.Place.ID+"."+part, pairs...)
}

func (l *live) frame(heading string) ui.Page {
	return l.unlisted(l.visit, heading, l.path)
}

// safetyStep is the question that a live case begins with.
func (s *Site) safetyStep(v *visit, p *guide.Platform, c *guide.Channel) templates.LiveStepView {
	answers := v.answers(p).WithoutSafety()
	l := &live{Site: s, visit: v, platform: p, channel: c, path: stepPath(p.ID, c.ID, recovery.StepSafety)}
	q := p.Safety()
	text := p.Texts[v.words.Code()].Questions[q.ID]
	view := templates.LiveStepView{Platform: p.ID, Channel: c.ID, StepID: recovery.StepSafety, Title: title(text.Text),
		Lead: []string{text.Why},
		Page: l.frame(text.Text), Action: v.to(l.path, answers.Query()),
		Back: ui.Link{Text: c.Texts[v.words.Code()].Name, URL: v.to(channelPath(p.ID, c.ID), answers.Query())}}
	for _, value := range q.Values {
		t := text.Values[value]
		view.Choices = append(view.Choices, templates.LiveChoice{Name: q.ID, Value: value, Text: t.Text, Hint: t.Hint})
	}
	view.Warning = ui.Note(p.Texts[v.words.Code()].Warning)
	running, err := s.look(v)
	if err == nil && running.Place.State == recovery.Open && running.Role != recovery.Guest { // a new one would take its place
		view.Help = &templates.LiveHelp{Title: l.t("live.safety.running"), Text: l.t("live.safety.running-text"),
			Link: ui.Link{Text: l.t("live.safety.continue"), URL: v.to(s.casePath(running), "")}, Open: true}
	}
	return view
}

// step is a page on which something is typed or chosen.
func (l *live) step() templates.LiveStepView {
	place := l.sight.Place
	view := templates.LiveStepView{Platform: l.platform.ID, Channel: l.channel.ID, StepID: place.ID, Method: place.Method,
		Title: title(l.said("title")), Action: l.visit.to(l.path, ""), Hidden: namedPage(), Button: l.said("button"),
		Warning: ui.Note{Title: l.t("live.warning.title"), Text: l.t("live.warning.text")}, Proofs: l.proofs(),
		Deadline: l.deadline(),
		Another:  l.another(), Resume: l.resume(), Handoff: l.handoff(), Stop: l.giveUp()}
	if lead := l.said("lead", "Card", place.Shown["card"]); lead != "" {
		view.Lead = []string{lead}
	}
	switch place.ID {
	case recovery.StepAccount:
		view.Then, view.Proofs = l.list("live.account.then", 3), templates.LiveProofs{} // the list says both
		if slices.Contains(l.channel.Live.Methods, appealKind) {
			view.Then = l.list("live.account.appeal", 3)
		}
		view.Warning = ui.Note(l.platform.Texts[l.visit.words.Code()].Warning)
	case recovery.StepFirst, recovery.StepNext:
		view.Warning = ui.Note{} // nothing is typed here
		l.choices(&view)
	case recovery.StepPassword:
		l.password(&view)
	default:
		l.methodStep(&view)
	}
	l.fields(&view)
	if len(view.Fields) > 0 && !slices.ContainsFunc(view.Fields, func(f templates.LiveField) bool { return f.Kind != "radio" }) {
		view.Warning = ui.Note{} // nothing is typed here
	}
	none := l.sight.Over != "" || l.mistake.left != nil && *l.mistake.left == 0
	if none && view.Another != nil { // what is left to do
		view.Another.Open = true
	}
	view.Watch, view.Assist = l.watch(), l.assisted()
	view.Page = l.frame(strings.Join(view.Title, "|"))
	return view
}

// namedPage gives a page a name that nobody can know who did not get it: a form that is sent twice says so by it.
func namedPage() []templates.Field {
	return []templates.Field{{Name: recovery.FieldPage, Value: rand.Text()}}
}

// watch is how often a page looks at itself again: often while a mail may be answered in another tab, else when another way
// opens or another code can be sent.
func (l *live) watch() ui.Watch {
	var w ui.Watch
	opens := l.sight.Another
	if sent := l.sight.Place.Sent; sent != nil && l.sight.Over != "" {
		opens = sent.Next
	}
	if turn := opens.Sub(l.Now()); l.sight.Doing != "" && turn > 0 {
		w = ui.Watch{Every: 60, Turn: int(turn.Seconds()) + 1}
	}
	switch {
	case l.sight.Place.Method == "mail":
		w.Every = 5
	case l.sight.Place.ID == recovery.StepPassword && l.sight.Role == recovery.Companion:
		w.Every = 10
	}
	return w
}

// list is a heading with its numbered lines.
func (l *live) list(key string, lines int, pairs ...any) *templates.LiveList {
	return numbered(l.visit, key, key, lines, pairs...)
}

// numbered is a heading with the lines of a key, which the words number from 1.
func numbered(v *visit, title, key string, lines int, pairs ...any) *templates.LiveList {
	list := &templates.LiveList{Title: v.words.T(title)}
	for i := range lines {
		list.Items = append(list.Items, v.words.T(key+"-"+strconv.Itoa(i+1), pairs...))
	}
	return list
}

// methodStep adds what a method's page says beside its fields: what was sent, what to do if nothing comes.
func (l *live) methodStep(view *templates.LiveStepView) {
	place := l.sight.Place
	if help := l.said("help"); help != "" && place.ID != stepSlider { // there it stands beside the puzzle
		view.Help = &templates.LiveHelp{Title: l.said("help-title"), Text: help}
	}
	switch c := place.Sent; {
	case c != nil && l.sight.Over != "":
		l.over(view, *c)
	case c != nil:
		view.Lead = []string{l.t("live.resend.until", "Lead", strings.Join(view.Lead, ""), "Time", l.clock(c.Until))}
		view.Notice = l.delivery()
		if view.Help == nil {
			view.Help = &templates.LiveHelp{Title: l.t("live.resend.button")}
		}
		if l.Now().Before(c.Next) {
			view.Help.Text += " " + l.t("live.resend.from", "Time", l.from(c.Next))
		} else {
			view.Help.Form = l.resend()
		}
	}
	if shown := place.Shown; place.ID == stepSlider {
		view.Slider, view.Warning = l.slider(shown), ui.Note{} // nothing is typed here
		view.Button = ""
	}
}

func (l *live) resend() *templates.LiveForm {
	return l.act("resend", cmp.Or(l.said("resend"), l.t("live.resend.button")))
}

// over is the page of a code that cannot be right any more: it asks for nothing, says when there can be another and offers
// other ways at once. The parts that the script renews are as many as before.
func (l *live) over(view *templates.LiveStepView, c recovery.Code) {
	why := string(l.sight.Over)
	view.Title = title(cmp.Or(l.has("live.over.title-"+why), l.t("live.over.title")))
	view.Lead = []string{cmp.Or(l.has("live.over."+l.sight.Place.Method+"-"+why), l.t("live.over."+why))}
	view.Button, view.Warning = "", ui.Note{} // nothing is typed here
	view.Help = &templates.LiveHelp{Title: l.t("live.over.another"), Open: true}
	switch wait := c.Next.Sub(l.Now()); {
	case l.sight.Over == recovery.NoTries:
		view.Help.Text = l.t("live.failed.no-tries")
	case wait <= 0:
		view.Help.Text, view.Help.Form = l.t("live.over.now"), l.resend()
	case wait < 2*time.Hour:
		view.Help.Text = l.t("live.over.from", "Time", l.from(c.Next))
	default:
		view.Help.Text = l.t("live.resend.none")
	}
}

func (l *live) delivery() string {
	switch l.sight.Delivery {
	case recovery.Accepted:
		return l.t("live.delivery.accepted")
	case recovery.Delivered:
		return l.t("live.delivery.delivered")
	case recovery.Bounced, recovery.Dead:
		return l.t("live.delivery.failed")
	}
	return ""
}

func (l *live) slider(shown map[string]string) *templates.SliderView {
	n := func(key string) int { v, _ := strconv.Atoi(shown[key]); return v }
	return &templates.SliderView{Picture: shown["picture"], Tile: shown["tile"], Width: n("width"), Height: n("height"),
		TileWidth:  n("tile-width"),
		TileHeight: n("tile-height"), TileX: n("tile-x"), TileY: n("tile-y"), Track: "track", WaitOnly: shown["picture"] == "",
		Label: l.t("method.identity.field.slide.label"), Button: l.said("button"), WaitTitle: unbroken(l.said("instead")),
		WaitText:   l.said("help"),
		WaitButton: l.said("instead-button")}
}

// act is a small form that does something with the case beside its step.
func (l *live) act(what, button string) *templates.LiveForm {
	return &templates.LiveForm{Action: l.visit.to("/case/"+l.sight.ID, ""), Button: button,
		Hidden: []templates.Field{{Name: "do", Value: what}}}
}

// password adds the rules, which are said before the fields, not after.
func (l *live) password(view *templates.LiveStepView) {
	for _, rule := range []string{"digits", "run", "pad", "personal", "used"} {
		view.Rules = append(view.Rules, l.t("live.password.rule-"+rule))
	}
	view.Then = l.list("live.password.then", 3, "Days", int(l.Policy.After.Observe/(24*time.Hour)))
	if v := l.sight.Verdict; v != nil && v.Limited > 0 {
		view.Then.Items = append(view.Then.Items, l.t("live.password.then-first", "Time", l.span(v.Limited)))
	}
	view.Warning = ui.Note{Title: l.t("live.password.warning-title"), Text: l.t("live.password.warning-text")}
	if l.sight.Problem != "" {
		view.Notice = l.t("live.setting.refused", "Why", "")
	}
	if l.sight.Role == recovery.Companion {
		view.Title, view.Lead = title(l.t("live.password.owner-only-title")), []string{l.t("live.password.owner-only-lead")}
		view.Rules, view.Then, view.Button, view.Warning = nil, nil, "", ui.Note{}
	}
}

// proofs are what was proved, what is being done, and what is ahead.
func (l *live) proofs() templates.LiveProofs {
	var p templates.LiveProofs
	for _, proof := range l.sight.Proofs {
		p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("method." + proof.Method + ".name"),
			Note: l.t("live.proofs.passed", "Time", l.clock(proof.At)), State: "done"})
	}
	switch {
	case l.sight.Verdict != nil:
		p.Title = title(l.t("live.proofs.done"))
	case len(l.sight.Proofs) == 0:
		p.Title = title(l.t("live.proofs.none"))
	default:
		p.Title = title(l.t("live.proofs.title", "Done", len(l.sight.Proofs), "n", l.sight.Needed))
	}
	here := "ahead"
	switch {
	case l.sight.Doing != "":
		p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("method." + l.sight.Doing + ".name"),
			Note: l.t("live.proofs.doing"), State: "here"})
	case l.sight.Place.ID == recovery.StepHold:
		p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("live.proofs.hold", "Time", l.span(l.sight.Verdict.Hold)),
			Note: l.t("live.proofs.doing"), State: "here"})
	case l.sight.Place.ID == recovery.StepPassword:
		here = "here"
	}
	ahead := l.sight.Needed
	if l.sight.Doing != "" {
		ahead--
	}
	if l.sight.Place.State == recovery.Open && l.sight.Verdict == nil {
		for i := range ahead {
			station := templates.LiveStation{Text: l.t("live.proofs.ahead"), State: "ahead"}
			if i == 0 && l.sight.Doing == "" {
				station = templates.LiveStation{Text: l.t("live.proofs.choose"), Note: l.t("live.proofs.doing"), State: "here"}
			}
			p.Stations = append(p.Stations, station)
		}
	}
	p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("live.proofs.password"), State: here})
	return p
}

// deadline says how long the case stays open.
func (l *live) deadline() *templates.LiveDeadline {
	if l.sight.Deadline.IsZero() {
		return nil
	}
	d := &templates.LiveDeadline{Text: l.t("live.deadline.text", "Time", l.clock(l.sight.Deadline)),
		Soon: l.t("live.deadline.soon"),
		In:   max(0, int(l.sight.Deadline.Add(-l.Policy.Case.Warn).Sub(l.Now()).Seconds()))}
	if l.sight.More > 0 {
		d.Form = l.act("more", l.t("live.deadline.button"))
	}
	return d
}

func (l *live) resume() *templates.ResumeView {
	if l.sight.Resume == "" || l.sight.Place.ID == recovery.StepAccount {
		return nil
	}
	return &templates.ResumeView{Code: recovery.ShowResume(l.sight.Resume), Text: l.t("live.resume.text")}
}

// handoff is folded: the same step on a phone. Only the browser that began can take a case there, and only to prove something.
func (l *live) handoff() *templates.LiveHelp {
	if l.sight.Role != recovery.Owner || l.sight.Place.ID == recovery.StepAccount || l.sight.Verdict != nil {
		return nil
	}
	form := l.act("hand-off", l.t("live.handoff.button"))
	form.Hidden = append(form.Hidden, namedPage()...)
	return &templates.LiveHelp{Title: l.t("live.handoff.link"), Text: l.t("live.handoff.link-text"), Form: form}
}

func (l *live) giveUp() *templates.LiveCard {
	form := l.act("cancel", l.t("live.stop.button"))
	form.Bad = true
	return &templates.LiveCard{Title: unbroken(l.t("live.stop.title")), Text: l.t("live.stop.text"), Form: *form}
}
