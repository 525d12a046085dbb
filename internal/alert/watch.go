package alert

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"zhaohui/internal/problem"
)

// Question says how far back is counted.
type Question struct {
	Now                 time.Time
	Blocked, Letters    time.Time // since when
	Sends               time.Time
	Budgets             map[string]int // messages a day, by channel
	NewestLetters, Most int            // where counting ends
}

// Store counts, and keeps how alerts stand.
type Store interface {
	Counts(ctx context.Context, q Question) (Counts, error)
	// Alerts are those that were ever said, also where they are over.
	Alerts(ctx context.Context) ([]State, error)
	// Change puts a state in the place of the one with its version, and starts the delivery of a notice if there is one. It
	// fails with problem.Conflict if another process was first.
	Change(ctx context.Context, next State, version int64, notice *Notice) error
	// Notice is one that was started; problem.NotFound.
	Notice(ctx context.Context, id string) (Notice, error)
	// Forget erases notices of before a moment, at most limit.
	Forget(ctx context.Context, before time.Time, limit int) (int, error)
}

// Carrier hands a notice to whoever watches.
type Carrier interface {
	Post(ctx context.Context, id string, at time.Time, body []byte) error
}

// Watch looks from time to time.
type Watch struct {
	Store   Store
	Rules   Rules
	Budgets map[string]int // messages a day, by channel
	Carrier Carrier        // nil: alerts are only shown at the desk
	Desk    string         // absolute address of the desk
	Now     func() time.Time
	Log     *slog.Logger
}

// The ends of counting: more says no more.
const (
	newestLetters = 1000
	most          = 10_000
	keepNotices   = 30 * 24 * time.Hour
)

// Look counts once and tells people what is new. Several processes may look at the same time: whoever is first tells.
func (w *Watch) Look(ctx context.Context) error {
	now := w.Now()
	counts, err := w.Store.Counts(ctx, Question{Now: now, Blocked: now.Add(-w.Rules.Kinds[AccountsBlocked].Within),
		Letters: now.Add(-w.Rules.Kinds[LettersFailing].Within), Sends: now.Add(-24 * time.Hour), Budgets: w.Budgets,
		NewestLetters: newestLetters, Most: most})
	if err != nil {
		return fmt.Errorf("look for alerts: %w", err)
	}
	kept, err := w.Store.Alerts(ctx)
	if err != nil {
		return fmt.Errorf("look for alerts: %w", err)
	}
	readings := w.Rules.Read(counts)
	var problems []error
	for _, s := range kept { // what is no longer looked at is over as well
		if !slices.ContainsFunc(readings, func(r Reading) bool { return r.Kind == s.Kind && r.Channel == s.Channel }) {
			readings = append(readings, Reading{Kind: s.Kind, Channel: s.Channel, Limit: s.Limit})
		}
	}
	for _, read := range readings {
		var state State
		for _, s := range kept {
			if s.Kind == read.Kind && s.Channel == read.Channel {
				state = s
			}
		}
		if err := w.note(ctx, now, state, read); err != nil && !errors.Is(err, problem.Conflict) {
			problems = append(problems, fmt.Errorf("alert %s: %w", read.Kind, err))
		}
	}
	_, err = w.Store.Forget(ctx, now.Add(-keepNotices), most)
	return errors.Join(append(problems, err)...)
}

// note keeps how one alert stands now, and begins to tell people if it is time.
func (w *Watch) note(ctx context.Context, now time.Time, state State, read Reading) error {
	next, moment, save := w.Rules.Next(state, now, read)
	if !save {
		return nil
	}
	var notice *Notice
	if moment != Nothing && w.Carrier != nil {
		since := next.Began
		if moment == Over {
			since = state.Began
		}
		notice = &Notice{ID: "alert_" + rand.Text(), Moment: moment, At: now, Kind: read.Kind, Channel: read.Channel, Since: since,
			Count: read.Count, Limit: read.Limit, Desk: w.Desk}
	}
	if err := w.Store.Change(ctx, next, state.Version, notice); err != nil {
		return err
	}
	if moment != Nothing {
		w.Log.WarnContext(ctx, "alert", "moment", string(moment), "kind", string(read.Kind), "channel", read.Channel, "count", read.Count,
			"limit", read.Limit)
	}
	return nil
}

// Running are the alerts that are on, in the order of their kinds.
func (w *Watch) Running(ctx context.Context) ([]State, error) {
	kept, err := w.Store.Alerts(ctx)
	if err != nil {
		return nil, fmt.Errorf("running alerts: %w", err)
	}
	kept = slices.DeleteFunc(kept, func(s State) bool { return !s.Running() })
	slices.SortStableFunc(kept, func(a, b State) int { return slices.Index(Kinds(), a.Kind) - slices.Index(Kinds(), b.Kind) })
	return kept, nil
}
