// Package backup proves something saved: the backup password that was set once and never changed (coverage L05).
package backup

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its only step.
const ID = "backup"

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil || !a.Backup {
		return nil
	}
	return []recovery.Proof{{Rests: []string{"secret:backup"}}}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(struct{}{}) }

func (method) Step(*recovery.Turn) recovery.Step {
	return recovery.Step{ID: ID, Fields: []recovery.Field{{Name: "backup_password", Kind: recovery.FieldSecret}}, Guess: true}
}

func (method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	right, err := t.Wallet.CheckBackupPassword(ctx, t.AccountID(), in["backup_password"])
	if err != nil {
		return recovery.Outcome{}, err
	}
	if !right {
		return recovery.Wrong("backup_password", "wrong"), nil
	}
	return recovery.Proved("secret:backup"), nil
}
