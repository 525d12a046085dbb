package web

import (
	"maps"
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
	page := l.Site.frame(l.visit, unbroken(heading), "", l.path, "")
	page.NoIndex, page.ShareURL, page.Canonical, page.Alternates = true, "", "", nil
	return page
}

// safetyStep is the question that a live case begins with.
func (s *Site) safetyStep(v *visit, p *guide.Platform, c *guide.Channel) templates.LiveStepView {
	answers := v.answers(p).WithoutSafety()
	l := &live{Site: s, visit: v, platform: p, channel: c, path: stepPath(p.ID, c.ID, recovery.StepSafety)}
	q := p.Safety()
	text := p.Texts[v.words.Code()].Questions[q.ID]
	view := templates.LiveStepView{Platform: p.ID, Channel: c.ID, StepID: recovery.StepSafety, Title: title(text.Text), Lead: []string{text.Why},
		Page: l.frame(text.Text), Action: v.to(l.path, answers.Query()), Back: ui.Link{Text: c.Texts[v.words.Code()].Name, URL: v.to(channelPath(p.ID, c.ID), answers.Query())}}
	for _, value := range q.Values {
		t := text.Values[value]
		view.Choices = append(view.Choices, templates.LiveChoice{Name: q.ID, Value: value, Text: t.Text, Hint: t.Hint})
	}
	view.Warning = ui.Note(p.Texts[v.words.Code()].Warning)
	if running, err := s.look(v); err == nil && running.Place.State == recovery.Open && running.Role != recovery.Guest { // a new one would take its place
		view.Help = &templates.LiveHelp{Title: l.t("live.safety.running"), Text: l.t("live.safety.running-text"),
			Link: ui.Link{Text: l.t("live.safety.continue"), URL: v.to(s.casePath(running), "")}, Open: true}
	}
	return view
}

