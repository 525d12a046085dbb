package recovery

import (
	"context"
	"fmt"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// A case on a second screen (coverage L04): a link by QR code, two digits to compare, and a companion.

// Handed is a hand-off that waits for the other screen.
type Handed struct {
	Token  string // the browser's new token
	Secret string // of the link; "" if there is nothing to hand off here any more: the right page is another one
	Number int    // two digits that both screens show
}

// HandOff makes a link for another screen. What is proved there are gains of the owner's, whose browser does not ask for anything
// then: so it gets its new token now (requirement W4), and whoever copied the one of before has nothing of what is to come.
func (s *Service) HandOff(ctx context.Context, key Key, client Client) (Handed, error) {
	a, err := s.attempt(ctx, key, client)
	if err != nil {
		return Handed{}, err
	}
	if a.role != Owner {
		return Handed{}, fmt.Errorf("hand off: %w", problem.Denied)
	}
	press := pressKey(client, "hand-off", key.Case)
	if a.Case.late(key.Token, a.Now) {
		return s.handed(a.Case, key, a.Now, press), nil
	}
	if a.place.State != Open || a.Case.Facts.Verdict != nil { // nothing more can be proved there
		return Handed{}, nil
	}
	a.by = s.pressed(press)
	var out Handed
	limit := throttle.Limit{Key: "act:" + key.Case, Max: mostActs, Within: time.Hour}
	stale, err := s.change(ctx, a, func(t *Turn) error {
		if err := t.tx.Take(t.Now, limit); err != nil {
			return err
		}
		f := &t.Case.Facts
		out = Handed{Token: t.renew(), Number: int(sixDigits()[0]-'0')*10 + int(sixDigits()[1]-'0')}
		out.Secret = s.secretOf("hand-off", f.Session)
		f.Handoffs = []Handoff{{Hash: hashToken(out.Secret), Number: out.Number, Until: t.Now.Add(t.Policy.Case.Idle)}}
		return t.record("handed-off", nil)
	})
	if err != nil || !stale {
		return out, err
	}
	c, err := s.store.Case(ctx, key.Case) // its own twin may have been first
	if err != nil {
		return Handed{}, fmt.Errorf("hand off: %w", err)
	}
	return s.handed(c, key, a.Now, press), nil
}

// handed is the hand-off that the same press made before.
func (s *Service) handed(c *Case, key Key, now time.Time, press []byte) Handed {
	out := Handed{Token: s.regained(c, key, now, press)}
	if out.Token == "" {
		return out
	}
	secret := s.secretOf("hand-off", c.Facts.Session)
	if h := c.handoff(secret, now); h != nil {
		out.Secret, out.Number = secret, h.Number
	}
	return out
}

// HandoffSight is what the other screen shows before it joins.
type HandoffSight struct {
	Number  int
	Started time.Time
	Client  string // what the case was begun on
	Channel string
	Lang    string
}

// LookHandoff looks at a hand-off; it changes nothing.
func (s *Service) LookHandoff(ctx context.Context, caseID, secret string) (HandoffSight, error) {
	c, err := s.store.Case(ctx, caseID)
	if err != nil {
		return HandoffSight{}, fmt.Errorf("hand-off: %w", err)
	}
	h := c.handoff(secret, s.now())
	if h == nil {
		return HandoffSight{}, fmt.Errorf("hand-off: %w", problem.Expired)
	}
	return HandoffSight{Started: c.Started, Client: c.Facts.Environment.Client, Number: h.Number, Channel: c.Facts.Channel, Lang: c.Facts.Lang}, nil
}

func (c *Case) handoff(secret string, now time.Time) *Handoff {
	for i := range c.Facts.Handoffs {
		if h := &c.Facts.Handoffs[i]; h.Hash == hashToken(secret) && h.Token == "" && now.Before(h.Until) && c.State == Open {
			return h
		}
	}
	return nil
}

// joined is the token that the same press let the other screen in with, for a minute; empty for any other.
func (s *Service) joined(c *Case, secret string, now time.Time, press []byte) string {
	for _, h := range c.Facts.Handoffs {
		if h.Hash == hashToken(secret) && h.Token == h.Joined.Hash && now.Before(h.Joined.Changed.Add(turnover)) {
			return s.again(h.Joined, press)
		}
	}
	return ""
}

// Join lets the other screen in, once.
func (s *Service) Join(ctx context.Context, caseID, secret string, client Client) (Key, error) {
	key, now, press := Key{Case: caseID}, s.now(), pressKey(client, "join", caseID, hashToken(secret))
	err := s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(caseID)
		if err != nil {
			return err
		}
		if key.Token = s.joined(c, secret, now, press); key.Token != "" {
			return nil
		}
		h := c.handoff(secret, now)
		if h == nil {
			return problem.Expired
		}
		h.Joined, key.Token = s.opened(now, press)
		h.Token = h.Joined.Hash
		if err := tx.Record(Event{At: now, Kind: "screen-joined", Case: c.ID, Actor: "customer"}); err != nil {
			return err
		}
		return tx.Save(c)
	})
	if err != nil {
		return Key{}, fmt.Errorf("join: %w", err)
	}
	return key, nil
}
