package main

import (
	"cmp"
	"container/heap"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/insight"
	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/internal/wallet"
)

// historyDays is how long the demo's past is.
const historyDays = 90

// history is the demo's past: people who do not exist, and who went through the real services, by a clock that runs from 90
// days ago to now. It is written once somebody wants to see it, a small piece at a time, so that pages keep a core.
//
// Its people are not the demo's own accounts, and its letters reach nobody's page. It has services of its own on the same
// database: those of the portal live by the clock on the wall, and would end what runs in the past.
type history struct {
	from, until time.Time
	length      int          // in days
	clock       atomic.Int64 // nanoseconds; where the past has come to
	random      *rand.Rand
	plans       plans // what happens, and when

	service   *recovery.Service
	accounts  *wallet.Embedded
	letters   *store.Messages
	deliverer *message.Deliverer
	tickets   *support.Tickets // nil where there are none
	desk      *support.Desk
	links     *support.Links
	kept      *support.Retention
	keeper    *insight.Keeper
	content   *content.Content
	zone      *time.Location
	people    []*made
	inbox     map[string]message.Outgoing // the newest with a code, by address
	notices   map[string]message.Outgoing // the newest without
	log       *slog.Logger

	stops []func() // end what waits to be taken up again

	mu   sync.Mutex
	jobs []job // that were started and are not done
	ids  sync.RWMutex
	own  map[string]bool // ids of the cases of the past that may still run

	rest func(worked time.Duration) // lets others work
	over atomic.Bool                // all of it is written
	ends atomic.Bool                // nothing more is, for whatever reason
}

type job struct{ kind, id string }

// plan is something that happens at a moment; it may take up again later what it began.
type plan struct {
	at    time.Time
	order int // of those of one moment
	do    func(ctx context.Context) error
}

type plans struct {
	list []plan
	made int
}

func (p *plans) Len() int      { return len(p.list) }
func (p *plans) Swap(i, j int) { p.list[i], p.list[j] = p.list[j], p.list[i] }
func (p *plans) Push(x any)    { p.list = append(p.list, x.(plan)) }
func (p *plans) Less(i, j int) bool {
	return cmp.Or(p.list[i].at.Compare(p.list[j].at), p.list[i].order-p.list[j].order) < 0
}
func (p *plans) Pop() any {
	last := p.list[len(p.list)-1]
	p.list = p.list[:len(p.list)-1]
	return last
}

// newHistory is a past of so many days that ends now; the same seed gives the same one.
func newHistory(b building, r *records, d recovery.Deps, compose func(recovery.Letter) (string, string, error), seed uint64,
	days int) (*history, error) {
	h := &history{until: b.now(), length: days, random: rand.New(rand.NewPCG(seed, 90)), inbox: map[string]message.Outgoing{},
		notices: map[string]message.Outgoing{}, own: map[string]bool{}, rest: func(time.Duration) {}, log: d.Log}
	h.from = h.until.Add(time.Duration(-days) * 24 * time.Hour)
	h.clock.Store(h.from.UnixNano())
	pepper, _, err := b.pepper()
	if err != nil {
		return nil, fmt.Errorf("demo history: %w", err)
	}
	db := r.db.By(h.now)
	h.accounts = wallet.NewEmbedded(wallet.EmbeddedConfig{Records: store.NewAccounts(db), Seal: r.box, Index: r.keys.Index("accounts"),
		Pepper: pepper, Now: h.now, Hashing: wallet.NewHasher(1, 0)})
	quiet := slog.New(slog.DiscardHandler) // a refused letter of the past is nobody's trouble
	cases := store.NewCases(db, store.CaseDeps{Seal: r.box, Compose: compose, Enqueue: h.enqueue, Record: r.trail.Append, DueAt: d.Policy.DueAt})
	d.Store, d.Wallet, d.Now, d.Log = &apart{cases, h.owns}, h.accounts, h.now, quiet
	if h.service, err = recovery.New(d); err != nil {
		return nil, fmt.Errorf("demo history: %w", err)
	}
	own := *r
	own.db = db
	h.content, h.zone, h.desk, h.links = b.content, b.zone, b.demo.desk, own.links(b.content, b.words, h.now)
	live := livePlatform(b.content.Platforms).ID
	h.keeper = newInsight(b, &own, live, h.now)
	kinds := b.content.Tickets[live]
	if len(kinds) > 0 && b.content.Calendar != nil {
		h.tickets = own.tickets(kinds, b.content.Calendar, h.service, cases, h.now)
	}
	own.accounts = h.accounts
	h.kept = own.retention(cases, d.Policy, kinds, h.now)
	h.letters = store.NewMessages(db, r.box)
	h.deliverer = &message.Deliverer{Store: h.letters, Senders: map[string]message.Sender{"mail": h, "sms": h}, Now: h.now, Log: quiet}
	return h, nil
}

