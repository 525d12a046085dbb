package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// submitMethod counts the try, asks the method, and applies what it says.
func (s *Service) submitMethod(ctx context.Context, a *attempt) (Result, error) {
	m, counted := s.method(a.place.Method), false
	check := func(ctx context.Context) (Outcome, error) { return m.Check(ctx, a.Turn, a.in) }
	outcome := Outcome{Count: a.place.Guess, Then: check}
	for outcome.Then != nil {
		if result, ended, err := s.further(ctx, a, outcome); err != nil || ended {
			return result, err
		}
		counted = counted || outcome.Count
		var err error
		if outcome, err = outcome.Then(ctx); err != nil {
			return Result{}, fmt.Errorf("%s: %w", m.ID(), err)
		}
	}
	result := Result{Wrong: outcome.Wrong}
	a.right = counted && len(outcome.Wrong) == 0 && outcome.Failed == ""
	stale, err := s.change(ctx, a, func(t *Turn) error {
		result.Token = ""
		switch {
		case outcome.Proved:
			fresh, err := t.prove(m, outcome.Rests, a.role)
			result.Token = fresh
			return err
		case outcome.Failed != "":
			return t.fail(m.ID(), outcome.Failed)
		case outcome.Apply != nil:
			if err := outcome.Apply(t); err != nil {
				return err
			}
		}
		if len(outcome.Wrong) == 0 || !counted { // no try: the wait is not over, a puzzle was not solved
			return nil
		}
		return t.record("try-wrong", map[string]string{"method": m.ID()})
	})
	if stale {
		return Result{Stale: true}, nil
	}
	return result, err
}

// further saves what an outcome applies and counts its try, each in a transaction of its own, before its Then looks at
// anything (requirement R4). The result is for a submit that ended here: something else came first, or no try is left.
func (s *Service) further(ctx context.Context, a *attempt, o Outcome) (result Result, ended bool, err error) {
	if o.Apply != nil {
		stale, err := s.change(ctx, a, o.Apply)
		if stale || errors.Is(err, problem.Conflict) {
			return Result{Stale: true}, true, nil
		}
		if err != nil {
			return Result{}, true, err
		}
	}
	if !o.Count {
		return Result{}, false, nil
	}
	err = s.store.Do(ctx, func(tx Tx) error {
		if twin, err := a.twin(tx); err != nil || twin {
			return err
		}
		return tx.Take(a.Now, a.tries()...)
	})
	a.taken++
	if errors.Is(err, errHammered) {
		return Result{Stale: true}, true, nil
	}
	var refused throttle.Refused
	if errors.As(err, &refused) {
		result, err = s.refuse(ctx, a, refused)
		return result, true, err
	}
	if err != nil {
		err = fmt.Errorf("count a try: %w", err)
	}
	return Result{}, err != nil, err
}

// refuse is the answer to a try too many: the code is void, or the method closes.
func (s *Service) refuse(ctx context.Context, a *attempt, refused throttle.Refused) (Result, error) {
	if strings.HasPrefix(refused.Limit.Key, "code:") {
		return Result{Spent: true, Wrong: map[string]string{"code": "too-many"}}, nil
	}
	stale, err := s.change(ctx, a, func(t *Turn) error { return t.lock(a.place.Method, refused.Until) })
	return Result{Stale: stale, Locked: refused.Until}, err
}

// tries are all limits of a try at the current step: the code's, and those that outlast it.
func (a *attempt) tries() []throttle.Limit {
	if a.place.Sent == nil {
		return a.lasting()
	}
	return append(a.place.Sent.limits(a.Policy.CodeTries), a.lasting()...)
}

// lasting are the limits that another code does not renew: the step's, the method's, and the ceiling of tries in a row.
func (a *attempt) lasting() []throttle.Limit {
	rule := a.Policy.Methods[a.place.Method]
	limits := slices.Clone(a.place.Limits)
	for _, tries := range rule.Tries {
		limits = append(limits, a.Limit(a.place.Method, tries))
	}
	return append(limits, throttle.Limit{Key: a.Case.inARow(a.place.Method), Max: rule.InARow})
}

func (c *Case) inARow(method string) string { return "row:" + method + ":" + c.Subject }

// lock closes a method for the account; the case goes on with others (requirement R11).
func (t *Turn) lock(method string, until time.Time) error {
	f := &t.Case.Facts
	if f.Locked == nil {
		f.Locked = map[string]time.Time{}
	}
	f.Locked[method] = until
	if t.doing == f.Doing {
		f.Late = f.Doing
	}
	return t.fail(method, "locked")
}

// reopen takes up a method that another try of the same moment closed, if nothing was begun since.
func (t *Turn) reopen(nonce string) {
	f := &t.Case.Facts
	if f.Doing != nil || f.Late == nil || f.Late.Nonce != nonce {
		return
	}
	f.Doing, t.doing, f.Late = f.Late, f.Late, nil
	delete(f.Failed, f.Doing.Method)
	delete(f.Locked, f.Doing.Method)
}

// fail gives a method up in this case and keeps everything else.
func (t *Turn) fail(method, why string) error {
	f := &t.Case.Facts
	if t.doing == f.Doing {
		f.Failed[method], f.Doing = why, nil
	} else if f.Return != nil { // a guest closes nothing for the owner
		f.Return.Doing = nil
	}
	t.doing = nil
	return t.record("method-failed", map[string]string{"method": method, "why": why})
}
