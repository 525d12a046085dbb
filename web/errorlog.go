package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"

	"zhaohui/internal/problem"
)

// logError keeps for the operator what went wrong.
func (s *Site) logError(err error, c echo.Context, status int) {
	level, said := slog.LevelDebug, "request refused"
	details := []any{"route", c.Path(), "method", c.Request().Method, "status", status}
	if status >= 500 && !s.Maintenance {
		level, said = weight(err, walkedAway(c), c.Response().Committed)
		details = append(details, "error", faceless(err))
	}
	s.Log.Log(context.WithoutCancel(c.Request().Context()), level, said, details...)
}

// weight is how much a failure means: it is an error only where something is broken. Nothing is where too many came at once,
// or where a browser did not wait (left) or did not take its answer to the end (begun).
func weight(err error, left, begun bool) (slog.Level, string) {
	switch _, busy := errors.AsType[crowded](err); {
	case busy:
		return slog.LevelWarn, "no place for a request just now"
	case left && errors.Is(err, context.Canceled), begun && unheard(err):
		return slog.LevelInfo, "a browser did not wait for its answer"
	case left && problem.KindOf(err) == problem.KindUnavailable: // what a database says of work that is called off, or a trouble of its own
		return slog.LevelWarn, "a browser did not wait for its answer"
	}
	return slog.LevelError, "request failed"
}

// faceless is an error without the addresses that a connection's error names: one of them is a customer's.
func faceless(err error) error {
	if broken, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("%s: %w", broken.Op, broken.Err)
	}
	return err
}

// walkedAway says that nobody waits for the answer any more.
func walkedAway(c echo.Context) bool { return c.Request().Context().Err() != nil }

// unheard says that an answer could not be sent to its end.
func unheard(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, os.ErrDeadlineExceeded)
}

// full says that there is no place for one more. It is crowded.
type full struct{ after time.Duration }

func (f full) Error() string        { return "no place: " + f.Unwrap().Error() }
func (f full) Unwrap() error        { return problem.Unavailable }
func (f full) After() time.Duration { return f.after }
