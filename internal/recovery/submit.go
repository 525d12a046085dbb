package recovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"zhaohui/internal/problem"
)

// Result is what became of a POST.
type Result struct {
	Subject string            // of the account, once a password was chosen: the browser is known to it from then on
	Token   string            // the browser's new token, "" if it keeps the old one
	Wrong   map[string]string // field → code; nothing else happened
	Stale   bool              // it was for another step: nothing happened, the right page is shown
	Locked  time.Time         // the method is closed until then; other proofs stay
	Spent   bool              // the code had all its tries: another one can be asked for
}

// attempt is one submit on its way: the case as it was read, and the turn on it.
type attempt struct {
	*Turn
	key   Key
	page  string // what the page of the form was called, "" if it had no name
	taken int    // tries of this submit that were counted
	role  Role
	place Place
	in    Input
	right bool // its try was counted and its answer is right: it goes on even if another try closed the method meanwhile
}

// Submit takes the answer to a step. A step that is not the current one changes nothing (Result.Stale). A secret is
// counted before it is looked at; the wallet is asked outside of any transaction; what follows is one transaction.
func (s *Service) Submit(ctx context.Context, key Key, step string, form map[string]string, client Client) (Result, error) {
	a, err := s.attempt(ctx, key, client)
	if err != nil {
		return Result{}, err
	}
	repeat := repeatKey(key.Case, step, form, client)
	a.by, a.page = s.hash.Sum(repeat), form[FieldPage]
	if a.place.ID != step || a.Case.late(key.Token, a.Now) {
		return s.stale(ctx, a, repeat)
	}
	result, err := s.submit(ctx, a, step, form)
	if err != nil || !result.Stale {
		return result, err
	}
	a, err = s.attempt(ctx, key, client) // its own twin may have been first
	if errors.Is(err, problem.NotFound) {
		return Result{Stale: true}, nil // or somebody took the case over
	}
	if err != nil {
		return Result{}, err
	}
	a.page = form[FieldPage]
	return s.stale(ctx, a, repeat)
}

// submit is Submit for the step where the case stands.
func (s *Service) submit(ctx context.Context, a *attempt, step string, form map[string]string) (result Result, err error) {
	if a.in, err = a.parse(form); err != nil {
		var invalid problem.Invalid
		errors.As(err, &invalid)
		return s.mistaken(ctx, a, invalid.Fields)
	}
	switch {
	case a.place.Method != "":
		return s.submitMethod(ctx, a)
	case step == StepAccount:
		return s.submitAccount(ctx, a)
	case step == StepFirst || step == StepNext:
		return s.choose(ctx, a, a.in["method"])
	case step == StepPassword:
		return s.submitPassword(ctx, a)
	}
	return Result{Stale: true}, nil // nothing can be typed there
}

// mistaken is the answer to something that cannot be right: nothing happened, but somebody is there (requirement R14).
func (s *Service) mistaken(ctx context.Context, a *attempt, wrong map[string]string) (Result, error) {
	stale, err := s.change(ctx, a, func(*Turn) error { return nil })
	if stale || err != nil {
		return Result{Stale: stale}, err
	}
	return Result{Wrong: wrong}, nil
}

// attempt reads the case and finds where its bearer stands.
func (s *Service) attempt(ctx context.Context, key Key, client Client) (*attempt, error) {
	c, err := s.store.Case(ctx, key.Case)
	if err != nil {
		return nil, fmt.Errorf("case: %w", err)
	}
	t, err := s.turn(ctx, c)
	if err != nil {
		return nil, err
	}
	a := &attempt{Turn: t, key: key, role: c.role(key.Token, t.Now)}
	t.Client = client
	if a.role == Nobody {
		return nil, fmt.Errorf("case: %w", problem.NotFound) // as if there were none
	}
	a.place = t.placeOf(a.role)
	return a, nil
}

// placeOf is the current step for a role: a guest has a method of their own, as long as the case lives.
func (t *Turn) placeOf(r Role) Place {
	own := t.place()
	t.standing = own.Step
	if r != Guest {
		return own
	}
	t.doing = t.Case.Facts.Return.Doing
	p := Place{State: own.State}
	if own.State == Open && t.doing != nil && t.Now.Before(t.Case.Facts.Return.Until) {
		if m := t.s.method(t.doing.Method); m != nil {
			p.Step, p.Method = m.Step(t), m.ID()
		}
	}
	return p
}

// parse checks the form of every field of the step.
func (a *attempt) parse(form map[string]string) (Input, error) {
	in, wrong := Input{}, map[string]string{}
	for _, f := range a.place.Fields {
		value, code := f.Parse(form[f.Name], a.Now)
		if in[f.Name] = value; code != "" {
			wrong[f.Name] = code
		}
	}
	if len(wrong) > 0 {
		return nil, problem.Invalid{Fields: wrong}
	}
	return in, nil
}

// change runs fn on the case as it is now, in one transaction, and saves it. If the person's step is another one by now,
// nothing happens and stale is true.
func (s *Service) change(ctx context.Context, a *attempt, fn func(t *Turn) error) (stale bool, err error) {
	nonce := a.nonce()
	err = s.do(ctx, func(tx Tx) error {
		stale = false
		c, err := tx.Case(a.key.Case)
		if err != nil {
			return err
		}
		t := a.within(tx, c)
		role := c.role(a.key.Token, t.Now)
		if a.right && role != Guest {
			t.reopen(nonce)
		}
		if now := t.placeOf(role); role != a.role || c.late(a.key.Token, t.Now) || now.ID != a.place.ID || t.nonce() != nonce {
			stale = true
			return nil
		}
		c.act(t.Now, t.standing)
		if err := fn(t); err != nil {
			return err
		}
		return tx.Save(c)
	})
	if err != nil {
		return false, fmt.Errorf("%s: %w", a.place.ID, err)
	}
	return stale, nil
}

// do runs a transaction again that another one on the same case came before: it looks at the case anew then.
func (s *Service) do(ctx context.Context, fn func(Tx) error) error {
	for again := 0; ; again++ {
		err := s.store.Do(ctx, fn)
		if err == nil || again == 5 || problem.KindOf(err) != problem.KindConflict {
			return err
		}
	}
}

func (t *Turn) nonce() string {
	if t.doing == nil {
		return ""
	}
	return t.doing.Nonce
}

// choose begins a method that the page offered.
func (s *Service) choose(ctx context.Context, a *attempt, method string) (Result, error) {
	stale, err := s.change(ctx, a, func(t *Turn) error { return t.begin(method) })
	return Result{Stale: stale}, err
}

// begin starts a method, inside a transaction.
func (t *Turn) begin(id string) error {
	m := t.s.method(id)
	if m == nil {
		return fmt.Errorf("begin %q: %w", id, problem.NotFound)
	}
	t.Case.Facts.Late, t.Case.Facts.Doing = nil, &Doing{Method: id, Nonce: token(), Began: t.Now}
	t.doing = t.Case.Facts.Doing
	if err := m.Begin(t); err != nil {
		return fmt.Errorf("begin %s: %w", id, err)
	}
	return t.record("method-begun", map[string]string{"method": id})
}

func (t *Turn) record(kind string, data map[string]string) error {
	return t.tx.Record(Event{At: t.Now, Kind: kind, Case: t.Case.ID, Actor: cmp.Or(t.actor, "customer"), Data: data})
}
