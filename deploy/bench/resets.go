package main

import (
	"context"
	"crypto/rand"
	"errors"
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
	if err := s.enrol(ctx, accountsToReset); err != nil {
		return err
	}
	ended := make(chan jobEnd, 1000)
	carrier := &drop{}
	deliverer := &message.Deliverer{Store: store.NewMessages(s.db, s.box), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Senders: map[string]message.Sender{message.SMS: carrier, message.Mail: carrier}}
	s.runner.Handle(store.JobDeliver, reports(ended, false, deliverer.Deliver))
	s.runner.Handle(store.JobApply, reports(ended, true, func(ctx context.Context, id string, _ int) error { return s.service.Work(ctx, id) }))
	if err := s.runner.Start(ctx); err != nil {
		return err
	}
	decided, sent := 0, 0
	for range c.Rounds {
		alone := bare()
		settleDown()
		if err := s.decide(ctx, decided, waitingResets); err != nil {
			return err
		}
		decided += waitingResets
		var begun time.Time
		var rate float64
		for done, left := 0, waitingResets*(1+lettersOfReset); left > 0; left-- {
			got, err := next(ended)
			if err != nil {
				return err
			}
			if !got.reset {
				sent++
				continue
			}
			if done++; done == waitingResets { // from here on there are letters beside every reset
				begun = time.Now()
			}
			if took := time.Since(begun); begun.IsZero() || took < c.For {
				if err := s.decide(ctx, decided, 1); err != nil {
					return err
				}
				decided, left = decided+1, left+1+lettersOfReset
			} else if rate == 0 {
				rate = float64(done-waitingResets) / took.Seconds()
			}
		}
		fmt.Println("resets", rate, alone)
	}
	if want := int(carrier.sent.Load()); want != sent || want != decided*lettersOfReset {
		return fmt.Errorf("%d letters for %d resets", want, decided)
	}
	return s.runner.Stop(ctx)
}

// waitingResets are the resets that wait at any moment.
const waitingResets = 16

// jobEnd is the end of a job.
type jobEnd struct {
	reset bool // or a letter
	err   error
}

func next(ended <-chan jobEnd) (jobEnd, error) {
	select {
	case got := <-ended:
		return got, got.err
	case <-time.After(time.Minute):
		return jobEnd{}, errors.New("jobs are missing")
	}
}

// lettersOfReset are the notices of a reset: one to the number and one to the mailbox.
const lettersOfReset = 2

// accountsToReset is more than the resets that wait at any moment.
const accountsToReset = 200

// hash makes a hash at the cost that the wallet's passwords have.
func hash() {
	var salt [16]byte
	rand.Read(salt[:])
	argon2.IDKey([]byte("a password that was peppered: 32"), salt[:], 2, 19*1024, 1, 32)
}

// reports says when a job ended.
func reports(ended chan<- jobEnd, reset bool, do func(context.Context, string, int) error) func(context.Context, string, int) error {
	return func(ctx context.Context, id string, attempt int) error {
		err := do(ctx, id, attempt)
		ended <- jobEnd{reset, err}
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
// from is how many were left before: no account gets the same password twice.
func (s *state) decide(ctx context.Context, from, resets int) error {
	now := time.Now()
	var next atomic.Int64
	_, err := crowd(min(callers, resets), func() (bool, error) {
		n := from + int(next.Add(1)) - 1
		if n >= from+resets {
			return false, nil
		}
		id := fmt.Sprintf("bench-%d", n)
		c := &recovery.Case{ID: id, State: recovery.Applying, Started: now, Acted: now, Subject: s.index.Sum(id), Facts: recovery.Facts{
			Platform: "wallet", Channel: "mail", Lang: "zh", Safe: true, Named: true, Account: fmt.Sprintf("real-%d", n%accountsToReset), Decided: 1,
			Password: s.box.Seal(fmt.Appendf(nil, "%d", 234_567+n*7919%700_000), "recovery_case:password:"+id),
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
