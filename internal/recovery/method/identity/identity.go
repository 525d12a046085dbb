// Package identity proves knowledge: the name, ID number and phone number that the account was registered with (coverage
// L07). A puzzle stands before the look-up to keep machines slow, and a wait with fewer tries for whoever cannot do it
// (requirement A2). It never says which of the three is wrong, and does the same for an account that does not exist.
package identity

import (
	"context"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/identity/slider"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its first step.
const ID = "identity"

// The steps after it.
const (
	StepSlider = "slider"
	StepWait   = "slider-wait" // instead of the puzzle
)

// mostPuzzles is how many puzzles there are until only the wait is left. Beginning again begins the count again: it leads
// people to the wait, while what stops guessing are the tries of the account.
const mostPuzzles = 10

const rests = "secret:identity"

// state is kept sealed with the case, and gone with the next step of the case.
type state struct {
	Who     *wallet.Identity // nil until it was typed
	Puzzle  *slider.Puzzle   // nil if only the wait is left
	Puzzles int              // that were used up
	From    time.Time        // of the wait, zero if it was not chosen
	Until   time.Time
}

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil || !a.Identified {
		return nil
	}
	return []recovery.Proof{{Rests: []string{rests}}}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(state{}) }

func (method) Step(t *recovery.Turn) recovery.Step {
	var s state
	t.Load(&s)
	switch {
	case s.Who == nil:
		return recovery.Step{ID: ID, Fields: []recovery.Field{{Name: "name", Kind: recovery.FieldName},
			{Name: "id_number", Kind: recovery.FieldID}, {Name: "phone", Kind: recovery.FieldPhone}}}
	case s.From.IsZero():
		return puzzleStep(t, s)
	}
	return waitStep(t, s)
}

// Check takes what was typed to the puzzle, and looks it up only after that or the wait: nothing can be learned sooner.
func (method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	var s state
	t.Load(&s)
	switch {
	case s.Who == nil:
		return ask(t, s, wallet.Identity{Name: in["name"], IDNumber: in["id_number"], Phone: in["phone"]})
	case !s.From.IsZero() && t.Now.Before(s.Until):
		return recovery.Outcome{}, nil
	case !s.From.IsZero():
		return lookUp(ctx, t, s)
	case in["instead"] != "":
		return wait(t, s), nil
	}
	return solve(t, s, in)
}

// ask keeps what was typed and shows a puzzle.
func ask(t *recovery.Turn, s state, who wallet.Identity) (recovery.Outcome, error) {
	s.Who = &who
	if err := s.draw(t); err != nil {
		return recovery.Outcome{}, err
	}
	return recovery.Onward(func(t *recovery.Turn) error { return t.Keep(s) }), nil
}

// lookUp asks the wallet; the try was counted before. After a wrong answer nothing of it is kept.
func lookUp(ctx context.Context, t *recovery.Turn, s state) (recovery.Outcome, error) {
	right, err := t.Wallet.CheckIdentity(ctx, t.AccountID(), *s.Who)
	if err != nil {
		return recovery.Outcome{}, err
	}
	if right {
		return recovery.Proved(rests), nil
	}
	wrong := recovery.Wrong("form", "mismatch")
	wrong.Apply = func(t *recovery.Turn) error { return t.Keep(state{Puzzles: s.Puzzles}) }
	return wrong, nil
}

// use takes a puzzle away before it is judged, so that each is good for one answer, also of many that come at once.
func use(puzzle *slider.Puzzle, next state) func(t *recovery.Turn) error {
	return func(t *recovery.Turn) error {
		var now state
		if t.Load(&now); now.Puzzle == nil || now.Puzzle.ID != puzzle.ID {
			return problem.Conflict
		}
		return t.Keep(next)
	}
}
