package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// announce tells every address that somebody began, at the first passed proof, once in a while (requirement R7).
func (t *Turn) announce() error {
	first, err := t.first()
	if err != nil || !first {
		return err
	}
	return t.tell(PurposeStarted, time.Time{})
}

// first says whether a start has to be announced, and notes that it is: who asks tells every address in the same transaction.
func (t *Turn) first() (bool, error) { return t.tx.Once(t.Now, t.announced(), t.Policy.After.Notice) }

func (t *Turn) announced() string { return "announce:" + t.Case.Subject }

// tell sends a notice to every address of the account: also to those removed lately, and not only to the one that got the
// code. Each carries its own "this was not me".
func (t *Turn) tell(purpose Purpose, until time.Time) error {
	return t.write(Letter{Purpose: purpose, Until: until})
}

// write is tell for a letter that says more than when.
func (t *Turn) write(about Letter) error {
	purpose := about.Purpose
	if t.Account == nil {
		return nil
	}
	for _, a := range t.Account.Addresses {
		if !a.Removed.IsZero() && t.Now.Sub(a.Removed) > t.Policy.After.Removed {
			continue
		}
		secret := token()
		l := Letter{ID: token(), Case: t.Case.ID, Subject: t.Case.Subject, Channel: channelOf(a.Kind), Address: a.ID, To: a.To, Purpose: purpose,
			Lang: t.languageOf(), At: t.Now, Until: about.Until, Hold: about.Hold, Number: about.Number, Link: about.Link,
			Detail: t.Case.Facts.Environment.Client}
		switch {
		case purpose == PurposeStarted, purpose == PurposeTicketApproved:
			l.At = t.Case.Started
		case purpose == PurposeStopped && t.Case.Facts.Freeze:
			l.Detail = "frozen"
		}
		if purpose != PurposeStopped {
			l.Stop = t.s.address("/mail/"+secret, l.Lang)
			life := t.Policy.After.Veto
			if err := t.tx.AddLink(Link{Hash: hashToken(secret), Kind: LinkStop, Case: t.Case.ID, Address: a.ID, Expires: t.Now.Add(life)}); err != nil {
				return fmt.Errorf("tell %s: %w", purpose, err)
			}
		}
		if err := t.tx.Post(l); err != nil {
			return fmt.Errorf("tell %s: %w", purpose, err)
		}
	}
	return nil
}

// languageOf is the owner's language, not that of whoever runs the case.
func (t *Turn) languageOf() string {
	if t.Account != nil && t.Account.Lang != "" {
		return t.Account.Lang
	}
	return t.Case.Facts.Lang
}

func channelOf(kind wallet.AddressKind) string {
	if kind == wallet.Phone {
		return "sms"
	}
	return "mail"
}

// StopSight is what the page of a "this was not me" link says.
type StopSight struct {
	Started time.Time
	Client  string
	State   State // of the case
	Used    bool
	Freezes bool // a password of the account is being set or was set lately: the click freezes
	Frozen  bool // after the click: the password was decided already, so the account is frozen
	Alone   bool // this address was reported lost: it is noted, and counts with another one or a call
	Lang    string
}

// StopLink looks at a "this was not me" link; it changes nothing.
func (s *Service) StopLink(ctx context.Context, secret string) (StopSight, error) {
	sight, _, _, err := s.stopLink(ctx, secret)
	return sight, err
}

func (s *Service) stopLink(ctx context.Context, secret string) (StopSight, Link, *Turn, error) {
	l, t, err := s.link(ctx, secret, LinkStop, LinkMail) // the mail that asks "is it you?" can be answered with no
	if err != nil {
		return StopSight{}, l, nil, err
	}
	f := t.Case.Facts
	sight := StopSight{Started: t.Case.Started, Client: f.Environment.Client, State: t.state(), Used: !l.Used.IsZero(), Lang: f.Lang}
	err = s.store.Do(ctx, func(tx Tx) error {
		sight.Freezes, err = t.within(tx, t.Case).freezes()
		return err
	})
	if err != nil {
		return StopSight{}, l, nil, fmt.Errorf("look at a stop link: %w", err)
	}
	if t.Account != nil {
		sight.Alone = slices.ContainsFunc(t.Account.Addresses, func(a wallet.Address) bool {
			return a.ID == l.Address && (a.Trouble == wallet.Lost || a.Trouble == wallet.Reissued)
		}) && !slices.ContainsFunc(f.Vetoes, func(id string) bool { return id != l.Address })
	}
	return sight, l, t, nil
}

// state is that of the case now: an open one may have run out.
func (t *Turn) state() State {
	if t.Case.State == Open {
		return t.place().State
	}
	return t.Case.State
}

// link finds what a token leads to.
func (s *Service) link(ctx context.Context, secret string, kinds ...LinkKind) (Link, *Turn, error) {
	l, err := s.store.Link(ctx, hashToken(secret))
	if err == nil && !slices.Contains(kinds, l.Kind) {
		err = problem.NotFound
	}
	if err != nil {
		return l, nil, fmt.Errorf("link: %w", err)
	}
	if !s.now().Before(l.Expires) {
		return l, nil, fmt.Errorf("link: %w", problem.Expired)
	}
	c, err := s.store.Case(ctx, l.Case)
	if errors.Is(err, problem.NotFound) {
		err = problem.Expired
	}
	if err != nil {
		return l, nil, fmt.Errorf("case of the link: %w", err)
	}
	t, err := s.turn(ctx, c)
	return l, t, err
}

