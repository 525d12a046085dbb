// Package mail proves a mailbox: one mail carries a link and a code (coverage L03). The link's button proves it in the
// browser that began; in any other it shows a code to type there, so that nobody who is talked into pressing a button
// moves somebody else's case.
package mail

import (
	"context"

	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
)

// ID is the method's name.
const ID = "mail"

// Step is the page where the code is typed.
const Step = "mail-code"

// state is the code that was mailed, and the one that another browser was shown.
type state struct {
	Mailed   recovery.Code
	Revealed *recovery.Code
}

type method struct{}

// New is the method.
func New() recovery.Method { return method{} }

func (method) ID() string { return ID }

func (method) Prospects(a *wallet.Account, _ *recovery.Policy) []recovery.Proof {
	box := recovery.Current(a, wallet.Mailbox)
	if box == nil || box.Trouble != wallet.None {
		return nil
	}
	return []recovery.Proof{{Rests: []string{recovery.RestsOnMailbox(box.To)}}}
}

func (m method) Begin(t *recovery.Turn) error { return m.Resend(t) }

// Resend mails a new link and code; to a mailbox that was reported lost nothing is sent, and the page is the same.
func (method) Resend(t *recovery.Turn) error {
	to := recovery.Sending{Channel: "mail", Purpose: recovery.PurposeLink, Address: "none"}
	if box := recovery.Current(t.Account, wallet.Mailbox); box != nil && box.Trouble == wallet.None {
		to.Address, to.To, to.Rests = box.ID, box.To, []string{recovery.RestsOnMailbox(box.To)}
	}
	var s state
	t.Load(&s)
	code, err := t.SendAgain(s.Mailed, to)
	if err != nil {
		return err
	}
	if code.ID != s.Mailed.ID {
		s.Revealed = nil
	}
	s.Mailed = code
	return t.Keep(s)
}

func (method) Step(t *recovery.Turn) recovery.Step {
	var s state
	t.Load(&s)
	return recovery.Step{ID: Step, Fields: []recovery.Field{{Name: "code", Kind: recovery.FieldCode}}, Guess: true, Sent: &s.Mailed}
}

func (method) Check(_ context.Context, t *recovery.Turn, in recovery.Input) (recovery.Outcome, error) {
	var s state
	t.Load(&s)
	right, why := t.Right(s.Mailed, in["code"])
	if !right && s.Revealed != nil {
		right, _ = t.Right(*s.Revealed, in["code"])
	}
	if !right {
		return recovery.Wrong("code", why), nil
	}
	return recovery.Proved(s.Mailed.Rests...), nil
}

// Follow proves the mailbox if the link is that of the newest mail.
func (method) Follow(t *recovery.Turn, l recovery.Link) recovery.Outcome {
	var s state
	if !t.Load(&s) || s.Mailed.ID != l.Nonce || !t.Now.Before(s.Mailed.Until) {
		return recovery.Outcome{}
	}
	return recovery.Proved(s.Mailed.Rests...)
}

// Reveal makes the code for another browser; it lasts as long as the mailed one.
func (method) Reveal(t *recovery.Turn, l recovery.Link) (string, error) {
	var s state
	if !t.Load(&s) || s.Mailed.ID != l.Nonce {
		return "", recovery.ErrLinkOver
	}
	code, number, err := t.Reveal(s.Mailed)
	if err != nil {
		return "", err
	}
	s.Revealed = &code
	return number, t.Keep(s)
}

// Revealed is what the same press was shown.
func (method) Revealed(t *recovery.Turn, l recovery.Link, press []byte) string {
	var s state
	if !t.Load(&s) || s.Mailed.ID != l.Nonce || s.Revealed == nil {
		return ""
	}
	return t.Revealed(*s.Revealed, press)
}
