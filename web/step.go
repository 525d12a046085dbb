package web

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"zhaohui/internal/guide"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

func (s *Site) showStep(v *visit) error {
	if p, c, err := s.channel(v); err == nil && c.Live != nil {
		return s.showLive(v, p, c)
	}
	p, c, place, err := s.step(v)
	if err != nil {
		return err
	}
	answers := v.answers(p)
	v.ticks = ticksOf{p.ID, c.ID, place.Step.ID}
	ticked := v.ticks.in(&v.progress)
	return s.cached(v, stepPath(p.ID, c.ID, place.Step.ID)+"?"+answers.Query(), func() templ.Component {
		if stop := answers.Recommend().Stop; stop != "" {
			return templates.Stop(s.stopView(v, p, answers, stop))
		}
		return templates.Step(s.stepView(v, p, c, place, answers, ticked))
	})
}

func (s *Site) step(v *visit) (*guide.Platform, *guide.Channel, guide.Place, error) {
	p, c, err := s.channel(v)
	if err != nil {
		return nil, nil, guide.Place{}, err
	}
	place, ok := c.Place(v.Param("step"))
	if !ok {
		return nil, nil, place, fmt.Errorf("step: %w", problem.NotFound)
	}
	return p, c, place, nil
}

// submitStep takes what a person says of a step. It keeps the place before it sends them on, so that a closed page
// or an empty battery loses nothing.
func (s *Site) submitStep(v *visit) error {
	if p, c, err := s.channel(v); err == nil && c.Live != nil {
		return s.submitLive(v, p, c)
	}
	p, c, place, err := s.step(v)
	if err != nil {
		return err
	}
	form, err := v.form("did", "tick")
	if err != nil {
		return err
	}
	if stop := s.warned(v); stop != "" {
		return v.see(stop)
	}
	answers := v.answers(p)
	if answers.Recommend().Stop != "" {
		return v.see(v.to(resultPath(p.ID), answers.Query()))
	}
	walk, _ := v.progress.Walk(p.ID, c.ID)
	walk.At, walk.Answers, walk.Step, walk.State = s.Now(), answers.WithoutSafety().Query(), place.Step.ID, guide.Going
	if place.Step.Checklist {
		walk.Tick(place.Step.ID, ticks(form["tick"], len(c.Texts[v.words.Code()].Steps[place.Step.ID].List)))
	}
	to := v.to(stepPath(p.ID, c.ID, place.Step.ID), answers.Query())
	switch form.Get("did") {
	case "done":
		to = v.to(channelPath(p.ID, c.ID)+"/done", answers.Query())
		if walk.State = guide.Done; place.Next != "" {
			walk.State, walk.Step = guide.Going, place.Next
			to = v.to(stepPath(p.ID, c.ID, place.Next), answers.Query())
		}
	case "failed":
		walk.State = guide.Stuck
		to = s.fallback(v, p, c, answers)
	case "save":
	default:
		return problem.Invalid{Fields: map[string]string{"did": "unknown"}}
	}
	v.progress.Keep(walk)
	if err := s.progress.write(v.Response(), v.Request(), v.progress); err != nil {
		return fmt.Errorf("keep progress: %w", err)
	}
	if form.Get("did") != "save" {
		s.countStep(p, c, place.Step.ID, walk.State)
	}
	s.note(v, deed{step: p.ID + "/" + c.ID + "/" + walk.Step, finished: walk.State == guide.Done, failed: walk.State == guide.Stuck})
	return v.see(to)
}

// fallback is where "it did not work" leads: the next rung of the ladder, with the answers kept.
func (s *Site) fallback(v *visit, p *guide.Platform, c *guide.Channel, answers guide.Answers) string {
	next := answers.After(c.ID)
	if next.ID == c.ID {
		return v.to(resultPath(p.ID), answers.Query())
	}
	return v.to(channelPath(p.ID, next.ID), join(answers.Query(), "after="+c.ID))
}

// ticks makes bits of the ticked items; what is not in the list is left out.
func ticks(values []string, items int) uint32 {
	var bits uint32
	for _, value := range values {
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < min(items, 32) {
			bits |= 1 << n
		}
	}
	return bits
}

