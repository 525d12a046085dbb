// Package appeal is the way for who has nothing left to prove themselves with: people decide what the customer wrote (coverage
// L15). The form and the decision are the desk's; here the case only stands while both go on.
package appeal

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its step.
const ID = "appeal" // recovery.ByAppeal

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

// Prospects: everybody can appeal.
func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil {
		return nil
	}
	return []recovery.Proof{{Rests: []string{"ticket:"}}}
}

func (method) Begin(*recovery.Turn) error { return nil }

func (method) Step(*recovery.Turn) recovery.Step { return recovery.Step{ID: ID} }

// Check: nothing that is typed at the step proves anything.
func (method) Check(context.Context, *recovery.Turn, recovery.Input) (recovery.Outcome, error) {
	return recovery.Outcome{}, nil
}
