package support

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/recovery"
)

// Retained is one kind of thing that is kept for a time and erased then (requirement P3).
type Retained struct {
	ID   string // its words are retention.what.<id> and retention.why.<id>
	Keep time.Duration
	// Erase erases what is from before a moment, at most limit of it, and says how much; nil if another job does.
	Erase func(ctx context.Context, before time.Time, limit int) (int, error)
	// Due says how much is from before a moment, at most as far as it counts, and how old the oldest of all is; nil if nobody
	// counts it.
	Due func(ctx context.Context, before time.Time, most int) (n int, oldest time.Time, err error)
}

// KindRetained is one run that erased something; data: how much of each kind.
const KindRetained = "retention-run"

const (
	retainOnce  = 500  // erased in one transaction
	retainTimes = 40   // such transactions of a kind in one run: the rest is the next run's
	mostDue     = 1000 // where counting ends
	runsShown   = 200
)

// Retention erases what is over and says what was erased, is due and is kept.
type Retention struct {
	items []Retained
	trail TrailStore
	now   func() time.Time
}

// NewRetention keeps things as long as they say.
func NewRetention(items []Retained, trail TrailStore, now func() time.Time) *Retention {
	return &Retention{items, trail, now}
}

// Run erases what is over, and records how much of what. One kind that fails does not keep the others.
func (r *Retention) Run(ctx context.Context) error {
	var wrong []error
	data := map[string]string{}
	for _, item := range r.items {
		if item.Erase == nil {
			continue
		}
		n, err := r.erase(ctx, item)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", item.ID, err))
		}
		if n > 0 {
			data[item.ID] = strconv.Itoa(n)
		}
	}
	if len(data) > 0 {
		wrong = append(wrong, r.trail.Record(ctx, recovery.Event{At: r.now(), Kind: KindRetained, Actor: Job, Data: data}))
	}
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	return nil
}

func (r *Retention) erase(ctx context.Context, item Retained) (gone int, err error) {
	for range retainTimes {
		n, err := item.Erase(ctx, r.now().Add(-item.Keep), retainOnce)
		gone += n
		if err != nil || n < retainOnce {
			return gone, err
		}
	}
	return gone, nil
}

// Kept is how one kind of thing stands.
type Kept struct {
	ID     string
	Keep   time.Duration
	Due    int           // is over and not erased yet; -1 if nobody counts it
	More   bool          // there is more than Due
	Oldest time.Time     // zero if there is none
	Over   time.Duration // for how long the oldest is over; 0 if it is not
	Erased int           // in the runs that are looked through; -1 if another job erases it, and does not count
	Last   time.Time     // the last run that erased any
}

// RetentionRun is one run that erased something.
type RetentionRun struct {
	At     time.Time
	Seq    int64
	Erased map[string]int // by kind of thing
}

// Report says how everything stands, and what the last runs erased, the newest first.
func (r *Retention) Report(ctx context.Context) (kept []Kept, runs []RetentionRun, err error) {
	found, _, err := r.trail.Search(ctx, TrailFilter{Kind: KindRetained}, 0, runsShown)
	if err != nil {
		return nil, nil, fmt.Errorf("retention report: %w", err)
	}
	for _, e := range found {
		run := RetentionRun{At: e.At, Seq: e.Seq, Erased: map[string]int{}}
		for id, n := range e.Data {
			run.Erased[id], _ = strconv.Atoi(n)
		}
		runs = append(runs, run)
	}
	for _, item := range r.items {
		k := Kept{ID: item.ID, Keep: item.Keep, Due: -1}
		if item.Due != nil {
			if k.Due, k.Oldest, err = item.Due(ctx, r.now().Add(-item.Keep), mostDue+1); err != nil {
				return nil, nil, fmt.Errorf("retention report: %s: %w", item.ID, err)
			}
			if k.Due > 0 && !k.Oldest.IsZero() {
				k.Over = max(0, r.now().Sub(k.Oldest)-item.Keep)
			}
			if k.More = k.Due > mostDue; k.More {
				k.Due = mostDue
			}
		}
		for _, run := range runs {
			k.Erased += run.Erased[item.ID]
			if run.Erased[item.ID] > 0 && run.At.After(k.Last) {
				k.Last = run.At
			}
		}
		if item.Erase == nil {
			k.Erased = -1
		}
		kept = append(kept, k)
	}
	return kept, runs, nil
}

// String is what a run erased, as the command line prints it.
func (r RetentionRun) String() string {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(r.Erased)) {
		parts = append(parts, fmt.Sprintf("%s %d", id, r.Erased[id]))
	}
	return strings.Join(parts, ", ")
}
