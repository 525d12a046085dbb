package support

import (
	"errors"
	"slices"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// Whoever knows somebody's sign-in name can write an appeal for the account. Were appeals counted by account, strangers could
// use up what its owner needs; so they are counted by the network that they come from, and each case has one that runs. What
// waits for one account is shown to reviewers as one group: they see that at most one of them is the owner's.

// FlagSeveral is said of tickets of an account for which others wait too.
const FlagSeveral = "several-appeals"

// openedADay is how many tickets one agent may open for customers in 24 hours.
const openedADay = 100

// countBegun counts a ticket that is begun from a network, or by an agent; problem.Throttled.
func (s *Tickets) countBegun(tx TicketTx, k *TicketKind, agent, network string, now time.Time) error {
	if agent != "" {
		return tx.Take(now, throttle.Limit{Key: "ticket/opened/" + agent, Max: openedADay, Within: 24 * time.Hour})
	}
	if network == "" {
		return nil
	}
	return tx.Take(now, throttle.Limit{Key: "ticket/begun/" + k.ID + "/" + s.deps.Index.Sum("ticket-begun/"+network), Max: k.Begun,
		Within: 24 * time.Hour})
}

// group notes which other tickets of the account wait now.
func (t *Ticket) group(tx TicketTx, k *TicketKind, about About) ([]*Ticket, error) {
	var list []*Ticket
	t.Detail.Beside = nil
	for _, caseID := range about.Others {
		other, err := tx.Running(caseID, t.Kind)
		if errors.Is(err, problem.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if other.State == TicketOpen || other.State == TicketAsked {
			list = append(list, other)
			t.beside(k, other)
		}
	}
	return list, nil
}

// beside notes one. That there were several stays a reason for care, as every other does.
func (t *Ticket) beside(k *TicketKind, other *Ticket) {
	if !slices.Contains(t.Detail.Beside, other.Number) {
		t.Detail.Beside = append(t.Detail.Beside, other.Number)
		slices.Sort(t.Detail.Beside)
	}
	if !slices.Contains(t.Detail.Flags, FlagSeveral) {
		t.Detail.Flags = append(t.Detail.Flags, FlagSeveral)
	}
	if slices.Contains(k.Approvals.Flags, FlagSeveral) {
		t.Detail.Need = max(t.Detail.Need, k.Approvals.Above)
	}
}

// join puts a ticket that is sent now into its group: those that wait learn of it too, before anybody claims them.
func (t *Ticket) join(tx TicketTx, k *TicketKind, about About) error {
	list, err := t.group(tx, k, about)
	if err != nil {
		return err
	}
	for _, other := range list {
		if other, err = tx.Ticket(other.ID); err != nil { // keeps others from changing it
			return err
		}
		other.beside(k, t)
		if err := tx.SaveTicket(other); err != nil {
			return err
		}
	}
	return nil
}