func (s *Site) stepView(v *visit, p *guide.Platform, c *guide.Channel, place guide.Place, answers guide.Answers,
	ticked uint32) templates.StepView {
	lang, query, step := v.words.Code(), answers.Query(), place.Step
	t, st := c.Texts[lang], c.Texts[lang].Steps[step.ID]
	path := stepPath(p.ID, c.ID, step.ID)
	view := templates.StepView{Platform: p.ID, Channel: c.ID, ID: step.ID, ChannelName: t.Name, Number: place.Number,
		Count: place.Count,
		Page:  s.frame(v, v.words.T("say.step", "Number", place.Number, "Title", unbroken(st.Title)), t.Summary, path, query),
		Title: title(st.Title), HTML: carry(v, p, st.HTML, query), SeeHTML: carry(v, p, st.SeeHTML, query),
		Screen: s.screen(v, p, c, step),
		Safety: s.safety(v, p, answers, path), Warning: ui.Note(p.Texts[lang].Warning), Last: place.Next == "",
		Action: v.to(path, query),
		Back:   v.to(channelPath(p.ID, c.ID), query), Trust: s.trust(v, c.Confidence, c.Checked, c.Sources),
		PrintURL: v.to(channelPath(p.ID, c.ID)+"/print", query)}
	view.ShareURL = v.to("/share"+path, "")
	view.Page.ShareURL = view.ShareURL
	if place.Prev != "" {
		view.Back = v.to(stepPath(p.ID, c.ID, place.Prev), query)
	}
	for _, label := range step.Path {
		view.Path = append(view.Path, ui.Link{Text: p.Label(c, lang, label)})
	}
	for _, e := range st.Else {
		ev := templates.ElseView{HTML: carry(v, p, e.HTML, query), Text: e.Text}
		if e.Step != "" {
			ev.URL = v.to(stepPath(p.ID, c.ID, e.Step), query)
		}
		view.Else = append(view.Else, ev)
	}
	for i, item := range st.List {
		view.Checklist = append(view.Checklist, templates.TickView{Index: i, HTML: carry(v, p, item, query),
			Ticked: ticked&(1<<i) != 0})
	}
	if len(view.Checklist) > 0 {
		view.ChecklistNote = v.words.T("say.ticks-note")
	}
	return view
}

// showDone closes a walk: what to do if it worked, and if it did not.
func (s *Site) showDone(v *visit) error {
	p, c, err := s.channel(v)
	if err != nil {
		return err
	}
	if c.Live != nil {
		return s.showLiveStep(v, p, c, recovery.StepDone)
	}
	answers := v.answers(p)
	return s.cached(v, channelPath(p.ID, c.ID)+"/done?"+answers.Query(), func() templ.Component {
		if stop := answers.Recommend().Stop; stop != "" {
			return templates.Stop(s.stopView(v, p, answers, stop))
		}
		t := c.Texts[v.words.Code()]
		view := templates.DoneView{Platform: p.ID, Channel: c.ID, Title: v.words.T("say.done", "Name", t.Name),
			Text: v.words.T("done.text"),
			Page: s.frame(v, v.words.T("say.done", "Name", t.Name), t.Summary, channelPath(p.ID, c.ID)+"/done", answers.Query())}
		view.NoIndex = true
		if aside, ok := p.Channel("prevention"); ok && aside.ID != c.ID {
			view.Next = append(view.Next, ui.Link{Text: aside.Texts[v.words.Code()].Name,
				URL: v.to(channelPath(p.ID, aside.ID), answers.Query())})
		}
		view.Next = append(view.Next,
			ui.Link{Text: v.words.T("say.done-not"), URL: s.fallback(v, p, c, answers)},
			ui.Link{Text: v.words.T("say.done-help"), URL: v.to("/help", "")})
		return templates.Done(view)
	})
}

// queryOf reads the answers that a walk kept; the safety question is not among them and is asked again.
func queryOf(p *guide.Platform, answers string) guide.Answers {
	values, _ := url.ParseQuery(answers)
	parsed, _ := p.Parse(values)
	return parsed
}
