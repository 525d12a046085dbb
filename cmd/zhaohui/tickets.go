package main

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"zhaohui/internal/picture"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// tickets is the queue of what people decide about cases of a service.
func (r *records) tickets(kinds []*support.TicketKind, calendar *support.Calendar, service *recovery.Service, cases *store.Cases,
	now func() time.Time) *support.Tickets {
	reach := func(ctx context.Context, tx *sql.Tx) support.Cases {
		in := cases.In(ctx, tx)
		return rulings{in, service.Rulings(ctx, in)}
	}
	return support.NewTickets(support.TicketDeps{Store: store.NewTickets(r.db, reach, r.trail.Append), Box: r.box,
		Index: r.keys.Index("tickets"), Kinds: kinds, Calendar: calendar, Records: service,
		Pictures: picture.NewCleaner(0, 0), Now: now})
}

// rulings lead from decisions of the desk to recoveries. Events are those of the recovery's side.
type rulings struct {
	*store.CaseTx
	cases *recovery.Rulings
}

// About says what matters of a case; see support.Cases.
func (r rulings) About(caseID string) (support.About, error) {
	stakes, err := r.cases.Stakes(caseID)
	return support.About{Helpers: stakes.Helpers, Yuan: stakes.Yuan, Flags: stakes.Risks, Others: stakes.Others}, err
}

// Await keeps a case alive; see support.Cases.
func (r rulings) Await(caseID string, until time.Time, theirs bool) error {
	return r.cases.Await(caseID, until, theirs)
}

// Prove adds what people judged to a case; see support.Cases.
func (r rulings) Prove(caseID string, g support.Grant) error {
	ruling := recovery.Ruling{Ticket: g.Ticket, Number: g.Number, Hold: g.Hold}
	for _, p := range g.Proofs {
		ruling.Proofs = append(ruling.Proofs, recovery.Ruled{Class: recovery.Class(p.Class), By: p.By})
	}
	return r.cases.Prove(caseID, ruling)
}

// Tell writes to a customer how their ticket stands; see support.Cases.
func (r rulings) Tell(caseID string, n support.Notice) error {
	purpose := map[support.TicketState]recovery.Purpose{support.TicketAsked: recovery.PurposeTicketAsked,
		support.TicketRefused: recovery.PurposeTicketRefused}[n.State]
	return r.cases.Tell(caseID, recovery.News{Purpose: purpose, Number: n.Number, Until: n.Until})
}

const tended = 500 // tickets at once

// tendTickets does what time does to tickets, until nothing is left to do.
func tendTickets(ctx context.Context, tickets *support.Tickets, log *slog.Logger) error {
	for {
		done, more, err := tickets.Tend(ctx, tended)
		if done != (support.Tended{}) {
			log.Info("tickets tended", "forgotten", done.Forgotten, "back", done.Back, "closed", done.Closed, "erased", done.Erased)
		}
		if err != nil || !more {
			return err
		}
	}
}
