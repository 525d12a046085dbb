package web

import (
	"time"

	"github.com/a-h/templ"

	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// rungs is how many ways stand below the first before a person, people how many of those; the rest is folded.
const (
	rungs  = 3
	people = 2
	named  = 4 // methods for a second proof
)

// showResult shows the recommendation for the answers. The safety question comes before any channel (requirement
// G4), so without an answer to it the chooser asks.
func (s *Site) showResult(v *visit) error {
	p, err := s.platform(v)
	if err != nil {
		return err
	}
	answers := v.answers(p)
	if stop := answers.Recommend().Stop; stop == "" && !answers.Safe() {
		return v.see(v.to(choosePath(p.ID), answers.Query()))
	} else if stop != "" {
		s.countStop(v, p.ID, stop)
	}
	key := resultPath(p.ID) + "?" + answers.Query()
	return s.cached(v, key, func() templ.Component {
		recommendation := answers.Recommend()
		if recommendation.Stop != "" {
			return templates.Stop(s.stopView(v, p, answers, recommendation.Stop))
		}
		return templates.Result(s.resultView(v, p, answers, recommendation))
	})
}

func (s *Site) resultView(v *visit, p *guide.Platform, answers guide.Answers, r guide.Recommendation) templates.ResultView {
	lang := v.words.Code()
	possible := r.Possible()
	first := possible[0]
	t := first.Texts[lang]
	view := templates.ResultView{Platform: p.ID, Headline: title(t.Headline), Said: s.said(v, p, answers, ""),
		Back: s.back(v, p, answers, ""),
		Page: s.frame(v, unbroken(t.Headline), t.Summary, resultPath(p.ID), answers.Query()),
		Lead: v.words.T("result.lead", "n", len(possible)), First: s.choice(v, p, answers, first)}
	view.NoIndex = true
	view.ShareURL = v.to("/share"+resultPath(p.ID), answers.WithoutSafety().Query())
	if r.Next != nil {
		view.Open = ui.Link{Text: v.words.T("say.open", "Question", unbroken(p.Texts[lang].Questions[r.Next.ID].Text)),
			URL: v.to(choosePath(p.ID), answers.Query())}
	}
	for _, c := range possible[1:] {
		switch {
		case c.ID == p.Last || c.Human && len(view.Human) < people-1:
			view.Human = append(view.Human, s.rung(v, p, answers, c))
		case !c.Human && len(view.Rungs) < rungs:
			view.Rungs = append(view.Rungs, s.rung(v, p, answers, c))
		default:
			view.Others = append(view.Others, s.other(v, p, answers, c))
		}
	}
	for _, c := range r.Channels[len(possible):] {
		view.Others = append(view.Others, s.other(v, p, answers, c))
	}
	return view
}

func (s *Site) choice(v *visit, p *guide.Platform, answers guide.Answers, c guide.Ranked) templates.ChoiceView {
	t := c.Texts[v.words.Code()]
	view := templates.ChoiceView{ID: c.ID, Fit: fit(v, c), Title: title(t.Title), Reasons: s.reasons(v, p, c), IfNot: t.IfNot,
		Human:    c.Human,
		Facts:    []ui.Fact{{Term: v.words.T("fact.time"), Text: s.howLong(v, c.Channel)}},
		AboutURL: v.to(channelPath(p.ID, c.ID), answers.Query()), Trust: s.trust(v, c.Confidence, c.Checked, c.Sources),
		StartURL: v.to(stepPath(p.ID, c.ID, firstStep(c.Channel)), answers.Query()), StartText: v.words.T("result.start"),
		ShareURL: v.to("/share"+channelPath(p.ID, c.ID), "")}
	if len(t.Have) > 0 {
		view.Facts = append(view.Facts, ui.Fact{Term: v.words.T("fact.have"), Text: list(v, t.Have)})
	}
	if c.Hours != "" {
		view.Facts = append(view.Facts, ui.Fact{Term: v.words.T("fact.hours"), Text: c.Hours})
	}
	with, hold := s.combined(answers, c.Channel)
	if len(with) > 0 {
		view.Facts = append(view.Facts, ui.Fact{Term: v.words.T("fact.with"), Text: list(v, methodNames(v, with))})
	}
	if hold > 0 && s.latest(c.Channel).IsZero() { // a day that is named holds it all
		view.Facts = append(view.Facts, ui.Fact{Term: v.words.T("fact.wait"),
			Text: v.words.T("say.span-hours", "n", int(hold.Hours()))})
	}
	return view
}

// combined are the methods that would complete a live channel after these answers, the likeliest first, and how long the
// first of them would have to wait; none for a walk.
func (s *Site) combined(answers guide.Answers, c *guide.Channel) (methods []string, hold time.Duration) {
	if c.Live == nil || s.Policy == nil {
		return nil, 0
	}
	return s.Policy.Combine(c.Live.Methods, answers.Companions(c), answers.Value("phone") == "recent")
}

// methodNames are the first few methods as people call them.
func methodNames(v *visit, methods []string) []string {
	var names []string
	for _, id := range methods[:min(len(methods), named)] {
		names = append(names, v.words.T("method."+id+".name"))
	}
	return names
}

// firstStep is where a channel begins: a live one with the safety question.
func firstStep(c *guide.Channel) string {
	if c.Live != nil {
		return recovery.StepSafety
	}
	return c.Steps[0].ID
}

// howLong is the time that a channel takes, and its steps where they are known beforehand.
func (s *Site) howLong(v *visit, c *guide.Channel) string {
	if c.Live != nil {
		return s.minutes(v, c)
	}
	return v.words.T("say.how-long", "Minutes", s.minutes(v, c), "n", len(c.Steps))
}

func (s *Site) rung(v *visit, p *guide.Platform, answers guide.Answers, c guide.Ranked) templates.RungView {
	t := c.Texts[v.words.Code()]
	return templates.RungView{ID: c.ID, Name: t.Name, URL: v.to(channelPath(p.ID, c.ID), answers.Query()), Fit: fit(v, c),
		Time: s.minutes(v, c.Channel), Text: t.Summary, Reasons: s.decisive(v, p, c), Human: c.Human}
}

func (s *Site) other(v *visit, p *guide.Platform, answers guide.Answers, c guide.Ranked) templates.OtherView {
	t := c.Texts[v.words.Code()]
	view := templates.OtherView{ID: c.ID, Name: t.Name, URL: v.to(channelPath(p.ID, c.ID), answers.Query()), Fit: fit(v, c),
		Why: t.Summary}
	if c.Fit == guide.No {
		for _, reason := range c.Reasons {
			if reason.Fit == guide.No {
				view.Why = s.reason(v, p, c.Channel, reason)
				break
			}
		}
	}
	return view
}

// fit says in words and shape how well a channel suits.
func fit(v *visit, c guide.Ranked) ui.Fit {
	word := map[guide.Fit]string{guide.Yes: "fit.good", guide.Maybe: "fit.maybe", guide.No: "fit.bad"}[c.Fit]
	switch {
	case c.Human && c.Fit == guide.Yes:
		word = "fit.always"
	case c.Rank == 1 && c.Fit == guide.Yes:
		word = "fit.best"
	}
	return ui.Fit{Kind: c.Fit.String(), Text: v.words.T(word)}
}

// reasons are the lines of why, built from the reader's own answers; at most four.
func (s *Site) reasons(v *visit, p *guide.Platform, c guide.Ranked) []string {
	var texts []string
	for _, reason := range c.Reasons {
		if text := s.reason(v, p, c.Channel, reason); text != "" && len(texts) < 4 {
			texts = append(texts, text)
		}
	}
	return texts
}

// decisive is the one line that matters most on a lower rung: what is still unknown, else what speaks for it.
func (s *Site) decisive(v *visit, p *guide.Platform, c guide.Ranked) []string {
	best := ""
	for _, reason := range c.Reasons {
		if text := s.reason(v, p, c.Channel, reason); text != "" && (best == "" || reason.Fit == guide.Maybe) {
			if best = text; reason.Fit == guide.Maybe {
				break
			}
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

func (s *Site) reason(v *visit, p *guide.Platform, c *guide.Channel, r guide.Reason) string {
	lang := v.words.Code()
	q := p.Texts[lang].Questions[r.Question]
	said := q.Values[r.Value].Said
	switch {
	case r.Question == "":
		return v.words.T("say.second")
	case r.Fit == guide.Yes:
		because := c.Texts[lang].Because[r.Question+"="+r.Value]
		if because == "" {
			return ""
		}
		return v.words.T("say.for", "Said", said, "Because", because)
	case r.Fit == guide.No:
		return v.words.T("say.against", "Said", said, "Need", q.Need)
	case r.Value != "":
		return v.words.T("say.unsure", "Said", said, "Need", q.Need)
	}
	return v.words.T("say.unsaid", "Need", q.Need)
}

// list joins words as the language does.
func list(v *visit, items []string) string {
	out := ""
	for i, item := range items {
		if i > 0 {
			out += v.words.T("say.pause")
		}
		out += item
	}
	return out
}
