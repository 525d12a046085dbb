package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type startsCommand struct {
	Rounds int           `default:"7"`
	For    time.Duration `default:"1s"`
	Cores  string `default:"x"`
	Profile string
}

// callers is how many people begin at the same moment.
const callers = 128

func (c *startsCommand) Run() error {
	ctx := context.Background()
	folder, remove, err := scratch()
	if err != nil {
		return err
	}
	defer remove()
	s, err := openState(ctx, folder, time.Now)
	if err != nil {
		return err
	}
	defer s.db.Close()
	var n atomic.Int64
	if c.Profile != "" {
		stop := profile(c.Profile)
		defer stop()
	}
	for range c.Rounds {
		one, err := 1.0, error(nil); if os.Getenv("MANY") == "" { one, err = s.rate(ctx, &n, 1, c.For) }
		if err != nil {
			return err
		}
		var before, after syscall.Rusage
		syscall.Getrusage(0, &before); n0 := n.Load()
		many, err := s.rate(ctx, &n, callers, c.For)
		if err != nil {
			return err
		}
		syscall.Getrusage(0, &after)
		cpu := float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano())/1e3/float64(n.Load()-n0)
		fmt.Printf("%.0f %.0f %.2f  cpu %.1f µs\n", one, many, many/one, cpu)
	}
	return nil
}

// rate is how many cases a second that many callers begin, one after the other each.
func (s *state) rate(ctx context.Context, n *atomic.Int64, callers int, length time.Duration) (float64, error) {
	begun := time.Now()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for time.Since(begun) < length {
				if err := s.begin(ctx, n.Add(1)); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / time.Since(begun).Seconds(), nil
}
