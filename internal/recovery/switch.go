package recovery

import (
	"context"
	"slices"
	"time"
)

// Switched says which methods and channels are off besides what the policy says; from then on nobody is offered them, and
// cases in which one was proved go on.
func (s *Service) Switched(off []string) {
	set := map[string]bool{}
	for _, id := range off {
		set[id] = true
	}
	s.off.Store(&set)
}

func (s *Service) isOff(id string) bool {
	off := s.off.Load()
	return off != nil && (*off)[id]
}

// Watch reads the switches at once and again at every tick, until the context ends.
func (s *Service) Watch(ctx context.Context, ticks <-chan time.Time, read func(context.Context) ([]string, error)) {
	var last []string
	for {
		off, err := read(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Warn("switches cannot be read; they stay as they were", "error", err)
		case err == nil && !slices.Equal(off, last):
			s.Switched(off)
			s.log.Info("switched off", "ids", off)
			last = off
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}
