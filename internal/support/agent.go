// Package support is what the operator's own people do: who they are, what they may, the links they share. It knows no
// HTTP, no SQL and no words.
//
// An agent signs in with a name, a password and a second thing (an authenticator's code or a passkey), or through the
// operator's own sign-in. Tokens are random and kept as hashes; a session is a row, so it can be ended at once everywhere.
package support

import (
	"slices"
	"time"
)

// Agent is one of the operator's people.
type Agent struct {
	ID       string
	Name     string // what they type to sign in
	Shown    string // what colleagues read
	Roles    []Role
	Lang     string
	Created  time.Time
	Disabled time.Time // zero if they may sign in

	Issuer, Subject string // of the operator's sign-in; "" for somebody who signs in here

	Password string // slow hash; "" before the enrolment
	TOTP     []byte // sealed secret of the authenticator; nil if there is none
	LastStep int64  // the last time step whose code was used
	Passkeys []Passkey
}

// Passkey is a key that stays on an agent's device.
type Passkey struct {
	ID    string
	Added time.Time
	Used  time.Time // zero if never
	Data  []byte    // the credential, as JSON; public
}

// May says whether one of the agent's roles has a right. Who is disabled has none.
func (a *Agent) May(right Right) bool {
	return a.Disabled.IsZero() && slices.ContainsFunc(a.Roles, func(r Role) bool { return r.May(right) })
}

// Local says that the agent signs in here, not through the operator's sign-in.
func (a *Agent) Local() bool { return a.Issuer == "" }

// enrolled says that the agent has what it takes to sign in here.
func (a *Agent) enrolled() bool { return a.Password != "" && (len(a.TOTP) > 0 || len(a.Passkeys) > 0) }
