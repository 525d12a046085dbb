package web

import (
	"slices"

	"zhaohui/internal/guide"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// liveStartView is the page of a live channel: what it asks for and why, how long it takes, and where it starts.
func (s *Site) liveStartView(v *visit, p *guide.Platform, c *guide.Channel, answers guide.Answers,
	after *guide.Channel) templates.LiveStartView {
	lang, query := v.words.Code(), answers.Query()
	t := c.Texts[lang]
	view := templates.LiveStartView{Platform: p.ID, ID: c.ID, Title: title(t.Title), Summary: t.Summary,
		IntroHTML: carry(v, p, t.IntroHTML, query),
		Page:      s.frame(v, unbroken(t.Title), t.Summary, channelPath(p.ID, c.ID), query),
		Facts:     []ui.Fact{{Term: v.words.T("fact.time"), Text: s.minutes(v, c)}}, Never: ui.Note(p.Texts[lang].Warning),
		Steps: t.Happens, Risks: t.Risks,
		IfNot: t.IfNot, Fallback: fallbacks(v, p, c, answers), PlatformURL: v.to(platformPath(p.ID), ""),
		PlatformName: p.Texts[lang].Name,
		Trust:        s.trust(v, c.Confidence, c.Checked, c.Sources),
		Resume:       ui.Link{Text: v.words.T("live.start.resume"), URL: v.to("/case", "")}}
	if len(t.Have) > 0 {
		view.Facts = append(view.Facts, ui.Fact{Term: v.words.T("fact.have"), Text: list(v, t.Have)})
	}
	for _, ask := range t.Asks {
		view.Asks = append(view.Asks, templates.LiveAsk(ask))
	}
	view.Data = howTo(view.Title.String(), t, c)
	view.ShareURL = v.to("/share"+channelPath(p.ID, c.ID), "")
	switch {
	case after != nil:
		view.Notice = v.words.T("say.after", "Name", after.Texts[lang].Name)
	case !s.Recovery.Open(c.ID):
		view.Notice = s.closed(v, p)
	}
	if s.Recovery.Open(c.ID) {
		view.StartURL, view.StartText = v.to(stepPath(p.ID, c.ID, firstStep(c)), query), v.words.T("live.start.go")
	}
	return view
}

// closed says that a channel cannot be begun now and what to do: another one, or the telephone where there is none.
func (s *Site) closed(v *visit, p *guide.Platform) string {
	open := slices.ContainsFunc(p.Channels, func(c *guide.Channel) bool { return c.Live != nil && s.Recovery.Open(c.ID) })
	if tel := s.Content.Operator.Hotline; !open && tel != "" {
		return v.words.T("live.start.closed-all", "Tel", tel)
	}
	return v.words.T("live.start.closed")
}
