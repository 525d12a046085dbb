package support

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
)

// View opens what the customer gave and what is on record beside it, for a reason of the kind's list, and records who looked
// and why before anything is shown (requirement P1). The look lasts a while: see Look. It is for who has the ticket, for leads
// and for auditors: problem.Denied for others, problem.Conflict if the claim is over, problem.Expired once the evidence is
// erased, problem.Invalid with "reason".
func (s *Tickets) View(ctx context.Context, agent *Agent, id, reason string) (*Ticket, []Evidence, error) {
	var all []Evidence
	t, err := s.change(ctx, "view evidence", id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		switch {
		case !slices.Contains(k.Views, reason):
			return invalid("reason", "unknown")
		case !agent.May(RightReview) && !agent.May(RightLead) && !agent.May(RightAudit):
			return problem.Denied
		case !t.Holds(agent.ID, now) && !agent.May(RightLead) && !agent.May(RightAudit):
			return problem.Conflict
		case t.State == TicketDraft:
			return problem.NotFound // the customer has not given it to us yet
		case !t.Erased.IsZero():
			return problem.Expired
		}
		t.open(agent.ID, reason, now)
		if t.Holds(agent.ID, now) {
			t.hold(agent.ID, now.Add(claimLasts))
		}
		var err error
		if all, err = tx.Evidence(t.ID); err != nil {
			return err
		}
		if s.deps.Records != nil {
			if err := tx.Record(noted(t, now, "record-viewed", Actor(agent.ID), "reason", reason)); err != nil {
				return err
			}
		}
		return tx.Record(noted(t, now, "evidence-viewed", Actor(agent.ID), "reason", reason))
	})
	for i := range all {
		if err == nil {
			err = all[i].open(s.deps.Box)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("view evidence: %w", err)
	}
	return t, all, nil
}

// AskMore sends a ticket back to the customer with the questions to look at again and the papers to bring; the clock of
// the promise stands still meanwhile. problem.Invalid: "asks" "required" or "unknown", "papers" "unknown", "times" "limit"
// when it was asked as often as may be, "evidence" as Approve.
func (s *Tickets) AskMore(ctx context.Context, agent *Agent, id string, asks, papers []string) (*Ticket, error) {
	return s.judged(ctx, "ask for more", agent, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if err := k.Askable(t, asks, papers); err != nil {
			return err
		}
		asks = k.withPapers(asks, papers)
		rest := k.Promise.rest(s.deps.Calendar, now, t.Due)
		t.Detail.Rounds = append(t.Detail.Rounds, Round{At: now, By: agent.ID, Asks: asks, Papers: papers, Rest: rest})
		t.State, t.Claim, t.Due = TicketAsked, Claim{}, now.Add(k.More.Wait)
		t.shut(agent.ID)
		if err := t.tell(tx, t.Due); err != nil {
			return err
		}
		return tx.Record(noted(t, now, "ticket-asked", Actor(agent.ID), "asks", strings.Join(asks, " "), "papers",
			strings.Join(papers, " ")))
	})
}

// Askable says what is wrong with asking for more, as AskMore does; nil if nothing.
func (k *TicketKind) Askable(t *Ticket, asks, papers []string) error {
	wrong := map[string]string{}
	if len(asks)+len(papers) == 0 {
		wrong["asks"] = "required"
	}
	for i, ask := range asks {
		if _, ok := k.ask(ask); !ok || slices.Contains(asks[:i], ask) {
			wrong["asks"] = "unknown"
		}
	}
	if !within(papers, k.Refusals.Papers) {
		wrong["papers"] = "unknown"
	}
	if k.MayAsk(t) <= 0 {
		wrong["times"] = "limit"
	}
	return mistaken(wrong)
}

// MayAsk is how often the customer may still be asked for more.
func (k *TicketKind) MayAsk(t *Ticket) int { return k.More.Times - t.timesAsked() }

// timesAsked is how often people asked for more since the ticket was opened last.
func (t *Ticket) timesAsked() int {
	n := 0
	for _, r := range t.Detail.Rounds {
		if r.By != "" && !r.At.Before(t.Detail.Reopened) {
			n++
		}
	}
	return n
}

// answered puts a ticket back into the queue: the promise's clock runs again.
func (s *Tickets) answered(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
	s.resume(t, k, now)
	t.Detail.Rounds[t.Round()-1].Answered = now
	return tx.Record(noted(t, now, "ticket-answered", Customer, "promised", t.Promised.UTC().Format(time.RFC3339)))
}

func (s *Tickets) resume(t *Ticket, k *TicketKind, now time.Time) {
	rest := t.Detail.Rounds[t.Round()-1].Rest
	t.State = TicketOpen
	t.Due = k.Promise.resume(s.deps.Calendar, now, rest).Truncate(time.Millisecond)
	t.Promised = t.Due
}

// tell writes to the customer that their ticket is in another state. The letter is in the transaction of what it tells.
func (t *Ticket) tell(tx TicketTx, until time.Time) error {
	return tx.Tell(t.Case, Notice{Number: ShowTicketNumber(t.Number), State: t.State, Until: until})
}

// within says whether every text is on a list, once.
func within(texts, list []string) bool {
	for i, text := range texts {
		if !slices.Contains(list, text) || slices.Contains(texts[:i], text) {
			return false
		}
	}
	return true
}
