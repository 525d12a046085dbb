package support

import (
	"context"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

// TicketStore keeps tickets.
type TicketStore interface {
	// Do runs fn in one transaction, perhaps more than once.
	Do(ctx context.Context, fn func(TicketTx) error) error
	// Ticket is the ticket with an id; problem.NotFound.
	Ticket(ctx context.Context, id string) (*Ticket, error)
	// Numbered is the ticket with a number; problem.NotFound.
	Numbered(ctx context.Context, number string) (*Ticket, error)
	// OfCase is the ticket of a kind in a case that is not closed; problem.NotFound.
	OfCase(ctx context.Context, caseID, kind string) (*Ticket, error)
	// Evidence is all that was given, still sealed, by round and question.
	Evidence(ctx context.Context, ticket string) ([]Evidence, error)
	// Picture is one picture of a ticket, still sealed; problem.NotFound.
	Picture(ctx context.Context, ticket, id string) (Picture, error)
	// Queue lists tickets by the time they are due, after a place.
	Queue(ctx context.Context, f QueueFilter, at time.Time, after QueuePlace, limit int) ([]*Ticket, error)
	// CountQueue counts what waits; it looks at no more than most rows of each.
	CountQueue(ctx context.Context, agent string, at time.Time, most int) (QueueCounts, error)
	// Late lists the ids of tickets that nobody works on and whose time is over.
	Late(ctx context.Context, at time.Time, limit int) ([]string, error)
	// FullSlots are the calls from a moment on that are taken so often.
	FullSlots(ctx context.Context, from time.Time, taken int) ([]time.Time, error)
}

// TicketTx is what a transaction can do.
type TicketTx interface {
	Cases
	// Ticket reads a ticket and keeps other transactions from changing it; problem.NotFound.
	Ticket(id string) (*Ticket, error)
	// Running is the ticket of a kind in a case that is not closed; problem.NotFound.
	Running(caseID, kind string) (*Ticket, error)
	// AddTicket adds a ticket; problem.Conflict if its number is taken, or if one of its kind runs in the case.
	AddTicket(t *Ticket) error
	SaveTicket(t *Ticket) error
	// RemoveTicket removes a ticket with its evidence.
	RemoveTicket(id string) error
	// SaveEvidence adds evidence, or puts it in the place of what was given in the same round.
	SaveEvidence(e Evidence) error
	// Evidence is all that was given, still sealed, by round and question.
	Evidence(ticket string) ([]Evidence, error)
	// AddPicture adds a picture, sealed.
	AddPicture(p Picture) error
	// RemovePicture removes it; problem.NotFound.
	RemovePicture(ticket, id string) error
	// EraseEvidence erases all that was given with its pictures, and says how many answers there were.
	EraseEvidence(ticket string) (int, error)
	// TakeSlot counts a call; false if so many are there already.
	TakeSlot(at time.Time, most int) (bool, error)
	FreeSlot(at time.Time) error
	// Take counts one use of each limit or of none: throttle.Refused names the first that is reached.
	Take(at time.Time, limits ...throttle.Limit) error
	// GiveBack forgets one use of each key that was counted at a moment.
	GiveBack(at time.Time, keys ...string) error
	// Record adds to the audit trail.
	Record(e recovery.Event) error
}

// Cases is all that the desk's decisions can do to a recovery, inside the transaction that decides. It can set no password:
// only the case itself can, once its route is enough (requirement P1).
type Cases interface {
	// About says what matters of a case now. One that is over has something too: its ticket is ended by people.
	About(caseID string) (About, error)
	// Await keeps a case alive until a moment, as its ticket waits for somebody: for the customer (theirs), or for people.
	Await(caseID string, until time.Time, theirs bool) error
	// Prove adds what people judged to a case, and writes to every address of the account that they did; problem.Expired if it
	// is over, problem.Invalid with "account" "unknown" if there is no such account, and with "compared" "required" if only
	// compared papers can complete it.
	Prove(caseID string, g Grant) error
	// Tell writes to every address of the account how a ticket of a case stands, but for a yes; to nobody if there is no such
	// account.
	Tell(caseID string, n Notice) error
}

// About is what a decision has to know of a case.
type About struct {
	Helpers []string // ids of agents who helped the customer
	Yuan    int64    // what could be lost; 0 if nobody knows: then it counts as above the risk limit
	Flags   []string // what raises the risk: ids
	Others  []string // ids of other open cases of the same account
}

// Grant is what a decision proves.
type Grant struct {
	Ticket string // number
	Number string // the same as people read it, for the letter
	Kind   string
	At     time.Time
	Proofs []Granted
	Hold   time.Duration // before anything changes
	Veto   bool          // the owner can stop it meanwhile
}

// Notice is what customers are told when they have something to do, or need wait no more. It says nothing of why.
type Notice struct {
	Number string // as people read it
	State  TicketState
	Until  time.Time // what can be done can be done so long; zero if nothing is left to do
}

// Granted is one proof, and the ids of who stands for it.
type Granted struct {
	Class string
	By    []string
}

// QueueFilter picks tickets. Its zero value is all that waits for people.
type QueueFilter struct {
	Kind    string
	State   TicketState // "" is TicketOpen; TicketClaimed are those of them that are claimed
	Claimed string      // by this agent, just now
	Second  bool        // waits for another approval
	Overdue bool
}

// Check refuses what no queue has.
func (f QueueFilter) Check() error {
	switch f.State {
	case "", TicketOpen, TicketClaimed, TicketAsked, TicketApproved, TicketRefused, TicketClosed:
		return nil
	}
	return problem.Invalid{Fields: map[string]string{"state": "unknown"}}
}

// QueuePlace is where a page of the queue ended.
type QueuePlace struct {
	Due int64 // milliseconds
	ID  string
}

// QueueCounts says how much waits.
type QueueCounts struct{ Open, Overdue, Soon, Mine, Second, Asked int }
