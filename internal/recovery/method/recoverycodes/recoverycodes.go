// Package recoverycodes proves something saved: one of the codes that the owner printed or wrote down (coverage L06). A code
// is right once (requirement R6).
package recoverycodes

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name; Step its only page.
const (
	ID   = "recoverycodes"
	Step = "recovery-code"
)

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil || a.Codes == 0 {
		return nil
	}
	return []recovery.Proof{{Rests: []string{"secret:recovery-codes"}}}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(struct{}{}) }

func (method) Step(*recovery.Turn) recovery.Step {
	return recovery.Step{ID: Step, Fields: []recovery.Field{{Name: "code", Kind: recovery.FieldSaved}}, Guess: true}
}

// Check uses the code up under a key that is the answer's: if we crash before the proof is written, the same code typed
// again in the same turn still counts.
func (method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	right, _, err := t.Wallet.UseRecoveryCode(ctx, t.AccountID(), in["code"], t.Same("recovery-code", in["code"]))
	if err != nil {
		return recovery.Outcome{}, err
	}
	if !right {
		return recovery.Wrong("code", "wrong"), nil
	}
	return recovery.Proved("secret:recovery-codes"), nil
}
