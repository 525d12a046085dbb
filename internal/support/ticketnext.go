package support

import (
	"context"
	"errors"
	"fmt"

	"zhaohui/internal/problem"
)

// How far ClaimNext looks: beyond that, the queue is full of what somebody may not judge, and a person picks one by eye.
const (
	nextPage  = 50
	nextPages = 10
)

// ClaimNext claims the ticket that is due first of those that nobody works on and the agent may judge, of one kind or of all.
// problem.NotFound if there is none; problem.Denied without the right to review.
func (s *Tickets) ClaimNext(ctx context.Context, agent *Agent, kind string) (*Ticket, error) {
	if !agent.May(RightReview) {
		return nil, fmt.Errorf("claim the next: %w", problem.Denied)
	}
	after := ""
	for range nextPages {
		list, next, err := s.Queue(ctx, QueueFilter{Kind: kind}, after, nextPage)
		if err != nil {
			return nil, fmt.Errorf("claim the next: %w", err)
		}
		for _, t := range list {
			if t.StateAt(s.deps.Now()) == TicketClaimed || t.Barred(agent.ID) != "" {
				continue
			}
			claimed, err := s.Claim(ctx, agent, t.ID)
			if err == nil || !passedOver(err) {
				return claimed, err
			}
		}
		if after = next; after == "" {
			break
		}
	}
	return nil, fmt.Errorf("claim the next: %w", problem.NotFound)
}

// passedOver says that the next one may still be claimed: somebody else was first, the agent helped in this one, or its case
// cannot be decided any more.
func passedOver(err error) bool {
	return errors.Is(err, problem.Conflict) || errors.Is(err, problem.Denied) || errors.Is(err, problem.NotFound) ||
		errors.Is(err, problem.Expired)
}
