package support

import (
	"slices"
	"time"
)

// TicketState is where a ticket is. A claim is not a state of its own: it ends by itself.
type TicketState string

// The states of a ticket.
const (
	TicketDraft    TicketState = "draft"   // the customer is still writing
	TicketOpen     TicketState = "open"    // waits for people, or somebody has claimed it
	TicketClaimed  TicketState = "claimed" // only seen, never kept: open, and claimed just now
	TicketAsked    TicketState = "asked"   // waits for the customer; the promise's clock stands still
	TicketApproved TicketState = "approved"
	TicketRefused  TicketState = "refused"
	TicketClosed   TicketState = "closed" // nothing more can be done with it
)

// Ticket is one thing that people have to decide.
type Ticket struct {
	ID       string
	Number   string // for people; opens nothing
	Kind     string
	Case     string
	Key      string // keyed sum of what the customer shows with the number
	State    TicketState
	Score    int // completeness
	Created  time.Time
	Sent     time.Time
	Due      time.Time // when something has to happen: a decision, an answer, the end of a draft, an erasure; zero if never
	Promised time.Time // the decision, as the customer was told
	Decided  time.Time
	Closed   time.Time
	Erased   time.Time // its evidence
	Claim    Claim
	Slot     time.Time // when the customer wants to be called, zero if they do not
	Detail   Detail
}

// Claim is who works on a ticket, until when. It is a lease: it is renewed by what they do and ends by itself.
type Claim struct {
	Agent string
	Until time.Time
}

// Detail is the rest of a ticket: ids, codes and times; nothing personal.
type Detail struct {
	Lang      string     `json:"lang,omitempty"`
	Opener    string     `json:"opener,omitempty"`  // the agent who began it for the customer, "" if they did
	Need      int        `json:"need,omitempty"`    // approvals
	Helpers   []string   `json:"helpers,omitempty"` // agents who helped in the case
	Flags     []string   `json:"flags,omitempty"`
	Money     string     `json:"money,omitempty"`  // on which side of the risk limit, at its worst; never how much
	Beside    []string   `json:"beside,omitempty"` // numbers of other tickets of the same account that waited too
	Rounds    []Round    `json:"rounds,omitempty"`
	Approvals []Approval `json:"approvals,omitempty"` // since it was opened last
	Refusals  []Refusal  `json:"refusals,omitempty"`
	Reopened  time.Time  `json:"reopened,omitzero"`
	Opened    []Opening  `json:"opened,omitempty"` // looks at the evidence that may still last
	Consents  []Consent  `json:"consents,omitempty"`
}

// Round is one time that the customer was asked for more.
type Round struct {
	At       time.Time     `json:"at"`
	By       string        `json:"by"`             // agent's id, "" for the customer who opened it again
	Asks     []string      `json:"asks,omitempty"` // questions that may be answered again; all if none is named
	Papers   []string      `json:"papers,omitempty"`
	Rest     time.Duration `json:"rest"` // of the promise
	Answered time.Time     `json:"answered,omitzero"`
	Silent   bool          `json:"silent,omitempty"` // no answer came in time
}

// Approval is one person's yes.
type Approval struct {
	Agent    string            `json:"agent"`
	At       time.Time         `json:"at"`
	Checks   map[string]string `json:"checks"`
	Compared string            `json:"compared,omitempty"` // how papers were compared with the person
}

// Refusal is one person's no, with the way on.
type Refusal struct {
	Agent    string            `json:"agent"`
	At       time.Time         `json:"at"`
	Checks   map[string]string `json:"checks"`
	Reason   string            `json:"reason"`
	Remedies []string          `json:"remedies"`
	Papers   []string          `json:"papers"`
}

// StateAt is the state as people see it.
func (t *Ticket) StateAt(now time.Time) TicketState {
	if t.State == TicketOpen && now.Before(t.Claim.Until) {
		return TicketClaimed
	}
	return t.State
}

// Holds says whether an agent's claim lasts.
func (t *Ticket) Holds(agent string, now time.Time) bool {
	return t.State == TicketOpen && t.Claim.Agent == agent && agent != "" && now.Before(t.Claim.Until)
}

// Overdue says whether the promise is broken.
func (t *Ticket) Overdue(now time.Time) bool { return t.State == TicketOpen && now.After(t.Due) }

// Round is how often the customer was asked for more.
func (t *Ticket) Round() int { return len(t.Detail.Rounds) }

// Waiting is what the customer is asked for now, nil if nothing.
func (t *Ticket) Waiting() *Round {
	if t.State != TicketAsked || t.Round() == 0 {
		return nil
	}
	return &t.Detail.Rounds[t.Round()-1]
}

// MayAnswer says whether the customer may answer a question now.
func (t *Ticket) MayAnswer(ask string) bool {
	if t.State == TicketDraft {
		return true
	}
	round := t.Waiting()
	return round != nil && (len(round.Asks) == 0 || slices.Contains(round.Asks, ask))
}

// Why somebody may not judge a ticket.
const (
	BarredHelped  = "helped"
	BarredAgreed  = "agreed"
	BarredRefused = "refused"
)

// Barred says why an agent may not judge a ticket, "" if they may: who helped the customer, who agreed before, and who refused
// what is judged once more (requirement P1). Who helped since it was looked at last is found out when it is claimed.
func (t *Ticket) Barred(agent string) string {
	switch {
	case slices.Contains(t.Detail.Helpers, agent):
		return BarredHelped
	case slices.ContainsFunc(t.Detail.Approvals, func(a Approval) bool { return a.Agent == agent }):
		return BarredAgreed
	case slices.ContainsFunc(t.Detail.Refusals, func(r Refusal) bool { return r.Agent == agent }):
		return BarredRefused
	}
	return ""
}
