package web

import (
	"net/http"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/insight"
)

// What happens in the guided half leaves no trace, so it is counted where it happens: an addition in memory, by ids of the
// content. Who it was is not known here.

// countStep counts what somebody said of a guided step.
func (s *Site) countStep(p *guide.Platform, c *guide.Channel, step string, state guide.State) {
	if s.Insight == nil {
		return
	}
	switch state {
	case guide.Stuck:
		s.Insight.Count(insight.StepFailed, p.ID, c.ID, step)
		s.Insight.Count(insight.Walked, p.ID, c.ID, "failed")
	case guide.Done:
		s.Insight.Count(insight.StepDone, p.ID, c.ID, step)
		s.Insight.Count(insight.Walked, p.ID, c.ID, "finished")
	default:
		s.Insight.Count(insight.StepDone, p.ID, c.ID, step)
	}
}

// countStop counts a stop page that somebody was led to. Such a page comes out of the cache from the second time on, where
// nothing runs but what observes it; a browser that has the page already is not counted again.
func (s *Site) countStop(v *visit, platform, stop string) {
	if s.Insight == nil {
		return
	}
	count, observe := func() { s.Insight.Count(insight.StopShown, platform, stop, "") }, v.observe
	count()
	v.observe = func(status int, took time.Duration) {
		if observe(status, took); status == http.StatusOK {
			count()
		}
	}
}

// countMissed counts words that nothing was found for; the counter itself refuses what may be somebody's.
func (s *Site) countMissed(query string) {
	if s.Insight != nil {
		s.Insight.CountSearch(query)
	}
}
