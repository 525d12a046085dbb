// Package current proves knowledge: the payment password that is still known and to be changed (coverage L01). It is looked
// at only after a proof of another class, so that nobody can guess at it from outside (requirement R15).
package current

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its only step.
const ID = "current"

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil || !a.Password {
		return nil
	}
	return []recovery.Proof{{Rests: []string{"secret:password"}}}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(struct{}{}) }

func (method) Step(*recovery.Turn) recovery.Step {
	return recovery.Step{ID: ID, Fields: []recovery.Field{{Name: "current_password", Kind: recovery.FieldPassword}}, Guess: true}
}

func (method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	right, err := t.Wallet.CheckPassword(ctx, t.AccountID(), in["current_password"])
	if err != nil {
		return recovery.Outcome{}, err
	}
	if !right {
		return recovery.Wrong("current_password", "wrong"), nil
	}
	return recovery.Proved("secret:password"), nil
}
