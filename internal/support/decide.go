package support

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/problem"
)

// Judgement is what a reviewer says of a ticket: an answer to every line of the checklist.
type Judgement struct {
	Checks   map[string]string // check → CheckMatch, CheckMismatch or CheckUnclear
	Compared string            // how papers were compared with the person, "" if they were not
}

// Refusing is a judgement with the way on for who is refused.
type Refusing struct {
	Judgement
	Reason           string
	Remedies, Papers []string
}

// Approve is one person's yes. With as many different people as the case needs, the ticket is approved: what they judged
// is proved in the case, in the same transaction, with a hold and a veto. Before that it waits for somebody else.
//
// problem.Invalid: a check "required", "unknown" or, where only a match can be approved, "mismatch"; "compared" "unknown";
// "evidence" "required" for who did not open what the customer gave. problem.Denied for who helped in the case, approved
// before, or refused what was opened again (requirement P1); problem.Conflict if the claim is over.
func (s *Tickets) Approve(ctx context.Context, agent *Agent, id string, j Judgement) (*Ticket, error) {
	return s.judged(ctx, "approve ticket", agent, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if err := k.Approvable(j); err != nil {
			return err
		}
		t.Detail.Approvals = append(t.Detail.Approvals, Approval{Agent: agent.ID, At: now, Checks: j.Checks, Compared: j.Compared})
		t.letGo()
		given := len(t.Detail.Approvals)
		if err := tx.Record(noted(t, now, "ticket-agreed", Actor(agent.ID), "compared", j.Compared,
			"agreed", strconv.Itoa(given)+"/"+strconv.Itoa(t.Detail.Need))); err != nil {
			return err
		}
		if given < t.Detail.Need {
			return nil
		}
		return s.approved(tx, t, k, agent, now)
	})
}

// approved ends a ticket with a yes. The case tells it, in the letter that says when a password can be chosen.
func (s *Tickets) approved(tx TicketTx, t *Ticket, k *TicketKind, agent *Agent, now time.Time) error {
	grant := k.grant(t, now)
	if err := tx.Prove(t.Case, grant); err != nil {
		return err
	}
	if err := freeCall(tx, t); err != nil {
		return err
	}
	t.State, t.Decided, t.Due = TicketApproved, now, now.Add(k.Reopen)
	classes := make([]string, len(grant.Proofs))
	for i, p := range grant.Proofs {
		classes[i] = p.Class
	}
	return tx.Record(noted(t, now, "ticket-approved", Actor(agent.ID), "proofs", strings.Join(classes, " "),
		"hold", k.Hold.String()))
}

// grant is what the approvals of a ticket prove: what the kind gives, by all of them, and what compared papers give, by
// those who saw papers and person together.
func (k *TicketKind) grant(t *Ticket, now time.Time) Grant {
	var all, compared []string
	for _, a := range t.Detail.Approvals {
		all = append(all, a.Agent)
		if a.Compared != "" {
			compared = append(compared, a.Agent)
		}
	}
	g := Grant{Ticket: t.Number, Number: ShowTicketNumber(t.Number), Kind: k.ID, At: now, Hold: k.Hold, Veto: true,
		Proofs: []Granted{{Class: k.Class, By: all}}}
	if k.Compared != "" && len(compared) > 0 {
		g.Proofs = append(g.Proofs, Granted{Class: k.Compared, By: compared})
	}
	return g
}

// Refuse is a person's no: it says why, what can be done, and which papers help (requirement P2). The customer can open the
// ticket again once. problem.Invalid: the checks and "evidence" as Approve, "reason", "remedies" and "papers" "required" or
// "unknown".
func (s *Tickets) Refuse(ctx context.Context, agent *Agent, id string, r Refusing) (*Ticket, error) {
	return s.judged(ctx, "refuse ticket", agent, id, func(tx TicketTx, t *Ticket, k *TicketKind, now time.Time) error {
		if err := k.Refusable(r); err != nil {
			return err
		}
		t.Detail.Refusals = append(t.Detail.Refusals, Refusal{Agent: agent.ID, At: now, Checks: r.Checks, Reason: r.Reason,
			Remedies: r.Remedies, Papers: r.Papers})
		t.State, t.Decided, t.Due, t.Claim = TicketRefused, now, now.Add(k.Reopen), Claim{}
		t.shut(agent.ID)
		if err := freeCall(tx, t); err != nil {
			return err
		}
		until := t.Due
		if !t.Detail.Reopened.IsZero() { // it was opened again before: nothing is left to do here
			until = time.Time{}
		}
		if err := t.tell(tx, until); err != nil {
			return err
		}
		return tx.Record(noted(t, now, "ticket-refused", Actor(agent.ID), "reason", r.Reason,
			"remedies", strings.Join(r.Remedies, " "), "papers", strings.Join(r.Papers, " ")))
	})
}

// Approvable says what keeps a judgement from being a yes, as Approve does; nil if nothing.
func (k *TicketKind) Approvable(j Judgement) error {
	wrong := k.judge(j)
	for _, c := range k.Checks {
		if c.Must && wrong["check-"+c.ID] == "" && j.Checks[c.ID] != CheckMatch {
			wrong["check-"+c.ID] = "mismatch"
		}
	}
	return mistaken(wrong)
}

// Refusable says what a no lacks, as Refuse does; nil if nothing.
func (k *TicketKind) Refusable(r Refusing) error {
	wrong := k.judge(r.Judgement)
	for field, chosen := range map[string]struct{ from, list []string }{
		"reason":   {nonEmpty(r.Reason), k.Refusals.Reasons},
		"remedies": {r.Remedies, k.Refusals.Remedies},
		"papers":   {r.Papers, k.Refusals.Papers},
	} {
		switch {
		case len(chosen.from) == 0:
			wrong[field] = "required"
		case !within(chosen.from, chosen.list):
			wrong[field] = "unknown"
		}
	}
	return mistaken(wrong)
}

func mistaken(wrong map[string]string) error {
	if len(wrong) == 0 {
		return nil
	}
	return problem.Invalid{Fields: wrong}
}

// judge says what is wrong with a judgement: field → code.
func (k *TicketKind) judge(j Judgement) map[string]string {
	wrong := map[string]string{}
	known := map[string]bool{}
	for _, c := range k.Checks {
		known[c.ID] = true
		switch j.Checks[c.ID] {
		case CheckMatch, CheckMismatch, CheckUnclear:
		case "":
			wrong["check-"+c.ID] = "required"
		default:
			wrong["check-"+c.ID] = "unknown"
		}
	}
	for id := range j.Checks {
		if !known[id] {
			wrong["checks"] = "unknown"
		}
	}
	if j.Compared != "" && !slices.Contains(k.Compares, j.Compared) {
		wrong["compared"] = "unknown"
	}
	return wrong
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
