package support

import (
	"context"
	"time"

	"zhaohui/internal/problem"
)

// Claim gives an agent a ticket for fifteen minutes; to claim one's own again renews it. problem.Conflict if somebody else
// has it or it does not wait for people; problem.Denied without the right to review, and for who may not judge it.
func (s *Tickets) Claim(ctx context.Context, agent *Agent, id string) (*Ticket, error) {
	return s.change(ctx, "claim ticket", id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if t.State != TicketOpen || t.StateAt(now) == TicketClaimed && t.Claim.Agent != agent.ID {
			return problem.Conflict
		}
		if err := s.mayJudge(tx, t, k, agent); err != nil {
			return err
		}
		again := t.Holds(agent.ID, now)
		if !again {
			t.shut(agent.ID) // whoever comes back says once more why they look
		}
		t.hold(agent.ID, now.Add(claimLasts))
		if again {
			return nil
		}
		return tx.Record(noted(t, now, "ticket-claimed", Actor(agent.ID)))
	})
}

// mayJudge also notes what is known of the case by now.
func (s *Tickets) mayJudge(tx TicketTx, t *Ticket, k *TicketKind, agent *Agent) error {
	if !agent.May(RightReview) {
		return problem.Denied
	}
	about, err := tx.About(t.Case)
	if err != nil {
		return err
	}
	t.weigh(k, about)
	if _, err := t.group(tx, k, about); err != nil {
		return err
	}
	if t.Barred(agent.ID) != "" {
		return problem.Denied
	}
	return nil
}

// claimed is change for the agent who has a ticket; it renews the claim. problem.Conflict if the claim is over, also if
// nobody took the ticket meanwhile: whoever was away looks again.
func (s *Tickets) claimed(ctx context.Context, doing string, agent *Agent, id string,
	fn func(TicketTx, *Ticket, *TicketKind, time.Time) error) (*Ticket, error) {
	return s.change(ctx, doing, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if !t.Holds(agent.ID, now) {
			return problem.Conflict
		}
		t.hold(agent.ID, now.Add(claimLasts))
		return fn(tx, t, k, now)
	})
}

// judged is claimed for who decides: they may judge the ticket, and opened what the customer gave under this claim
// (requirement P1). What they saw before they gave it back, or before somebody else had it, counts nothing.
func (s *Tickets) judged(ctx context.Context, doing string, agent *Agent, id string,
	fn func(TicketTx, *Ticket, *TicketKind, time.Time) error) (*Ticket, error) {
	return s.claimed(ctx, doing, agent, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if err := s.mayJudge(tx, t, k, agent); err != nil {
			return err
		}
		if t.Opening(agent, now) == nil {
			return invalid("evidence", "required")
		}
		return fn(tx, t, k, now)
	})
}

// Renew keeps a claim while its agent works; problem.Conflict if it is over.
func (s *Tickets) Renew(ctx context.Context, agent *Agent, id string) (*Ticket, error) {
	return s.claimed(ctx, "renew claim", agent, id, func(TicketTx, *Ticket, *TicketKind, time.Time) error { return nil })
}

// Release gives a ticket back to the queue.
func (s *Tickets) Release(ctx context.Context, agent *Agent, id string) (*Ticket, error) {
	return s.claimed(ctx, "release ticket", agent, id, func(tx TicketTx, t *Ticket, _ *TicketKind, now time.Time) error {
		t.letGo()
		return tx.Record(noted(t, now, "ticket-released", Actor(agent.ID)))
	})
}
