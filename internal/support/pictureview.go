package support

import (
	"context"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// OwnPicture is a picture for the customer who gave it, while they may still take it back: problem.Conflict later, because
// what was sent is not shown again to whoever holds the phone.
func (s *Tickets) OwnPicture(ctx context.Context, caseID, id, ask, picture string) (Picture, error) {
	t, k, all, err := s.given(ctx, caseID, id)
	if err == nil {
		var a *album
		if a, err = s.album(all, t, k, ask); err == nil {
			_, err = a.find(picture)
		}
	}
	var p Picture
	if err == nil {
		p, err = s.deps.Store.Picture(ctx, id, picture)
	}
	if err == nil {
		p, err = s.unsealed(p)
	}
	if err != nil {
		return Picture{}, fmt.Errorf("show picture: %w", err)
	}
	return p, nil
}

// ViewPicture is a picture for somebody at the desk whose look at the evidence lasts (View begins one); who looked, and why, is
// recorded before it is shown (requirement P1). problem.Denied for all others, problem.Expired once it is erased.
func (s *Tickets) ViewPicture(ctx context.Context, agent *Agent, id, picture string) (Picture, error) {
	found, missing := s.deps.Store.Picture(ctx, id, picture)
	_, err := s.change(ctx, "view picture", id, func(tx TicketTx, t *Ticket, _ *TicketKind, now time.Time) error {
		look := t.Opening(agent, now)
		switch {
		case !agent.May(RightTickets):
			return problem.Denied
		case t.State == TicketDraft:
			return problem.NotFound
		case !t.Erased.IsZero():
			return problem.Expired
		case look == nil:
			return problem.Denied
		case missing != nil:
			return missing
		}
		if t.Holds(agent.ID, now) {
			t.hold(agent.ID, now.Add(claimLasts))
		}
		return tx.Record(noted(t, now, KindPictureViewed, Actor(agent.ID), "reason", look.Reason, "picture", picture))
	})
	if err == nil {
		found, err = s.unsealed(found)
	}
	if err != nil {
		return Picture{}, fmt.Errorf("view picture: %w", err)
	}
	return found, nil
}

// KindPictureViewed is what the trail keeps of a look at a picture.
const KindPictureViewed = "picture-viewed"

func (s *Tickets) unsealed(p Picture) (Picture, error) {
	var err error
	if p.JPEG, err = s.deps.Box.Open(p.Sealed, p.context()); err != nil {
		return Picture{}, fmt.Errorf("open picture: %w", err)
	}
	return p, nil
}
