package web

import "strconv"

// pastNote says how much of the demo's past is written, "" where there is no demo.
func (s *Site) pastNote(v *visit) string {
	if s.Demo == nil {
		return ""
	}
	written, days := s.Demo.Past()
	if written >= days {
		return v.words.T("demo.past-written", "Days", strconv.Itoa(days))
	}
	return v.words.T("demo.past-writing", "Days", strconv.Itoa(days), "Written", strconv.Itoa(written))
}
