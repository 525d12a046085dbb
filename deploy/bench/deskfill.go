package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// fillCommand leaves what is measured in a folder.
type fillCommand struct {
	Folder string `arg:""`
}

// Run fills the folder.
func (c *fillCommand) Run() error {
	ctx := context.Background()
	s, err := openState(ctx, c.Folder, time.Now)
	if err != nil {
		return err
	}
	_, err = s.fillDesk(ctx)
	return errors.Join(err, s.db.Close())
}

// deskMade is what somebody at the desk would look for.
type deskMade struct {
	cases   []string
	tickets []string // ids
	numbers []string
	agent   string // an actor who did much
}

// fillDesk writes a year of tickets and a trail that is really chained.
func (s *state) fillDesk(ctx context.Context) (deskMade, error) {
	var made deskMade
	random := rand.New(rand.NewPCG(1, 2))
	if err := s.fillTickets(ctx, random, &made); err != nil {
		return made, err
	}
	return made, s.fillTrail(ctx, random, &made)
}

// fillTickets writes tickets in every state, a fifth of them open.
func (s *state) fillTickets(ctx context.Context, random *rand.Rand, made *deskMade) error {
	tx, err := s.db.SQL().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing to undo
	insert, err := tx.PrepareContext(ctx, `INSERT INTO ticket (id, number, kind, case_id, key_sum, state, score, created, sent, due, promised, decided, closed,
		erased, claimed_by, claimed_for, approvals, slot, detail) VALUES ($1, $2, 'appeal', $3, '', $4, $5, $6, $6, $7, $7, $8, $8, 0, $9, $10, $11, 0, $12)`)
	if err != nil {
		return err
	}
	states := []support.TicketState{support.TicketOpen, support.TicketAsked, support.TicketApproved, support.TicketRefused, support.TicketClosed}
	for n := range manyTickets {
		state := states[n%len(states)]
		at := time.Now().Add(-time.Duration(random.IntN(deskDays*24*60)) * time.Minute)
		due := at.Add(time.Duration(24+24*random.IntN(3)) * time.Hour)
		if state == support.TicketOpen {
			due = time.Now().Add(time.Duration(random.IntN(3*24*60)-60) * time.Minute)
		}
		decided, claimed, until, agreed := int64(0), "", int64(0), 0
		detail := `{"lang":"zh","need":2}`
		switch {
		case state == support.TicketAsked:
			due = time.Now().Add(time.Duration(1+random.IntN(6*24)) * time.Hour)
			detail = fmt.Sprintf(`{"lang":"zh","need":2,"rounds":[{"at":%q,"by":"agent1","asks":["places"],"rest":3600000000000}]}`, at.UTC().Format(time.RFC3339))
		case state != support.TicketOpen:
			decided = at.Add(time.Hour).UnixMilli()
			due = time.Now().AddDate(0, 0, 30)
		case state == support.TicketOpen && n%50 == 0:
			claimed, until = fmt.Sprintf("agent%d", n%deskAgents), time.Now().Add(time.Minute).UnixMilli()
		case state == support.TicketOpen && n%30 == 0:
			agreed = 1
		}
		made.tickets = append(made.tickets, fmt.Sprintf("ticket%06d", n))
		made.numbers = append(made.numbers, numberOf(n))
		made.cases = append(made.cases, caseOf(at, n))
		if _, err := insert.ExecContext(ctx, made.tickets[n], made.numbers[n], made.cases[n], string(state), 40+random.IntN(61), at.UnixMilli(), due.UnixMilli(),
			decided, claimed, until, agreed, detail); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// numberOf is a ticket's number; the search asks for one as people type it, so its last sign has to be right.
func numberOf(n int) string {
	const signs = "2345679ACDEFGHJKMNPQRTUVWXYZ8"
	for body := []byte("2222222"); ; {
		for i := len(body) - 1; i >= 0 && n > 0; i-- {
			body[i], n = signs[n%len(signs)], n/len(signs)
		}
		for i := range len(signs) {
			if number, ok := support.ParseTicketNumber(string(body) + signs[i:i+1]); ok {
				return number
			}
		}
		panic("no sign makes it a number") // the alphabet of tickets changed
	}
}

// caseOf is the id of a case that begins with its time.
func caseOf(at time.Time, n int) string {
	const letters = "0123456789abcdefghijklmnopqrstuv"
	id := make([]byte, 26)
	for i, ms := 9, at.UnixMilli()<<2; i >= 0; i-- {
		id[i], ms = letters[ms&31], ms>>5
	}
	for i := 24; i > 9; i-- { // the last sign has bits that no id uses
		id[i], n = letters[n&31], n>>5
	}
	id[25] = letters[0]
	return string(id)
}

// fillTrail writes the trail of a year with the chain's own hands: a case is a start and a few steps, every tenth has a ticket,
// and a few kinds are rare.
func (s *state) fillTrail(ctx context.Context, random *rand.Rand, made *deskMade) error {
	const at = 20_000
	trail := store.NewTrail(s.trail)
	begun := time.Now().AddDate(0, 0, -deskDays)
	each := time.Duration(deskDays) * 24 * time.Hour / manyEntries
	made.agent = support.Actor("agent7")
	for from := 0; from < manyEntries; from += at {
		events := make([]recovery.Event, 0, at)
		for n := from; n < from+at; n++ {
			events = append(events, deskEvent(random, made, n, begun.Add(time.Duration(n)*each)))
		}
		tx, err := s.db.SQL().BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.trail.Append(ctx, tx, events); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	if err := trail.Cover(ctx); err != nil {
		return err
	}
	e := recovery.Event{At: time.Now(), Kind: support.KindVerified, Actor: support.Job, Data: map[string]string{"result": "sound", "through": "1000000"}}
	return trail.Record(ctx, e) // that is a job of every day and not what is measured
}

func deskEvent(random *rand.Rand, made *deskMade, n int, at time.Time) recovery.Event {
	id := made.cases[n/10%len(made.cases)]
	e := recovery.Event{At: at, Case: id, Actor: "customer", Kind: "proof-passed", Data: map[string]string{"method": "sms", "class": "phone"}}
	switch {
	case n%100_003 == 5:
		e = recovery.Event{At: at, Kind: "switched-off", Actor: "operator", Data: map[string]string{"id": "sms"}}
	case n%10 == 0:
		e.Kind, e.Data = "case-started", map[string]string{"channel": "sms"}
	case n%10 < 3:
		e.Kind = "try-wrong"
	case n%10 == 3:
		e.Kind, e.Actor = []string{"evidence-viewed", "ticket-claimed", "ticket-agreed"}[random.IntN(3)], support.Actor(fmt.Sprintf("agent%d", random.IntN(deskAgents)))
		e.Data = map[string]string{"ticket": made.numbers[n/10%len(made.numbers)], "kind": "appeal", "reason": "decide"}
	case n%10 == 4:
		e.Kind, e.Actor = "case-done", "job"
	}
	return e
}
