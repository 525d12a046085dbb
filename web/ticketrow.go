package web

import (
	"strings"
	"time"

	"zhaohui/internal/support"
	"zhaohui/templates"
)

// ticketRows are tickets as the queue lists them.
func (s *Site) ticketRows(v *visit, list []*support.Ticket) ([]templates.TicketRow, error) {
	var ids []string
	for _, t := range list {
		ids = append(ids, t.Claim.Agent)
		for _, a := range t.Detail.Approvals {
			ids = append(ids, a.Agent)
		}
	}
	names, err := s.names(v, ids...)
	if err != nil {
		return nil, err
	}
	var rows []templates.TicketRow
	for _, t := range list {
		rows = append(rows, s.ticketRow(v, t, names))
	}
	return rows, nil
}

// names are what colleagues are called here; who reads is "me".
func (s *Site) names(v *visit, ids ...string) (map[string]string, error) {
	names, err := s.Desk.Names(v.Request().Context(), ids...)
	if err != nil {
		return nil, err
	}
	if names[v.agent.Agent.ID] != "" {
		names[v.agent.Agent.ID] = v.words.T("ticket.me")
	}
	for _, id := range ids {
		if names[id] == "" {
			names[id] = v.words.T("ticket.somebody")
		}
	}
	return names, nil
}

func (s *Site) ticketRow(v *visit, t *support.Ticket, names map[string]string) templates.TicketRow {
	me, now := v.agent.Agent, s.Now()
	row := templates.TicketRow{Number: support.ShowTicketNumber(t.Number), URL: v.to(ticketPath(t.ID), ""),
		Subject: s.kindName(v, t.Kind), Note: s.ticketNote(v, t), Score: t.Score, State: s.ticketState(v, t),
		Who: v.words.T("ticket.none"), Go: v.words.T("ticket.look")}
	row.Due, row.Left, row.Urgent = s.dueText(v, t)
	switch claimed := t.StateAt(now) == support.TicketClaimed; {
	case t.Holds(me.ID, now):
		row.Go, row.Who = v.words.T("ticket.go-on"), names[me.ID]
	case claimed:
		row.Who = names[t.Claim.Agent]
	case t.State == support.TicketOpen && me.May(support.RightReview) && t.Barred(me.ID) == "":
		row.Claim = v.to(ticketPath(t.ID), "")
	}
	return row
}

// ticketNote is what a judge wants to know before they claim.
func (s *Site) ticketNote(v *visit, t *support.Ticket) string {
	var parts []string
	given, need := len(t.Detail.Approvals), t.Detail.Need
	switch {
	case t.State == support.TicketOpen && given > 0:
		parts = append(parts, v.words.T("ticket.note.second", "n", need-given))
	case t.State == support.TicketOpen && need > 1:
		parts = append(parts, v.words.T("ticket.note.need", "n", need))
	}
	if round := t.Waiting(); round != nil && len(round.Asks) > 0 {
		parts = append(parts, v.words.T("ticket.note.asked", "What", s.askNames(v, round.Asks)))
	}
	if !t.Slot.IsZero() && t.Decided.IsZero() {
		parts = append(parts, v.words.T("ticket.note.call", "Time", s.clockTime(v, t.Slot)))
	}
	if n := len(t.Detail.Beside); n > 0 {
		parts = append(parts, v.words.T("ticket.note.beside", "n", n))
	}
	if !t.Detail.Reopened.IsZero() {
		parts = append(parts, v.words.T("ticket.note.reopened"))
	}
	return strings.Join(parts, v.words.T("say.comma"))
}

// ticketState is a word for how a ticket stands.
func (s *Site) ticketState(v *visit, t *support.Ticket) string {
	state := t.StateAt(s.Now())
	if state == support.TicketOpen && len(t.Detail.Approvals) > 0 {
		return v.words.T("ticket.state.second")
	}
	return v.words.T("ticket.state." + string(state))
}

// dueText is what was promised, and how near it is: in words, and in a colour on top.
func (s *Site) dueText(v *visit, t *support.Ticket) (due, left, urgent string) {
	span := (&live{Site: s, visit: v}).span
	switch t.State {
	case support.TicketAsked:
		return s.until(v, t.Due), v.words.T("ticket.due.customer"), ""
	case support.TicketOpen:
	default:
		if t.Decided.IsZero() {
			return v.words.T("ticket.none"), "", ""
		}
		return s.past(v, t.Decided), v.words.T("ticket.due.decided"), ""
	}
	switch rest := t.Due.Sub(s.Now()); {
	case t.Overdue(s.Now()):
		return s.past(v, t.Due), v.words.T("ticket.due.over", "Span", span(atLeast(-rest))), "bad"
	case rest < time.Hour:
		return s.until(v, t.Due), v.words.T("ticket.due.left", "Span", span(atLeast(rest))), "warn"
	default:
		return s.until(v, t.Due), v.words.T("ticket.due.left", "Span", span(atLeast(rest))), ""
	}
}
