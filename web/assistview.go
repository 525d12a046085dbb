package web

import (
	"net/url"
	"strconv"
	"strings"

	"zhaohui/internal/recovery"
	"zhaohui/static"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// assistView is a case for the agent who helps in it. form is what was filled in, nil if nothing was.
func (s *Site) assistView(v *visit, sight recovery.AssistSight, form url.Values) (templates.AssistCaseView, error) {
	t := v.words.T
	l := &live{Site: s, visit: v, platform: s.livePlatform()}
	name := s.channelName(v, sight.Channel)
	view := templates.AssistCaseView{AgentPage: s.console(v, t("assist.case.title", "Channel", name), "/agent/cases"),
		Title: title(t("assist.case.title", "Channel", name)), Word: sight.Word[sight.Lang], WordLead: t("assist.word.agent"),
		Spoken: t("assist.case.speaks", "Language", s.Words.Words(sight.Lang).T("language.name")),
		Action: v.to(assistPath(sight.Case), ""), Refresh: v.again(),
		AsOf:  t("live.wait.as-of", "Time", s.Now().In(s.Zone).Format("15:04:05")),
		Facts: s.assistFacts(l, sight), Suggested: sight.Suggested, Live: s.liveView(v, assistPath(sight.Case), sight.Version)}
	view.Keys = append(view.Keys, templates.AgentKey{Key: "r", Text: t("live.wait.refresh")})
	for _, o := range sight.Offers {
		view.Offers = append(view.Offers, templates.LinkChoice{Value: o.Method, Text: t("method." + o.Method + ".name"),
			Chosen: o.Method == sight.Suggested})
	}
	view.Send, view.Share = sight.MaySend, s.Links != nil && sight.State == recovery.Open
	s.assistCheck(v, sight, form, &view)
	ticket, err := s.ticketOf(v, sight)
	if err != nil {
		return view, err
	}
	view.Ticket = s.Tickets != nil && sight.MayAppeal && ticket == nil
	if ticket != nil {
		if words := l.has("assist.appeal." + string(ticket.State)); words != "" && sight.Method == recovery.ByAppeal {
			view.Facts[0].Text = words // the step is the form's, which is written already
		}
		view.Facts = append(view.Facts, ui.Fact{Term: t("assist.fact.ticket"), Text: s.ticketFact(v, ticket)})
	}
	return view, nil
}

func (s *Site) channelName(v *visit, id string) string {
	if c, ok := s.livePlatform().Channel(id); ok {
		return unbroken(c.Texts[v.words.Code()].Name)
	}
	return id
}

// assistFacts are how a case stands, in words.
func (s *Site) assistFacts(l *live, sight recovery.AssistSight) []ui.Fact {
	t := l.t
	add := func(facts []ui.Fact, word, text string) []ui.Fact {
		if text == "" {
			return facts
		}
		return append(facts, ui.Fact{Term: t("assist.fact." + word), Text: text})
	}
	facts := add(nil, "step", l.stepText(sight))
	facts = add(facts, "passed", l.classes(sight.Passed))
	switch waits := sight.Hold.After(s.Now()); {
	case sight.State != recovery.Open:
	case sight.Enough && waits:
		facts = add(facts, "missing", t("assist.fact.waits"))
	case sight.Enough:
		facts = add(facts, "missing", t("assist.fact.enough"))
	case sight.Needed > 0:
		facts = add(facts, "missing", t("assist.fact.needed", "n", sight.Needed))
	}
	if sight.Tries >= 0 {
		facts = add(facts, "tries", strconv.Itoa(sight.Tries))
	}
	if sight.Over != "" {
		facts = add(facts, "over", t("assist.over."+string(sight.Over)))
	}
	if !sight.Hold.IsZero() && sight.Hold.After(s.Now()) {
		facts = add(facts, "hold", l.from(sight.Hold))
	}
	if !sight.Deadline.IsZero() {
		facts = add(facts, "deadline", l.clock(sight.Deadline))
	}
	return add(facts, "until", l.clock(sight.Until))
}

// stepText is what the page is called where the customer stands.
func (l *live) stepText(sight recovery.AssistSight) string {
	switch sight.State {
	case recovery.Open:
	case recovery.Applying:
		return l.t("live.status.applying")
	default:
		return unbroken(l.t("live." + string(sight.State) + ".title"))
	}
	for _, key := range []string{"method." + sight.Method + "." + sight.Step + ".title", "method." + sight.Method + ".name",
		"live." + sight.Step + ".title", "live.status." + sight.Step} {
		if text := l.has(key); text != "" && !strings.Contains(text, "<no value>") {
			return unbroken(text)
		}
	}
	return sight.Step
}

func (l *live) classes(all []recovery.Class) string {
	if len(all) == 0 {
		return l.t("assist.fact.nothing")
	}
	var names []string
	for _, c := range all {
		names = append(names, l.t("assist.class."+string(c)))
	}
	return strings.Join(names, l.t("say.pause"))
}

// assistCheck adds the scripted check, or says why there is none.
func (s *Site) assistCheck(v *visit, sight recovery.AssistSight, form url.Values, view *templates.AssistCaseView) {
	t := v.words.T
	switch c := sight.Check; {
	case sight.Waiting:
		view.Checked = t("assist.check.waiting")
	case sight.State != recovery.Open || sight.Enough:
		view.Checked = t("assist.check.needless")
	case !sight.MayCheck:
		view.Checked = t("assist.check.first")
	case c != nil && !c.Passed:
		view.Checked = t("assist.check.failed", "Match", c.Match, "Mismatch", c.Mismatch, "Unclear", c.Unclear)
	}
	if !sight.MayCheck {
		return
	}
	view.Check, view.Opened = true, sight.Opened
	if !sight.Opened {
		for _, reason := range recovery.AssistReasons {
			view.Reasons = append(view.Reasons, templates.LinkChoice{Value: reason, Text: t("assist.reason." + reason)})
		}
	}
	for _, q := range sight.Questions {
		view.Questions = append(view.Questions, s.assistQuestion(v, sight, q, form))
	}
	for _, n := range sight.Numbers {
		view.Numbers = append(view.Numbers, templates.AssistNumber{ID: n.ID, Text: n.Masked, Full: n.Full, Chosen: form.Get("number") == n.ID,
			Since: t("assist.number.since", "Date", n.Since.In(s.Zone).Format("2006-01-02"))})
	}
	view.Reached = form.Get("reached") == "yes"
}

// assistQuestion is in the customer's language, because it is read out.
func (s *Site) assistQuestion(v *visit, sight recovery.AssistSight, q recovery.AssistItem, form url.Values) templates.AssistQuestion {
	t, name := v.words.T, answerField(q.ID)
	out := templates.AssistQuestion{Name: name, Ask: q.Ask[sight.Lang], Lang: s.Words.Words(sight.Lang).Tag(), Value: form.Get(name)}
	if q.Portal {
		out.Hint = t("assist.check.typed")
		return out
	}
	switch {
	case !sight.Opened:
		out.Hint = t("assist.check.unopened")
	case len(q.Records) == 0:
		out.Hint = t("assist.check.no-record")
	default:
		out.Hint = t("assist.check.record", "Record", strings.Join(q.Records, t("say.pause")))
	}
	for _, answer := range []string{recovery.AnswerMatch, recovery.AnswerMismatch, recovery.AnswerUnclear} {
		out.Options = append(out.Options, templates.LinkChoice{Value: answer, Text: t("assist.answer." + answer), Chosen: out.Value == answer})
	}
	return out
}

// liveView is what a page needs to look again when its case moves.
func (s *Site) liveView(v *visit, path string, version int64) templates.AssistLive {
	return templates.AssistLive{EventsURL: v.to(path+"/events", ""), Version: strconv.FormatInt(version, 10), ScriptURL: static.URL("assist.js"),
		Text: v.words.T("assist.moved"), Again: v.again()}
}