func (h *history) now() time.Time { return time.Unix(0, h.clock.Load()) }

// progress is how many days are written.
func (h *history) progress() int {
	if h.over.Load() {
		return h.length
	}
	return min(h.length-1, max(0, int(h.now().Sub(h.from)/(24*time.Hour))))
}

// at plans something; what lies beyond the end does not happen.
func (h *history) at(when time.Time, do func(ctx context.Context) error) {
	if when.After(h.until) || when.Before(h.from) {
		return
	}
	h.plans.made++
	heap.Push(&h.plans, plan{when, h.plans.made, do})
}

// write writes all of it. One thing at a time happens, in the order of time; what came of it is done before the next.
func (h *history) write(ctx context.Context) error {
	defer h.end()
	h.settle()
	h.days()
	h.desks()
	h.at(h.from.Add(time.Hour), h.tend)
	h.at(h.night(h.from), h.erase)
	for h.plans.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		began := time.Now() // a real stretch of time: others shall have theirs
		next := heap.Pop(&h.plans).(plan)
		h.clock.Store(next.at.UnixNano())
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("demo history at %s: %w", next.at.Format(time.DateTime), err)
		}
		if err := h.work(ctx); err != nil {
			return fmt.Errorf("demo history at %s: %w", next.at.Format(time.DateTime), err)
		}
		h.rest(time.Since(began))
	}
	h.clock.Store(h.until.UnixNano()) // what is over by now is gone
	for _, last := range []func(context.Context) error{h.tend, h.work, h.erase, h.count} {
		if err := last(ctx); err != nil {
			return fmt.Errorf("demo history: %w", err)
		}
	}
	h.over.Store(true)
	return nil
}

// end gives whoever is still on their way to the portal.
func (h *history) end() {
	for _, stop := range h.stops {
		stop()
	}
	h.ids.Lock()
	clear(h.own)
	h.ids.Unlock()
	h.ends.Store(true)
}

// tend does each hour what time does to cases.
func (h *history) tend(ctx context.Context) error {
	h.at(h.now().Add(time.Hour), h.tend)
	if h.tickets != nil {
		if _, _, err := h.tickets.Tend(ctx, 200); err != nil {
			return err
		}
	}
	return h.service.Tend(ctx, 200)
}

// erase does each night what the portal does each hour: what is kept no longer goes, and the trail says how much.
func (h *history) erase(ctx context.Context) error {
	h.at(h.night(h.now()), h.erase)
	return h.kept.Run(ctx)
}

// night is when nobody comes, after a moment.
func (h *history) night(after time.Time) time.Time {
	y, m, d := after.In(h.zone).Date()
	return time.Date(y, m, d+1, 3, 20, 0, 0, h.zone)
}

// enqueue takes the jobs of the past: they are done by its clock. A transaction that runs again names the same once more.
func (h *history) enqueue(_ context.Context, _ *sql.Tx, kind, id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.jobs, job{kind, id}) {
		h.jobs = append(h.jobs, job{kind, id})
	}
	return nil
}

// work does the jobs that were started.
func (h *history) work(ctx context.Context) error {
	for {
		h.mu.Lock()
		jobs := h.jobs
		h.jobs = nil
		h.mu.Unlock()
		if len(jobs) == 0 {
			return nil
		}
		for _, j := range jobs {
			var err error
			if j.kind == store.JobDeliver {
				err = h.deliverer.Deliver(ctx, j.id, 1)
			} else {
				err = h.service.Work(ctx, j.id)
			}
			if err != nil {
				return err
			}
		}
	}
}

// owns says whether a case runs in the past.
func (h *history) owns(id string) bool {
	h.ids.RLock()
	defer h.ids.RUnlock()
	return h.own[id]
}

// apart is a store in which nobody looks after the cases of another clock.
type apart struct {
	*store.Cases
	mine func(id string) bool
}

// Due lists what is over among the cases that are one's own.
func (a *apart) Due(ctx context.Context, before time.Time, limit int) ([]string, error) {
	ids, err := a.Cases.Due(ctx, before, limit)
	return slices.DeleteFunc(ids, func(id string) bool { return !a.mine(id) }), err
}
