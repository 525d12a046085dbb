package support

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"zhaohui/internal/problem"
)

// NewTicket begins a ticket.
type NewTicket struct {
	Kind string
	Case string
	Key  string // what the customer will show with the number; it is kept as a keyed sum
	Lang string
	// Agent begins it for the customer, who writes and sends it; "" if they begin it themselves.
	Agent string
	// Network is where it is begun, as it is limited by; "" is not counted.
	Network string
}

// Begin begins a draft in a case, or finds the one that runs: nobody fills in a form twice. It says whether it is new.
func (s *Tickets) Begin(ctx context.Context, n NewTicket) (t *Ticket, begun bool, err error) {
	k, err := s.kind(n.Kind)
	if err == nil && (n.Case == "" || n.Key == "") {
		err = errors.New("no case or no key")
	}
	for range 5 { // a number may be taken, and another tab may have been first
		if err != nil && !errors.Is(err, problem.Conflict) {
			break
		}
		err = s.deps.Store.Do(ctx, func(tx TicketTx) error {
			t, err = tx.Running(n.Case, n.Kind)
			if begun = errors.Is(err, problem.NotFound); !begun {
				return err
			}
			now := s.deps.Now().Truncate(time.Millisecond)
			t = &Ticket{ID: newID(), Number: ticketNumber.fresh(), Kind: k.ID, Case: n.Case, Key: s.keySum(n.Key), State: TicketDraft,
				Created: now, Due: now.Add(k.Draft), Detail: Detail{Lang: n.Lang, Opener: n.Agent}}
			beginner := Customer
			if n.Agent != "" {
				beginner = Actor(n.Agent)
			}
			if err := s.countBegun(tx, k, n.Agent, n.Network, now); err != nil {
				return err
			}
			if err := tx.AddTicket(t); err != nil {
				return err
			}
			if err := tx.Await(n.Case, t.awaits(), true); err != nil {
				return err
			}
			return tx.Record(noted(t, now, "ticket-begun", beginner))
		})
		if err == nil {
			return t, begun, nil
		}
	}
	return nil, false, fmt.Errorf("begin ticket: %w", err)
}

// OfCase is the ticket of a kind in a case that is not closed; problem.NotFound.
func (s *Tickets) OfCase(ctx context.Context, caseID, kind string) (*Ticket, error) {
	t, err := s.deps.Store.OfCase(ctx, caseID, kind)
	if err != nil {
		return nil, fmt.Errorf("find ticket of a case: %w", err)
	}
	return t, nil
}

func (s *Tickets) keySum(key string) string { return s.deps.Index.Sum(keyText(key)) }

func keyText(key string) string { return "ticket-key/" + key }

// Form is what a customer gave so far, and what they may count on if they send it now.
type Form struct {
	Ticket  *Ticket
	Kind    *TicketKind
	Answers map[string][]Entry // by question, the newest
	Fresh   map[string]bool    // questions that were answered since more was asked for
	Sent    map[string]int     // entries that were given before: pictures that were sent stay
	Score   int
	Within  time.Duration
	Due     time.Time // the moment that is promised
}

