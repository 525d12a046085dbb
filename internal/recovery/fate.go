package recovery

import (
	"context"
	"fmt"
)

// Fate is where a case stands in its life, for a page that may say no more of it: how an appeal ended, to whoever typed its
// number and key. One that ran out is Expired at once, also before anybody tended it.
func (s *Service) Fate(ctx context.Context, caseID string) (State, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return "", fmt.Errorf("see how a case stands: %w", err)
	}
	t, err := s.turn(ctx, c)
	if err != nil {
		return "", fmt.Errorf("see how a case stands: %w", err)
	}
	return t.place().State, nil
}
