package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/throttle"
	"zhaohui/internal/wallet"
)

// Method obtains one proof: one folder each under method/. It never sets a password and sees no HTTP, page or SQL. It
// meets accounts that do not exist (Turn.Account is nil) and does the same with them, with nothing sent (requirement R15).
type Method interface {
	ID() string
	// Prospects are the proofs that an account could give with it, without class and times; none if it has not what the
	// method needs.
	Prospects(a *wallet.Account, p *Policy) []Proof
	// Begin starts it, inside a transaction: it may send a code through the turn and keeps its state there.
	Begin(t *Turn) error
	// Step is the page on which the person stands, from the state alone.
	Step(t *Turn) Step
	// Check looks at an answer, outside of any transaction; the try was counted before. It changes nothing itself.
	Check(ctx context.Context, t *Turn, in Input) (Outcome, error)
}

// Resender is a method whose code can be sent again.
type Resender interface {
	// Resend sends a new code, inside a transaction; the old one dies, unless a limit keeps the new one back.
	Resend(t *Turn) error
}

// Input is what a person typed into the fields of a step, checked for its form: field → value.
type Input map[string]string

// Outcome is what became of an answer.
type Outcome struct {
	Proved bool
	Rests  []string            // what the proof rests on
	Wrong  map[string]string   // field → code: they can try again
	Failed string              // a code: it cannot work in this case; the other proofs stay
	Apply  func(t *Turn) error // goes on, inside the transaction: the next state, another code

	// Then looks on, outside of any transaction, after Apply was saved and, with Count, a try was counted: for an answer that
	// is a guess only if something before it was right. Apply fails with problem.Conflict if the answer came too late.
	Then  func(ctx context.Context) (Outcome, error)
	Count bool
}

// Wrong is an answer that was not right.
func Wrong(field, code string) Outcome { return Outcome{Wrong: map[string]string{field: code}} }

// Proved is a proof and what it rests on.
func Proved(rests ...string) Outcome { return Outcome{Proved: true, Rests: rests} }

// Onward is an answer that leads to the method's next step.
func Onward(apply func(t *Turn) error) Outcome { return Outcome{Apply: apply} }

// Step is one page of a case: what it asks and what it says.
type Step struct {
	ID     string            // slug of its address
	Fields []Field           // what it asks
	Guess  bool              // the answer could be guessed: a try is counted before it is looked at (requirement R4)
	Limits []throttle.Limit  // of a try, beside the method's own
	Wait   *Wait             // somebody else acts
	Sent   *Code             // the code that was sent last
	Shown  map[string]string // what the page shows beside words: a puzzle, a masked card; only after a first proof if it is the account's
}

// Wait says who acts and until when.
type Wait struct {
	Who   string // "bank", "time", "wallet": a key of words
	From  time.Time
	Until time.Time
}

// Turn is one look at a case by a method or by the service.
type Turn struct {
	Case    *Case
	Account *wallet.Account // nil if there is none
	Wallet  wallet.Wallet
	Policy  *Policy
	Now     time.Time
	Client  Client

	actor    string // who does it, for the trail; "" is the customer
	doing    *Doing
	by       []byte // keyed hash of the submit that this turn is for
	standing Step   // of the case, also where a guest stands elsewhere
	s        *Service

	reckoning bool // the own clock is being read
	tx        Tx   // nil outside of a transaction
}

// Client is the browser that a request comes from.
type Client struct {
	Network string   // address of the client, as netip.Addr prints it
	Kind    string   // "phone", "computer"
	Page    string   // what the page of a pressed button was called (FieldPage), "" if it had no name
	Known   []string // subjects of the accounts that were recovered in this browser before, from a sealed cookie
	Link    string   // code of an agent's link that the browser came by and that counts when a password is set, "" if none
}

// Load reads the method's state; false if there is none yet.
func (t *Turn) Load(into any) bool {
	return t.doing != nil && len(t.doing.State) > 0 && json.Unmarshal(t.doing.State, into) == nil
}

// Keep writes the method's state.
func (t *Turn) Keep(state any) error {
	raw, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("keep state: %w", err)
	}
	t.doing.State = raw
	return nil
}

// Began is when the method began.
func (t *Turn) Began() time.Time { return t.doing.Began }

// Key makes the key of an idempotent write to the wallet out of this turn of the method.
func (t *Turn) Key(what string) string { return t.Case.ID + ":" + t.doing.Nonce + ":" + what }

// Once is a key for an answer that is asked about anew each time, also if the same was typed before.
func (t *Turn) Once(what string) string { return t.Key(what) + ":" + token() }

// Same is a key for an answer: typed again in this turn of the method, it is the same write.
func (t *Turn) Same(what, typed string) string {
	return t.Key(what) + ":" + t.s.index.Sum(t.Key(what)+"\x00"+typed)
}

// Useless says that a proof by a method would count nothing beside what is proved, because it rests on the same or on what
// is distrusted.
func (t *Turn) Useless(method string, rests []string) bool {
	distrusted := t.situation().Distrusted
	return shares(rests, distrusted) || slices.ContainsFunc(trusted(t.Case.Facts.Proofs, distrusted), func(p Proof) bool {
		return p.Method != method && p.Holder == t.Case.Facts.Holder && shares(p.Rests, rests)
	})
}

// AccountID is the id for checks by the wallet; an account that does not exist has one that is nobody's.
func (t *Turn) AccountID() string {
	if t.Account == nil {
		return ""
	}
	return t.Account.ID
}

// Limit names a limit of the account for a method or a part of it. A known browser has its own allowance, so that a
// stranger cannot use up the owner's (requirement R3).
func (t *Turn) Limit(what string, tries Tries) throttle.Limit {
	return throttle.Limit{Key: "try:" + what + ":" + t.Case.Subject + ":" + t.who(), Max: tries.Max, Within: tries.Within}
}

// who has an allowance: the known browsers of the account, or strangers.
func (t *Turn) who() string {
	if t.Case.Facts.Environment.Known && t.doing == t.Case.Facts.Doing { // a guest is a stranger until they proved something
		return "known"
	}
	return "stranger"
}
