package support

import (
	"context"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// Deps are what a Desk works with; all but Now have to be there.
type Deps struct {
	Store    Store
	Hasher   Hasher
	Box      Sealer
	Index    Indexer // keyed, for limits: what is counted names nobody
	Now      func() time.Time
	Operator string   // name of the operator, for authenticators and passkeys
	Public   *url.URL // where the portal is reached: passkeys are bound to its host
}

// Hasher makes slow hashes with the pepper, each for one agent.
type Hasher interface {
	Hash(ctx context.Context, id, password string) (hash string, err error)
	// Verify with no hash takes as long and is false.
	Verify(ctx context.Context, hash, id, password string) (bool, error)
}

// Sealer encrypts a column; the context `table:column:id` has to be the same when it is opened.
type Sealer interface {
	Seal(plain []byte, context string) []byte
	Open(sealed []byte, context string) ([]byte, error)
}

// Indexer makes a keyed sum of a text.
type Indexer interface{ Sum(text string) string }

// Command is the actor of what an operator does on the command line.
const Command = "command"

// Actor is how an agent is named in the audit trail.
func Actor(id string) string { return "agent:" + id }

// Desk is where agents are let in. Several processes may each have one over the same database.
type Desk struct {
	deps Deps
	keys *webauthn.WebAuthn // nil where passkeys cannot be used: the host is a bare address
}

// NewDesk makes a desk.
func NewDesk(deps Deps) *Desk {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	return &Desk{deps: deps, keys: passkeysOf(deps)}
}

// Client is what is known of a browser.
type Client struct {
	Network string // address
	Kind    string // "phone", "computer"
}

// Kind is what a session is good for. Only a whole one opens the console.
type Kind string

// The kinds of session.
const (
	KindEnrol Kind = "enrol" // may set a password and a second thing
	KindHalf  Kind = "half"  // gave the password: may do the second step and nothing else
	KindWhole Kind = "whole"
)

// How long things last.
const (
	enrolLasts   = 24 * time.Hour   // the address that begins an enrolment
	enrolling    = 30 * time.Minute // from opening it to its end
	halfLasts    = 5 * time.Minute
	idleLasts    = 15 * time.Minute
	sessionLasts = 8 * time.Hour
	seenEvery    = time.Minute // seen is written no more often
)

// Presence is an agent who is here.
type Presence struct {
	Agent   *Agent
	Session string    // id, not the token
	Kind    Kind      // KindWhole from Who
	Since   time.Time // of the sign-in
	Seen    time.Time
	Until   time.Time // when it ends however busy they are
}

// Session is one sign-in of an agent, for the list of their own.
type Session struct {
	ID      string
	Agent   string
	Kind    Kind
	Hash    string // of the token
	Started time.Time
	Seen    time.Time
	Until   time.Time
	Ended   time.Time // zero while it lasts
	Client  string    // kind of device
	Network string    // keyed sum
	Sealed  []byte    // what an enrolment or a passkey has to remember meanwhile
}

// New is an agent to add.
type New struct {
	Name, Shown, Lang string
	Roles             []Role
	By                string // actor; Command if ""
}

// Identity is what the operator's own sign-in says of somebody.
type Identity struct {
	Issuer, Subject, Name, Shown string
	Roles                        []Role // unknown ones are left out
}

// Authenticator is what an enrolment shows once: the key of the authenticator, as text and as an otpauth:// address.
type Authenticator struct{ Key, Address string }

// Enrolling is how far an enrolment is.
type Enrolling struct {
	Agent         *Agent
	Password      bool // it is chosen
	Authenticator Authenticator
	Until         time.Time
}
