package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/insight"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/web"
)

// pastSeed makes the demo's past the same each time.
const pastSeed = 20260101

// past is the demo's history before and while it is written.
type past struct {
	prepare func(seed uint64, days int) (*history, error) // nil where it was begun before
	before  int                                           // days that were written then
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
func (d *demonstration) planPast(p *portal, b building, r *records, deps recovery.Deps,
	compose func(recovery.Letter) (string, string, error)) (err error) {
	ctx, stop := context.WithCancel(context.Background())
	d.past.ctx, d.past.stop, d.past.done, d.past.records, d.past.log = ctx, stop, make(chan struct{}), r, p.log
	p.close = append(p.close, d.endPast)
	if _, err := r.accounts.Account(ctx, "past-000"); err == nil { // in a folder that was named and filled before
		d.past.before, err = writtenBefore(ctx, store.NewInsight(r.db), historyDays)
		return err
	}
	d.past.prepare = func(seed uint64, days int) (*history, error) {
		h, err := newHistory(b, r, deps, compose, seed, days)
		d.past.begun.Store(h)
		return h, err
	}
	return nil
}

// writtenBefore is how many days of a past are there that another process wrote, or gave up: it counted somebody on each of
// its days, so they end where a day is missing.
func writtenBefore(ctx context.Context, counts *store.Insight, most int) (int, error) {
	walked, err := counts.InsightDays(ctx, "", "9", insight.Walked, "finished")
	if err != nil {
		return 0, fmt.Errorf("days of the past: %w", err)
	}
	there, first := map[string]bool{}, ""
	for key := range walked {
		if there[key.Day] = true; first == "" || key.Day < first {
			first = key.Day
		}
	}
	if first == "" { // not even the first day
		return 0, nil
	}
	day, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return 0, fmt.Errorf("days of the past: %w", err)
	}
	written := 0
	for ; there[day.Format(time.DateOnly)] && written < most; day = day.AddDate(0, 0, 1) {
		written++
	}
	if written == most-1 { // it began and ended within a day: on one of these two nobody need have come
		written = most
	}
	return written, nil
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

// Past is how much is written: nothing before somebody wanted to see any, and no more once it was given up.
func (d *demonstration) Past() web.DemoPast {
	h := d.past.begun.Load()
	switch {
	case d.past.prepare == nil:
		return web.DemoPast{Written: d.past.before, Days: historyDays, Ended: true}
	case h == nil:
		return web.DemoPast{Days: historyDays}
	}
	return web.DemoPast{Written: h.progress(), Days: historyDays, Ended: h.ends.Load()}
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

// erasing is the clock by which things are erased: that of the past as long as it is written. By today's, all that happened in
// its first weeks would be over before what follows of it has happened.
func (d *demonstration) erasing() time.Time {
	if h := d.past.begun.Load(); h != nil && !h.ends.Load() {
		return h.now()
	}
	return d.now()
}

// writesPast says that the past is being written: what time does to tickets is the past's own business then.
func (d *demonstration) writesPast() bool {
	h := d.past.begun.Load()
	return h != nil && !h.ends.Load()
}
