package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// longestWait is more than any wait in which the person's clock stands still, holds apart: a mailed link lasts 30 minutes.
const longestWait = time.Hour

// DueAt says when an open case has to be looked at by Tend: when its hold is over, when it has run out for certain, or when
// the wallet should have answered long ago.
func (p *Policy) DueAt(c *Case) time.Time {
	f := c.Facts
	switch {
	case c.State == Applying:
		return c.Acted.Add(time.Minute)
	case f.Verdict != nil && !f.Hold.IsZero() && !f.Ready:
		return f.Hold
	case c.held():
		return f.Hold.Add(p.Case.Collect)
	case c.ruled():
		return f.Ruled.Add(p.Case.Collect)
	case f.Awaits.After(c.Acted):
		return f.Awaits.Add(p.Case.Idle)
	}
	return c.Acted.Add(p.Case.Idle + longestWait)
}

// Tend looks after cases that nobody touches: it closes those that ran out, tells the owner that a hold is over, and starts
// again what the wallet never answered. Nothing depends on when it runs.
func (s *Service) Tend(ctx context.Context, limit int) error {
	ids, err := s.store.Due(ctx, s.now(), limit)
	if err != nil {
		return fmt.Errorf("tend cases: %w", err)
	}
	var problems []error
	for _, id := range ids {
		if err := s.tend(ctx, id); err != nil && !errors.Is(err, problem.Conflict) { // a conflict: somebody touched it
			problems = append(problems, fmt.Errorf("tend case %s: %w", id, err))
		}
	}
	return errors.Join(problems...)
}

func (s *Service) tend(ctx context.Context, id string) error {
	c, err := s.store.Case(ctx, id)
	if err != nil {
		return err
	}
	t, err := s.turn(ctx, c)
	if errors.Is(err, problem.NotFound) { // the account was erased
		t, err = &Turn{Case: c, Wallet: s.wallet, Policy: s.policy, Now: s.now(), s: s}, nil
	}
	if err != nil {
		return err
	}
	return s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(id)
		if err != nil {
			return err
		}
		t := t.within(tx, c)
		switch {
		case c.State == Applying:
			c.Acted = t.Now // so that it is not started again at once
			if err := tx.Apply(c.ID); err != nil {
				return err
			}
		case c.State != Open:
			return nil
		case t.place().State == Expired:
			if err := t.end(Expired); err != nil {
				return err
			}
		case c.Facts.Verdict != nil && !c.Facts.Hold.IsZero() && !c.Facts.Ready && !t.Now.Before(c.Facts.Hold):
			c.Facts.Ready = true
			if err := t.tell(PurposeReady, c.Facts.Hold.Add(s.policy.Case.Collect)); err != nil {
				return err
			}
		default:
			return nil
		}
		return tx.Save(c)
	})
}
