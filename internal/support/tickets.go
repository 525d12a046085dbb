package support

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// claimLasts is how long a claim lasts after the last thing that was done with it.
const claimLasts = 15 * time.Minute

// TicketDeps are what Tickets works with; all but Records and Now have to be there.
type TicketDeps struct {
	Store    TicketStore
	Box      Sealer
	Index    TicketIndexer // for what customers show and for limits
	Kinds    []*TicketKind
	Calendar *Calendar
	Records  Records        // what is on record beside what customers wrote; nil: nothing is shown
	Pictures PictureCleaner // nil: no pictures are taken
	Now      func() time.Time
}

// TicketIndexer also gives the sums of older keys, the newest first: what a customer shows was given to them weeks ago.
type TicketIndexer interface {
	Indexer
	All(text string) []string
}

// Tickets is the one queue of everything that people decide. Several processes may each have one over the same database.
type Tickets struct{ deps TicketDeps }

// NewTickets makes a queue.
func NewTickets(deps TicketDeps) *Tickets {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	return &Tickets{deps}
}

// Kinds lists what is decided here.
func (s *Tickets) Kinds() []*TicketKind { return s.deps.Kinds }

// Kind finds a kind by id.
func (s *Tickets) Kind(id string) (*TicketKind, bool) {
	i := slices.IndexFunc(s.deps.Kinds, func(k *TicketKind) bool { return k.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.deps.Kinds[i], true
}

func (s *Tickets) kind(id string) (*TicketKind, error) {
	k, ok := s.Kind(id)
	if !ok {
		return nil, fmt.Errorf("no kind of ticket is called %q: %w", id, problem.NotFound)
	}
	return k, nil
}

// change does something to a ticket in one transaction. fn changes the ticket, which is kept then.
func (s *Tickets) change(ctx context.Context, doing, id string,
	fn func(TicketTx, *Ticket, *TicketKind, time.Time) error) (*Ticket, error) {
	var changed *Ticket
	err := s.deps.Store.Do(ctx, func(tx TicketTx) error {
		t, err := tx.Ticket(id)
		if err != nil {
			return err
		}
		k, err := s.kind(t.Kind)
		if err != nil {
			return err
		}
		before := t.awaits()
		if err := fn(tx, t, k, s.deps.Now().Truncate(time.Millisecond)); err != nil {
			return err
		}
		changed = t
		return t.await(tx, before)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return changed, nil
}

// overdueLife is how long a case lives on when its ticket is overdue: nobody may lose it because the desk is slow.
const overdueLife = 14 * 24 * time.Hour

// awaits is until when the case of a ticket has to live, zero if the ticket needs it no more.
func (t *Ticket) awaits() time.Time {
	switch t.State {
	case TicketOpen:
		return t.Due.Add(overdueLife)
	case TicketDraft, TicketAsked, TicketRefused: // a refusal is to be read, and can be opened again
		return t.Due
	}
	return time.Time{}
}

// theirs says that a case which lives until a moment for its ticket lives for the customer, who has to do something with it.
func (t *Ticket) theirs(until time.Time) bool { return !until.IsZero() && t.State != TicketOpen }

// await saves a ticket, and lets its case live as long as it needs it.
func (t *Ticket) await(tx TicketTx, before time.Time) error {
	if until := t.awaits(); t.State != TicketApproved && !until.Equal(before) { // what was approved has seen to the case
		if err := tx.Await(t.Case, until, t.theirs(until)); err != nil {
			return err
		}
	}
	return tx.SaveTicket(t)
}

// Customer is the actor of what customers do, Job of what happens by itself.
const (
	Customer = "customer"
	Job      = "job"
)

// noted is what the trail keeps of something done to a ticket: its number and codes, nothing personal.
func noted(t *Ticket, at time.Time, kind, actor string, data ...string) recovery.Event {
	e := recovery.Event{At: at, Kind: kind, Case: t.Case, Actor: actor, Data: map[string]string{"ticket": t.Number, "kind": t.Kind}}
	for i := 0; i+1 < len(data); i += 2 {
		if data[i+1] != "" {
			e.Data[data[i]] = data[i+1]
		}
	}
	return e
}

func invalid(field, code string) error {
	return problem.Invalid{Fields: map[string]string{field: code}}
}

// Queue lists tickets by the time they are due. after is "" or what the page before gave; next is "" on the last page.
func (s *Tickets) Queue(ctx context.Context, f QueueFilter, after string, limit int) (list []*Ticket, next string, err error) {
	if err := f.Check(); err != nil {
		return nil, "", fmt.Errorf("list the queue: %w", err)
	}
	place, ok := parsePlace(after)
	if !ok {
		return nil, "", fmt.Errorf("list the queue: %w", invalid("after", "format"))
	}
	limit = min(max(limit, 1), 200)
	if list, err = s.deps.Store.Queue(ctx, f, s.deps.Now(), place, limit+1); err != nil {
		return nil, "", fmt.Errorf("list the queue: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = strconv.FormatInt(last.Due.UnixMilli(), 36) + "." + last.ID
	}
	return list, next, nil
}

func parsePlace(text string) (QueuePlace, bool) {
	if text == "" {
		return QueuePlace{}, true
	}
	due, id, cut := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(due, 36, 64)
	return QueuePlace{Due: ms, ID: id}, cut && err == nil && len(id) <= 40
}

// mostCounted is where counting ends: nobody reads more than "999+".
const mostCounted = 1000

// Counts says how much waits, for everybody and for an agent; up to a thousand of each.
func (s *Tickets) Counts(ctx context.Context, agent string) (QueueCounts, error) {
	counts, err := s.deps.Store.CountQueue(ctx, agent, s.deps.Now(), mostCounted)
	if err != nil {
		return counts, fmt.Errorf("count the queue: %w", err)
	}
	return counts, nil
}

// Ticket finds a ticket by id, without its evidence; problem.NotFound.
func (s *Tickets) Ticket(ctx context.Context, id string) (*Ticket, error) {
	t, err := s.deps.Store.Ticket(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("find ticket: %w", err)
	}
	return t, nil
}
