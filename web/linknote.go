package web

import (
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// scamStop is the stop page for whoever is being led by somebody else.
const scamStop = "coached"

// What of a visit is counted, each once: it is kept in the browser as one letter.
const (
	countedStart  = "s"
	countedFinish = "f"
	countedFail   = "x"
)

// followed is a link that a browser came by: its code, what was counted of the visit, and the step where it stands.
type followed struct{ code, counted, at string }

// deed is what a person's own POST says of their visit.
type deed struct {
	step             string // where they are now, "platform/channel/step"; "" if that is unchanged
	finished, failed bool
	through          bool // nothing is left for them to do, but it is not finished yet: the case counts it then
}

// warned is the stop page for a person who came by a link that was reported as a scam meanwhile, "" for all others. They
// see it once: whoever has hung up may go on.
func (s *Site) warned(v *visit) string {
	came := s.came(v)
	if came.code == "" {
		return ""
	}
	link, err := s.Links.Note(v.Request().Context(), came.code, support.Mark{})
	if err != nil || link.Why != support.WhyScam {
		return ""
	}
	s.links.forget(v.Response(), v.Request())
	return v.to("/stop/"+scamStop, "")
}

// note counts for the link by which a person came what they did, each kind once. Help goes on if it cannot be counted.
func (s *Site) note(v *visit, did deed) {
	came := s.came(v)
	if came.code == "" {
		return
	}
	mark, after := came.mark(did)
	if after == came {
		return
	}
	if _, err := s.Links.Note(v.Request().Context(), came.code, mark); err != nil {
		if problem.KindOf(err) == problem.KindNotFound {
			s.links.forget(v.Response(), v.Request())
			return
		}
		s.Log.Warn("a visit by a link was not counted", "error", err)
		return
	}
	if err := s.links.write(v.Response(), v.Request(), after); err != nil {
		s.Log.Warn("a link was not kept", "error", err)
	}
}

// leave takes the visit of the link before from the step where it stands: the browser goes on by another one.
func (s *Site) leave(v *visit) {
	before := s.came(v)
	if before.at == "" {
		return
	}
	_, err := s.Links.Note(v.Request().Context(), before.code, support.Mark{Left: before.at})
	if err != nil && problem.KindOf(err) != problem.KindNotFound {
		s.Log.Warn("a visit by a link was not counted", "error", err)
	}
}

func (s *Site) came(v *visit) followed {
	if s.Links == nil {
		return followed{}
	}
	return s.links.read(v.Request())
}

// mark is what of a deed was not counted before, and what is kept then.
func (f followed) mark(did deed) (support.Mark, followed) {
	once := func(kind string, now bool) bool {
		if !now || strings.Contains(f.counted, kind) {
			return false
		}
		f.counted += kind
		return true
	}
	m := support.Mark{Started: once(countedStart, true), Failed: once(countedFail, did.failed)}
	m.Finished = once(countedFinish, did.finished || did.through) && did.finished
	switch over := did.finished || did.through; {
	case over && f.at != "": // whoever is through stands nowhere any more
		m.Left, f.at = f.at, ""
	case !over && did.step != "" && did.step != f.at:
		m.Step, m.Left, f.at = did.step, f.at, did.step
	}
	return m, f
}

// unfinished is the link, if an end of the visit is still to be counted for it.
func (f followed) unfinished() string {
	if strings.Contains(f.counted, countedFinish) {
		return ""
	}
	return f.code
}

// deedAt is what it means for a recovery to stand at the address of one of its steps. Once the new password is being set,
// there is nothing left for the person to do; that it was set, the case itself counts.
func deedAt(path string) deed {
	step, ok := strings.CutPrefix(path, "/p/")
	if !ok {
		return deed{}
	}
	last := step[strings.LastIndexByte(step, '/')+1:]
	return deed{step: step, through: last == recovery.StepSetting || last == recovery.StepDone}
}
