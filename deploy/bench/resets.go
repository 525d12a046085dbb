package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
)

// resetsCommand sets passwords.
type resetsCommand struct {
	Rounds int           `required:""`
	For    time.Duration `required:""`
}

// Run prints the resets a second and the hashes a second that the same core makes and nothing else, a line a round. A reset
// is the job that hands a decided password to the wallet, until its letters are with their carriers.
func (c *resetsCommand) Run() error {
	ctx := context.Background()
	s, err := openScratch(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	bare := func() float64 {
		settleDown()
		var hashes int
		begun := time.Now()
		for ; time.Since(begun) < c.For; hashes++ {
			hash()
		}
		return float64(hashes) / time.Since(begun).Seconds()
	}
	resets := int(bare() * c.For.Seconds()) // so that both take about as long
	if err := s.enrol(ctx, resets); err != nil {
		return err
	}
	ended := make(chan error, 10*resets)
	carrier := &drop{}
	deliverer := &message.Deliverer{Store: store.NewMessages(s.db, s.box), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Senders: map[string]message.Sender{message.SMS: carrier, message.Mail: carrier}}
	s.runner.Handle(store.JobDeliver, reports(ended, deliverer.Deliver))
	s.runner.Handle(store.JobApply, reports(ended, func(ctx context.Context, id string, _ int) error { return s.service.Work(ctx, id) }))
	for round := range c.Rounds {
		alone := bare()
		settleDown()
		begun := time.Now()
		if err := s.decide(ctx, round, resets); err != nil {
			return err
		}
		if err := s.runner.Start(ctx); err != nil {
			return err
		}
		for range resets * (1 + lettersOfReset) {
			select {
			case err := <-ended:
				if err != nil {
					return err
				}
			case <-time.After(time.Minute):
				return fmt.Errorf("round %d: jobs are missing", round+1)
			}
		}
		took := time.Since(begun)
		if err := s.runner.Stop(ctx); err != nil {
			return err
		}
		fmt.Println("resets", float64(resets)/took.Seconds(), alone)
	}
	if sent := carrier.sent.Load(); sent != int64(c.Rounds*resets*lettersOfReset) {
		return fmt.Errorf("%d letters for %d resets", sent, c.Rounds*resets)
	}
	return nil
}

// lettersOfReset are the notices of a reset: one to the number and one to the mailbox.
const lettersOfReset = 2

// hash makes a hash at the cost that the wallet's passwords have.
func hash() {
	var salt [16]byte
	rand.Read(salt[:])
	argon2.IDKey([]byte("a password that was peppered: 32"), salt[:], 2, 19*1024, 1, 32)
}

// reports says what became of each try of a job.
func reports(ended chan<- error, do func(context.Context, string, int) error) func(context.Context, string, int) error {
	return func(ctx context.Context, id string, attempt int) error {
		err := do(ctx, id, attempt)
		ended <- err
		return err
	}
}

// drop takes letters over and does nothing with them.
type drop struct{ sent atomic.Int64 }

func (d *drop) Send(context.Context, message.Outgoing) (string, error) {
	d.sent.Add(1)
	return "", nil
}

// decide leaves cases as the choice of a password does: decided, with the password sealed and its job started.
func (s *state) decide(ctx context.Context, round, resets int) error {
	now := time.Now()
	var next atomic.Int64
	_, err := crowd(min(callers, resets), func() (bool, error) {
		n := int(next.Add(1)) - 1
		if n >= resets {
			return false, nil
		}
		id := fmt.Sprintf("round-%d-%d-%d", now.UnixNano(), round, n)
		c := &recovery.Case{ID: id, State: recovery.Applying, Started: now, Acted: now, Subject: s.index.Sum(id), Facts: recovery.Facts{
			Platform: "wallet", Channel: "mail", Lang: "zh", Safe: true, Named: true, Account: fmt.Sprintf("real-%d", n), Decided: 1,
			Password: s.box.Seal(fmt.Appendf(nil, "%d", 234_567+(n*7919+round*104_729)%700_000), "recovery_case:password:"+id),
			Verdict:  &recovery.Verdict{Enough: true, Classes: []recovery.Class{recovery.ClassMailbox, recovery.ClassSaved}},
			Proofs: []recovery.Proof{{Method: "mail", Class: recovery.ClassMailbox, At: now, Rests: []string{"mailbox:" + strings.Repeat("x", 24)}},
				{Method: "backup", Class: recovery.ClassSaved, At: now, Rests: []string{"backup:account"}}}}}
		return true, s.cases.Do(ctx, func(tx recovery.Tx) error {
			if err := tx.Create(c); err != nil {
				return err
			}
			if err := tx.Apply(id); err != nil {
				return err
			}
			return tx.Record(recovery.Event{At: now, Kind: "password-chosen", Case: id, Actor: "customer", Data: map[string]string{"classes": "mailbox saved"}})
		})
	})
	return err
}
