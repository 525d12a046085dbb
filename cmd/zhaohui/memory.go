package main

import (
	"context"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much garbage may gather beside what is kept, in percent. While content is read nearly everything is garbage, and what
// stays lies between it: collecting often keeps the gaps small that would be held for good. Later pages come out of the cache
// and make little, so that more may gather, as far as there is room.
const (
	percentAtStart = 40
	percentLater   = 150
)

// room is how many bytes the runtime may hold beyond what it held when the portal had started. Where more and more is kept
// the limit goes along, or the portal would collect all the time: percentTight of it may always be garbage.
const (
	room         = 12 << 20
	percentTight = 50
)

// settle is how long after its start the portal becomes thrifty: the first pages come before that.
const settle = time.Second

// lookEvery is how often the limit is looked at again.
const lookEvery = 10 * time.Second

// noLimit is what the runtime says where there is none.
const noLimit = math.MaxInt64

func collectOften() { debug.SetGCPercent(percentAtStart) }

// thrifty gives back the memory that reading the content took, which the runtime would keep for minutes, and from then on
// limits what it holds. An operator's own limit (GOMEMLIMIT) stays.
func thrifty(ctx context.Context) {
	if !wait(ctx, settle) {
		return
	}
	debug.SetGCPercent(percentLater)
	debug.FreeOSMemory()
	if debug.SetMemoryLimit(-1) != noLimit {
		return
	}
	held, live := memory()
	least, besides := held+room, held-live
	limit := least
	debug.SetMemoryLimit(limit)
	for wait(ctx, lookEvery) {
		if debug.SetMemoryLimit(-1) != limit { // raised for a while, as passwords are hashed (wallet.Hasher)
			continue
		}
		_, live = memory()
		limit = max(least, besides+live*(100+percentTight)/100)
		debug.SetMemoryLimit(limit)
	}
}

// wait is false if the context ends first.
func wait(ctx context.Context, length time.Duration) bool {
	select {
	case <-time.After(length):
		return true
	case <-ctx.Done():
		return false
	}
}

// memory is what the runtime holds, and what of it was in use at the last collection.
func memory() (held, live int64) {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64()), int64(samples[2].Value.Uint64())
}
