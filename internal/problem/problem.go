// Package problem holds the few kinds of error that decide what a person is told. A package that finds a problem
// returns one of them, wrapped with what was being done; only web/errors.go turns a kind into a status and a page.
//
// It knows no HTTP and no words: people never see err.Error().
//
//	return fmt.Errorf("find article %q: %w", slug, problem.NotFound)
//	return fmt.Errorf("search: %w: %w", problem.Unavailable, err) // both the kind and the cause are kept
package problem

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kind is what a problem means to the person who met it.
type Kind string

// The kinds. Anything else is our own mistake.
const (
	KindUnknown     Kind = ""            // our mistake: look at the log
	KindNotFound    Kind = "not-found"   // it is not there, or not theirs
	KindInvalid     Kind = "invalid"     // they can mend it: fields and codes say how
	KindConflict    Kind = "conflict"    // somebody else, or another tab, was first
	KindDenied      Kind = "denied"      // they may not, and trying again does not help
	KindExpired     Kind = "expired"     // it was right once: begin again
	KindThrottled   Kind = "throttled"   // too many tries: come back at a time
	KindUnavailable Kind = "unavailable" // we cannot just now: come back soon
)

// The kinds that need no more than their name.
var (
	NotFound    error = plain(KindNotFound)
	Conflict    error = plain(KindConflict)
	Denied      error = plain(KindDenied)
	Expired     error = plain(KindExpired)
	Unavailable error = plain(KindUnavailable)
)

type plain Kind

func (p plain) Error() string { return string(p) }

// Invalid says which fields are wrong: field → code, both from closed lists, so that neither can carry what was typed.
type Invalid struct{ Fields map[string]string }

func (e Invalid) Error() string {
	parts := make([]string, 0, len(e.Fields))
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, field+"="+e.Fields[field])
	}
	return string(KindInvalid) + ": " + strings.Join(parts, " ")
}

// Throttled says when the next try is allowed.
type Throttled struct{ Until time.Time }

func (e Throttled) Error() string {
	return string(KindThrottled) + " until " + e.Until.UTC().Format(time.RFC3339)
}

// KindOf is the kind of an error, however deep it is wrapped; the outermost one counts. It is KindUnknown for nil and
// for errors that are no problem of these kinds.
func KindOf(err error) Kind {
	switch e := err.(type) { //nolint:errorlint // it unwraps itself, to let the outermost kind count
	case nil:
		return KindUnknown
	case plain:
		return Kind(e)
	case Invalid:
		return KindInvalid
	case Throttled:
		return KindThrottled
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if kind := KindOf(inner); kind != KindUnknown {
				return kind
			}
		}
		return KindUnknown
	}
	return KindOf(errors.Unwrap(err))
}
