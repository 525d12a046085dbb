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
//
// page is what the form called its page. A press that is sent twice within a minute is one: it brings the same key again, waits
// no longer and uses up nothing (decision 0017). Without a name every press is another one.
func (s *Service) Carry(ctx context.Context, caseID, page string, client Client) (Key, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return Key{}, fmt.Errorf("take a case along: %w", err)
	}
	t, err := s.turn(ctx, c)
	if err != nil {
		return Key{}, fmt.Errorf("take a case along: %w", err)
	}
	t.Client = client
	key, press := Key{Case: caseID}, carryPress(caseID, page, client)
	err = s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(caseID)
		if err != nil {
			return err
		}
		now := t.within(tx, c)
		if key.Token = now.carried(press); key.Token != "" {
			return nil
		}
		if key.Token, err = now.carry(press); err != nil {
			return err
		}
		return tx.Save(c)
	})
	if err != nil {
		return Key{}, fmt.Errorf("take a case along: %w", err)
	}
	return key, nil
}

// carryPress is what makes two presses the same: the page that they came from, and from where. Whoever copied the browser's
// cookies was never shown what that page was called.
func carryPress(caseID, page string, client Client) []byte {
	if page == "" {
		page = token()
	}
	return []byte("carry\x00" + caseID + "\x00" + client.Network + "\x00" + page)
}

// carried is the token that this very press was given a moment ago; empty if it was not pressed before.
func (t *Turn) carried(press []byte) string {
	session := t.Case.Facts.Session
	if t.place().State != Open || !t.Now.Before(session.Changed.Add(turnover)) {
		return ""
	}
	return t.s.again(session, press)
}

func (t *Turn) carry(press []byte) (fresh string, err error) {
	f := &t.Case.Facts
	switch {
	case t.place().State != Open || !slices.ContainsFunc(f.Proofs, t.carries):
		return "", problem.Expired
	case t.situation().Unreachable:
		return "", problem.Denied
	}
	if err := t.tx.Take(t.Now, throttle.Limit{Key: "carry:" + t.Case.ID, Max: mostCarried.Max, Within: mostCarried.Within}); err != nil {
		return "", err
	}
	for i, p := range f.Proofs {
		if t.carries(p) {
			f.Proofs[i].Holder = f.Holder + 1
		}
	}
	f.Holder++
	f.Hold, f.HeldFor, f.Ready, f.Ruled, t.Case.Acted = time.Time{}, nil, false, t.Now, t.Now
	t.by = t.s.hash.Sum(press)
	if fresh, err = t.moved(Session{}); err != nil || !f.Hold.IsZero() {
		return fresh, err // of a wait all are told
	}
	return fresh, t.tell(PurposeStarted, time.Time{})
}

// carries says whether a proof comes along: what people decided, in the browser that holds the case.
func (t *Turn) carries(p Proof) bool {
	return slices.Contains([]string{ByAppeal, ByPapers}, p.Method) && p.Holder == t.Case.Facts.Holder
}
