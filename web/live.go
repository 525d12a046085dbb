package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// The steps of a live channel. What they are follows from the facts of the case alone; an address that does not fit leads
// to the one that does (design.md, rule 2).

// showLive is a step of a live case, or the safety question that begins one.
func (s *Site) showLive(v *visit, p *guide.Platform, c *guide.Channel) error {
	return s.showLiveStep(v, p, c, v.Param("step"))
}

func (s *Site) showLiveStep(v *visit, p *guide.Platform, c *guide.Channel, step string) error {
	sight, err := s.look(v)
	if errors.Is(err, problem.NotFound) || err == nil && step == recovery.StepSafety && !sight.InTheWay(c.ID) {
		if step != recovery.StepSafety {
			return v.see(v.to(channelPath(p.ID, c.ID), ""))
		}
		return s.fresh(v, 200, templates.LiveStep(s.safetyStep(v, p, c)))
	}
	if err != nil {
		return err
	}
	if here := s.casePath(sight); here != stepPath(p.ID, c.ID, step) {
		return v.see(v.to(here, ""))
	}
	return s.showPlace(v, sight, mistake{})
}

// look reads the browser's case; problem.NotFound if it has none.
func (s *Site) look(v *visit) (recovery.Sight, error) {
	key := s.cases.read(v.Request())
	if key.Case == "" || s.Recovery == nil {
		return recovery.Sight{}, problem.NotFound
	}
	return s.Recovery.Look(v.Request().Context(), key)
}

// casePath is where a case stands.
func (s *Site) casePath(sight recovery.Sight) string {
	if sight.Role == recovery.Guest {
		return "/case/" + sight.ID
	}
	if sight.Place.Method == recovery.ByAppeal && s.Tickets != nil {
		return appealPath(sight.ID)
	}
	return stepPath(s.livePlatform().ID, sight.Channel, sight.Place.ID)
}

// livePlatform is the operator's own; nil if there is none.
func (s *Site) livePlatform() *guide.Platform {
	i := slices.IndexFunc(s.Content.Platforms, func(p *guide.Platform) bool { return p.Live })
	if i < 0 {
		return nil
	}
	return s.Content.Platforms[i]
}

// submitLive takes the answer to a step.
func (s *Site) submitLive(v *visit, p *guide.Platform, c *guide.Channel) error {
	if stop := s.warned(v); stop != "" {
		return v.see(stop)
	}
	if v.Param("step") == recovery.StepSafety {
		return s.submitSafety(v, p, c)
	}
	key := s.cases.read(v.Request())
	sight, err := s.look(v)
	if errors.Is(err, problem.NotFound) {
		return v.see(v.to(stepPath(p.ID, c.ID, recovery.StepSafety), ""))
	}
	if err != nil {
		return err
	}
	if sight.Late || sight.Channel != c.ID || sight.Place.ID != v.Param("step") {
		return s.showCurrent(v, key, sight)
	}
	form, err := v.form(append(names(sight.Place), recovery.FieldPage)...)
	if err != nil {
		return err
	}
	return s.answer(v, key, sight, form)
}

// showCurrent leads a form for another step to the page that is the current one. A second click brings the token of before:
// it gets the new one then.
func (s *Site) showCurrent(v *visit, key recovery.Key, sight recovery.Sight) error {
	posted, err := v.posted()
	if err != nil {
		return err
	}
	return s.leadOn(v, key, sight, posted)
}

func (s *Site) leadOn(v *visit, key recovery.Key, sight recovery.Sight, posted map[string]string) error {
	step := v.Param("step")
	if step == sight.Place.ID && !sight.Late { // of another channel: no answer to this one
		step = ""
	}
	result, err := s.Recovery.Submit(v.Request().Context(), key, step, posted, s.client(v))
	if err != nil {
		return err
	}
	if result.Token != "" {
		if err := s.cases.write(v.Response(), v.Request(), recovery.Key{Case: key.Case, Token: result.Token}); err != nil {
			return err
		}
	}
	return v.see(v.to(s.casePath(sight), ""))
}

// names are the fields of a step.
func names(place recovery.Place) []string {
	var list []string
	for _, f := range place.Fields {
		list = append(list, f.Name)
	}
	return list
}

// answer submits what was typed and leads on.
func (s *Site) answer(v *visit, key recovery.Key, sight recovery.Sight, values url.Values) error {
	ctx, form := v.Request().Context(), map[string]string{}
	for _, name := range append(names(sight.Place), recovery.FieldPage) {
		form[name] = values.Get(name)
	}
	result, err := s.Recovery.Submit(ctx, key, sight.Place.ID, form, s.client(v))
	if err != nil {
		return err
	}
	if result.Subject != "" { // decided: the browser is known to the account from now on
		if err := s.cases.remember(v.Response(), v.Request(), result.Subject); err != nil {
			return err
		}
	}
	if result.Token != "" {
		if err := s.cases.write(v.Response(), v.Request(), recovery.Key{Case: key.Case, Token: result.Token}); err != nil {
			return err
		}
		return s.goOnLive(v, recovery.Key{Case: key.Case, Token: result.Token}, sight)
	}
	if len(result.Wrong) > 0 && !result.Stale {
		return s.showWrong(v, key, result, form)
	}
	return s.goOnLive(v, key, sight)
}

// goOnLive leads to where the case stands after an answer, and counts that for the link by which the person came.
func (s *Site) goOnLive(v *visit, key recovery.Key, before recovery.Sight) error {
	path := s.pathAfter(v.Request().Context(), key, before)
	s.note(v, deedAt(path))
	return v.see(v.to(path, ""))
}

