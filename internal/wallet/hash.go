package wallet

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"zhaohui/internal/problem"
)

// The cost of a slow hash (requirement R9). Hashes carry their cost, so it can be raised.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonLength  = 32
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
	onlyCore.share()
	defer onlyCore.keep()
	fn()
	return nil
}

// onlyCore lets pages run beside a hash where there is but one core: the runtime would run the hash for 10 ms at a time and
// everything else in between, while the system gives both their share. Elsewhere a hash leaves a core free anyway. When
// nothing is hashed the runtime has the core to itself, which is faster.
var onlyCore sharedCore

type sharedCore struct {
	mu     sync.Mutex
	hashes int
	shared bool
}

func (c *sharedCore) share() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hashes++; c.hashes == 1 && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(2)
		c.shared = true
	}
}

func (c *sharedCore) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hashes--; c.hashes == 0 && c.shared {
		runtime.GOMAXPROCS(1)
		c.shared = false
	}
}

// hash makes a hash of what was peppered, in the usual text form of Argon2.
func (h *Hasher) hash(ctx context.Context, peppered []byte) (text string, err error) {
	salt := randomBytes(argonSalt)
	err = h.run(ctx, func() {
		text = argonText(salt, argon2.IDKey(peppered, salt, argonTime, argonMemory, argonThreads, argonLength))
	})
	return text, err
}

// verify says whether a hash was made of this.
func (h *Hasher) verify(ctx context.Context, text string, peppered []byte) (ok bool, err error) {
	var memory, time uint32
	var threads uint8
	var rest string
	if _, err := fmt.Sscanf(text, "$argon2id$v=19$m=%d,t=%d,p=%d$%s", &memory, &time, &threads, &rest); err != nil {
		return false, errNoHash
	}
	salt, want, err := argonParts(rest)
	if err != nil {
		return false, err
	}
	err = h.run(ctx, func() {
		got := argon2.IDKey(peppered, salt, time, memory, threads, uint32(len(want)))
		ok = subtle.ConstantTimeCompare(got, want) == 1
	})
	return ok, err
}

var errNoHash = errors.New("what is kept is no hash of ours")

func argonText(salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads,
		b.EncodeToString(salt), b.EncodeToString(sum))
}

func argonParts(rest string) (salt, sum []byte, err error) {
	for i := range len(rest) {
		if rest[i] == '$' {
			salt, err = base64.RawStdEncoding.DecodeString(rest[:i])
			if err == nil {
				sum, err = base64.RawStdEncoding.DecodeString(rest[i+1:])
			}
			break
		}
	}
	if err != nil || len(salt) == 0 || len(sum) < 16 {
		return nil, nil, errNoHash
	}
	return salt, sum, nil
}

// strangerHash is a hash that nothing was hashed to; to compare with it costs what any other costs.
func strangerHash() string { return argonText(randomBytes(argonSalt), randomBytes(argonLength)) }
