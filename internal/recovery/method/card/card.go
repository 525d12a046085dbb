// Package card proves a bank card of the account (coverage L08): the person chooses it by its last signs, the bank takes its
// time by its class, a code goes to the number that the bank keeps, and then what is printed on the card is asked.
package card

import (
	"context"
	"crypto/rand"
	"math/big"
	"slices"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
	"zhaohui/internal/wallet"
)

// ID is the method's name and that of its first step.
const ID = "card"

// The steps after it.
const (
	StepWait  = "card-wait"  // the bank takes its time
	StepCode  = "card-code"  // the code at the reserved number
	StepCheck = "card-check" // what is printed on the card
)

type state struct {
	Card  string // id, "" until one is chosen
	From  time.Time
	Ready time.Time // when the bank has answered
	Code  *recovery.Code
	Coded bool // the code was right
}

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

// Prospects are the cards that can be used now.
func (method) Prospects(a *wallet.Account, p *recovery.Policy) []recovery.Proof {
	if a == nil {
		return nil
	}
	var list []recovery.Proof
	for _, c := range a.Cards {
		if refusal(a, p, c) == "" {
			list = append(list, recovery.Proof{Rests: rests(c)})
		}
	}
	return list
}

// reached says whether a code can get to the number that the bank keeps: not if there is none, nor if it is a number of the
// account that was reported lost or belongs to somebody else now.
func reached(a *wallet.Account, number string) bool {
	return number != "" && !slices.ContainsFunc(a.Addresses, func(to wallet.Address) bool { return to.To == number && to.Trouble != wallet.None })
}

// rests are the card and the number its code goes to: with an SMS to the same number it counts once.
func rests(c wallet.Card) []string {
	return []string{recovery.RestsOnCard(c.ID), recovery.RestsOnPhone(c.Reserved)}
}

func (method) Begin(t *recovery.Turn) error { return t.Keep(state{}) }

func (m method) Step(t *recovery.Turn) recovery.Step {
	var s state
	t.Load(&s)
	chosen := find(t, s.Card)
	switch {
	case chosen == nil:
		return recovery.Step{ID: ID, Fields: []recovery.Field{{Name: "card", Kind: recovery.FieldChoice, Options: options(t)}}}
	case s.Code == nil:
		return recovery.Step{ID: StepWait, Wait: &recovery.Wait{Who: "bank", From: s.From, Until: s.Ready}, Shown: shown(*chosen)}
	case !s.Coded:
		return recovery.Step{ID: StepCode, Fields: []recovery.Field{{Name: "code", Kind: recovery.FieldCode}}, Guess: true, Limits: limits(t, *chosen, "code"),
			Sent: s.Code, Shown: shown(*chosen)}
	}
	step := recovery.Step{ID: StepCheck, Guess: true, Limits: limits(t, *chosen, "check"), Shown: shown(*chosen),
		Fields: []recovery.Field{{Name: "last4", Kind: recovery.FieldLast4}}}
	if chosen.Kind == wallet.Credit {
		step.Fields = append(step.Fields, recovery.Field{Name: "expiry", Kind: recovery.FieldExpiry})
	} else {
		step.Fields = append(step.Fields, recovery.Field{Name: "bank", Kind: recovery.FieldChoice, Options: banks(t)})
	}
	return step
}

// limits are those of the class of bank, over all cards of the class: so many tries at the code and so many at what is
// printed on the card, each for itself, or one slip at the code would use up what the card needs.
func limits(t *recovery.Turn, c wallet.Card, of string) []throttle.Limit {
	var list []throttle.Limit
	for _, tries := range t.Policy.Cards[string(c.Class)].Tries {
		list = append(list, t.Limit(ID+"-"+of+"-"+string(c.Class), tries))
	}
	return list
}

func shown(c wallet.Card) map[string]string {
	return map[string]string{"card": c.Masked, "class": string(c.Class)}
}

func find(t *recovery.Turn, id string) *wallet.Card {
	if t.Account == nil || id == "" {
		return nil
	}
	for i := range t.Account.Cards {
		if t.Account.Cards[i].ID == id {
			return &t.Account.Cards[i]
		}
	}
	return nil
}

