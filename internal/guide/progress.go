package guide

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// Progress is how far one person got on every walk. It holds nothing personal: ids, ticks and times.
type Progress struct {
	Walks   []Walk // the newest first
	Elder   bool   // 长辈版: large text
	Dropped bool   // the oldest walk had to go for want of room; said until the list is tidied
}

// Walk is one channel a person started.
type Walk struct {
	Platform, Channel string
	Step              string // where to go on
	Answers           string // as a query; never with safety
	State             State
	At                time.Time // to the minute
	Ticks             []Ticks
}

// Ticks are the ticked items of one step, one bit each.
type Ticks struct {
	Step string
	Bits uint32
}

// State says how a walk stands.
type State byte

// A walk goes on, was finished, or did not work.
const (
	Going State = iota
	Done
	Stuck
)

// Lifetime is how long progress is kept after the last step (design.md).
const Lifetime = 30 * 24 * time.Hour

// Walk finds the walk of a channel.
func (p *Progress) Walk(platform, channel string) (Walk, bool) {
	for _, w := range p.Walks {
		if w.Platform == platform && w.Channel == channel {
			return w, true
		}
	}
	return Walk{Platform: platform, Channel: channel}, false
}

// Keep puts a walk in front, replacing the one of the same channel, and forgets what is older than Lifetime.
func (p *Progress) Keep(w Walk) {
	p.Remove(w.Platform, w.Channel)
	p.Walks = append([]Walk{w}, p.Walks...)
	p.Walks = slices.DeleteFunc(p.Walks, func(old Walk) bool { return w.At.Sub(old.At) > Lifetime })
}

// Remove forgets the walk of a channel.
func (p *Progress) Remove(platform, channel string) {
	p.Walks = slices.DeleteFunc(slices.Clone(p.Walks), func(w Walk) bool { return w.Platform == platform && w.Channel == channel })
}

// Empty says whether there is nothing worth keeping.
func (p *Progress) Empty() bool { return len(p.Walks) == 0 && !p.Elder && !p.Dropped }

// Ticked are the ticked items of a step.
func (w *Walk) Ticked(step string) uint32 {
	for _, t := range w.Ticks {
		if t.Step == step {
			return t.Bits
		}
	}
	return 0
}

// Tick sets the ticked items of a step.
func (w *Walk) Tick(step string, bits uint32) {
	w.Ticks = slices.DeleteFunc(slices.Clone(w.Ticks), func(t Ticks) bool { return t.Step == step })
	if bits != 0 {
		w.Ticks = append(w.Ticks, Ticks{step, bits})
	}
}

const packed = 1 // version of the packed form

// Pack writes progress compactly into at most limit bytes; the oldest walks go first where it is too long.
func (p *Progress) Pack(limit int) []byte {
	for {
		out := p.pack()
		if len(out) <= limit || len(p.Walks) == 0 {
			return out
		}
		p.Walks, p.Dropped = p.Walks[:len(p.Walks)-1], true
	}
}

func (p *Progress) pack() []byte {
	flags := byte(0)
	if p.Elder {
		flags |= 1
	}
	if p.Dropped {
		flags |= 2
	}
	out := []byte{packed, flags}
	text := func(s string) {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	out = binary.AppendUvarint(out, uint64(len(p.Walks)))
	for _, w := range p.Walks {
		for _, s := range []string{w.Platform, w.Channel, w.Step, w.Answers} {
			text(s)
		}
		out = append(out, byte(w.State))
		out = binary.AppendUvarint(out, uint64(max(0, w.At.Unix()/60)))
		out = binary.AppendUvarint(out, uint64(len(w.Ticks)))
		for _, t := range w.Ticks {
			text(t.Step)
			out = binary.AppendUvarint(out, uint64(t.Bits))
		}
	}
	return out
}

var errPacked = errors.New("packed progress is damaged")

// Unpack reads what Pack wrote. Anything else is an error and empty progress.
func Unpack(in []byte) (Progress, error) {
	var p Progress
	if len(in) < 2 || in[0] != packed {
		return p, errPacked
	}
	r := unpacker{rest: in[2:], whole: string(in)}
	p.Elder, p.Dropped = in[1]&1 != 0, in[1]&2 != 0
	for range r.number(256) {
		w := Walk{Platform: r.text(), Channel: r.text(), Step: r.text(), Answers: r.text(), State: State(r.number(int(Stuck)))}
		w.At = time.Unix(60*int64(r.number(1<<40)), 0).UTC()
		for range r.number(64) {
			w.Ticks = append(w.Ticks, Ticks{r.text(), uint32(r.number(1<<32 - 1))})
		}
		p.Walks = append(p.Walks, w)
	}
	if r.failed || len(r.rest) > 0 {
		return Progress{}, errPacked
	}
	return p, nil
}

type unpacker struct {
	rest   []byte
	whole  string // what rest is the end of: one copy, and every text is a part of it
	failed bool
}

func (r *unpacker) number(most int) int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(most) {
		r.failed, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *unpacker) text() string {
	n := r.number(len(r.rest))
	if r.failed || n > len(r.rest) {
		r.failed, r.rest = true, nil
		return ""
	}
	s := r.whole[len(r.whole)-len(r.rest):][:n]
	r.rest = r.rest[n:]
	return s
}
