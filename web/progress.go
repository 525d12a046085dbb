package web

import (
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
)

func (s *Site) showProgress(v *visit) error {
	return s.fresh(v, 200, templates.Progress(s.progressView(v)))
}

// progressView lists the walks of this browser. One whose channel or step went away leads to the channel or is left out.
func (s *Site) progressView(v *visit) templates.ProgressView {
	lang := v.words.Code()
	view := templates.ProgressView{Page: s.frame(v, v.words.T("progress.title"), v.words.T("progress.kept"), "/progress", ""),
		Dropped: v.progress.Dropped, ClearAction: v.to("/progress", "")}
	view.NoIndex = true
	if running, ok := s.runningCase(v); ok {
		view.Walks = append(view.Walks, running)
	}
	for _, w := range v.progress.Walks {
		p, ok := s.Content.Platform(w.Platform)
		if !ok || s.Now().Sub(w.At) > guide.Lifetime {
			continue
		}
		c, ok := p.Channel(w.Channel)
		if !ok {
			continue
		}
		t := c.Texts[lang]
		query := queryOf(p, w.Answers).Query()
		wv := templates.WalkView{Platform: p.ID, Channel: c.ID, Title: t.Name, PlatformName: p.Texts[lang].Name,
			When: s.ago(v, w.At),
			Key:  w.Platform + "/" + w.Channel, RemoveAction: v.to("/progress", ""),
			State: [...]string{"going", "done", "stuck"}[w.State],
			URL:   v.to(channelPath(p.ID, c.ID), query)}
		if place, ok := c.Place(w.Step); ok {
			wv.Number, wv.Count, wv.StepText = place.Number, place.Count, unbroken(t.Steps[w.Step].Title)
			wv.URL = v.to(stepPath(p.ID, c.ID, w.Step), query)
		}
		if w.State == guide.Stuck {
			wv.URL = s.fallback(v, p, c, queryOf(p, w.Answers))
		}
		view.Walks = append(view.Walks, wv)
	}
	return view
}

// runningCase is the recovery that this browser has the key of; one that ended without a new password is not shown.
func (s *Site) runningCase(v *visit) (templates.WalkView, bool) {
	sight, err := s.look(v)
	if err != nil { // also while the database is away: the walks need none
		return templates.WalkView{}, false
	}
	p := s.livePlatform()
	c, ok := p.Channel(sight.Channel)
	if !ok && sight.Role != recovery.Guest {
		return templates.WalkView{}, false
	}
	view := templates.WalkView{Platform: p.ID, PlatformName: p.Texts[v.words.Code()].Name, When: s.ago(v, sight.Started),
		State: "going", URL: v.to(s.casePath(sight), "")}
	switch {
	case sight.Role == recovery.Guest:
		view.Channel, view.Title = sight.Channel, v.words.T("live.status.title")
		return view, true
	case sight.Place.State == recovery.Done:
		view.State = "done"
	case sight.Place.State != recovery.Open && sight.Place.State != recovery.Applying:
		return view, false
	}
	l := &live{Site: s, visit: v, platform: p, channel: c, sight: sight}
	view.Channel, view.Title, view.StepText = c.ID, c.Texts[v.words.Code()].Name, unbroken(l.heading())
	return view, true
}

// heading is what the page of the place says on top.
func (l *live) heading() string {
	if l.sight.Place.ID == recovery.StepHold {
		return l.t("live.hold.title", "Time", l.from(l.sight.Hold))
	}
	return l.said("title")
}

// ago says when, in the reader's words; it is never negative (requirement A4).
func (s *Site) ago(v *visit, at time.Time) string {
	days := int(s.Now().Sub(at).Hours() / 24)
	switch {
	case days <= 0:
		return v.words.T("say.today")
	case days == 1:
		return v.words.T("say.yesterday")
	}
	return v.words.T("say.days-ago", "n", days)
}

// submitProgress forgets one walk, or all and the keys of recoveries: on a borrowed computer nothing is left. The size of
// the text stays: it is how somebody reads, not where they are.
func (s *Site) submitProgress(v *visit) error {
	form, err := v.form("clear", "remove")
	if err != nil {
		return err
	}
	switch platform, channel, one := strings.Cut(form.Get("remove"), "/"); {
	case form.Get("clear") != "":
		v.progress.Walks = nil
		s.cases.forget(v.Response(), v.Request())
		s.links.forget(v.Response(), v.Request())
	case one:
		v.progress.Remove(platform, channel)
	default:
		return problem.Invalid{Fields: map[string]string{"remove": "unknown"}}
	}
	v.progress.Dropped = false
	if err := s.progress.write(v.Response(), v.Request(), v.progress); err != nil {
		return fmt.Errorf("keep progress: %w", err)
	}
	return v.see(v.to("/progress", ""))
}

// submitTextSize switches the elder mode and goes back to the page it was pressed on.
func (s *Site) submitTextSize(v *visit) error {
	form, err := v.form("elder", "back")
	if err != nil {
		return err
	}
	v.progress.Elder = form.Get("elder") == "on"
	if err := s.progress.write(v.Response(), v.Request(), v.progress); err != nil {
		return fmt.Errorf("keep text size: %w", err)
	}
	return v.see(ours(form.Get("back"), v.to("/", "")))
}
