package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/recovery"
)

type startsCommand struct {
	Rounds int           `default:"7"`
	For    time.Duration `default:"1s"`
	Open   int64         `default:"100000" help:"Cases that are open when many are."`
}

// callers is how many people begin at the same moment; fewOpen are the cases that are open when there are few.
const (
	callers = 128
	fewOpen = 100
)

// Run prints three ratios of case starts a second, each with what it is made of: 128 callers over one plain transaction
// at a time, and with few over with many open cases, for 128 callers.
func (c *startsCommand) Run() error {
	ctx := context.Background()
	few, done, err := newStarts(ctx)
	if err != nil {
		return err
	}
	defer done()
	many, done, err := newStarts(ctx)
	if err != nil {
		return err
	}
	defer done()
	begun := time.Now()
	if err := many.fill(ctx, c.Open); err != nil {
		return err
	}
	say("%d open cases after %.0f s", c.Open, time.Since(begun).Seconds())
	for round := range c.Rounds {
		if err := few.again(ctx); err != nil {
			return err
		}
		rates := map[string]float64{}
		for _, m := range []struct {
			name    string
			of      *starts
			service *recovery.Service
			callers int
		}{{"plain", few, few.plain, 1}, {"grouped", few, few.service, callers}, {"many", many, many.service, callers}} {
			settleDown()
			if rates[m.name], err = m.of.rate(ctx, m.service, m.callers, c.For); err != nil {
				return err
			}
		}
		say("round %d  case starts a second: %.0f plain, %.0f by %d callers, %.0f with %d open", round+1, rates["plain"], rates["grouped"], callers,
			rates["many"], c.Open)
		fmt.Println(rates["plain"], rates["grouped"], rates["many"])
	}
	return nil
}
