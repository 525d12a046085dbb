package support

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// TrailEntry is one line of the audit trail.
type TrailEntry struct {
	Seq    int64
	At     time.Time
	Kind   string
	Case   string
	Actor  string
	Data   map[string]string // ids, codes, versions; never personal
	Person PersonState
	Sum    string // stands for the entry in the chain
}

// PersonState says whether an entry has personal data beside it.
type PersonState string

// The states of personal data of an entry.
const (
	PersonNone   PersonState = ""
	PersonKept   PersonState = "kept"
	PersonErased PersonState = "erased"
)

// TrailFilter picks entries. Its zero value is all of them.
type TrailFilter struct {
	From, Until time.Time // Until is not part of it; zero is open
	Kind        string
	Case        string // id
	Actor       string // as it is kept: "customer", "job", "agent:…"
	Ticket      string // number
}

// Values are the parts of a filter that are set, as the trail keeps them.
func (f TrailFilter) Values() map[string]string {
	all := map[string]string{"kind": f.Kind, "case": f.Case, "actor": f.Actor, "ticket": f.Ticket}
	for name, at := range map[string]time.Time{"from": f.From, "until": f.Until} {
		if !at.IsZero() {
			all[name] = at.UTC().Format(time.RFC3339)
		}
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

// Proof says what the chain says of one entry.
type Proof struct {
	Sound  bool
	What   string // what is wrong with it
	Before int64  // the entry that it follows from, 0 for the first
	Anchor bool   // the one before was given up when its time was over; its signed sum is still there
}

// TrailStore reads the trail and adds to it.
type TrailStore interface {
	// Search lists entries below a number, the newest first, at most limit. It looks for a bounded time: next is where to go on
	// below, 0 if there is nothing more, and may be given with few entries or none.
	Search(ctx context.Context, f TrailFilter, below int64, limit int) (found []TrailEntry, next int64, err error)
	// Entry is one entry with what the chain says of it; problem.NotFound.
	Entry(ctx context.Context, seq int64) (TrailEntry, Proof, error)
	// Person is the personal data of an entry; problem.NotFound if it has none or if that was erased.
	Person(ctx context.Context, seq int64) (map[string]string, error)
	// Record adds an entry of its own transaction.
	Record(ctx context.Context, e recovery.Event) error
	// Checking begins to verify the whole trail.
	Checking() TrailChecking
}

// TrailChecking verifies the trail in parts: each takes a short time and holds nobody up.
type TrailChecking interface {
	// Step verifies the next part. broken says what is wrong, "" if nothing is; err that it could not be read.
	Step(ctx context.Context) (at, of int64, broken string, err error)
}

// Kinds that the desk writes about the trail itself.
const (
	KindPersonViewed = "audit-person-viewed" // data: entry, reason
	KindExporting    = "audit-export-begun"  // data: format and the filter
	KindExported     = "audit-exported"      // data: the same, rows, and whether all of them were taken
	KindVerified     = "audit-verified"      // data: result, through, what
)

// How long things of the trail last.
const (
	personOpen    = 15 * time.Minute // personal data of an entry stays open to who asked for it
	verifyEvery   = 20 * time.Hour
	verifyPause   = 20 * time.Millisecond
	trailPage     = 500 // entries read at once for an export
	mostKindsSeen = 200 // entries of a kind that are looked through for one of an agent's
)

// TrailReasons are what personal data of the trail may be looked at for.
var TrailReasons = []string{"complaint", "incident", "authority", "check"}

// Trail is what auditors do with the audit trail: they search, open, export and verify it, and change nothing.
type Trail struct {
	store TrailStore
	now   func() time.Time
	pause time.Duration // between two parts of a verification

	mu      sync.Mutex
	running bool
	check   TrailChecking // one that was begun and is not over
	state   Verified
}

// NewTrail makes a trail.
func NewTrail(store TrailStore, now func() time.Time) *Trail {
	return &Trail{store: store, now: now, pause: verifyPause}
}

// Search lists entries below a number (0: the newest), the newest first; see TrailStore.
func (s *Trail) Search(ctx context.Context, f TrailFilter, below int64, limit int) ([]TrailEntry, int64, error) {
	found, next, err := s.store.Search(ctx, f, below, min(max(limit, 1), trailPage))
	if err != nil {
		return nil, 0, fmt.Errorf("search the trail: %w", err)
	}
	return found, next, nil
}

// Entry is one entry, with what the chain says of it; problem.NotFound.
func (s *Trail) Entry(ctx context.Context, seq int64) (TrailEntry, Proof, error) {
	e, proof, err := s.store.Entry(ctx, seq)
	if err != nil {
		return e, proof, fmt.Errorf("entry of the trail: %w", err)
	}
	return e, proof, nil
}

// OpenPerson lets an agent look at the personal data of an entry for a while. The trail keeps who did so and why.
func (s *Trail) OpenPerson(ctx context.Context, seq int64, agent, reason string) error {
	if !slices.Contains(TrailReasons, reason) {
		return fmt.Errorf("open personal data of the trail: %w", problem.Invalid{Fields: map[string]string{"reason": "required"}})
	}
	e, _, err := s.store.Entry(ctx, seq)
	if err != nil {
		return fmt.Errorf("open personal data of the trail: %w", err)
	}
	if e.Person != PersonKept {
		return fmt.Errorf("open personal data of the trail: %w", problem.NotFound)
	}
	err = s.store.Record(ctx, recovery.Event{At: s.now(), Kind: KindPersonViewed, Case: e.Case, Actor: Actor(agent),
		Data: map[string]string{"entry": number(seq), "reason": reason}})
	if err != nil {
		return fmt.Errorf("open personal data of the trail: %w", err)
	}
	return nil
}

// Person is the personal data of an entry that an agent opened just now, until when they may see it; nil if they did not.
func (s *Trail) Person(ctx context.Context, seq int64, agent string) (map[string]string, time.Time, error) {
	since := s.now().Add(-personOpen)
	opened, _, err := s.store.Search(ctx, TrailFilter{Kind: KindPersonViewed, Actor: Actor(agent), From: since}, 0, mostKindsSeen)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("personal data of the trail: %w", err)
	}
	i := slices.IndexFunc(opened, func(e TrailEntry) bool { return e.Data["entry"] == number(seq) && e.At.After(since) })
	if i < 0 {
		return nil, time.Time{}, nil
	}
	person, err := s.store.Person(ctx, seq)
	if problem.KindOf(err) == problem.KindNotFound {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("personal data of the trail: %w", err)
	}
	return person, opened[i].At.Add(personOpen), nil
}
