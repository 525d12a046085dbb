package recovery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// mostCarried is how often a case may be taken along: each time tells every address.
var mostCarried = Tries{Max: 3, Within: 30 * day}

// Carry takes a case that people said yes to along to another browser, for somebody who has nothing to prove again with. They
// showed the number and the key that the first browser was given when it sent the ticket; whoever calls this has looked at
// both. It is worth no more than that: only what people decided comes along, the whole hold begins again, and every address is
// told and can stop it. Where nobody can be told, it is refused: problem.Denied. problem.Expired if nothing waits there.
func (s *Service) Carry(ctx context.Context, caseID string, client Client) (Key, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return Key{}, fmt.Errorf("take a case along: %w", err)
	}
	t, err := s.turn(ctx, c)
	if err != nil {
		return Key{}, fmt.Errorf("take a case along: %w", err)
	}
	t.Client = client
	key := Key{Case: caseID}
	err = s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(caseID)
		if err != nil {
			return err
		}
		if key.Token, err = t.within(tx, c).carry(); err != nil {
			return err
		}
		return tx.Save(c)
	})
	if err != nil {
		return Key{}, fmt.Errorf("take a case along: %w", err)
	}
	return key, nil
}

func (t *Turn) carry() (fresh string, err error) {
	f := &t.Case.Facts
	switch {
	case t.place().State != Open || f.Ruled.IsZero():
		return "", problem.Expired
	case t.situation().Unreachable:
		return "", problem.Denied
	}
	if err := t.tx.Take(t.Now, throttle.Limit{Key: "carry:" + t.Case.ID, Max: mostCarried.Max, Within: mostCarried.Within}); err != nil {
		return "", err
	}
	for i, p := range f.Proofs {
		if slices.Contains([]string{ByAppeal, ByPapers}, p.Method) && p.Holder == f.Holder {
			f.Proofs[i].Holder = f.Holder + 1
		}
	}
	f.Holder++
	f.Hold, f.HeldFor, f.Ready, f.Ruled, t.Case.Acted = time.Time{}, nil, false, t.Now, t.Now
	t.by = t.s.hash.Sum([]byte("carry\x00" + t.Case.ID + "\x00" + token()))
	return t.moved(Session{})
}
