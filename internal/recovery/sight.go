package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
)

// Sight is all that a page of a case may show, for the role of whoever looks. Before the first proof nothing in it comes
// from the account (requirement R15).
type Sight struct {
	ID, Channel string
	Place       Place
	Role        Role
	Late        bool    // the token is the one before the newest: it shows the page and changes nothing
	Proofs      []Proof // that count: one on a number that was changed lately is not among them (requirement R8)
	Needed      int     // proofs that are still missing on the shortest way
	Offers      []Offer // at the steps first and next, and for "use another way"
	Doing       string  // the method
	Failed      map[string]string
	Locked      map[string]time.Time
	Began       time.Time // of the method
	Another     time.Time // "use another way" shows from then on, for everybody (requirement R15)
	Over        Over      // why the code of the step cannot be right any more, "" if it can: nothing is asked then
	Deadline    time.Time // of an open case; zero while somebody else acts
	More        int       // how often more time can be asked for
	Resume      string    // the resume code, for the owner
	Environment Environment
	Verdict     *Verdict
	Hold        time.Time
	Problem     string // why the wallet did not take the last password
	Limits      time.Time
	Ended       time.Time
	Started     time.Time
	Frozen      bool
	Unreachable bool
	Delivery    DeliveryState   // of the last code; only after a first proof (requirement R15)
	Again       []string        // methods by which a guest can take the case over
	Handoff     *Handoff        // an open one, for its number
	Has         map[string]bool // what the account could get back in with, once done: by the names of Ready
	Codes       bool            // new recovery codes were made, to be shown to the owner
	Awaits      bool            // people decide a ticket of it
	Subject     string          // for the browser's memory of accounts it recovered, once done
}

// Look reads a case; it changes nothing.
func (s *Service) Look(ctx context.Context, key Key) (Sight, error) {
	a, err := s.attempt(ctx, key, Client{})
	if err != nil {
		return Sight{}, err
	}
	c, f := a.Case, a.Case.Facts
	v := Sight{ID: c.ID, Channel: f.Channel, Place: a.place, Role: a.role, Late: c.late(key.Token, a.Now), Started: c.Started, Ended: f.Ended, Limits: f.Limits,
		Verdict: f.Verdict, Hold: f.Hold, Failed: f.Failed, Locked: f.Locked, Problem: f.Problem, Environment: Environment{Client: f.Environment.Client}, Frozen: f.Frozen, Awaits: !f.Awaits.IsZero()}
	if v.Over, err = s.over(ctx, a); err != nil {
		return Sight{}, err
	}
	if len(f.Proofs) > 0 && a.role != Guest { // its rules are about the account's number, devices and networks
		v.Environment = f.Environment
	}
	if a.role == Guest {
		if a.place.State == Open {
			v.Again = a.again()
		}
		return v, nil
	}
	v.Proofs, v.Resume = a.counting(), f.Code
	if c.State == Done && a.role == Owner {
		v.Subject, v.Has, v.Codes = c.Subject, ready(a.Account), f.NewCodes
	}
	if a.place.State != Open || c.State != Open {
		return v, nil
	}
	if end := c.deadline(a.Policy.Case, a.place.Step); c.waitUntil(a.place.Step).Before(a.Now) {
		v.Deadline, v.More = end, a.Policy.Case.More-f.More
	}
	situation := a.situation()
	v.Needed, v.Unreachable = a.Policy.Judge(v.Proofs, situation).Needed, situation.Unreachable && len(v.Proofs) > 0
	if len(v.Proofs) == 0 {
		v.Offers = a.firsts()
	} else if f.Verdict == nil || a.holding() {
		v.Offers = a.offers()
	}
	if f.Doing != nil {
		v.Doing, v.Began, v.Another = f.Doing.Method, f.Doing.Began, f.Doing.Began.Add(a.Policy.Case.Another)
		if v.Over != "" { // nothing is left to wait for
			v.Another = f.Doing.Began
		}
	}
	if a.role == Owner && len(f.Handoffs) > 0 && a.Now.Before(f.Handoffs[0].Until) {
		v.Handoff = &f.Handoffs[0]
	}
	return v, s.delivery(ctx, a, &v)
}

