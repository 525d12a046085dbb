package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// lookupsCommand finds accounts by their sign-in names.
type lookupsCommand struct {
	Rounds int `required:""`
	Many   int `default:"5000000" help:"Accounts when there are many."`
}

const (
	fewAccounts = 1000
	realOnes    = 20_000 // of the many; they are spread over all, and only they are looked up
	perRound    = 3000   // look-ups here and there
)

// Run prints the p99 of a look-up in microseconds with many and with few accounts, a line a round.
func (c *lookupsCommand) Run() error {
	ctx := context.Background()
	few, err := openScratch(ctx)
	if err != nil {
		return err
	}
	defer few.close()
	many, err := openScratch(ctx)
	if err != nil {
		return err
	}
	defer many.close()
	begun := time.Now()
	if err := errors.Join(many.crowdIn(ctx, c.Many-realOnes), many.enrol(ctx, realOnes), few.enrol(ctx, fewAccounts)); err != nil {
		return err
	}
	say("%d accounts are there after %.0f s", c.Many, time.Since(begun).Seconds())
	for range c.Rounds {
		var took [2][]time.Duration
		settleDown()
		for range perRound {
			for i, in := range []struct {
				*state
				most int
			}{{many, realOnes}, {few, fewAccounts}} {
				name := phoneOf(rand.N(in.most))
				begun := time.Now()
				if _, err := in.accounts.Find(ctx, name); err != nil {
					return err
				}
				took[i] = append(took[i], time.Since(begun))
			}
		}
		fmt.Println("lookup", p99(took[0]), p99(took[1]))
	}
	return nil
}

func p99(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)*99/100]) / float64(time.Microsecond)
}

func phoneOf(n int) string { return fmt.Sprintf("198%08d", n) }

// enrol imports accounts as an operator does, each with a number and a mailbox.
func (s *state) enrol(ctx context.Context, accounts int) error {
	const batch = 1000
	for from := 0; from < accounts; from += batch {
		var file []string
		for n := from; n < min(from+batch, accounts); n++ {
			file = append(file, fmt.Sprintf(`{"id": "real-%d", "lang": "zh", "name": "周晓岚", "phone": {"number": %q, "since": "-900d"},
				"email": {"address": "real-%d@demo.example", "since": "-700d"}}`, n, phoneOf(n), n))
		}
		if _, err := s.accounts.Import(ctx, strings.NewReader(`{"accounts": [`+strings.Join(file, ",")+`]}`)); err != nil {
			return err
		}
	}
	return nil
}

// crowdIn fills the tables with accounts that nobody can open: as many rows and names as there would be, about as long,
// written in the order of their keys, as that is soon done. Their names lie evenly between those of the real ones.
func (s *state) crowdIn(ctx context.Context, accounts int) error {
	const batch = 200_000
	for from := 0; from < accounts; from += batch {
		until := min(from+batch, accounts)
		numbers := fmt.Sprintf(`WITH RECURSIVE one(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM one WHERE n + 1 < %d) `, from, until)
		for _, statement := range []string{
			`INSERT INTO wallet_account (id, version, created, updated, data, history)
				SELECT printf('bulk-%08d', n), 1, 0, 0, randomblob(420), randomblob(45) FROM one`,
			`INSERT INTO account_name (idx, account_id) SELECT ` + sortedIndex(2*accounts, "2 * n") + `, printf('bulk-%08d', n) FROM one
				UNION ALL SELECT ` + sortedIndex(2*accounts, "2 * n + 1") + `, printf('bulk-%08d', n) FROM one`,
		} {
			if _, err := s.db.SQL().ExecContext(ctx, numbers+statement); err != nil {
				return err
			}
		}
	}
	return nil
}

// sortedIndex is SQL for something like the n-th of so many blind indexes in their order: 24 letters, digits, - and _.
func sortedIndex(of int, n string) string {
	const letters = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	var parts []string
	for _, shift := range []int{18, 12, 6, 0} {
		parts = append(parts, fmt.Sprintf("substr('%s', ((%s) * %d / %d >> %d & 63) + 1, 1)", letters, n, 1<<24, of, shift))
	}
	return strings.Join(parts, " || ") + " || hex(randomblob(10))"
}
