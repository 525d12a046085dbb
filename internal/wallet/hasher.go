package wallet

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"zhaohui/internal/problem"
)

// Hasher runs slow hashes: a few at once, so that pages keep a core, while a bounded number waits.
type Hasher struct {
	slots   chan struct{}
	waiting atomic.Int64
	most    int64
}

// Busy says that too many slow hashes wait. It is a problem.Unavailable.
type Busy struct{ RetryAfter time.Duration }

func (b Busy) Error() string { return "too many hashes wait: " + b.Unwrap().Error() }

// Unwrap gives the kind of problem.
func (b Busy) Unwrap() error { return problem.Unavailable }

// After is when it is worth asking again.
func (b Busy) After() time.Duration { return b.RetryAfter }

// retryAfter is about how long a full queue takes on a slow machine.
const retryAfter = 3 * time.Second

// NewHasher makes a hasher. 0 takes the default: all cores but one at once, 64 waiting.
func NewHasher(atOnce, waiting int) *Hasher {
	if atOnce <= 0 {
		atOnce = max(1, runtime.NumCPU()-1)
	}
	if waiting <= 0 {
		waiting = 64
	}
	return &Hasher{slots: make(chan struct{}, atOnce), most: int64(waiting)}
}

// run waits for its turn and runs fn. It fails with Busy, or with problem.Unavailable if the context ends first.
func (h *Hasher) run(ctx context.Context, fn func()) error {
	select {
	case h.slots <- struct{}{}:
	default:
		if h.waiting.Add(1) > h.most {
			h.waiting.Add(-1)
			return Busy{RetryAfter: retryAfter}
		}
		defer h.waiting.Add(-1)
		select {
		case h.slots <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("wait for a hash: %w: %w", problem.Unavailable, ctx.Err())
		}
	}
	defer func() { <-h.slots }()
	busy.begin()
	defer busy.end()
	fn()
	return nil
}

// busy sets the runtime for a time of hashes, of all hashers of the process.
//
// Where there is but one core the runtime would run a hash for 10 ms at a time and everything else in between; with a second
// processor of its own the system gives both their share. Elsewhere a hash leaves a core free anyway. And every hash asks for
// 19 MiB of new memory: at the usual pace, or under the limit that the portal sets itself, the collector would look through
// everything that it keeps for each of them. When nothing is hashed all is as before, which is faster with one core and takes
// less memory.
var busy spell

// lull is how long the runtime stays set for hashes after the last one: setting it stops everything for a moment.
const lull = 200 * time.Millisecond

// While passwords are hashed: how much garbage may gather beside what is kept, in percent, and how many bytes more than
// before the runtime may hold, if it had a limit. That is a collection for every eight hashes or so.
const (
	hashingPercent = 1000
	hashingRoom    = 160 << 20
)

type spell struct {
	mu      sync.Mutex
	hashes  int
	on      bool
	oneCore bool
	percent int   // of before
	limit   int64 // of before
	raised  int64 // 0 if the limit was left as it was
	rest    *time.Timer
}

func (s *spell) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hashes++
	if s.on {
		return
	}
	s.on, s.raised, s.oneCore = true, 0, runtime.GOMAXPROCS(0) == 1
	s.percent, s.limit = debug.SetGCPercent(hashingPercent), debug.SetMemoryLimit(-1)
	if s.limit < math.MaxInt64-hashingRoom && os.Getenv("GOMEMLIMIT") == "" { // an operator's own limit stays
		s.raised = s.limit + hashingRoom
		debug.SetMemoryLimit(s.raised)
	}
	if s.oneCore {
		runtime.GOMAXPROCS(2)
	}
}

func (s *spell) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hashes--; s.hashes > 0 {
		return
	}
	if s.rest == nil {
		s.rest = time.AfterFunc(lull, s.over)
		return
	}
	s.rest.Reset(lull)
}

// over sets the runtime back if nothing was hashed since.
func (s *spell) over() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hashes > 0 || !s.on {
		return
	}
	s.on = false
	if now := debug.SetGCPercent(s.percent); now != hashingPercent { // somebody else set it meanwhile
		debug.SetGCPercent(now)
	}
	if debug.SetMemoryLimit(-1) == s.raised { // likewise
		debug.SetMemoryLimit(s.limit)
	}
	if s.oneCore {
		runtime.GOMAXPROCS(1)
	}
}