// Form reads the customer's own form; problem.NotFound if the ticket is not of their case, problem.Expired once it is
// erased.
func (s *Tickets) Form(ctx context.Context, caseID, id string) (*Form, error) {
	t, k, all, err := s.given(ctx, caseID, id)
	if err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	f := &Form{Ticket: t, Kind: k, Answers: map[string][]Entry{}, Fresh: map[string]bool{}, Sent: map[string]int{}}
	for _, e := range all { // by round
		if e.Round < t.Round() {
			f.Sent[e.Ask] = e.Filled
		}
	}
	for _, e := range latest(all) {
		if err == nil {
			err = e.open(s.deps.Box)
			f.Answers[e.Ask] = e.Entries
			f.Fresh[e.Ask] = e.Round == t.Round()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	f.Score = t.Score
	f.Within, f.Due = k.Promise.Within(f.Score), t.Promised
	switch round := t.Waiting(); {
	case t.State == TicketDraft:
		f.Due = k.Promise.due(s.deps.Calendar, s.deps.Now(), f.Score)
	case round != nil:
		f.Due = k.Promise.resume(s.deps.Calendar, s.deps.Now(), round.Rest)
	}
	return f, nil
}

// given is the ticket of a customer's case with what they gave, still sealed: problem.NotFound if it is another's,
// problem.Expired once it is erased.
func (s *Tickets) given(ctx context.Context, caseID, id string) (*Ticket, *TicketKind, []Evidence, error) {
	t, err := s.deps.Store.Ticket(ctx, id)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case t.Case != caseID:
		return nil, nil, nil, problem.NotFound
	case !t.Erased.IsZero():
		return nil, nil, nil, problem.Expired
	}
	k, err := s.kind(t.Kind)
	if err != nil {
		return nil, nil, nil, err
	}
	all, err := s.deps.Store.Evidence(ctx, id)
	return t, k, all, err
}

// latest keeps the newest evidence of each question.
func latest(all []Evidence) []Evidence {
	var kept []Evidence
	for _, e := range all { // by round
		if i := slices.IndexFunc(kept, func(k Evidence) bool { return k.Ask == e.Ask }); i >= 0 {
			kept[i] = e
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// Save keeps the answer to one question, sealed; nothing typed takes an answer back. problem.Invalid as Ask.Parse;
// problem.NotFound for another case's ticket or a question that is not there; problem.Conflict when it is not the
// customer's turn, or the question was not asked again.
func (s *Tickets) Save(ctx context.Context, caseID, id, ask string, typed map[string]string) (*Ticket, error) {
	return s.own(ctx, "save answer", caseID, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		a, ok := k.ask(ask)
		if !ok {
			return problem.NotFound
		}
		if !t.MayAnswer(ask) {
			return problem.Conflict
		}
		entries, wrong := a.Parse(typed, now.In(s.deps.Calendar.Zone))
		if len(wrong) > 0 {
			return problem.Invalid{Fields: wrong}
		}
		if _, pictures := a.Pictures(); pictures { // they come and go another way: this says that the question was looked at
			album, err := s.albumIn(tx, t, k, ask)
			if err != nil {
				return err
			}
			entries = album.entries
		}
		return s.keep(tx, t, k, a, entries, now)
	})
}

// keep saves the answer to a question, and how complete the form is by now.
func (s *Tickets) keep(tx TicketTx, t *Ticket, k *TicketKind, a Ask, entries []Entry, now time.Time) error {
	e := Evidence{Ticket: t.ID, Ask: a.ID, Round: t.Round(), Added: now, Filled: len(entries), Entries: entries}
	if err := e.seal(s.deps.Box); err != nil {
		return err
	}
	if err := tx.SaveEvidence(e); err != nil {
		return err
	}
	all, err := tx.Evidence(t.ID)
	t.Score = k.Score(filled(all))
	return err
}

func filled(all []Evidence) map[string]int {
	n := map[string]int{}
	for _, e := range latest(all) {
		n[e.Ask] = e.Filled
	}
	return n
}

// own is change for the customer of a case.
func (s *Tickets) own(ctx context.Context, doing, caseID, id string,
	fn func(TicketTx, *Ticket, *TicketKind, time.Time) error) (*Ticket, error) {
	return s.change(ctx, doing, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if t.Case != caseID {
			return problem.NotFound
		}
		return fn(tx, t, k, now)
	})
}

// Send hands the form in, or what was asked for: the promise's clock runs. problem.Invalid with "form" "empty" if nothing
// was given; problem.Conflict if it was sent before.
func (s *Tickets) Send(ctx context.Context, caseID, id string) (*Ticket, error) {
	return s.own(ctx, "send ticket", caseID, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if t.Waiting() != nil {
			return s.answered(tx, t, k, now)
		}
		if t.State != TicketDraft {
			return problem.Conflict
		}
		if t.Score == 0 {
			return invalid("form", "empty")
		}
		about, err := tx.About(t.Case)
		if err != nil {
			return err
		}
		t.State, t.Sent = TicketOpen, now
		t.Due = k.Promise.due(s.deps.Calendar, now, t.Score)
		t.Promised = t.Due
		t.weigh(k, about)
		if err := t.join(tx, k, about); err != nil {
			return err
		}
		return tx.Record(noted(t, now, "ticket-sent", Customer, "score", strconv.Itoa(t.Score),
			"promised", t.Promised.UTC().Format(time.RFC3339)))
	})
}

// weigh notes what is known of the case: what once was a reason for care stays one.
func (t *Ticket) weigh(k *TicketKind, about About) {
	t.Detail.Need = max(t.Detail.Need, k.Approvals.need(about))
	order := []string{"", MoneyBelow, MoneyUnknown, MoneyAbove}
	if money := k.Approvals.money(about); slices.Index(order, money) > slices.Index(order, t.Detail.Money) {
		t.Detail.Money = money
	}
	for _, flag := range about.Flags {
		if !slices.Contains(t.Detail.Flags, flag) {
			t.Detail.Flags = append(t.Detail.Flags, flag)
		}
	}
	for _, helper := range about.Helpers {
		if !slices.Contains(t.Detail.Helpers, helper) {
			t.Detail.Helpers = append(t.Detail.Helpers, helper)
		}
	}
}