// options are all cards, also those that cannot be used: the page says why and what to do.
func options(t *recovery.Turn) []recovery.Option {
	if t.Account == nil {
		return nil
	}
	var list []recovery.Option
	for _, c := range t.Account.Cards {
		list = append(list, recovery.Option{Value: c.ID, Text: c.Masked, Hint: string(c.Class), Off: off(t, c)})
	}
	return list
}

// off says why a card cannot be chosen in this case, "" if it can.
func off(t *recovery.Turn, c wallet.Card) string {
	if why := refusal(t.Account, t.Policy, c); why != "" {
		return why
	}
	if t.Useless(ID, rests(c)) {
		return "card-same-number"
	}
	return ""
}

// refusal says why a card cannot be used, "" if it can.
func refusal(a *wallet.Account, p *recovery.Policy, c wallet.Card) string {
	rule := p.Cards[string(c.Class)]
	switch {
	case c.Trouble != wallet.None:
		return "card-" + string(c.Trouble)
	case !reached(a, c.Reserved):
		return "card-no-number"
	case rule.DebitOnly && c.Kind != wallet.Debit:
		return "card-debit-only"
	case rule.QuickPay && !c.QuickPay:
		return "card-no-quick-pay"
	}
	return ""
}

// banks are what the person chooses from: the true one among others, in a fixed order.
func banks(t *recovery.Turn) []recovery.Option {
	var list []recovery.Option
	for _, name := range Banks(t.Account) {
		list = append(list, recovery.Option{Value: name, Text: name, Hint: keyOf(name)})
	}
	return list
}

func (m method) Check(ctx context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	var s state
	t.Load(&s)
	chosen := find(t, s.Card)
	switch {
	case chosen == nil:
		return m.choose(t, in["card"]), nil
	case s.Code == nil: // "go on" after the wait
		if t.Now.Before(s.Ready) {
			return recovery.Outcome{}, nil
		}
		return recovery.Onward(func(t *recovery.Turn) error { return m.send(t, s, *chosen) }), nil
	case !s.Coded:
		if right, why := t.Right(*s.Code, in["code"]); !right {
			return recovery.Wrong("code", why), nil
		}
		s.Coded = true
		return recovery.Onward(func(t *recovery.Turn) error { return t.Keep(s) }), nil
	}
	right, err := t.Wallet.CheckCard(ctx, t.AccountID(), chosen.ID, wallet.CardSaid{Last4: in["last4"], Expiry: in["expiry"], Bank: in["bank"]})
	if err != nil {
		return recovery.Outcome{}, err
	}
	if !right {
		return recovery.Wrong("last4", "card"), nil
	}
	return recovery.Proved(rests(*chosen)...), nil
}

// choose takes a card: a state-owned bank answers at once, others take their time.
func (m method) choose(t *recovery.Turn, id string) recovery.Outcome {
	c := find(t, id)
	if c == nil {
		return recovery.Wrong("card", "required")
	}
	wait := t.Policy.Cards[string(c.Class)].Wait
	s := state{Card: id, From: t.Now, Ready: t.Now.Add(between(wait[0], wait[1]))}
	return recovery.Onward(func(t *recovery.Turn) error {
		if s.Ready.After(t.Now) {
			return t.Keep(s)
		}
		return m.send(t, s, *c)
	})
}

// between draws how long a bank takes.
func between(from, to time.Duration) time.Duration {
	if to <= from {
		return from
	}
	n, err := rand.Int(rand.Reader, big.NewInt(int64(to-from)))
	if err != nil {
		return to
	}
	return (from + time.Duration(n.Int64())).Truncate(time.Second)
}

func (method) send(t *recovery.Turn, s state, c wallet.Card) error {
	var before recovery.Code
	if s.Code != nil {
		before = *s.Code
	}
	code, err := t.SendAgain(before, recovery.Sending{Channel: "sms", Purpose: recovery.PurposeCard, Address: c.ID, To: c.Reserved, Rests: rests(c)})
	if err != nil {
		return err
	}
	s.Code = &code
	return t.Keep(s)
}

// Resend sends a new code to the reserved number.
func (m method) Resend(t *recovery.Turn) error {
	var s state
	t.Load(&s)
	if c := find(t, s.Card); c != nil && s.Code != nil && !s.Coded {
		return m.send(t, s, *c)
	}
	return nil
}
