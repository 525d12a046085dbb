package recovery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// What a person can do with a case beside answering its step.

// Switch gives the method up for now and shows the others: proofs stay.
func (s *Service) Switch(ctx context.Context, key Key, client Client) error {
	return s.act(ctx, key, client, func(t *Turn) error {
		if t.doing == nil {
			return nil
		}
		method := t.doing.Method
		t.Case.Facts.Doing, t.doing = nil, nil
		return t.record("method-left", map[string]string{"method": method})
	})
}

// Choose turns to another method at once: the one that is being done is given up, as with Switch.
func (s *Service) Choose(ctx context.Context, key Key, method string, client Client) error {
	return s.act(ctx, key, client, func(t *Turn) error {
		f := t.Case.Facts
		if !f.Named || f.Verdict != nil && !t.holding() || t.doing != nil && t.doing.Method == method {
			return nil
		}
		for _, o := range t.choices() {
			if o.Method == method {
				return t.begin(method)
			}
		}
		return nil
	})
}

// Resend sends a new code; the old one dies, unless a limit keeps the new one back. Before its time nothing happens: the
// page says when.
func (s *Service) Resend(ctx context.Context, key Key, client Client) error {
	a, err := s.attempt(ctx, key, client)
	if err != nil {
		return err
	}
	m, ok := s.method(a.place.Method).(Resender)
	if !ok || a.place.Sent == nil || a.Now.Before(a.place.Sent.Next) {
		return nil
	}
	_, err = s.change(ctx, a, func(t *Turn) error {
		if err := m.Resend(t); err != nil {
			return fmt.Errorf("resend: %w", err)
		}
		return t.record("code-sent-again", map[string]string{"method": a.place.Method})
	})
	return err
}

// More gives more time (requirement R14).
func (s *Service) More(ctx context.Context, key Key, client Client) error {
	return s.act(ctx, key, client, func(t *Turn) error {
		if t.Case.Facts.More < t.Policy.Case.More {
			t.Case.Facts.More++
		}
		return nil
	})
}

// Cancel ends a case by the person's own wish; its bearer need not be the owner of the account.
func (s *Service) Cancel(ctx context.Context, key Key, client Client) error {
	return s.act(ctx, key, client, func(t *Turn) error {
		if t.Case.State != Open {
			return nil
		}
		return t.end(Stopped)
	})
}

// mostActs is how often an hour a case may be turned about: more than a person can, and not enough to fill the trail.
const mostActs = 200

// act changes an open case of the owner or a companion, whatever its step.
func (s *Service) act(ctx context.Context, key Key, client Client, fn func(t *Turn) error) error {
	a, err := s.attempt(ctx, key, client)
	if err != nil {
		return err
	}
	if a.role == Guest {
		return fmt.Errorf("case: %w", problem.Denied)
	}
	if a.place.ID == StepEnded {
		return nil
	}
	limit := throttle.Limit{Key: "act:" + key.Case, Max: mostActs, Within: time.Hour}
	_, err = s.change(ctx, a, func(t *Turn) error {
		if err := t.tx.Take(t.Now, limit); err != nil {
			return err
		}
		return fn(t)
	})
	return err
}

// Resume opens a case by its resume code on another device: for looking at how it stands, and for proving something again.
func (s *Service) Resume(ctx context.Context, code string, client Client) (Key, error) {
	now := s.now()
	limit := throttle.Limit{Key: "resume:" + s.index.Sum(NetworkOf(client.Network)), Max: s.policy.Case.PerNetwork, Within: time.Hour}
	if err := s.store.Do(ctx, func(tx Tx) error { return tx.Take(now, limit) }); err != nil {
		return Key{}, fmt.Errorf("resume: %w", err)
	}
	var c *Case
	var err error
	for _, index := range s.index.All("resume:" + code) {
		if c, err = s.store.CaseByResume(ctx, index); err == nil {
			break
		}
	}
	if err != nil {
		return Key{}, fmt.Errorf("resume: %w", err)
	}
	key, press := Key{Case: c.ID}, pressKey(client, "resume", c.ID)
	err = s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(c.ID)
		if err != nil {
			return err
		}
		if r := c.Facts.Return; r != nil && now.Before(r.Until) {
			if key.Token = s.again(r.Opened, press); key.Token != "" { // a second click: nothing begins anew for it
				return nil
			}
		}
		opened, fresh := s.opened(now, press)
		c.Facts.Return, key.Token = &Return{Hash: opened.Hash, Until: now.Add(s.policy.Case.Total), Opened: opened}, fresh
		if err := tx.Record(Event{At: now, Kind: "case-resumed", Case: c.ID, Actor: "customer"}); err != nil {
			return err
		}
		return tx.Save(c)
	})
	if err != nil {
		return Key{}, fmt.Errorf("resume: %w", err)
	}
	return key, nil
}

// Again begins, for a guest, a method whose class was passed before: if it is passed again, the case moves to that browser.
func (s *Service) Again(ctx context.Context, key Key, method string, client Client) error {
	a, err := s.attempt(ctx, key, client)
	if err != nil {
		return err
	}
	if a.role != Guest || a.place.State != Open {
		return nil
	}
	for _, id := range a.again() {
		if id != method {
			continue
		}
		return s.do(ctx, func(tx Tx) error {
			c, err := tx.Case(key.Case)
			if err != nil || c.role(key.Token, a.Now) != Guest {
				return err
			}
			t := a.within(tx, c)
			if doing := c.Facts.Return.Doing; doing != nil && doing.Method == id {
				return nil
			}
			if err := tx.Take(a.Now, throttle.Limit{Key: "act:" + key.Case, Max: mostActs, Within: time.Hour}); err != nil {
				return err
			}
			c.Facts.Return.Doing = &Doing{Method: id, Nonce: token(), Began: a.Now}
			t.doing = c.Facts.Return.Doing
			if err := s.method(id).Begin(t); err != nil {
				return fmt.Errorf("again: %w", err)
			}
			if err := t.record("proof-again", map[string]string{"method": id}); err != nil {
				return err
			}
			return tx.Save(c)
		})
	}
	return nil
}

// again are the methods by which a guest can take the case over: those of classes that were passed. What is distrusted
// takes nothing over, what shows something of the account is not shown to whoever heard a resume code, and what people decided
// cannot be passed again.
func (t *Turn) again() []string {
	var list []string
	distrusted := t.situation().Distrusted
	passed := trusted(t.Case.Facts.Proofs, distrusted)
	for _, m := range t.s.methods {
		id := m.ID()
		rule := t.Policy.Methods[id]
		if t.s.method(id) == nil || t.Account == nil || rule.Later || rule.Class == ClassStaff {
			continue
		}
		able := slices.ContainsFunc(m.Prospects(t.Account, t.Policy), func(p Proof) bool { return !shares(p.Rests, distrusted) })
		if able && slices.ContainsFunc(passed, func(p Proof) bool { return p.Class == rule.Class }) {
			list = append(list, id)
		}
	}
	return list
}
