package web

import "strconv"

// pastNote says how much of the demo's past is written, "" where there is no demo.
func (s *Site) pastNote(v *visit) string {
	if s.Demo == nil {
		return ""
	}
	past, key := s.Demo.Past(), "demo.past-writing"
	switch {
	case past.Written >= past.Days:
		key = "demo.past-written"
	case past.Ended:
		key = "demo.past-ended"
	}
	return v.words.T(key, "Days", strconv.Itoa(past.Days), "Written", strconv.Itoa(past.Written))
}
