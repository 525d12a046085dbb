package web

import (
	"errors"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// openTicket opens an appeal for the customer whom an agent helps: their page leads to its form, which is theirs to write and
// to send. A crash between the two leaves a case that stands at the form; the next press, or the customer's, begins the ticket.
func (s *Site) openTicket(v *visit, sight recovery.AssistSight) error {
	ctx, me := v.Request().Context(), v.agent.Agent.ID
	if s.Tickets == nil {
		return problem.Invalid{Fields: map[string]string{"method": "not-offered"}}
	}
	if err := s.Assist.Appeal(ctx, sight.Case, me); err != nil {
		return err
	}
	_, _, err := s.Tickets.Begin(ctx, support.NewTicket{Kind: appealKind, Case: sight.Case, Key: s.appealKey(sight.Case), Lang: sight.Lang,
		Agent: me})
	return err
}

// ticketOf is the appeal of a case, nil if there is none.
func (s *Site) ticketOf(v *visit, sight recovery.AssistSight) (*support.Ticket, error) {
	if s.Tickets == nil {
		return nil, nil //nolint:nilnil // no desk takes appeals
	}
	t, err := s.Tickets.OfCase(v.Request().Context(), sight.Case, appealKind)
	if errors.Is(err, problem.NotFound) {
		return nil, nil //nolint:nilnil // no appeal is no mistake
	}
	return t, err
}

// ticketFact says how an appeal stands. Its number opens nothing.
func (s *Site) ticketFact(v *visit, t *support.Ticket) string {
	number, state := support.ShowTicketNumber(t.Number), s.ticketState(v, t)
	switch t.State {
	case support.TicketDraft, support.TicketAsked:
		return v.words.T("assist.ticket.theirs", "Number", number, "State", state, "Time", s.until(v, t.Due))
	case support.TicketOpen:
		return v.words.T("assist.ticket.ours", "Number", number, "State", state, "Time", s.until(v, t.Promised))
	}
	return v.words.T("assist.ticket.over", "Number", number, "State", state)
}
