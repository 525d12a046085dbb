package problem_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"zhaohui/internal/problem"
)

func TestKindOfLooksThroughWrapping(t *testing.T) {
	until := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		err  error
		want problem.Kind
	}{
		{"nil", nil, problem.KindUnknown},
		{"a stranger", io.EOF, problem.KindUnknown},
		{"a wrapped stranger", fmt.Errorf("read: %w", io.EOF), problem.KindUnknown},
		{"bare", problem.NotFound, problem.KindNotFound},
		{"wrapped", fmt.Errorf("find article: %w", problem.NotFound), problem.KindNotFound},
		{"wrapped twice", fmt.Errorf("a: %w", fmt.Errorf("b: %w", problem.Denied)), problem.KindDenied},
		{"conflict", problem.Conflict, problem.KindConflict},
		{"expired", problem.Expired, problem.KindExpired},
		{"with its cause", fmt.Errorf("search: %w: %w", problem.Unavailable, io.EOF), problem.KindUnavailable},
		{"the cause alone has no kind", fmt.Errorf("%w: %w", io.EOF, io.ErrShortWrite), problem.KindUnknown},
		{"the outermost counts", fmt.Errorf("%w: %w", problem.Unavailable, problem.NotFound), problem.KindUnavailable},
		{"joined", errors.Join(io.EOF, problem.Expired), problem.KindExpired},
		{"invalid", fmt.Errorf("vote: %w", problem.Invalid{Fields: map[string]string{"q": "digits"}}), problem.KindInvalid},
		{"throttled", fmt.Errorf("vote: %w", problem.Throttled{Until: until}), problem.KindThrottled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := problem.KindOf(tt.err); got != tt.want {
				t.Errorf("KindOf = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDetailsSurviveWrapping(t *testing.T) {
	until := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	err := fmt.Errorf("send: %w", problem.Throttled{Until: until})
	if throttled, ok := errors.AsType[problem.Throttled](err); !ok || !throttled.Until.Equal(until) {
		t.Errorf("time to come back is lost: %v", err)
	}
	err = fmt.Errorf("vote: %w", problem.Invalid{Fields: map[string]string{"b": "short", "a": "missing"}})
	if invalid, ok := errors.AsType[problem.Invalid](err); !ok || invalid.Fields["a"] != "missing" {
		t.Errorf("fields are lost: %v", err)
	}
	if got, want := err.Error(), "vote: invalid: a=missing b=short"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if !errors.Is(fmt.Errorf("x: %w", problem.NotFound), problem.NotFound) {
		t.Error("errors.Is does not find the kind")
	}
}
