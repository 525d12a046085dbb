package web

import (
	"net/http"
	"slices"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// judge is the checklist with what was filled in.
func (s *Site) judge(v *visit, sight *support.TicketSight, d decision) *templates.TicketJudge {
	k, t := sight.Kind, sight.Ticket
	j := &templates.TicketJudge{Agree: s.agreeText(v, sight), Refuse: d.reason != "" || len(d.remedies)+len(d.papers) > 0,
		AskNow: len(d.asks)+len(d.wants) > 0}
	for _, c := range k.Checks {
		check := templates.TicketCheck{Name: checkField(c.ID), Text: checkName(v, c.ID)}
		if c.Must {
			check.Hint = v.words.T("ticket.judge.must")
		}
		for _, answer := range []string{support.CheckMatch, support.CheckMismatch, support.CheckUnclear} {
			check.Options = append(check.Options, templates.LinkChoice{Value: answer, Text: answerName(v, answer),
				Chosen: d.judgement.Checks[c.ID] == answer})
		}
		j.Checks = append(j.Checks, check)
	}
	if len(k.Compares) > 0 {
		j.Compares = append(j.Compares, templates.LinkChoice{Text: v.words.T("ticket.compare.not"), Chosen: d.judgement.Compared == ""})
	}
	for _, way := range k.Compares {
		j.Compares = append(j.Compares, templates.LinkChoice{Value: way, Text: compareName(v, way), Chosen: d.judgement.Compared == way})
	}
	for _, reason := range k.Refusals.Reasons {
		j.Reasons = append(j.Reasons, templates.LinkChoice{Value: reason, Text: reasonName(v, reason), Chosen: d.reason == reason})
	}
	j.Remedies = tickBoxes(v, "remedy-", k.Refusals.Remedies, d.remedies, remedyName)
	j.Papers = tickBoxes(v, "paper-", k.Refusals.Papers, d.papers, paperName)
	if left := k.MayAsk(t); left > 0 {
		j.AskLeft = v.words.T("ticket.judge.ask-left", "n", left)
		j.Asks = tickBoxes(v, "ask-", askIDs(k), d.asks, askName)
		j.Wants = tickBoxes(v, "want-", k.Refusals.Papers, d.wants, paperName)
	}
	return j
}

func askIDs(k *support.TicketKind) []string {
	var ids []string
	for _, a := range k.Asks {
		ids = append(ids, a.ID)
	}
	return ids
}

func tickBoxes(v *visit, prefix string, list, chosen []string, name func(*visit, string) string) []templates.TicketTick {
	var all []templates.TicketTick
	for _, id := range list {
		all = append(all, templates.TicketTick{Name: prefix + id, Text: name(v, id), Chosen: slices.Contains(chosen, id)})
	}
	return all
}

// agreeText says what this yes leads to: that somebody else has to agree, or how it goes on with the customer.
func (s *Site) agreeText(v *visit, sight *support.TicketSight) string {
	t := sight.Ticket
	if left := t.Detail.Need - len(t.Detail.Approvals) - 1; left > 0 {
		return v.words.T("ticket.judge.agree-more", "n", left)
	}
	return v.words.T("ticket.judge.agree-last", "Hours", int(sight.Kind.Hold.Hours()))
}

// mistakenTicket is the page again, with what is wrong and what was filled in.
func (s *Site) mistakenTicket(v *visit, sight *support.TicketSight, d decision, wrong map[string]string) error {
	view, err := s.ticketView(v, sight, d)
	if err != nil {
		return err
	}
	if view.Judge == nil { // nothing to mend: the claim is over
		return s.lostTicket(v, d)
	}
	view.Judge.Wrong = map[string]string{}
	view.Judge.Refuse, view.Judge.AskNow = view.Judge.Refuse || d.do == doRefuse, view.Judge.AskNow || d.do == doAsk
	for i, c := range sight.Kind.Checks {
		if code := wrong[checkField(c.ID)]; code != "" {
			text := v.words.T("ticket.wrong.check-" + code)
			view.Judge.Checks[i].Error = text
			view.Errors = append(view.Errors, templates.FieldError{Field: checkField(c.ID),
				Text: checkName(v, c.ID) + v.words.T("say.dot") + text})
		}
	}
	if wrong["evidence"] != "" { // the look ended with another claim
		view.Errors = append(view.Errors, templates.FieldError{Text: v.words.T("ticket.wrong.unopened")})
	}
	if wrong["account"] != "" { // there is no such account: it can be refused, as every other, and nothing else
		view.Errors = append(view.Errors, templates.FieldError{Text: v.words.T("ticket.wrong.no-account")})
	}
	for _, field := range []string{"compared", "reason", "remedies", "papers", "asks", "times"} {
		if wrong[field] != "" {
			text := v.words.T("ticket.wrong." + wrongWord(field, wrong[field]))
			view.Judge.Wrong[field] = text
			view.Errors = append(view.Errors, templates.FieldError{Field: field, Text: text})
		}
	}
	return s.fresh(v, http.StatusUnprocessableEntity, templates.Ticket(view))
}

// wrongWord is the word for what is wrong with a field: that nothing but compared papers can complete a case is not a wrong choice.
func wrongWord(field, code string) string {
	if field == "compared" && code == "required" {
		return "compared-required"
	}
	return field
}

// showTicketDecision asks once more, with all that was said on one page, before anything goes out.
func (s *Site) showTicketDecision(v *visit) error {
	me, id := v.agent.Agent, v.Param("id")
	sight, err := s.Tickets.Look(v.Request().Context(), me, id)
	if err != nil {
		return err
	}
	d := readDecision(sight.Kind, v.QueryParams())
	if stop := s.cannotDecide(sight, me); stop != nil {
		return stop(v, d)
	}
	if err := d.check(sight.Kind, sight.Ticket); problem.KindOf(err) == problem.KindInvalid { // an address that was changed or cut off
		return v.see(v.to(ticketPath(id), d.values().Encode()))
	}
	return s.fresh(v, http.StatusOK, templates.TicketConfirm(s.confirmView(v, sight, d)))
}

func (s *Site) confirmView(v *visit, sight *support.TicketSight, d decision) templates.TicketConfirmView {
	t, w := sight.Ticket, v.words.T
	heading := w("ticket.confirm." + d.do)
	query := d.values().Encode()
	page := withQuery(s.console(v, unbroken(heading), ticketDecidePath(t.ID)), query+"&do="+d.do)
	view := templates.TicketConfirmView{AgentPage: page, Title: title(heading), Do: d.do,
		Button: w("ticket.confirm." + d.do + "-button"),
		Of:     support.ShowTicketNumber(t.Number) + w("say.dot") + s.kindName(v, t.Kind),
		Action: v.to(ticketPath(t.ID), ""), Hidden: d.fields(sight.Kind), Bad: d.do == doRefuse,
		Back: ui.Link{Text: w("ticket.confirm.back"), URL: v.to(ticketPath(t.ID), query)}}
	if d.do != doAsk {
		view.Facts = s.checkFacts(v, t.Kind, d.judgement.Checks)
	}
	view.Facts = append(view.Facts, s.decisionFacts(v, sight.Kind, d)...)
	view.Then = s.thenText(v, sight, d)
	return view
}

// decisionFacts are what the decision says beside the checklist.
func (s *Site) decisionFacts(v *visit, k *support.TicketKind, d decision) []ui.Fact {
	var facts []ui.Fact
	for _, f := range []struct{ on, word, text string }{
		{doRefuse, "reason", reasonName(v, d.reason)}, {doRefuse, "remedies", inWords(v, d.remedies, remedyName)},
		{doRefuse, "papers", inWords(v, d.papers, paperName)}, {doAsk, "asks", inWords(v, d.asks, askName)},
		{doAsk, "wants", inWords(v, d.wants, paperName)},
	} {
		if f.on == d.do && f.text != "" {
			facts = append(facts, ui.Fact{Term: v.words.T("ticket.judge." + f.word), Text: f.text})
		}
	}
	if d.do == doApprove && len(k.Compares) > 0 {
		facts = append(facts, ui.Fact{Term: v.words.T("ticket.judge.compared"), Text: comparedText(v, d.judgement.Compared)})
	}
	return facts
}

// thenText says what a decision leads to.
func (s *Site) thenText(v *visit, sight *support.TicketSight, d decision) []string {
	w := v.words.T
	switch d.do {
	case doRefuse:
		return []string{w("ticket.then.refuse-seen"), w("ticket.then.refuse-again", "Days", int(sight.Kind.Reopen.Hours()/24))}
	case doAsk:
		return []string{w("ticket.then.ask-seen"), w("ticket.then.ask-wait", "Days", int(sight.Kind.More.Wait.Hours()/24))}
	}
	return []string{s.agreeText(v, sight), w("ticket.then.never")}
}
