package insight

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Event is an entry of the audit trail, as far as it is counted.
type Event struct {
	Seq  int64
	At   time.Time
	Kind string
	Case string
	Data map[string]string
}

// Running is what has to be known of a case or ticket until it ends, and no longer.
type Running struct {
	ID      string // "case:…" or "ticket:…"
	Begun   time.Time
	Seen    time.Time // when something was last heard of it
	A       string    // channel or ticket's kind
	Reached int       // steps of the funnel, a bit each
	Vetoed  bool
	Due     time.Time // of a ticket: when it was promised
	Asked   time.Time // of a ticket: since when it waits for the customer
}

// Changes are what a batch of events does.
type Changes struct {
	Counts  Counts
	Running map[string]*Running // nil: it is over
}

// SumOf asks for the sums of a measure since a day, by A.
type SumOf struct {
	Measure, Since string
	A              []string
}

// Store keeps the counts.
type Store interface {
	// AdvanceInsight reads the next events of the trail, at most limit, and what runs of those that need names; it keeps
	// what fold makes of them together with how far it read, or nothing. It says how many were read; 0 also if another
	// process was quicker.
	AdvanceInsight(ctx context.Context, limit int, need func(Event) string,
		fold func([]Event, map[string]*Running) Changes) (int, error)
	// AddInsight adds counts, and what more says of the sums after that.
	AddInsight(ctx context.Context, c Counts, more func(sums map[string]int64) Counts, sums SumOf) error
	// RecountInsight counts the letters and links of a day, from one moment to another, anew.
	RecountInsight(ctx context.Context, day string, from, to time.Time) error
	// ForgetInsight erases days before one, searches before one and what runs without a word since a moment.
	ForgetInsight(ctx context.Context, days, searches string, silent time.Time) error
	// Insight are the sums of a span of days, both included.
	Insight(ctx context.Context, from, to string) (Counts, error)
	// InsightDays are the counts of one measure, and one B of it, by day.
	InsightDays(ctx context.Context, from, to, measure, b string) (Counts, error)
}

// Config is what a Keeper needs.
type Config struct {
	Store Store
	Now   func() time.Time
	Zone  *time.Location           // days are the operator's; nil is UTC
	Live  string                   // id of the live platform
	Hash  func(text string) string // keyed: for words that are not kept
}

// Keeper keeps the counts up to date and reads them.
type Keeper struct {
	config Config

	mu        sync.Mutex
	waiting   Counts
	phrases   map[string]string // hash → words that were searched for
	recounted time.Time
}

// New makes a keeper.
func New(c Config) *Keeper {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Keeper{config: c, waiting: Counts{}, phrases: map[string]string{}}
}

func (k *Keeper) day(at time.Time) string { return at.In(k.config.Zone).Format(time.DateOnly) }

const (
	atOnce       = 500             // entries in one transaction
	recountEvery = 5 * time.Minute // letters and links
	letterDays   = 3               // in which a letter may still come into another state
	linkDays     = 32              // in which a shared link may be used
	keptDays     = 400
	silentDays   = 60 // after which what runs is taken for given up
)

// Follow counts what the audit trail has that was not counted, until there is no more, and now and then letters and links
// anew. It may be called in several processes at once.
func (k *Keeper) Follow(ctx context.Context) error {
	for {
		n, err := k.config.Store.AdvanceInsight(ctx, atOnce, runningOf, k.fold)
		if err != nil {
			return fmt.Errorf("count the trail: %w", err)
		}
		if n < atOnce {
			break
		}
	}
	now := k.config.Now()
	k.mu.Lock()
	last := k.recounted
	again := last.IsZero() || now.Before(last) || now.Sub(last) >= recountEvery
	k.mu.Unlock()
	if !again {
		return nil
	}
	if err := k.recount(ctx, now); err != nil {
		return err
	}
	k.mu.Lock()
	k.recounted = now
	k.mu.Unlock()
	return nil
}

// recount looks up what only other tables know, day by day, and forgets what is old.
func (k *Keeper) recount(ctx context.Context, now time.Time) error {
	y, m, d := now.In(k.config.Zone).Date()
	for back := range linkDays {
		from := time.Date(y, m, d-back, 0, 0, 0, 0, k.config.Zone)
		to := time.Date(y, m, d-back+1, 0, 0, 0, 0, k.config.Zone)
		if err := k.config.Store.RecountInsight(ctx, k.day(from), from, to); err != nil {
			return fmt.Errorf("count letters and links: %w", err)
		}
	}
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	if err := k.config.Store.ForgetInsight(ctx, k.day(ago(keptDays)), k.day(now.Add(-phraseLife)), ago(silentDays)); err != nil {
		return fmt.Errorf("forget old counts: %w", err)
	}
	return nil
}
