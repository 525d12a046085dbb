// Package questions proves knowledge: all answers to the account's own security questions (coverage L04). Their texts are
// the account's, so they are asked only after a first proof.
package questions

import (
	"context"
	"strconv"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its only step.
const ID = "questions"

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	if a == nil || len(a.Questions) == 0 {
		return nil
	}
	return []recovery.Proof{{Rests: []string{"secret:questions"}}}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(struct{}{}) }

func (method) Step(t *recovery.Turn) recovery.Step {
	step := recovery.Step{ID: ID, Guess: true}
	if t.Account == nil {
		return step
	}
	for i, text := range t.Account.Questions {
		step.Fields = append(step.Fields, recovery.Field{Name: field(i), Kind: recovery.FieldAnswer, Label: text})
	}
	return step
}

func field(i int) string { return "answer_" + strconv.Itoa(i+1) }

// Check never says which answer is wrong.
func (method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	if t.Account == nil {
		return recovery.Wrong("form", "answers"), nil
	}
	answers := make([]string, len(t.Account.Questions))
	for i := range answers {
		answers[i] = in[field(i)]
	}
	right, err := t.Wallet.CheckAnswers(ctx, t.AccountID(), answers)
	if err != nil {
		return recovery.Outcome{}, err
	}
	if !right {
		return recovery.Wrong("form", "answers"), nil
	}
	return recovery.Proved("secret:questions"), nil
}
