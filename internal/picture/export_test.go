package picture

import (
	"image"
	"io"
	"sync/atomic"
)

// CountDecoded counts how often a cleaner decodes something.
func (c *Cleaner) CountDecoded() *atomic.Int64 {
	n := new(atomic.Int64)
	inner := c.decode
	c.decode = func(f format, r io.Reader) (image.Image, error) {
		n.Add(1)
		return inner(f, r)
	}
	return n
}

// Hold lets nothing be decoded before the channel is closed; entered says that something wants to.
func (c *Cleaner) Hold(entered chan<- struct{}, until <-chan struct{}) {
	inner := c.decode
	c.decode = func(f format, r io.Reader) (image.Image, error) {
		entered <- struct{}{}
		<-until
		return inner(f, r)
	}
}

// ReadHeader says what a file says of itself.
func ReadHeader(b []byte) (width, height, turn int, memory int64, code string) {
	h, code := readHeader(b)
	if code == "" {
		code = h.check()
	}
	return h.width, h.height, h.turn, h.memory, code
}

// MaxPixels and MaxMemory are the limits of what is decoded, KeptBytes and LongSide of what is kept.
const (
	MaxPixels = maxPixels
	MaxMemory = maxMemory
	KeptBytes = keptBytes
	LongSide  = longSide
)
