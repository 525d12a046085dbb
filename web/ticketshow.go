package web

import (
	"slices"
	"strconv"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/static"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showTicket is one ticket. What a customer wrote is on it only while a look lasts that was begun with a reason.
func (s *Site) showTicket(v *visit) error {
	sight, err := s.Tickets.Look(v.Request().Context(), v.agent.Agent, v.Param("id"))
	if err != nil {
		return err
	}
	view, err := s.ticketView(v, sight, readDecision(sight.Kind, v.QueryParams()))
	if err != nil {
		return err
	}
	view.Notice = s.ticketSaid(v)
	return s.fresh(v, 200, templates.Ticket(view))
}

// withQuery keeps what an address says when the reader changes the language or the size of the text.
func withQuery(p templates.AgentPage, query string) templates.AgentPage {
	if query == "" {
		return p
	}
	p.Path += "?" + query
	for i := range p.Languages {
		p.Languages[i].URL += "?" + query
	}
	return p
}

// ticketView is the page of a ticket, with what was filled in.
func (s *Site) ticketView(v *visit, sight *support.TicketSight, d decision) (templates.TicketView, error) {
	t, me, now := sight.Ticket, v.agent.Agent, s.Now()
	names, err := s.names(v, peopleOf(t)...)
	if err != nil {
		return templates.TicketView{}, err
	}
	heading := support.ShowTicketNumber(t.Number) + v.words.T("say.dot") + s.kindName(v, t.Kind)
	page := withQuery(s.console(v, heading, ticketPath(t.ID)), d.values().Encode())
	view := templates.TicketView{AgentPage: page, Heading: heading,
		Action: v.to(ticketPath(t.ID), ""), Stand: s.stand(v, t, names), Facts: s.ticketFacts(v, sight, names),
		History: s.ticketHistory(v, t, names), Queue: ui.Link{Text: v.words.T("ticket.page.queue"), URL: v.to(queuePath, "")}}
	holds := t.Holds(me.ID, now)
	switch {
	case holds:
		view.Lease = s.lease(v, t)
		view.Keys = append(view.Keys, templates.AgentKey{Key: "x", Text: v.words.T("ticket.release")})
		if sight.Opening != nil { // who did not look cannot judge
			view.Judge = s.judge(v, sight, d)
		}
	case t.StateAt(now) == support.TicketOpen && me.May(support.RightReview) && t.Barred(me.ID) == "":
		view.Claim = true
		view.Keys = append(view.Keys, templates.AgentKey{Key: "g", Text: v.words.T("ticket.claim")})
		if !d.empty() {
			view.Kept = d.fields(sight.Kind)
		}
	}
	switch {
	case !t.Erased.IsZero():
		view.Gone = v.words.T("ticket.page.erased", "Time", s.past(v, t.Erased))
	case sight.Opening != nil:
		view.Why = v.words.T("ticket.open.opened", "Why", viewName(v, sight.Opening.Reason), "Time", s.clockTime(v, sight.Opening.Until))
		view.Evidence = s.ticketEvidence(v, sight)
	case holds || overlooks(me):
		view.Open = s.ticketOpen(v, sight.Kind)
		if holds {
			view.Open.Kept = d.fields(sight.Kind)
		}
	}
	if overlooks(me) && (!t.Decided.IsZero() || !me.May(support.RightReview)) {
		view.Judged = s.ticketJudged(v, t, names)
	}
	return view, nil
}

// peopleOf are all of the desk who did something with a ticket.
func peopleOf(t *support.Ticket) []string {
	ids := append([]string{t.Claim.Agent}, t.Detail.Helpers...)
	for _, r := range t.Detail.Rounds {
		ids = append(ids, r.By)
	}
	for _, a := range t.Detail.Approvals {
		ids = append(ids, a.Agent)
	}
	for _, r := range t.Detail.Refusals {
		ids = append(ids, r.Agent)
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

func (s *Site) ticketOpen(v *visit, k *support.TicketKind) *templates.TicketOpen {
	open := &templates.TicketOpen{Action: v.to(ticketViewPath(v.Param("id")), "")}
	for _, reason := range k.Views {
		open.Reasons = append(open.Reasons, templates.LinkChoice{Value: reason, Text: viewName(v, reason)})
	}
	return open
}

// stand says how a ticket stands for who reads: whether it is theirs, or why it is not theirs to judge.
func (s *Site) stand(v *visit, t *support.Ticket, names map[string]string) string {
	w, me, now := v.words.T, v.agent.Agent, s.Now()
	barred := t.Barred(me.ID)
	switch {
	case t.Holds(me.ID, now):
		return w("ticket.stand.mine", "Time", s.clockTime(v, t.Claim.Until))
	case t.State == support.TicketAsked:
		return w("ticket.stand.asked", "Time", s.until(v, t.Due))
	case t.State == support.TicketApproved && s.ended(v, t):
		return w("ticket.stand.ended")
	case t.State != support.TicketOpen:
		hold := 0
		if k, ok := s.Tickets.Kind(t.Kind); ok {
			hold = int(k.Hold.Hours())
		}
		return w("ticket.stand."+string(t.State), "Hours", hold)
	case barred != "" && me.May(support.RightReview):
		return w("ticket.barred." + barred)
	case t.StateAt(now) == support.TicketClaimed:
		return w("ticket.stand.taken", "Name", names[t.Claim.Agent], "Time", s.clockTime(v, t.Claim.Until))
	case t.Claim.Agent == me.ID:
		return w("ticket.stand.lost", "Time", s.past(v, t.Claim.Until))
	}
	return w("ticket.stand.free")
}

// ended says whether the case of an approved ticket is over: by a new password, by the owner's stop, or by time.
func (s *Site) ended(v *visit, t *support.Ticket) bool {
	if s.Recovery == nil {
		return false
	}
	fate, err := s.Recovery.Fate(v.Request().Context(), t.Case)
	if err != nil && problem.KindOf(err) != problem.KindNotFound {
		s.Log.Warn("how an approved ticket went on is not shown", "error", err)
		return false
	}
	return fate != recovery.Open && fate != recovery.Applying
}

func (s *Site) lease(v *visit, t *support.Ticket) *templates.TicketLease {
	return &templates.TicketLease{Left: strconv.Itoa(int(t.Claim.Until.Sub(s.Now()).Seconds())), Lost: v.words.T("ticket.wrong.lost"),
		ScriptURL: static.URL("agenttickets.js")}
}

// ticketFacts are what is known of a ticket without a look at what the customer wrote.
func (s *Site) ticketFacts(v *visit, sight *support.TicketSight, names map[string]string) []ui.Fact {
	t, w := sight.Ticket, v.words.T
	var facts []ui.Fact
	add := func(word, text string) {
		if text != "" {
			facts = append(facts, ui.Fact{Term: w("ticket.fact." + word), Text: text})
		}
	}
	add("state", s.ticketState(v, t))
	due, left, _ := s.dueText(v, t)
	word := "due"
	if !t.Decided.IsZero() {
		word, left = "decided", ""
	}
	add(word, strings.Join(slices.DeleteFunc([]string{due, left}, func(s string) bool { return s == "" }), w("say.dot")))
	add("score", strconv.Itoa(t.Score)+"%")
	add("sent", s.past(v, t.Sent))
	add("need", w("ticket.need", "n", t.Detail.Need))
	add("agreed", s.agreed(v, t, names))
	if kind, ok := s.Tickets.Kind(t.Kind); ok && t.Detail.Money != "" {
		add("money", w("ticket.money."+t.Detail.Money, "Yuan", kind.Approvals.Yuan))
	}
	add("flags", inWords(v, t.Detail.Flags, flagName))
	var beside []string
	for _, number := range t.Detail.Beside {
		beside = append(beside, support.ShowTicketNumber(number))
	}
	add("beside", strings.Join(beside, w("say.pause")))
	var helpers []string
	for _, id := range t.Detail.Helpers {
		helpers = append(helpers, names[id])
	}
	add("helpers", strings.Join(helpers, w("say.pause")))
	if !t.Slot.IsZero() {
		add("call", s.clockTime(v, t.Slot))
	}
	add("lang", s.Words.Words(t.Detail.Lang).T("language.name"))
	return facts
}

// agreed names who agreed, and nothing of how: the next one judges with their own eyes.
func (s *Site) agreed(v *visit, t *support.Ticket, names map[string]string) string {
	var all []string
	for _, a := range t.Detail.Approvals {
		all = append(all, v.words.T("ticket.agreed", "Name", names[a.Agent], "Time", s.past(v, a.At)))
	}
	return strings.Join(all, v.words.T("say.pause"))
}
