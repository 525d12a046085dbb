package support

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"zhaohui/internal/problem"
)

// Tended says what a run of Tend did.
type Tended struct {
	Forgotten int // drafts that were never sent
	Back      int // tickets whose customer did not answer: a person decides, never a machine (requirement P2)
	Closed    int
	Erased    int // tickets whose evidence is gone
	Answers   int // answers that were erased with them
}

// Tend does what time does to tickets, to at most limit of them, and reports it. more says that others wait. It may run
// in several processes at once.
func (s *Tickets) Tend(ctx context.Context, limit int) (done Tended, more bool, err error) {
	ids, err := s.deps.Store.Late(ctx, s.deps.Now(), limit)
	if err != nil {
		return done, false, fmt.Errorf("tend tickets: %w", err)
	}
	for _, id := range ids {
		var one Tended
		err := s.deps.Store.Do(ctx, func(tx TicketTx) error {
			one = Tended{}
			t, err := tx.Ticket(id)
			if err != nil {
				return err
			}
			now := s.deps.Now().Truncate(time.Millisecond)
			if t.Due.IsZero() || t.Due.After(now) || t.State == TicketOpen {
				return nil // another process was first
			}
			return s.tend(tx, t, now, &one)
		})
		if err != nil && !errors.Is(err, problem.NotFound) {
			return done, true, fmt.Errorf("tend ticket: %w", err)
		}
		done.add(one)
	}
	return done, len(ids) == limit, nil
}

func (d *Tended) add(o Tended) {
	d.Forgotten += o.Forgotten
	d.Back += o.Back
	d.Closed += o.Closed
	d.Erased += o.Erased
	d.Answers += o.Answers
}

// unknownKeep is how long evidence of a kind is kept that the content no longer has.
const unknownKeep = 30 * 24 * time.Hour

func (s *Tickets) tend(tx TicketTx, t *Ticket, now time.Time, done *Tended) error {
	k, ok := s.Kind(t.Kind)
	if !ok {
		k = &TicketKind{ID: t.Kind, Keep: unknownKeep, Promise: Promise{Counts: CountsClock}}
	}
	before := t.awaits()
	switch t.State {
	case TicketDraft:
		done.Forgotten = 1
		if err := tx.Await(t.Case, time.Time{}, false); err != nil {
			return err
		}
		if err := freeCall(tx, t); err != nil {
			return err
		}
		if err := tx.Record(noted(t, now, "ticket-forgotten", Job)); err != nil {
			return err
		}
		return tx.RemoveTicket(t.ID)
	case TicketAsked:
		done.Back = 1
		s.resume(t, k, now)
		t.Detail.Rounds[t.Round()-1].Silent = true
		return saved(tx, t, before, tx.Record(noted(t, now, "ticket-unanswered", Job,
			"promised", t.Promised.UTC().Format(time.RFC3339))))
	case TicketApproved, TicketRefused:
		done.Closed = 1
		t.State, t.Closed = TicketClosed, now
		t.Due = now.Add(k.Keep)
		return saved(tx, t, before, tx.Record(noted(t, now, "ticket-closed", Job)))
	}
	n, err := tx.EraseEvidence(t.ID)
	if err != nil {
		return err
	}
	done.Erased, done.Answers = 1, n
	t.Erased, t.Due, t.Key = now, time.Time{}, ""
	return saved(tx, t, before, tx.Record(noted(t, now, "evidence-erased", Job, "answers", strconv.Itoa(n))))
}

func saved(tx TicketTx, t *Ticket, before time.Time, err error) error {
	if err != nil {
		return err
	}
	return t.await(tx, before)
}
