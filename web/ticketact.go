package web

import (
	"net/http"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// submitTicket does what a judge wants with a ticket. A decision is first checked, then asked about once more.
func (s *Site) submitTicket(v *visit) error {
	ctx, id, me := v.Request().Context(), v.Param("id"), v.agent.Agent
	sight, err := s.Tickets.Look(ctx, me, id)
	if err != nil {
		return err
	}
	form, err := v.form(decisionFields(sight.Kind)...)
	if err != nil {
		return err
	}
	d := readDecision(sight.Kind, form)
	switch d.do {
	case "claim", "renew", "release":
		return s.moveClaim(v, sight, d)
	}
	if stop := s.cannotDecide(sight, me); stop != nil {
		return stop(v, d)
	}
	if err := d.check(sight.Kind, sight.Ticket); err != nil {
		if len(wrong(err)) == 0 {
			return err
		}
		return s.mistakenTicket(v, sight, d, wrong(err))
	}
	if form.Get("sure") != "yes" {
		query := d.values()
		query.Set("do", d.do)
		return v.see(v.to(ticketDecidePath(id), query.Encode()))
	}
	return s.decide(v, sight, d)
}

// cannotDecide is the answer to who lost the claim, or did not look at what they decide; nil for who may go on.
func (s *Site) cannotDecide(sight *support.TicketSight, me *support.Agent) func(*visit, decision) error {
	switch {
	case !sight.Ticket.Holds(me.ID, s.Now()):
		return s.lostTicket
	case sight.Opening == nil:
		return func(v *visit, d decision) error {
			return s.ticketAgain(v, d, http.StatusUnprocessableEntity, "ticket.wrong.unopened")
		}
	}
	return nil
}

// moveClaim takes a ticket, keeps it, or gives it back. What was filled in before a claim was lost comes back with the next.
func (s *Site) moveClaim(v *visit, sight *support.TicketSight, d decision) error {
	ctx, id, me := v.Request().Context(), sight.Ticket.ID, v.agent.Agent
	var err error
	query, to := d.values(), ticketPath(id)
	switch d.do {
	case "claim":
		query.Set("said", "claimed")
		_, err = s.Tickets.Claim(ctx, me, id)
	case "renew":
		query.Set("said", "renewed")
		_, err = s.Tickets.Renew(ctx, me, id)
	case "release":
		to = queuePath
		query.Set("said", "released")
		query.Set("of", strings.ToLower(sight.Ticket.Number))
		_, err = s.Tickets.Release(ctx, me, id)
	}
	if err == nil {
		return v.see(v.to(to, query.Encode()))
	}
	return s.keptFrom(v, d, err)
}

// keptFrom shows a ticket to who could not do what they wanted, and says why.
func (s *Site) keptFrom(v *visit, d decision, err error) error {
	switch problem.KindOf(err) {
	case problem.KindConflict:
		return s.lostTicket(v, d)
	case problem.KindDenied:
		return s.ticketAgain(v, d, http.StatusForbidden, "ticket.wrong.barred")
	case problem.KindNotFound, problem.KindExpired:
		return s.ticketAgain(v, d, http.StatusGone, "ticket.wrong.over")
	}
	return err
}

// lostTicket says that the claim is over or somebody else was first; nothing that was filled in is lost.
func (s *Site) lostTicket(v *visit, d decision) error {
	return s.ticketAgain(v, d, http.StatusConflict, "ticket.wrong.lost")
}

// ticketAgain is the page of a ticket as it stands now, with one sentence above.
func (s *Site) ticketAgain(v *visit, d decision, status int, word string) error {
	sight, err := s.Tickets.Look(v.Request().Context(), v.agent.Agent, v.Param("id"))
	if err != nil {
		return err
	}
	view, err := s.ticketView(v, sight, d)
	if err != nil {
		return err
	}
	view.Errors = []templates.FieldError{{Text: v.words.T(word)}}
	return s.fresh(v, status, templates.Ticket(view))
}

// decide does what the judge agreed to once more.
func (s *Site) decide(v *visit, sight *support.TicketSight, d decision) error {
	ctx, id, me := v.Request().Context(), sight.Ticket.ID, v.agent.Agent
	var t *support.Ticket
	var err error
	said := ""
	switch d.do {
	case doApprove:
		if t, err = s.Tickets.Approve(ctx, me, id, d.judgement); err == nil {
			said = map[bool]string{true: "approved", false: "agreed"}[t.State == support.TicketApproved]
		}
	case doRefuse:
		said = "refused"
		t, err = s.Tickets.Refuse(ctx, me, id, d.refusing())
	case doAsk:
		said = "asked"
		t, err = s.Tickets.AskMore(ctx, me, id, d.asks, d.wants)
	}
	switch {
	case len(wrong(err)) > 0:
		return s.mistakenTicket(v, sight, d, wrong(err))
	case err != nil:
		return s.keptFrom(v, d, err)
	}
	return v.see(v.to(queuePath, "of="+strings.ToLower(t.Number)+"&said="+said))
}

// submitTicketView opens the evidence for a reason, which is recorded before anything is shown (requirement P1).
func (s *Site) submitTicketView(v *visit) error {
	ctx, id, me := v.Request().Context(), v.Param("id"), v.agent.Agent
	sight, err := s.Tickets.Look(ctx, me, id)
	if err != nil {
		return err
	}
	form, err := v.form(append(decisionFields(sight.Kind), "why")...)
	if err != nil {
		return err
	}
	d := readDecision(sight.Kind, form)
	_, _, err = s.Tickets.View(ctx, me, id, form.Get("why"))
	switch {
	case wrong(err)["reason"] != "":
		return s.ticketWhy(v, d)
	case problem.KindOf(err) == problem.KindConflict:
		return s.lostTicket(v, d)
	case err != nil:
		return err
	}
	query := d.values()
	query.Set("said", "opened")
	return v.see(v.to(ticketPath(id), query.Encode()))
}

// ticketWhy asks again why somebody looks.
func (s *Site) ticketWhy(v *visit, d decision) error {
	sight, err := s.Tickets.Look(v.Request().Context(), v.agent.Agent, v.Param("id"))
	if err != nil {
		return err
	}
	view, err := s.ticketView(v, sight, d)
	if err != nil {
		return err
	}
	text := v.words.T("ticket.wrong.why")
	if view.Open != nil {
		view.Open.Error = text
	}
	view.Errors = []templates.FieldError{{Field: "why", Text: text}}
	return s.fresh(v, http.StatusUnprocessableEntity, templates.Ticket(view))
}
