package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/recovery"
)

// startsCommand begins cases.
type startsCommand struct {
	Rounds int           `required:""`
	For    time.Duration `required:""`
	Open   int64         `default:"100000" help:"Cases that are open when many are."`
}

const (
	callers   = 128 // people who begin at the same moment
	fewOpen   = 100 // cases that are open when there are few
	eachRound = 300 // cases that are begun, one after the other, with few and with many open
)

// servingPercent is how much garbage a portal that serves lets gather (cmd/zhaohui/memory.go); here it counts for both sides.
const servingPercent = 150

// Run prints lines of figures. "group" is starts a second in a plain transaction each and by 128 callers; "open" is the
// time of a start in microseconds with many and with few cases open.
func (c *startsCommand) Run() error {
	debug.SetGCPercent(servingPercent)
	ctx := context.Background()
	many, err := openScratch(ctx)
	if err != nil {
		return err
	}
	defer many.close()
	var number atomic.Int64
	begun := time.Now()
	if err := beginMany(ctx, many.service, &number, c.Open); err != nil {
		return err
	}
	say("%d cases are open after %.0f s", c.Open, time.Since(begun).Seconds())
	for range c.Rounds {
		if err := c.group(ctx, &number); err != nil {
			return err
		}
		if err := c.open(ctx, many, &number); err != nil {
			return err
		}
	}
	return nil
}

// group compares on one new database.
func (c *startsCommand) group(ctx context.Context, number *atomic.Int64) error {
	s, err := openScratch(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	usual, err := openPlain(s)
	if err != nil {
		return err
	}
	defer usual.pool.Close()
	deps := s.deps
	deps.Store = usual
	service, err := recovery.New(deps)
	if err != nil {
		return err
	}
	plain, err := rate(ctx, service, number, 1, c.For)
	if err != nil {
		return err
	}
	one, err := rate(ctx, s.service, number, 1, c.For)
	if err != nil {
		return err
	}
	grouped, err := rate(ctx, s.service, number, callers, c.For)
	fmt.Println("group", plain, one, grouped)
	return err
}

// open compares a database with many open cases and a new one with few, a start here and a start there.
func (c *startsCommand) open(ctx context.Context, many *state, number *atomic.Int64) error {
	few, err := openScratch(ctx)
	if err != nil {
		return err
	}
	defer few.close()
	if err := beginMany(ctx, few.service, number, fewOpen); err != nil {
		return err
	}
	settleDown()
	var took [2]time.Duration
	for range eachRound {
		for i, s := range []*state{many, few} {
			begun := time.Now()
			if err := beginCase(ctx, s.service, number.Add(1)); err != nil {
				return err
			}
			took[i] += time.Since(begun)
		}
	}
	fmt.Println("open", float64(took[0].Microseconds())/eachRound, float64(took[1].Microseconds())/eachRound)
	return nil
}

// beginCase starts a case as the safety question's answer does. Visitors come from a thousand networks.
func beginCase(ctx context.Context, service *recovery.Service, n int64) error {
	_, err := service.Begin(ctx, recovery.Beginning{Platform: "wallet", Channel: "mail", Lang: "zh", Claims: map[string]string{"phone": "works"},
		Client: recovery.Client{Network: fmt.Sprintf("2001:db8:%x::1", n%1000), Kind: "phone"}})
	return err
}

// beginMany begins so many cases, by many callers.
func beginMany(ctx context.Context, service *recovery.Service, number *atomic.Int64, cases int64) error {
	last := number.Load() + cases
	_, err := crowd(callers, func() (bool, error) {
		n := number.Add(1)
		if n > last {
			return false, nil
		}
		return true, beginCase(ctx, service, n)
	})
	return err
}

// rate is how many cases a second so many callers begin, each one after the other.
func rate(ctx context.Context, service *recovery.Service, number *atomic.Int64, callers int, length time.Duration) (float64, error) {
	settleDown()
	begun := time.Now()
	done, err := crowd(callers, func() (bool, error) {
		return time.Since(begun) < length, beginCase(ctx, service, number.Add(1))
	})
	return float64(done) / time.Since(begun).Seconds(), err
}

// crowd lets many do something again and again, until it says that it is over or fails, and counts.
func crowd(many int, do func() (more bool, err error)) (int64, error) {
	var done atomic.Int64
	problems := make(chan error, many)
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			for more := true; more; done.Add(1) {
				var err error
				if more, err = do(); err != nil {
					problems <- err
					return
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-problems:
		return 0, err
	default:
		return done.Load(), nil
	}
}
