// Package sms proves a phone number: a code is sent to the number that is bound to the account (coverage L02).
package sms

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name.
const ID = "sms"

// Step is the page where the code is typed.
const Step = "sms-code"

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

// Prospects is the bound number, unless it was reported lost or given to somebody else.
func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	number := recovery.Current(a, wallet.Phone)
	if number == nil || number.Trouble != wallet.None {
		return nil
	}
	return []recovery.Proof{{Rests: []string{recovery.RestsOnPhone(number.To)}}}
}

func (m method) Begin(t *recovery.Turn) error { return m.Resend(t) }

// Resend sends a code; the one before is forgotten, unless a limit keeps the new one back. To a number that was reported
// lost or belongs to somebody else now nothing is sent, and the page is the same: whoever gets that code is not the owner.
func (method) Resend(t *recovery.Turn) error {
	to := recovery.Sending{Channel: "sms", Purpose: recovery.PurposeCode, Address: "none"}
	if number := recovery.Current(t.Account, wallet.Phone); number != nil && number.Trouble == wallet.None {
		to.Address, to.To, to.Rests = number.ID, number.To, []string{recovery.RestsOnPhone(number.To)}
	}
	var before recovery.Code
	t.Load(&before)
	code, err := t.SendAgain(before, to)
	if err != nil {
		return err
	}
	return t.Keep(code)
}

func (method) Step(t *recovery.Turn) recovery.Step {
	var code recovery.Code
	t.Load(&code)
	return recovery.Step{ID: Step, Fields: []recovery.Field{{Name: "code", Kind: recovery.FieldCode}}, Guess: true, Sent: &code}
}

func (method) Check(_ context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	var code recovery.Code
	t.Load(&code)
	if right, why := t.Right(code, in["code"]); !right {
		return recovery.Wrong("code", why), nil
	}
	return recovery.Proved(code.Rests...), nil
}
