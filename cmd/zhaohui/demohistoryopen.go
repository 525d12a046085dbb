package main

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/recovery"
)

// pastSeed makes the demo's past the same each time.
const pastSeed = 20260101

// past is the demo's history before and while it is written.
type past struct {
	prepare func(seed uint64, days int) (*history, error) // nil where it was written before
	records *records
	log     *slog.Logger
	once    sync.Once
	begun   atomic.Pointer[history]
	done    chan struct{} // closed when nothing of it runs any more
	ctx     context.Context
	stop    context.CancelFunc
}

// planPast prepares the demo's past. Nothing is written until somebody opens a page that shows it: most who start a demo want
// its first page, and soon.
func (d *demonstration) planPast(p *portal, b building, r *records, deps recovery.Deps, compose func(recovery.Letter) (string, string, error)) {
	ctx, stop := context.WithCancel(context.Background())
	d.past.ctx, d.past.stop, d.past.done, d.past.records, d.past.log = ctx, stop, make(chan struct{}), r, p.log
	p.close = append(p.close, d.endPast)
	if _, err := r.accounts.Account(ctx, "past-000"); err == nil {
		return // in a folder that was named and filled before
	}
	d.past.prepare = func(seed uint64, days int) (*history, error) {
		h, err := newHistory(b, r, deps, compose, seed, days)
		d.past.begun.Store(h)
		return h, err
	}
}

// writePast writes all of it.
func (d *demonstration) writePast(ctx context.Context) {
	h, err := d.past.prepare(pastSeed, historyDays)
	if err == nil {
		h.rest = restSome
		err = h.write(ctx)
	}
	if err != nil && ctx.Err() == nil {
		d.past.log.Error("the demo's history is not whole", "error", err)
	}
}

// restSome leaves others some of the time, as the past is in no hurry.
func restSome(worked time.Duration) { time.Sleep(worked / 4) }

// Opened begins to write the past, the first time somebody wants to see it.
func (d *demonstration) Opened() {
	if d.past.prepare == nil {
		return
	}
	d.past.once.Do(func() {
		go func() {
			defer close(d.past.done)
			d.writePast(d.past.ctx)
		}()
	})
}

// Past is how many days are written, of how many; 0 of them before somebody wanted to see any.
func (d *demonstration) Past() (written, days int) {
	h := d.past.begun.Load()
	switch {
	case d.past.prepare == nil:
		return historyDays, historyDays
	case h == nil:
		return 0, historyDays
	}
	return h.progress(), historyDays
}

// endPast waits until nothing writes any more; what is not written then never will be.
func (d *demonstration) endPast() error {
	d.past.stop()
	d.past.once.Do(func() { close(d.past.done) })
	<-d.past.done
	return nil
}

// ofPast says whether a case belongs to the clock of the past.
func (d *demonstration) ofPast(id string) bool {
	h := d.past.begun.Load()
	return h != nil && h.owns(id)
}

// writesPast says that the past is being written: what time does to tickets is the past's own business then.
func (d *demonstration) writesPast() bool {
	h := d.past.begun.Load()
	return h != nil && !h.ends.Load()
}
