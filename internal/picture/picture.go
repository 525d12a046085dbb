// Package picture makes pictures that strangers send safe to keep (requirement W7): it looks at how large they are before
// anything is decoded, decodes them, turns them as they were taken, makes them smaller and writes them anew. Nothing of what
// was sent is left but what can be seen: no place, no camera, no comment, and nothing else that a file can carry.
package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/image/webp"

	"zhaohui/internal/problem"
)

// MaxBytes is how large a picture may be as a file.
const MaxBytes = 8 << 20

// Limits of what is decoded. The memory is what decoding takes at most at once: a scan of many parts takes five times as much
// as its pixels say, which is more than a small machine has.
const (
	maxPixels = 25_000_000
	maxSide   = 8000
	maxMemory = 256 << 20
	maxScans  = 64 // usual are 1 to 10; each costs a walk over all pixels
	maxTime   = 20 * time.Second
)

// What is kept: papers can be read at that size.
const (
	longSide  = 2400
	keptBytes = 2 << 20
)

// What is wrong with a picture that is refused: a problem.Invalid says so of the field "picture".
const (
	Empty    = "empty"
	Large    = "large"    // bytes
	Pixels   = "pixels"   // width, height, or what it takes to decode them
	Format   = "format"   // no picture, or of a kind that is not taken
	HEIC     = "heic"     // what phones may take, and browsers cannot show
	Animated = "animated" // it moves
	Broken   = "broken"   // it ends too early, or is not what it says
)

func refused(code string) error { return problem.Invalid{Fields: map[string]string{"picture": code}} }

// Cleaner cleans pictures: one or two at once, because each may take much memory, while a few wait.
type Cleaner struct {
	slots   chan struct{}
	waiting atomic.Int64
	most    int64
	decode  func(format, io.Reader) (image.Image, error)
}

// Busy says that too many pictures wait. It is a problem.Unavailable.
type Busy struct{ RetryAfter time.Duration }

func (b Busy) Error() string { return "too many pictures wait: " + b.Unwrap().Error() }

// Unwrap gives the kind of problem.
func (b Busy) Unwrap() error { return problem.Unavailable }

// After is when it is worth asking again.
func (b Busy) After() time.Duration { return b.RetryAfter }

// retryAfter is about how long a full queue takes on a slow machine.
const retryAfter = 10 * time.Second

// NewCleaner makes a cleaner; a process should have one. 0 takes the default: one at once, two on a machine with four cores
// or more, and eight waiting.
func NewCleaner(atOnce, waiting int) *Cleaner {
	if atOnce <= 0 {
		atOnce = 1
		if runtime.NumCPU() >= 4 {
			atOnce = 2
		}
	}
	if waiting <= 0 {
		waiting = 8
	}
	return &Cleaner{slots: make(chan struct{}, atOnce), most: int64(waiting), decode: decode}
}

// Clean is a picture as it may be kept, always a JPEG. It fails with problem.Invalid, whose codes are above, with Busy, or
// with problem.Unavailable if the context ends first. What is wrong with the header costs no turn.
func (c *Cleaner) Clean(ctx context.Context, raw []byte) (kept []byte, width, height int, err error) {
	h, code := readHeader(raw)
	if code == "" {
		code = h.check()
	}
	if code != "" {
		return nil, 0, 0, refused(code)
	}
	done, err := c.turn(ctx)
	if err != nil {
		return nil, 0, 0, err
	}
	defer done()
	brief, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	seen, err := c.decode(h.format, &timely{brief, bytes.NewReader(raw)})
	switch {
	case ctx.Err() != nil:
		return nil, 0, 0, fmt.Errorf("decode picture: %w: %w", problem.Unavailable, ctx.Err())
	case err != nil || seen.Bounds().Dx() != h.width || seen.Bounds().Dy() != h.height:
		return nil, 0, 0, refused(Broken) // the reason may quote the file
	}
	small := turned(seen, longSide, h.turn)
	if kept, err = encode(small); err != nil {
		return nil, 0, 0, fmt.Errorf("encode picture: %w", err)
	}
	return kept, small.Rect.Dx(), small.Rect.Dy(), nil
}

// turn waits for a place.
func (c *Cleaner) turn(ctx context.Context) (done func(), err error) {
	done = func() { <-c.slots }
	select {
	case c.slots <- struct{}{}:
		return done, nil
	default:
	}
	if c.waiting.Add(1) > c.most {
		c.waiting.Add(-1)
		return nil, Busy{RetryAfter: retryAfter}
	}
	defer c.waiting.Add(-1)
	select {
	case c.slots <- struct{}{}:
		return done, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a picture: %w: %w", problem.Unavailable, ctx.Err())
	}
}

// timely ends when its context does, so that a file that takes very long to decode is given up.
type timely struct {
	ctx context.Context
	r   io.Reader
}

func (t *timely) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.r.Read(p)
}

// decode knows the kinds that are taken and no others, whatever else the program may register.
func decode(f format, r io.Reader) (image.Image, error) {
	switch f {
	case formatJPEG:
		return jpeg.Decode(r)
	case formatPNG:
		return png.Decode(r)
	case formatWebP:
		return webp.Decode(r)
	}
	return nil, image.ErrFormat
}

// encode writes a JPEG without any metadata, the coarser the harder it is to keep small.
func encode(m *image.RGBA) ([]byte, error) {
	var b bytes.Buffer
	for _, quality := range []int{85, 70, 50, 25} {
		b.Reset()
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		if b.Len() <= keptBytes {
			break
		}
	}
	return b.Bytes(), nil
}
