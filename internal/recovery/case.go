// Package recovery decides how a customer of the operator's wallet gets a new payment password: which proofs a case has,
// what is enough, what has to wait, and when the password may be set. The current step follows from the facts of the
// case. It knows no HTTP, no pages and no SQL, and sends nothing itself.
package recovery

import (
	"encoding/json"
	"time"
)

// State is where a case stands in its life.
type State string

// The states. Only Open can change into the others; Applying only into Done or back to Open.
const (
	Open     State = "open"
	Applying State = "applying" // decided; the wallet is being told
	Done     State = "done"
	Stopped  State = "stopped"  // "this was not me", or the person gave up
	Expired  State = "expired"  // an open one that ran out is kept as Open until Tend or a veto ends it; see Turn.state
	Replaced State = "replaced" // another case of the account was completed
)

// Case is one person's live recovery. All of it but the fields named in Row is kept sealed.
type Case struct {
	ID      string // random; stands in addresses
	Version int64  // of the row; 0 before it is created
	State   State
	Started time.Time
	Acted   time.Time // the person's last POST
	Resume  string    // blind index of the resume code
	Subject string    // blind index of the account, or of the name that was typed; "" before that

	Facts Facts // sealed
}

// Facts are what has been established. They are kept as JSON, sealed, in one column; most of a case that begins is zero.
type Facts struct {
	Platform, Channel, Lang string
	Safe                    bool                 // the safety question was answered
	Claims                  map[string]string    `json:",omitzero"` // answers from the chooser, unproven
	Named                   bool                 `json:",omitzero"` // a sign-in name was typed
	Account                 string               `json:",omitzero"` // the wallet's id; "" if there is none
	Environment             Environment          `json:",omitzero"`
	Doing                   *Doing               `json:",omitzero"` // the method that is being done
	Late                    *Doing               `json:",omitzero"` // the one locked last: a try that was counted before may be right
	Proofs                  []Proof              `json:",omitzero"`
	Failed                  map[string]string    `json:",omitzero"` // method → why it does not work in this case
	Locked                  map[string]time.Time `json:",omitzero"` // method → when it opens again
	Freeze                  bool                 `json:",omitzero"` // the owner said "this was not me" after the decision
	Frozen                  bool                 `json:",omitzero"` // and the wallet did it
	Verdict                 *Verdict             `json:",omitzero"` // set when the route became enough; it stays (requirement R14)
	Ready                   bool                 `json:",omitzero"` // the end of the hold was announced
	HeldFor                 []Class              `json:",omitzero"` // what was proved when the hold began
	Hold                    time.Time            `json:",omitzero"` // a password may be chosen from then on; zero if at once
	Password                []byte               `json:",omitzero"` // sealed, between the decision and the wallet's answer
	Came                    string               `json:",omitzero"` // the agent's link that led here, from the decision until it is counted
	Decided                 int                  `json:",omitzero"` // how often a password was chosen: part of the key of the write
	Problem                 string               `json:",omitzero"` // why the wallet refused, a code
	Limits                  time.Time            `json:",omitzero"` // payments are limited until
	Own                     time.Duration        `json:",omitzero"` // own time used, without waits
	More                    int                  `json:",omitzero"` // how often more time was asked for
	Code                    string               `json:",omitzero"` // the resume code
	Vetoes                  []string             `json:",omitzero"` // ids of addresses that said "this was not me"
	Holder                  int                  `json:",omitzero"` // how often the case moved to another browser
	Session                 Session              `json:",omitzero"` // the browser that began
	Handoffs                []Handoff            `json:",omitzero"`
	Return                  *Return              `json:",omitzero"`
	NewCodes                bool                 `json:",omitzero"` // a recovery code was used, and the wallet made new ones
	Ended                   time.Time            `json:",omitzero"`
	Assist                  *Assist              `json:",omitzero"` // the agent who helps
	Helpers                 []string             `json:",omitzero"` // all who ever did: they decide nothing of it (requirement P1)
	Vouched                 *Proof               `json:",omitzero"` // an agent's check that the person has yet to take over
	Awaits                  time.Time            `json:",omitzero"` // until when the case lives on for a ticket that people decide
	Writing                 time.Time            `json:",omitzero"` // since when that ticket is the customer's to write; zero if it is not
	Wrote                   time.Duration        `json:",omitzero"` // how long it was before
	Ruled                   time.Time            `json:",omitzero"` // when they said yes
}

// Doing is a method in progress. State is the method's own.
type Doing struct {
	Method string
	Nonce  string // changes whenever it begins again: a submit for an older one is stale
	Began  time.Time
	State  json.RawMessage
}

// Environment is coverage L19, judged when the account was named and again where the case moves.
type Environment struct {
	Unusual bool
	Known   bool     // the browser is known to the account
	Reasons []string // rules that made it unusual: "recent-number", "odd-network", "unknown-device"
	Client  string   // kind of device, for "somebody began on a …": "phone", "computer"
}

// Session is a browser with rights on a case. Only hashes of tokens are kept.
type Session struct {
	Salt      string // of the token: no two submits ever gain the same one
	By        []byte // keyed hash of the submit that changed the token: only its exact repeat is given the same
	Hash, Old string // Old still opens for a minute
	Changed   time.Time
}

// Handoff is another screen that a person took the case to by QR code.
type Handoff struct {
	Hash   string
	Number int    // two digits, shown on both screens
	Token  string // hash of the browser's token once it was taken
	Until  time.Time
	Joined Session `json:",omitzero"` // how that token was made
}

// Return is another browser that came with the resume code and has to prove something again.
type Return struct {
	Hash   string // of its token
	Doing  *Doing
	Until  time.Time
	Opened Session `json:",omitzero"` // how that token was made
}
