package alert

import "time"

// State is how an alert stands, as it is kept. A zero Began is one that is over, or never was.
type State struct {
	Kind         Kind
	Channel      string
	Began, Said  time.Time // since when; when people were told last
	Seen         time.Time // when its limit was reached last
	Count, Limit int
	Version      int64 // of what is kept; 0 if nothing is
}

// Running says that the alert began and is not over.
func (s State) Running() bool { return !s.Began.IsZero() }

// Moment is why people are told.
type Moment string

// The moments.
const (
	Nothing Moment = ""
	Begun   Moment = "begun"
	Lasts   Moment = "lasts"
	Over    Moment = "over"
)

// Next is how an alert stands after a look, and what people are told of it. save is false if nothing changed.
func (r Rules) Next(s State, now time.Time, read Reading) (next State, moment Moment, save bool) {
	next = s
	next.Kind, next.Channel = read.Kind, read.Channel
	switch {
	case !read.Reached && !s.Running():
		return s, Nothing, false
	case !read.Reached && now.Sub(s.Seen) < r.Calm: // it may come back at once
		return s, Nothing, false
	case !read.Reached:
		next.Began, next.Said, next.Count, next.Limit = time.Time{}, now, read.Count, read.Limit
		return next, Over, true
	}
	next.Seen, next.Count, next.Limit = now, read.Count, read.Limit
	switch {
	case !s.Running():
		next.Began, next.Said, moment = now, now, Begun
	case now.Sub(s.Said) >= r.Repeat:
		next.Said, moment = now, Lasts
	}
	return next, moment, true
}