// pathAfter is where the case stands after a change; where that cannot be read, the old address leads there.
func (s *Site) pathAfter(ctx context.Context, key recovery.Key, before recovery.Sight) string {
	after, err := s.Recovery.Look(ctx, key)
	if err != nil {
		return s.casePath(before)
	}
	return s.casePath(after)
}

// showWrong shows the step again with what is wrong; nothing secret comes back.
func (s *Site) showWrong(v *visit, key recovery.Key, result recovery.Result, form map[string]string) error {
	ctx := v.Request().Context()
	sight, err := s.Recovery.Look(ctx, key)
	if err != nil {
		return err
	}
	m := mistake{wrong: result.Wrong, typed: form}
	if sight.Over == "" && sight.Place.Guess {
		if left, err := s.Recovery.Tries(ctx, key); err == nil {
			m.left = &left
		}
	}
	return s.showPlace(v, sight, m)
}

// mistake is what was wrong with an answer.
type mistake struct {
	wrong map[string]string
	typed map[string]string
	left  *int // tries
}

func (m mistake) status() int {
	if len(m.wrong) > 0 {
		return 422
	}
	return 200
}

// submitSafety begins a case: a live case always starts with the safety question, as a POST (requirement G4).
func (s *Site) submitSafety(v *visit, p *guide.Platform, c *guide.Channel) error {
	form, err := v.form("safety")
	if err != nil {
		return err
	}
	answers := v.answers(p).With(p.Safety().ID, form.Get("safety"))
	if answers.Recommend().Stop != "" {
		return v.see(v.to(resultPath(p.ID), answers.Query()))
	}
	if !answers.Safe() {
		return problem.Invalid{Fields: map[string]string{"safety": "required"}}
	}
	if running, err := s.look(v); err == nil && running.InTheWay(c.ID) {
		return v.see(v.to(s.casePath(running), ""))
	}
	claims := map[string]string{}
	for _, a := range answers.WithoutSafety().All() {
		claims[a.Question] = a.Value
	}
	key, err := s.Recovery.Begin(v.Request().Context(), recovery.Beginning{Platform: p.ID, Channel: c.ID, Lang: v.words.Code(),
		Claims: claims, Client: s.client(v)})
	if err != nil {
		return err
	}
	if err := s.cases.write(v.Response(), v.Request(), key); err != nil {
		return err
	}
	s.note(v, deedAt(stepPath(p.ID, c.ID, recovery.StepAccount)))
	return v.see(v.to(stepPath(p.ID, c.ID, recovery.StepAccount), ""))
}

// client is who asks: the address counts for limits and history, the kind of device is told to the owner.
func (s *Site) client(v *visit) recovery.Client {
	kind, agent := "computer", v.Request().UserAgent()
	if strings.Contains(agent, "Mobi") || strings.Contains(agent, "Android") || strings.Contains(agent, "iPhone") {
		kind = "phone"
	}
	return recovery.Client{Network: v.RealIP(), Kind: kind, Known: s.cases.known(v.Request()), Link: s.came(v).unfinished()}
}

// showPlace shows where a case stands.
func (s *Site) showPlace(v *visit, sight recovery.Sight, m mistake) error {
	p := s.livePlatform()
	c, ok := p.Channel(sight.Channel)
	if !ok {
		return problem.NotFound
	}
	l := &live{Site: s, visit: v, platform: p, channel: c, sight: sight, mistake: m, path: s.casePath(sight)}
	switch {
	case sight.Place.ID == recovery.StepSetting:
		return s.showSetting(l)
	case sight.Place.ID == recovery.StepDone:
		return s.showDoneLive(l)
	case sight.Place.ID == recovery.StepEnded:
		return s.fresh(v, 200, templates.CaseEnded(l.ended()))
	case sight.Place.Wait != nil:
		return s.fresh(v, 200, templates.LiveWait(l.wait()))
	}
	return s.fresh(v, m.status(), templates.LiveStep(l.step()))
}

// unlisted is the frame of a page that is one person's own: nothing to find by a search, to link or to share.
func (s *Site) unlisted(v *visit, heading, path string) ui.Page {
	page := s.frame(v, unbroken(heading), "", path, "")
	page.NoIndex, page.Canonical, page.Alternates, page.ShareURL = true, "", nil, ""
	return page
}

// settingPatience is how long a page waits for the wallet before it says that it is being told.
const settingPatience = 3 * time.Second

// showSetting waits a little, because the wallet mostly answers in less than the reader's patience.
func (s *Site) showSetting(l *live) error {
	ctx, cancel := context.WithTimeout(l.visit.Request().Context(), settingPatience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		sight, err := s.look(l.visit)
		if err != nil {
			return err
		}
		if sight.Place.ID != recovery.StepSetting {
			return l.visit.see(l.visit.to(s.casePath(sight), ""))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return s.fresh(l.visit, 200, templates.LiveWait(l.setting()))
		}
	}
}

// showDoneLive is the closing page.
func (s *Site) showDoneLive(l *live) error {
	codes, err := s.Recovery.NewCodes(l.visit.Request().Context(), s.cases.read(l.visit.Request()))
	if err != nil && problem.KindOf(err) != problem.KindUnavailable {
		return err
	}
	return s.fresh(l.visit, 200, templates.LiveDone(l.done(codes)))
}
