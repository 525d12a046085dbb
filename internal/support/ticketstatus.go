package support

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

const keyTries = 15 * time.Minute

// Find is the ticket of a customer who shows its number and key. Neither opens it alone, and what is wrong is not told:
// problem.NotFound. Tries are counted before anything is compared, by number and by network: problem.Throttled.
func (s *Tickets) Find(ctx context.Context, typed, key, network string) (*Ticket, error) {
	number, ok := ParseTicketNumber(typed)
	if !ok {
		return nil, fmt.Errorf("find ticket: no number: %w", problem.NotFound)
	}
	most := 5
	for _, k := range s.deps.Kinds {
		most = min(most, max(1, k.Statuses))
	}
	now := s.deps.Now()
	limits := []throttle.Limit{
		{Key: "ticket/number/" + s.deps.Index.Sum("ticket-number/"+number), Max: most, Within: keyTries},
		{Key: "ticket/network/" + s.deps.Index.Sum("ticket-network/"+network), Max: 10 * most, Within: keyTries},
	}
	if err := s.deps.Store.Do(ctx, func(tx TicketTx) error { return tx.Take(now, limits...) }); err != nil {
		return nil, fmt.Errorf("find ticket: %w", err)
	}
	t, err := s.deps.Store.Numbered(ctx, number)
	if err == nil && (t.State == TicketDraft || !s.Opens(t, key)) {
		err = problem.NotFound
	}
	if err == nil {
		err = s.deps.Store.Do(ctx, func(tx TicketTx) error { return tx.GiveBack(now, limits[0].Key, limits[1].Key) })
	}
	if err != nil {
		return nil, fmt.Errorf("find ticket: %w", err)
	}
	return t, nil
}

// Opens says whether a key is that of a ticket. Who asks has counted the try, or made the key themselves.
func (s *Tickets) Opens(t *Ticket, key string) bool {
	return slices.ContainsFunc(s.deps.Index.All(keyText(key)), func(sum string) bool {
		return subtle.ConstantTimeCompare([]byte(t.Key), []byte(sum)) == 1
	})
}

// Reopen lets the customer answer a refusal, once: they may change every answer and send it again. problem.Conflict if it
// was not refused or was opened again before, problem.Expired if that time is over.
func (s *Tickets) Reopen(ctx context.Context, caseID, id string) (*Ticket, error) {
	return s.own(ctx, "reopen ticket", caseID, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		switch {
		case t.State != TicketRefused || !t.Detail.Reopened.IsZero():
			return problem.Conflict
		case !now.Before(t.Due):
			return problem.Expired
		}
		t.Detail.Reopened, t.Detail.Approvals = now, nil
		t.Detail.Rounds = append(t.Detail.Rounds, Round{At: now, Rest: k.Promise.Within(t.Score)})
		t.State, t.Claim, t.Decided = TicketAsked, Claim{}, time.Time{}
		t.Due = now.Add(k.More.Wait)
		return tx.Record(noted(t, now, "ticket-reopened", Customer))
	})
}

// Slots are the calls that a customer can choose now.
func (s *Tickets) Slots(ctx context.Context) ([]time.Time, error) {
	now := s.deps.Now()
	full, err := s.deps.Store.FullSlots(ctx, now, s.deps.Calendar.CallBack.PerSlot)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return slices.DeleteFunc(s.deps.Calendar.Slots(now), func(at time.Time) bool {
		return slices.ContainsFunc(full, at.Equal)
	}), nil
}

// Call notes when the customer wants to be called, on the number that is on record; the zero time takes it back.
// problem.Conflict if others took the slot; problem.Invalid with "slot" for one that is not offered.
func (s *Tickets) Call(ctx context.Context, caseID, id string, slot time.Time) (*Ticket, error) {
	return s.own(ctx, "choose a call", caseID, id, func(tx TicketTx, t *Ticket, _ *TicketKind, now time.Time) error {
		calendar := s.deps.Calendar
		switch {
		case t.State != TicketDraft && t.State != TicketOpen && t.State != TicketAsked:
			return problem.Conflict
		case t.Slot.Equal(slot):
			return nil
		case !slot.IsZero() && !slices.ContainsFunc(calendar.Slots(now), slot.Equal):
			return invalid("slot", "unknown")
		}
		return s.moveCall(tx, t, slot, now)
	})
}

func (s *Tickets) moveCall(tx TicketTx, t *Ticket, slot, now time.Time) error {
	if err := freeCall(tx, t); err != nil {
		return err
	}
	shown := ""
	if !slot.IsZero() {
		free, err := tx.TakeSlot(slot, s.deps.Calendar.CallBack.PerSlot)
		if err != nil {
			return err
		}
		if !free {
			return problem.Conflict
		}
		shown = slot.UTC().Format(time.RFC3339)
	}
	t.Slot = slot
	return tx.Record(noted(t, now, "ticket-call", Customer, "at", shown))
}

func freeCall(tx TicketTx, t *Ticket) error {
	if t.Slot.IsZero() {
		return nil
	}
	err := tx.FreeSlot(t.Slot)
	t.Slot = time.Time{}
	return err
}

// History are the events of a ticket that its page tells, the oldest first: what was done when, never by whom.
func (t *Ticket) History() []recovery.Event {
	var h []recovery.Event
	add := func(at time.Time, kind string) {
		if !at.IsZero() {
			h = append(h, recovery.Event{At: at, Kind: kind})
		}
	}
	add(t.Sent, "ticket-sent")
	for _, r := range t.Detail.Rounds {
		if r.By != "" {
			add(r.At, "ticket-asked")
		}
		add(r.Answered, "ticket-answered")
	}
	for _, r := range t.Detail.Refusals {
		add(r.At, "ticket-refused")
	}
	add(t.Detail.Reopened, "ticket-reopened")
	if t.State == TicketApproved || t.State == TicketClosed && len(t.Detail.Approvals) > 0 && len(t.Detail.Approvals) >= t.Detail.Need {
		add(t.Decided, "ticket-approved")
	}
	add(t.Closed, "ticket-closed")
	slices.SortStableFunc(h, func(a, b recovery.Event) int { return a.At.Compare(b.At) })
	return h
}