// InTheWay says that no other case may be begun in a channel beside this one: it is the channel's own and still runs, or has
// enough, and perhaps waited for it, or people look at its ticket, or its password is being set. A guest's case is somebody else's matter.
func (v Sight) InTheWay(channel string) bool {
	open := v.Place.State == Open
	return v.Role != Guest && (v.Place.State == Applying || open && (v.Verdict != nil || v.Awaits || v.Channel == channel))
}

// Over is why a code cannot be right any more. It follows from the counts, so it is the same for an account that does not
// exist (requirement R15).
type Over string

// What may be over.
const (
	NotSent  Over = "not-sent"  // a budget is spent
	TooOld   Over = "too-old"   // its time has passed
	TooOften Over = "too-often" // it had all its tries (requirement R3)
	NoTries  Over = "no-tries"  // the method had all its tries: another code would help nobody
)

// over looks at the code that was sent last, if the step asks for one.
func (s *Service) over(ctx context.Context, a *attempt) (Over, error) {
	code := a.place.Sent
	if code == nil {
		return "", nil
	}
	left, err := s.store.Left(ctx, a.Now, a.tries()...)
	if err == nil && left == 0 {
		left, err = s.store.Left(ctx, a.Now, a.lasting()...)
		if err == nil && left > 0 {
			return TooOften, nil
		}
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("tries: %w", err)
	case left == 0:
		return NoTries, nil
	case code.Refused:
		return NotSent, nil
	case !code.good(a.Now):
		return TooOld, nil
	}
	return "", nil
}

// delivery says how the last code fares, once something was proved.
func (s *Service) delivery(ctx context.Context, a *attempt, v *Sight) error {
	if a.place.Sent == nil || len(v.Proofs) == 0 {
		return nil
	}
	d, err := s.store.Delivery(ctx, a.place.Sent.Letter)
	if errors.Is(err, problem.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delivery: %w", err)
	}
	v.Delivery = d.State
	return nil
}

// Tries is how many tries are left at the current step of a case.
func (s *Service) Tries(ctx context.Context, key Key) (int, error) {
	a, err := s.attempt(ctx, key, Client{})
	if err != nil || !a.place.Guess {
		return 0, err
	}
	left, err := s.store.Left(ctx, a.Now, a.tries()...)
	if err != nil {
		return 0, fmt.Errorf("tries: %w", err)
	}
	return left, nil
}

// Ready are the ways back in that the readiness check-up asks about, in the order in which it does (coverage L20).
var Ready = []string{"phone", "mail", "codes", "card", "backup", "authenticator", "questions"}

// Useless stands behind the name of a way back in that the account has, but that nothing reaches now.
const Useless = "-useless"

func ready(a *wallet.Account) map[string]bool {
	if a == nil {
		return nil
	}
	phone, box := Current(a, wallet.Phone), Current(a, wallet.Mailbox)
	return map[string]bool{"phone": phone != nil && phone.Trouble == wallet.None, "mail": box != nil && box.Trouble == wallet.None,
		"phone" + Useless: phone != nil && phone.Trouble != wallet.None, "mail" + Useless: box != nil && box.Trouble != wallet.None,
		"codes": a.Codes > 0, "backup": a.Backup, "authenticator": a.TOTP, "questions": len(a.Questions) > 0,
		"card": slices.ContainsFunc(a.Cards, func(c wallet.Card) bool { return c.Trouble == wallet.None })}
}

// NewCodes are the recovery codes that took the place of used ones, for an hour after the reset and only for the browser that
// set the password (requirement R6); none if there are none.
func (s *Service) NewCodes(ctx context.Context, key Key) ([]string, error) {
	a, err := s.attempt(ctx, key, Client{})
	if err != nil {
		return nil, err
	}
	if a.role != Owner || a.Case.late(key.Token, a.Now) || a.Case.State != Done || !a.Case.Facts.NewCodes || a.Now.Sub(a.Case.Facts.Ended) > time.Hour {
		return nil, nil
	}
	codes, err := s.wallet.NewRecoveryCodes(ctx, a.Case.Facts.Account, codesKey(a.Case))
	if errors.Is(err, problem.Expired) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("new recovery codes: %w", err)
	}
	return codes, nil
}

func codesKey(c *Case) string { return "codes:" + c.ID }
