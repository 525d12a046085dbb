package recovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// submitPassword is the decision: in one transaction the case is decided, the password sealed to it, the account's other
// cases, links and codes end, and the job that tells the wallet is there (design.md, rule 7; requirement R10).
func (s *Service) submitPassword(ctx context.Context, a *attempt) (Result, error) {
	if a.role != Owner { // only the browser that began
		return Result{}, fmt.Errorf("set a password: %w", problem.Denied)
	}
	password := a.in["new_password"]
	if password != a.in["new_password_again"] {
		return s.mistaken(ctx, a, map[string]string{"new_password_again": "not-equal"})
	}
	why := weakness(password)
	if why == "" {
		refusal, err := s.wallet.RefusePassword(ctx, a.AccountID(), password)
		if err != nil {
			return Result{}, fmt.Errorf("set a password: %w", err)
		}
		why = string(refusal)
	}
	if why != "" {
		return s.mistaken(ctx, a, map[string]string{"new_password": why})
	}
	var fresh string
	stale, err := s.change(ctx, a, func(t *Turn) error {
		c := t.Case
		if err := t.overAll(); err != nil {
			return err
		}
		if err := t.replaceOthers(); err != nil {
			return err
		}
		c.State, c.Facts.Problem = Applying, ""
		c.Facts.Came = cmp.Or(a.Client.Link, c.Facts.Came) // a password that was refused leaves the first one
		c.Facts.Password = s.box.Seal([]byte(password), passwordContext(c.ID))
		c.Facts.Handoffs, c.Facts.Return, c.Facts.Decided = nil, nil, c.Facts.Decided+1
		fresh = t.renew()
		if err := t.tx.EndLinks(c.ID, LinkStop); err != nil {
			return err
		}
		if err := t.tx.Apply(c.ID); err != nil {
			return err
		}
		return t.record("password-chosen", map[string]string{"classes": classNames(c.Facts.Verdict.Classes)})
	})
	if stale || err != nil {
		return Result{Stale: stale}, err
	}
	return Result{Token: fresh, Subject: a.Case.Subject}, nil
}

func passwordContext(caseID string) string { return "recovery_case:password:" + caseID }

// overAll lets transactions that write all cases of an account come one after the other: each began with another case, so
// that they would wait for each other until the database ends one of them. It comes before anything else is written.
func (t *Turn) overAll() error {
	_, err := t.tx.Once(t.Now, "all-cases:"+t.Case.Subject, 0)
	return err
}

// replaceOthers ends the account's other cases. One that is being applied comes first: then this one has to wait for it.
func (t *Turn) replaceOthers() error {
	ids, err := t.tx.OpenCases(t.Case.Subject)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == t.Case.ID {
			continue
		}
		other, err := t.tx.Case(id)
		if err != nil {
			return err
		}
		if other.State == Applying {
			return fmt.Errorf("another case of the account is being applied: %w", problem.Conflict)
		}
		if err := t.within(t.tx, other).end(Replaced); err != nil {
			return err
		}
		if err := t.tx.Save(other); err != nil {
			return err
		}
	}
	return nil
}

// Work does what a case owes to the wallet: set the password of one that is decided, freeze an account whose owner said
// "this was not me". It may run again at any time, and fails with what can be tried again.
func (s *Service) Work(ctx context.Context, caseID string) error {
	c, err := s.store.Case(ctx, caseID)
	if errors.Is(err, problem.NotFound) {
		return nil // erased meanwhile
	}
	if err != nil {
		return fmt.Errorf("work on a case: %w", err)
	}
	t, err := s.turn(ctx, c)
	if err != nil {
		return fmt.Errorf("work on a case: %w", err)
	}
	if c.State == Applying {
		if err := s.apply(ctx, t); err != nil {
			return fmt.Errorf("set the password: %w", err)
		}
		if c, err = s.store.Case(ctx, caseID); err != nil {
			return fmt.Errorf("work on a case: %w", err)
		}
	}
	if c.Facts.Freeze && !c.Facts.Frozen {
		if err := s.freeze(ctx, c); err != nil {
			return fmt.Errorf("freeze: %w", err)
		}
	}
	return nil
}

// apply calls the wallet, and only its answer makes the case done. The key of the write is the decision's, so that a
// second call after a crash changes nothing.
func (s *Service) apply(ctx context.Context, t *Turn) error {
	c := t.Case
	password, err := s.box.Open(c.Facts.Password, passwordContext(c.ID))
	if err != nil {
		return err
	}
	limits := s.policy.limitsAfter(c.Facts.Verdict, t.Now)
	err = s.wallet.SetPassword(ctx, c.Facts.Account, wallet.Reset{Password: string(password), EndSessions: true, Limits: limits},
		fmt.Sprintf("reset:%s:%d", c.ID, c.Facts.Decided))
	refused := problem.KindOf(err) == problem.KindInvalid || problem.KindOf(err) == problem.KindDenied
	if err != nil && !refused {
		return err
	}
	if !refused && c.used("recoverycodes") { // what was used is replaced (requirement R6)
		if _, err := s.wallet.NewRecoveryCodes(ctx, c.Facts.Account, codesKey(c)); err != nil && !errors.Is(err, problem.Expired) {
			return err
		}
	}
	return s.settle(ctx, t, refused)
}