// step is a page on which something is typed or chosen.
func (l *live) step() templates.LiveStepView {
	place := l.sight.Place
	view := templates.LiveStepView{Platform: l.platform.ID, Channel: l.channel.ID, StepID: place.ID, Method: place.Method, Action: l.visit.to(l.path, ""),
		Title: title(l.said("title")), Button: l.said("button"), Warning: ui.Note{Title: l.t("live.warning.title"), Text: l.t("live.warning.text")},
		Proofs: l.proofs(), Deadline: l.deadline(), Another: l.another(), Resume: l.resume(),
		Handoff: l.handoff(), Stop: l.giveUp()}
	if lead := l.said("lead", "Card", place.Shown["card"]); lead != "" {
		view.Lead = []string{lead}
	}
	switch place.ID {
	case recovery.StepAccount:
		view.Then, view.Proofs = l.list("live.account.then", 3), templates.LiveProofs{} // the list says both
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
	view.Watch = l.watch()
	view.Page = l.frame(strings.Join(view.Title, "|"))
	return view
}

// watch is how often a page looks at itself again: often while a mail may be answered in another tab, else when another way
// opens.
func (l *live) watch() ui.Watch {
	var w ui.Watch
	if turn := l.sight.Another.Sub(l.Now()); l.sight.Doing != "" && turn > 0 {
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
	list := &templates.LiveList{Title: l.t(key)}
	for i := range lines {
		list.Items = append(list.Items, l.t(key+"-"+strconv.Itoa(i+1), pairs...))
	}
	return list
}

// methodStep adds what a method's page says beside its fields: what was sent, what to do if nothing comes.
func (l *live) methodStep(view *templates.LiveStepView) {
	place := l.sight.Place
	if help := l.said("help"); help != "" && place.ID != stepSlider { // there it stands beside the puzzle
		view.Help = &templates.LiveHelp{Title: l.said("help-title"), Text: help}
	}
	if c := place.Sent; c != nil {
		switch {
		case c.Refused && c.Next.Sub(l.Now()) < 2*time.Hour:
			view.Lead = []string{l.t("live.resend.soon", "Time", l.clock(c.Next))}
		case c.Refused:
			view.Lead = []string{l.t("live.resend.none")}
		default:
			view.Lead = []string{l.t("live.resend.until", "Lead", strings.Join(view.Lead, ""), "Time", l.clock(c.Until))}
		}
		if state := l.delivery(); state != "" {
			view.Notice = state
		}
		if view.Help == nil {
			view.Help = &templates.LiveHelp{Title: l.t("live.resend.button")}
		}
		if l.Now().Before(c.Next) {
			view.Help.Text += " " + l.t("live.resend.from", "Time", l.clock(c.Next))
		} else {
			button := l.said("resend")
			if button == "" {
				button = l.t("live.resend.button")
			}
			view.Help.Form = l.act("resend", button)
		}
	}
	if shown := place.Shown; place.ID == stepSlider {
		view.Slider, view.Warning = l.slider(shown), ui.Note{} // nothing is typed here
		view.Button = ""
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
	return &templates.SliderView{Picture: shown["picture"], Tile: shown["tile"], Width: n("width"), Height: n("height"), TileWidth: n("tile-width"),
		TileHeight: n("tile-height"), TileX: n("tile-x"), TileY: n("tile-y"), Track: "track", WaitOnly: shown["picture"] == "",
		Label: l.t("method.identity.field.slide.label"), Button: l.said("button"), WaitTitle: unbroken(l.said("instead")), WaitText: l.said("help"),
		WaitButton: l.said("instead-button")}
}

// act is a small form that does something with the case beside its step.
func (l *live) act(what, button string) *templates.LiveForm {
	return &templates.LiveForm{Action: l.visit.to("/case/"+l.sight.ID, ""), Button: button, Hidden: []templates.Field{{Name: "do", Value: what}}}
}

// password adds the rules, which are said before the fields, not after.
func (l *live) password(view *templates.LiveStepView) {
	for _, rule := range []string{"digits", "run", "pad", "personal", "used"} {
		view.Rules = append(view.Rules, l.t("live.password.rule-"+rule))
	}
	view.Then = l.list("live.password.then", 3, "Days", int(l.Policy.After.Observe/(24*time.Hour)))
	view.Warning = ui.Note{Title: l.t("live.password.warning-title"), Text: l.t("live.password.warning-text")}
	if l.sight.Problem != "" {
		view.Notice = l.t("live.setting.refused", "Why", "")
	}
	if l.sight.Role == recovery.Companion {
		view.Title, view.Lead = title(l.t("live.password.owner-only-title")), []string{l.t("live.password.owner-only-lead")}
		view.Rules, view.Then, view.Button, view.Warning = nil, nil, "", ui.Note{}
	}
}

// fields makes the fields of the step, with what is wrong in them. Nothing secret comes back.
func (l *live) fields(view *templates.LiveStepView) {
	place := l.sight.Place
	if place.ID == recovery.StepPassword && l.sight.Role == recovery.Companion {
		return
	}
	for _, f := range place.Fields {
		if f.Name == "method" || view.Slider != nil {
			continue
		}
		field := templates.LiveField{Name: f.Name, Kind: kinds[f.Kind], Label: l.label(f), Hint: l.hint(f), Error: l.wrong(f)}
		if !secretKinds[f.Kind] {
			field.Value = l.mistake.typed[f.Name]
		}
		if f.Name == "current_password" {
			field.AutoComplete = "off"
		}
		if f.Kind == recovery.FieldChoice {
			l.options(&field, f)
		}
		view.Fields = append(view.Fields, field)
		if field.Error != "" {
			view.Errors = append(view.Errors, templates.FieldError{Field: f.Name, Text: field.Error})
		}
	}
	if code := l.mistake.wrong["method"]; code != "" {
		view.Errors = append(view.Errors, templates.FieldError{Text: l.errorText(recovery.Field{Name: "method"}, code)})
	}
	if code := l.mistake.wrong["form"]; code != "" {
		view.Errors = append(view.Errors, templates.FieldError{Text: l.errorText(recovery.Field{Name: "form"}, code)})
	}
	if code := l.mistake.wrong["slide"]; view.Slider != nil && code != "" {
		view.Errors = append(view.Errors, templates.FieldError{Text: l.errorText(recovery.Field{Name: "slide"}, code)})
	}
	if l.mistake.left != nil && len(view.Errors) > 0 {
		view.ErrorNote = l.t("live.left", "n", *l.mistake.left)
		if *l.mistake.left == 0 {
			view.ErrorNote = l.t("live.failed.no-tries")
		}
	}
}

// kinds are how templates call the kinds of field.
var kinds = map[recovery.FieldKind]string{recovery.FieldAccount: "email-or-phone", recovery.FieldCode: "code", recovery.FieldPassword: "password",
	recovery.FieldSecret: "secret", recovery.FieldAnswer: "text", recovery.FieldSaved: "text", recovery.FieldName: "text", recovery.FieldID: "id-number",
	recovery.FieldPhone: "tel", recovery.FieldLast4: "digits4", recovery.FieldExpiry: "expiry", recovery.FieldChoice: "radio"}

// secretKinds never come back after a mistake (requirement A4).
var secretKinds = map[recovery.FieldKind]bool{recovery.FieldCode: true, recovery.FieldPassword: true, recovery.FieldSecret: true, recovery.FieldAnswer: true,
	recovery.FieldSaved: true, recovery.FieldLast4: true, recovery.FieldExpiry: true, recovery.FieldID: true, recovery.FieldHidden: true}

func (l *live) label(f recovery.Field) string {
	switch {
	case f.Label != "":
		return f.Label
	case f.Name == "new_password":
		return l.t("live.password.new")
	case f.Name == "new_password_again":
		return l.t("live.password.again")
	case l.sight.Place.Method != "":
		return l.t("method." + l.sight.Place.Method + ".field." + f.Name + ".label")
	}
	return l.t("live." + l.sight.Place.ID + ".label")
}

func (l *live) hint(f recovery.Field) string {
	name := f.Name
	if strings.HasPrefix(name, "answer_") {
		name = "answer"
	}
	switch {
	case l.sight.Place.Method != "":
		return l.has("method." + l.sight.Place.Method + ".field." + name + ".hint")
	}
	return l.has("live." + l.sight.Place.ID + ".hint")
}

func (l *live) wrong(f recovery.Field) string {
	code := l.mistake.wrong[f.Name]
	if code == "" {
		return ""
	}
	return l.errorText(f, code)
}

// errorText says what is wrong: the method's own words, those for the kind of field, then those for all.
func (l *live) errorText(f recovery.Field, code string) string {
	for _, key := range []string{"method." + l.sight.Place.Method + ".error." + code, "live.error." + string(f.Kind) + "-" + code, "live.error." + code} {
		if text := l.has(key); text != "" {
			return text
		}
	}
	return l.t("live.error.format")
}

// options are the choices of a field: cards with their class, banks in a list.
func (l *live) options(field *templates.LiveField, f recovery.Field) {
	if f.Name == "bank" {
		field.Kind = "select"
		field.Options = append(field.Options, templates.LiveOption{Text: l.t("live.field.bank")})
	}
	for _, o := range f.Options {
		option := templates.LiveOption{Value: o.Value, Text: o.Text, Chosen: l.mistake.typed[f.Name] == o.Value}
		if o.Hint != "" {
			option.Hint = l.t("method.card.class."+o.Hint+".name") + l.t("say.dot") + l.t("method.card.class."+o.Hint+".hint")
		}
		if o.Off != "" {
			option.Disabled = l.errorText(f, o.Off)
		}
		field.Options = append(field.Options, option)
	}
}

// choices are the methods to go on with, and which cannot be chosen and why.
func (l *live) choices(view *templates.LiveStepView) {
	view.Choices = l.offers(l.sight.Offers)
	for _, method := range slices.Sorted(maps.Keys(l.sight.Failed)) {
		if l.sight.Failed[method] == "locked" {
			view.Choices = append(view.Choices, templates.LiveChoice{Text: l.t("method." + method + ".choose"), Disabled: l.lockedUntil(l.sight.Locked[method])})
		}
	}
	if l.sight.Place.ID == recovery.StepNext {
		if l.sight.Needed > 1 {
			view.Title = title(l.t("live.next.title-more"))
		}
	}
	after := sayOnce(view.Choices)
	switch reasons := l.sight.Environment.Reasons; { // at the first step too: a proof on a new number was passed and counts nothing
	case slices.Contains(reasons, recovery.ReasonRecent):
		view.Lead, after = append(view.Lead, l.t("live.next.recent")), ""
	case slices.Contains(reasons, recovery.ReasonUnknown), slices.Contains(reasons, recovery.ReasonOdd):
		view.Lead = append(view.Lead, l.t("live.next.unusual"))
	}
	if after != "" {
		view.Lead = append(view.Lead, l.t("live.next.all", "After", after))
	}
	if len(l.sight.Offers) == 0 || l.sight.Unreachable {
		view.Title, view.Lead = title(l.t("live.next.none-title")), []string{l.t("live.next.none-lead")}
		if l.sight.Unreachable {
			view.Lead = []string{l.t("live.next.unreachable")}
			view.Choices = nil
		}
	}
	if last := l.last(); last.URL != "" {
		view.Help = &templates.LiveHelp{Title: l.t("live.next.none"), Text: l.t("live.first.none-hint"), Link: last}
	}
}

// sayOnce takes what follows every choice alike out of the rows.
func sayOnce(choices []templates.LiveChoice) string {
	if len(choices) < 2 || slices.ContainsFunc(choices, func(c templates.LiveChoice) bool { return c.After != choices[0].After }) {
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

// offers are methods as full rows.
func (l *live) offers(list []recovery.Offer) []templates.LiveChoice {
	var choices []templates.LiveChoice
	for i, o := range list {
		choice := templates.LiveChoice{Name: "method", Value: o.Method, Text: l.t("method." + o.Method + ".choose"), Hint: l.t("method." + o.Method + ".choose-hint")}
		if len(l.sight.Proofs) > 0 {
			choice.Recommended, choice.After = i == 0, l.worth(o, slices.ContainsFunc(list, func(o recovery.Offer) bool { return o.Completes }))
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
	view := &templates.LiveAnother{Title: l.t("live.another.title"), Text: l.t("live.another.text"), Action: l.visit.to("/case/"+l.sight.ID, ""),
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
		view.Choices = append(view.Choices, templates.LiveChoice{Name: "method", Value: "", Text: l.t("live.another.wait", "Time", l.clock(l.sight.Hold))})
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

// proofs are what was proved, what is being done, and what is ahead.
func (l *live) proofs() templates.LiveProofs {
	var p templates.LiveProofs
	for _, proof := range l.sight.Proofs {
		p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("method." + proof.Method + ".name"), Note: l.t("live.proofs.passed", "Time", l.clock(proof.At)), State: "done"})
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
		p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("method." + l.sight.Doing + ".name"), Note: l.t("live.proofs.doing"), State: "here"})
	case l.sight.Place.ID == recovery.StepHold:
		p.Stations = append(p.Stations, templates.LiveStation{Text: l.t("live.proofs.hold", "Time", l.span(l.sight.Verdict.Hold)), Note: l.t("live.proofs.doing"), State: "here"})
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
	d := &templates.LiveDeadline{Text: l.t("live.deadline.text", "Time", l.clock(l.sight.Deadline)), Soon: l.t("live.deadline.soon"),
		In: max(0, int(l.sight.Deadline.Add(-l.Policy.Case.Warn).Sub(l.Now()).Seconds()))}
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

// handoff is folded: the same step on a phone. Only the browser that began can take a case there.
func (l *live) handoff() *templates.LiveHelp {
	if l.sight.Role != recovery.Owner || l.sight.Place.ID == recovery.StepAccount || l.sight.Place.ID == recovery.StepPassword {
		return nil
	}
	return &templates.LiveHelp{Title: l.t("live.handoff.link"), Text: l.t("live.handoff.link-text"), Form: l.act("hand-off", l.t("live.handoff.button"))}
}

func (l *live) giveUp() *templates.LiveCard {
	form := l.act("cancel", l.t("live.stop.button"))
	form.Bad = true
	return &templates.LiveCard{Title: unbroken(l.t("live.stop.title")), Text: l.t("live.stop.text"), Form: *form}
}

// clock is a moment by the clock, with the day where it is another one.
func (s *Site) clockTime(v *visit, at time.Time) string {
	at, now := at.In(s.Zone), s.Now().In(s.Zone)
	clock := at.Format("15:04")
	switch days := day(at) - day(now); days {
	case 0:
		return clock
	case 1:
		return v.words.T("say.tomorrow", "Time", clock)
	}
	return v.words.T("say.date", "Month", int(at.Month()), "MonthName", at.Format("January"), "Day", at.Day(), "Time", clock)
}

// day counts days.
func day(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 3600))
}

func (l *live) clock(at time.Time) string { return l.clockTime(l.visit, at) }

// span is a stretch of time in the reader's words, never negative, rounded up.
func (l *live) span(d time.Duration) string {
	switch {
	case d <= 0:
		return l.t("say.span-minutes", "n", 0)
	case d <= time.Minute:
		return l.t("say.span-minutes", "n", 1)
	case d < 2*time.Hour:
		return l.t("say.span-minutes", "n", int((d+time.Minute-1)/time.Minute))
	case d <= 48*time.Hour:
		return l.t("say.span-hours", "n", int((d+time.Hour-1)/time.Hour))
	}
	return l.t("say.span-days", "n", int((d+24*time.Hour-1)/(24*time.Hour)))
}
