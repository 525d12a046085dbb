package recovery

import (
	"context"
	"time"

	"zhaohui/internal/throttle"
)

// Store keeps cases. Its transactions are durable before Do returns.
type Store interface {
	// Do runs fn in one transaction: all of what it asks for happens, or, if it fails, nothing. fn may run more than
	// once, so it must be quick, call nothing outside and change nothing but through tx and what it returns.
	Do(ctx context.Context, fn func(Tx) error) error
	// Begin is one Do that counts a use of a limit when the case was started, creates the case and records an event.
	Begin(ctx context.Context, c *Case, limit throttle.Limit, e Event) error
	// Case reads a case outside of any transaction; problem.NotFound.
	Case(ctx context.Context, id string) (*Case, error)
	// CaseByResume finds an open case by the blind index of its resume code; problem.NotFound.
	CaseByResume(ctx context.Context, index string) (*Case, error)
	// Link finds what a token in a message leads to, used up or not; problem.NotFound.
	Link(ctx context.Context, hash string) (Link, error)
	// Delivery is how a letter stands, by its id; problem.NotFound.
	Delivery(ctx context.Context, letter string) (Delivery, error)
	// Left is how many more uses all of these limits allow at a moment; it counts nothing.
	Left(ctx context.Context, at time.Time, limits ...throttle.Limit) (int, error)
	// Due lists cases whose hold or life ended before a moment and that still wait, at most limit.
	Due(ctx context.Context, before time.Time, limit int) ([]string, error)
}

// Tx is what a transaction can do.
type Tx interface {
	// Create adds a case and sets its version to 1.
	Create(c *Case) error
	// Case reads a case in this transaction; problem.NotFound.
	Case(id string) (*Case, error)
	// Save writes a case back and raises its version; problem.Conflict if another change came first.
	Save(c *Case) error
	// OpenCases are the ids of all open cases of a subject (a blind index), the newest first.
	OpenCases(subject string) ([]string, error)
	// CasesOf are the ids of the cases of a subject that are open or being applied, and of those that were done since a moment.
	CasesOf(subject string, since time.Time) ([]string, error)
	// StoppedCases are the ids of the cases of a subject that were stopped since a moment, the newest first, at most limit.
	StoppedCases(subject string, since time.Time, limit int) ([]string, error)
	// Take counts one use of each limit at a moment, or of none: throttle.Refused names the first that is reached.
	// The count stays even if another transaction of the same request fails later.
	Take(at time.Time, limits ...throttle.Limit) error
	// Left is how many more uses all of these limits allow at a moment; it counts nothing.
	Left(at time.Time, limits ...throttle.Limit) (int, error)
	// Clear forgets the uses in a row of these keys (not those of a stretch of time).
	Clear(keys ...string) error
	// Once says true the first time that a key is seen within a time, e.g. for "announced once in 24 hours".
	Once(at time.Time, key string, within time.Duration) (bool, error)
	// Forget makes Once say true again for a key.
	Forget(key string) error
	// Post hands a letter to delivery: its text is composed and sealed, and the job that sends it starts after commit.
	Post(l Letter) error
	// AddLink keeps where a token leads.
	AddLink(l Link) error
	// UseLink marks a link used; false if it was already.
	UseLink(hash string, at time.Time) (bool, error)
	// EndLinks makes all links of a case useless, except those of the kinds named.
	EndLinks(caseID string, except ...LinkKind) error
	// CountArrival counts for an agent's link that it led to a new password; one that is gone counts nothing.
	CountArrival(link string) error
	// Apply starts the job that hands the new password of a case to the wallet.
	Apply(caseID string) error
	// Record adds to the audit trail (requirement P4).
	Record(e Event) error
}

// Letter is a message before it is written: purpose and what the text needs. To and Code are secret.
type Letter struct {
	ID      string // ours, random; the case keeps it to look delivery up
	Case    string
	Subject string // blind index of the account, for budgets
	Channel string // "sms" or "mail"
	Address string // id of the address on record, for the trail
	To      string
	Purpose Purpose
	Lang    string
	Code    string
	Link    string    // absolute address
	Stop    string    // absolute address of "this was not me", "" if the purpose has none
	At      time.Time // of what is told
	Until   time.Time // how long code or hold last; zero if neither
	Hold    time.Time // of what people decided: no password before; zero if nothing waits
	Number  string    // of a ticket, for people; it opens nothing
	Detail  string    // a word from a closed list, e.g. the kind of device; never personal data
}

// Purpose is what a message is for.
type Purpose string

// The purposes; each has a text in every language.
const (
	PurposeCode    Purpose = "code"    // a code to type, for SMS
	PurposeLink    Purpose = "link"    // a link and a code, for mail
	PurposeCard    Purpose = "card"    // a code to the number that a bank keeps
	PurposeStarted Purpose = "started" // somebody began to set a new password
	PurposeHold    Purpose = "hold"    // it will be possible at Until
	PurposeReady   Purpose = "ready"   // the hold ended
	PurposeDone    Purpose = "done"    // a new password was set
	PurposeStopped Purpose = "stopped" // "this was not me" was heard
	PurposeCodes   Purpose = "codes"   // a recovery code was used up, new ones were shown

	PurposeTicketAsked    Purpose = "ticket-asked"    // people need more, until Until
	PurposeTicketRefused  Purpose = "ticket-refused"  // people said no; it can be opened again until Until, if that is not zero
	PurposeTicketApproved Purpose = "ticket-approved" // people said yes
)

// Delivery is how far a message got.
type Delivery struct {
	State DeliveryState
	At    time.Time
}

// DeliveryState is a state of a message.
type DeliveryState string

// The states of a message.
const (
	Queued    DeliveryState = "queued"
	Accepted  DeliveryState = "accepted"  // by the provider
	Delivered DeliveryState = "delivered" // to the handset or mailbox, if the provider says so
	Bounced   DeliveryState = "bounced"   // refused for good
	Dead      DeliveryState = "dead"      // given up after all tries
)

// Link is where a token in a message leads. Only the token's hash is kept.
type Link struct {
	Hash    string
	Kind    LinkKind
	Case    string
	Address string // id of the address it was sent to
	Nonce   string // of the code it belongs to
	Expires time.Time
	Used    time.Time // zero if not
}

// LinkKind is what a link does.
type LinkKind string

// The kinds of link.
const (
	LinkMail LinkKind = "mail" // proves a mailbox
	LinkStop LinkKind = "stop" // "this was not me"
)

// Event is one line of the audit trail. Nothing in it but Person is personal; Person is kept apart, sealed.
type Event struct {
	At     time.Time
	Kind   string            // "case-started", "proof-passed" …: lower-case with dashes
	Case   string            // id, "" if none
	Actor  string            // "customer", "job", "owner" (by a link), later an agent's id
	Data   map[string]string // ids, codes, versions
	Person map[string]string // personal data: sealed, outside the chained rows, erased by retention
}