// settle writes the wallet's answer down: the case is done and everybody is told, or another password has to be chosen.
func (s *Service) settle(ctx context.Context, t *Turn, refused bool) error {
	return s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(t.Case.ID)
		if err != nil {
			return err
		}
		if c.State != Applying || c.Facts.Decided != t.Case.Facts.Decided {
			return nil // another run was first
		}
		in := t.within(tx, c)
		c.Facts.Password = nil
		if refused {
			c.State, c.Facts.Problem, c.Acted = Open, "refused", t.Now
			if err := in.record("password-refused", nil); err != nil {
				return err
			}
			if c.Facts.Freeze { // the owner said meanwhile that it was not them
				if err := in.end(Stopped); err != nil {
					return err
				}
			}
			return tx.Save(c)
		}
		c.State, c.Facts.Ended, c.Facts.NewCodes = Done, t.Now, c.used("recoverycodes")
		limits := s.policy.limitsAfter(c.Facts.Verdict, t.Now)
		c.Facts.Limits = limits.Until
		for _, m := range s.methods { // a completed recovery opens the ceiling again (requirement R3)
			if err := tx.Clear(c.inARow(m.ID())); err != nil {
				return err
			}
		}
		if err := tx.Record(Event{At: t.Now, Kind: "case-done", Case: c.ID, Actor: "job",
			Data: map[string]string{"classes": classNames(c.Facts.Verdict.Classes)}}); err != nil {
			return err
		}
		if err := in.arrived(); err != nil {
			return err
		}
		if err := in.tell(PurposeDone, c.Facts.Limits); err != nil {
			return err
		}
		if c.Facts.NewCodes {
			if err := in.tell(PurposeCodes, time.Time{}); err != nil {
				return err
			}
		}
		return tx.Save(c)
	})
}

// arrived counts for the link of an agent that somebody got there by it. Nothing is kept of which one that was.
func (t *Turn) arrived() error {
	link := t.Case.Facts.Came
	if link == "" {
		return nil
	}
	t.Case.Facts.Came = ""
	return t.tx.CountArrival(link)
}

// used says whether a method gave a proof of the case.
func (c *Case) used(method string) bool {
	return slices.ContainsFunc(c.Facts.Proofs, func(p Proof) bool { return p.Method == method })
}

// freeze stops paying and lowers the limits after "this was not me".
func (s *Service) freeze(ctx context.Context, c *Case) error {
	now := s.now()
	if err := s.wallet.Freeze(ctx, c.Facts.Account, "owner-veto", "freeze:"+c.ID); err != nil {
		return err
	}
	low := wallet.Limits{Single: s.policy.After.Frozen, Daily: s.policy.After.Frozen, Until: now.Add(s.policy.After.Observe)}
	if err := s.wallet.Limit(ctx, c.Facts.Account, low, "limit:"+c.ID); err != nil {
		return err
	}
	return s.do(ctx, func(tx Tx) error {
		c, err := tx.Case(c.ID)
		if err != nil || c.Facts.Frozen {
			return err
		}
		c.Facts.Frozen = true
		if err := tx.Record(Event{At: now, Kind: "account-frozen", Case: c.ID, Actor: "job"}); err != nil {
			return err
		}
		return tx.Save(c)
	})
}

const (
	keypad     = "147258369 963852741 159357 357159 258456 789456123 456789123 134679" // its rows, columns and crosses
	favourites = "520131 131452 521521 880088 168168 314159 271828 141592 112358 520520"
)

// weakness says why a payment password is too easy to guess, "" if it is not (requirement R9): repeats, runs, patterns.
func weakness(p string) string {
	switch {
	case strings.Count(p, p[:1]) == len(p):
		return "weak-repeat"
	case steps(p, 1) || steps(p, -1):
		return "weak-run"
	case p[:3] == p[3:], p[:2] == p[2:4] && p[2:4] == p[4:], // 123123, 121212
		p[0] == p[5] && p[1] == p[4] && p[2] == p[3],                // 123321
		p[0] == p[1] && p[2] == p[3] && p[4] == p[5],                // 112233
		strings.Count(p, p[:1]) == 5, strings.Count(p, p[1:2]) == 5, // all but one
		strings.Count(p[:3], p[:1]) == 3 && strings.Count(p[3:], p[3:4]) == 3, // 111222
		strings.Contains(keypad, p), strings.Contains(favourites, p):
		return "weak-pattern"
	}
	return ""
}

// steps says whether every digit is the one before plus by; 0 follows 9.
func steps(p string, by int) bool {
	for i := 1; i < len(p); i++ {
		if (int(p[i])-int(p[i-1])+10-by)%10 != 0 {
			return false
		}
	}
	return true
}

// limitsAfter are what may be paid after a reset (coverage L20): less for everybody for some weeks, and still less at first
// where the policy says so.
func (p *Policy) limitsAfter(v *Verdict, now time.Time) wallet.Limits {
	l := wallet.Limits{Single: p.After.Single, Daily: p.After.Daily, Until: now.Add(p.After.Observe)}
	if v.Limited > 0 {
		l.First, l.FirstUntil = p.After.Limited, now.Add(v.Limited)
	}
	return l
}