// Stop is the owner's "this was not me", one click, no sign-in: it stops a case that is not over, and freezes the account
// after a reset (requirement R7). The address that it came from must not be one that was reported lost, unless another
// address says so too.
func (s *Service) Stop(ctx context.Context, secret string) (StopSight, error) {
	sight, l, t, err := s.stopLink(ctx, secret)
	if errors.Is(err, problem.Expired) {
		return s.heard(ctx, l, err)
	}
	if err != nil {
		return sight, err
	}
	err = s.do(ctx, func(tx Tx) error {
		if err := t.within(tx, t.Case).overAll(); err != nil {
			return err
		}
		if !sight.Alone {
			if err := t.within(tx, t.Case).vetoFirst(); err != nil {
				return err
			}
		}
		if _, err := tx.UseLink(l.Hash, t.Now); err != nil {
			return err
		}
		c, err := tx.Case(l.Case)
		if err != nil {
			return err
		}
		if !slices.Contains(c.Facts.Vetoes, l.Address) {
			c.Facts.Vetoes = append(c.Facts.Vetoes, l.Address)
		}
		if err := tx.Record(Event{At: t.Now, Kind: "owner-veto", Case: c.ID, Actor: "owner",
			Data: map[string]string{"address": l.Address, "state": string(c.State)}}); err != nil {
			return err
		}
		if err := tx.Save(c); err != nil {
			return err
		}
		sight.Frozen = false
		if sight.Alone {
			return nil
		}
		sight.Frozen, err = t.within(tx, c).veto()
		return err
	})
	if err != nil {
		return sight, fmt.Errorf("stop: %w", err)
	}
	if !sight.Alone {
		s.log.Warn("an owner said: this was not me", "case", l.Case, "frozen", sight.Frozen)
		sight.State = Stopped
	}
	sight.Used = true
	return sight, nil
}

// freezes says whether "this was not me" would come to a freeze.
func (t *Turn) freezes() (bool, error) {
	ids, err := t.tx.CasesOf(t.Case.Subject, t.Now.Add(-t.Policy.After.Veto))
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		c, err := t.tx.Case(id)
		if err != nil {
			return false, err
		}
		if c.State != Open {
			return true, nil
		}
	}
	return false, nil
}

// vetoFirst writes what a proof writes before its case: the links that could still prove something, and whether the start was
// announced, as whoever begins again is announced again. In another order a proof of the same moment and a veto would each
// hold what the other waits for, until the database ends one of them.
func (t *Turn) vetoFirst() error {
	ids, err := t.tx.CasesOf(t.Case.Subject, t.Now.Add(-t.Policy.After.Veto))
	if err != nil {
		return err
	}
	ends := false
	for _, id := range ids {
		c, err := t.tx.Case(id)
		if err != nil {
			return err
		}
		if c.State == Open {
			if err := t.tx.EndLinks(id, LinkStop); err != nil {
				return err
			}
		}
		ends = ends || c.State == Open || !c.Facts.Freeze
	}
	if !ends { // said before
		return nil
	}
	return t.tx.Forget(t.announced())
}

// veto ends every open case of the account, and asks for a freeze where a password is being set or was set lately: whoever
// said "this was not me" need not know which of several cases it was. frozen says that it came to that.
func (t *Turn) veto() (frozen bool, err error) {
	ids, err := t.tx.CasesOf(t.Case.Subject, t.Now.Add(-t.Policy.After.Veto))
	if err != nil {
		return false, err
	}
	changed := false
	for _, id := range ids {
		c, err := t.tx.Case(id)
		if err != nil {
			return false, err
		}
		switch {
		case c.State == Open:
			err = t.within(t.tx, c).end(Stopped)
		case c.Facts.Freeze:
			frozen = true
			continue
		default:
			frozen, c.Facts.Freeze = true, true
			err = t.tx.Apply(id)
		}
		if err != nil {
			return false, err
		}
		if err := t.tx.Save(c); err != nil {
			return false, err
		}
		changed = true
	}
	if !changed { // said before: nobody is told again
		return frozen, nil
	}
	t.Case.Facts.Freeze = t.Case.Facts.Freeze || frozen // for the letter alone: it was saved before
	return frozen, t.tell(PurposeStopped, time.Time{})
}

// end closes a case: its links and codes die, the owner's links that stop things stay.
func (t *Turn) end(state State) error {
	c := t.Case
	c.State, c.Facts.Came = state, ""
	c.Facts.Ended, c.Facts.Doing, c.Facts.Late, c.Facts.Return, c.Facts.Handoffs, c.Facts.Password = t.Now, nil, nil, nil, nil, nil
	if err := t.tx.EndLinks(c.ID, LinkStop); err != nil {
		return err
	}
	return t.tx.Record(Event{At: t.Now, Kind: "case-" + string(state), Case: c.ID, Actor: "system"})
}
