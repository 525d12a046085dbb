// Package authenticator proves a device: the six digits that an app on it shows (coverage L06).
package authenticator

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its only step.
const ID = "authenticator"

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil || !a.TOTP {
		return nil
	}
	return []recovery.Proof{{Rests: []string{"device:authenticator"}}}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(struct{}{}) }

func (method) Step(*recovery.Turn) recovery.Step {
	return recovery.Step{ID: ID, Fields: []recovery.Field{{Name: "code", Kind: recovery.FieldCode}}, Guess: true}
}

// Check asks under a key of its own for each answer: the wallet lets a code count once.
func (method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	right, err := t.Wallet.CheckAuthenticator(ctx, t.AccountID(), in["code"], t.Now, t.Once("code"))
	if err != nil {
		return recovery.Outcome{}, err
	}
	if !right {
		return recovery.Wrong("code", "wrong"), nil
	}
	return recovery.Proved("device:authenticator"), nil
}
