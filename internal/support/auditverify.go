package support

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"zhaohui/internal/recovery"
)

// Verified is how the last verification of the trail went, and how far one is that runs.
type Verified struct {
	At      time.Time // zero if there was none
	Sound   bool
	Through int64  // the last entry that is sound
	What    string // what is wrong
	Running bool   // in this process
	Done    int64  // of one that runs
	Of      int64
}

// Result is how the trail was found last. A result that the trail itself could not take, because its head is broken, is known
// to the process that found it.
func (s *Trail) Result(ctx context.Context) (Verified, error) {
	s.mu.Lock()
	state := s.state
	state.Running = s.running
	s.mu.Unlock()
	found, _, err := s.store.Search(ctx, TrailFilter{Kind: KindVerified}, 0, 1)
	if err != nil {
		return state, fmt.Errorf("result of the last verification: %w", err)
	}
	if len(found) > 0 && !found[0].At.Before(state.At) {
		e := found[0]
		through, _ := strconv.ParseInt(e.Data["through"], 10, 64)
		state.At, state.Sound, state.Through, state.What = e.At, e.Data["result"] == "sound", through, e.Data["what"]
	}
	return state, nil
}

// VerifyDaily verifies the trail if that was not done for a day; a verification that the context cut off is gone on with.
func (s *Trail) VerifyDaily(ctx context.Context) error {
	s.mu.Lock()
	begun := s.check != nil
	s.mu.Unlock()
	if !begun {
		last, err := s.Result(ctx)
		if err != nil || s.now().Sub(last.At) < verifyEvery {
			return err
		}
		newest, _, err := s.store.Search(ctx, TrailFilter{}, 0, 1)
		if err != nil || len(newest) == 0 {
			return err
		}
	}
	return s.Verify(ctx, Job)
}

// Verify verifies the whole trail and records what it found. It does nothing if this process does so already.
func (s *Trail) Verify(ctx context.Context, actor string) error {
	s.mu.Lock()
	if s.running {
		s.mu.Unlock()
		return nil
	}
	s.running = true
	if s.check == nil {
		s.check = s.store.Checking()
	}
	check := s.check
	s.mu.Unlock()
	err := s.verify(ctx, check, actor)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running = false; ctx.Err() == nil {
		s.check = nil
	}
	if err != nil {
		return fmt.Errorf("verify the trail: %w", err)
	}
	return nil
}

func (s *Trail) verify(ctx context.Context, check TrailChecking, actor string) error {
	for {
		at, of, broken, err := check.Step(ctx)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.state.Done, s.state.Of = at, of
		s.mu.Unlock()
		if broken != "" || at == of {
			return s.verified(ctx, at, broken, actor)
		}
		select { // pages go first
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.pause):
		}
	}
}

// verified records a result. A trail that is broken is an error for the log too, whether it can take the entry or not.
func (s *Trail) verified(ctx context.Context, through int64, broken, actor string) error {
	e := recovery.Event{At: s.now(), Kind: KindVerified, Actor: actor, Data: map[string]string{"result": "sound", "through": number(through)}}
	if broken != "" {
		e.Data["result"], e.Data["what"] = "broken", broken
	}
	s.mu.Lock()
	s.state.At, s.state.Sound, s.state.Through, s.state.What = e.At.Truncate(time.Millisecond), broken == "", through, broken
	s.mu.Unlock()
	err := s.store.Record(ctx, e)
	if broken != "" {
		return fmt.Errorf("the audit trail is broken: %s", broken)
	}
	return err
}
