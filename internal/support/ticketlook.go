package support

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// Records is what the operator's account system knows of who a case is about, masked.
type Records interface {
	OnRecord(ctx context.Context, caseID string) ([]recovery.Known, error)
}

// Opening is one agent's look at what a customer gave. It was recorded with its reason when it began, and lasts fifteen minutes,
// or as long as the claim does under which it began: so the page can be read again, and a mistake in a form mended, without
// saying the reason twice.
type Opening struct {
	Agent  string    `json:"agent"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// Opening is an agent's look that lasts, nil if there is none.
func (t *Ticket) Opening(agent *Agent, now time.Time) *Opening {
	if !t.Holds(agent.ID, now) && !agent.May(RightLead) && !agent.May(RightAudit) {
		return nil
	}
	i := slices.IndexFunc(t.Detail.Opened, func(o Opening) bool { return o.Agent == agent.ID && now.Before(o.Until) })
	if i < 0 || !t.Erased.IsZero() {
		return nil
	}
	return &t.Detail.Opened[i]
}

// open begins a look; those that are over are forgotten, the trail keeps them.
func (t *Ticket) open(agent, reason string, now time.Time) {
	t.Detail.Opened = slices.DeleteFunc(t.Detail.Opened, func(o Opening) bool { return o.Agent == agent || !now.Before(o.Until) })
	t.Detail.Opened = append(t.Detail.Opened, Opening{agent, reason, now.Add(claimLasts)})
}

// shut ends an agent's look.
func (t *Ticket) shut(agent string) {
	t.Detail.Opened = slices.DeleteFunc(t.Detail.Opened, func(o Opening) bool { return o.Agent == agent })
}

// hold makes a claim last, and with it its agent's look, unless that is over.
func (t *Ticket) hold(agent string, until time.Time) {
	t.Claim = Claim{Agent: agent, Until: until}
	for i, o := range t.Detail.Opened {
		if o.Agent == agent && o.Until.After(until.Add(-claimLasts)) {
			t.Detail.Opened[i].Until = until
		}
	}
}

// letGo ends a claim, and its agent's look with it.
func (t *Ticket) letGo() {
	t.shut(t.Claim.Agent)
	t.Claim = Claim{}
}

// TicketSight is a ticket as somebody at the desk sees it. Without a look that lasts it has nothing that a customer wrote.
type TicketSight struct {
	Ticket   *Ticket
	Kind     *TicketKind
	Opening  *Opening
	Evidence []Evidence // all rounds, the oldest first
	Records  []recovery.Known
	Away     bool // the account system does not answer just now
}

// Look shows a ticket to somebody who may see tickets, with the evidence while a look at it lasts (View begins one). It changes
// nothing. A form that was not sent yet is nobody's business: problem.NotFound.
func (s *Tickets) Look(ctx context.Context, agent *Agent, id string) (*TicketSight, error) {
	if !agent.May(RightTickets) {
		return nil, fmt.Errorf("look at a ticket: %w", problem.Denied)
	}
	t, err := s.deps.Store.Ticket(ctx, id)
	if err == nil && t.State == TicketDraft {
		err = problem.NotFound
	}
	v := &TicketSight{Ticket: t}
	if err == nil {
		v.Kind, err = s.kind(t.Kind)
	}
	if err == nil {
		v.Opening = t.Opening(agent, s.deps.Now())
	}
	if err == nil && v.Opening != nil {
		err = s.evidence(ctx, v)
	}
	if err != nil {
		return nil, fmt.Errorf("look at a ticket: %w", err)
	}
	return v, nil
}

// evidence adds what was given and what is on record. An account system that is away does not hide what the customer wrote.
func (s *Tickets) evidence(ctx context.Context, v *TicketSight) error {
	var err error
	if v.Evidence, err = s.deps.Store.Evidence(ctx, v.Ticket.ID); err != nil {
		return err
	}
	for i := range v.Evidence {
		if err := v.Evidence[i].open(s.deps.Box); err != nil {
			return err
		}
	}
	if s.deps.Records == nil {
		return nil
	}
	v.Records, err = s.deps.Records.OnRecord(ctx, v.Ticket.Case)
	switch problem.KindOf(err) {
	case problem.KindNotFound, problem.KindExpired: // the case was erased; the ticket stays a while
		return nil
	case problem.KindUnavailable:
		v.Away = true
		return nil
	}
	return err
}

// Number finds the id of a ticket by its number as people type it; problem.NotFound, also for one that was not sent yet.
func (s *Tickets) Number(ctx context.Context, agent *Agent, typed string) (id string, err error) {
	number, ok := ParseTicketNumber(typed)
	if !ok || !agent.May(RightTickets) {
		return "", fmt.Errorf("find a ticket: %w", problem.NotFound)
	}
	t, err := s.deps.Store.Numbered(ctx, number)
	if err == nil && t.State == TicketDraft {
		err = problem.NotFound
	}
	if err != nil {
		return "", fmt.Errorf("find a ticket: %w", err)
	}
	return t.ID, nil
}
