package web

import (
	"time"

	"github.com/a-h/templ"

	"zhaohui/internal/guide"
	"zhaohui/templates"
)

func (s *Site) showPlatform(v *visit) error {
	p, err := s.platform(v)
	if err != nil {
		return err
	}
	return s.cached(v, platformPath(p.ID), func() templ.Component { return templates.Platform(s.platformView(v, p)) })
}

func (s *Site) platformView(v *visit, p *guide.Platform) templates.PlatformView {
	lang := v.words.Code()
	t := p.Texts[lang]
	view := templates.PlatformView{Page: s.frame(v, v.words.T("say.platform", "Name", t.Name), t.Intro, platformPath(p.ID), ""),
		ID: p.ID, Name: t.Name, Intro: t.Intro, Contacts: s.platformContacts(p, lang)}
	view.ShareURL = v.to("/share"+platformPath(p.ID), "")
	if q, ok := p.Question("trouble"); ok {
		for _, value := range q.Values {
			text := t.Questions["trouble"].Values[value]
			view.Troubles = append(view.Troubles, templates.AnswerRow{Value: value, Text: text.Text, Hint: text.Hint,
				URL: v.to(choosePath(p.ID), p.None().With("password", "payment").With("trouble", value).Query())})
		}
	}
	if q, ok := p.Question("password"); ok {
		text := t.Questions["password"].Values["login"]
		view.Troubles = append(view.Troubles, templates.AnswerRow{Value: "login", Text: text.Text, Hint: text.Hint,
			URL: v.to(choosePath(p.ID), p.None().With(q.ID, "login").Query())})
	}
	for _, group := range []struct {
		name   string
		folded bool
		has    func(*guide.Channel) bool
	}{
		{"say.group-self", false, func(c *guide.Channel) bool { return !c.Aside && !c.Human && !c.Situation }},
		{"say.group-people", false, func(c *guide.Channel) bool { return c.Human }},
		{"say.group-special", true, func(c *guide.Channel) bool { return !c.Aside && !c.Human && c.Situation }},
		{"say.group-around", true, func(c *guide.Channel) bool { return c.Aside }},
	} {
		g := templates.ChannelGroup{Name: v.words.T(group.name), Folded: group.folded}
		for _, c := range p.Channels {
			if group.has(c) {
				g.Channels = append(g.Channels, s.channelRow(v, p, c))
			}
		}
		if len(g.Channels) > 0 {
			view.Groups = append(view.Groups, g)
		}
	}
	return view
}

func (s *Site) channelRow(v *visit, p *guide.Platform, c *guide.Channel) templates.ChannelRow {
	t := c.Texts[v.words.Code()]
	row := templates.ChannelRow{ID: c.ID, Name: t.Name, Summary: t.Summary, Minutes: s.minutes(v, c), Have: list(v, t.Have),
		URL: v.to(channelPath(p.ID, c.ID), ""), Human: c.Human}
	if c.Confidence == guide.Unconfirmed { // the others say on their own page how sure they are
		row.Trust = s.trust(v, c.Confidence, c.Checked, c.Sources)
	}
	return row
}

// minutes says how long a channel takes, in the reader's words.
func (s *Site) minutes(v *visit, c *guide.Channel) string {
	from, to := c.Minutes[0], c.Minutes[1]
	text := v.words.T("say.minutes", "From", from, "To", to)
	if from == to {
		text = v.words.T("say.minutes-one", "n", to)
	}
	switch latest := s.latest(c); {
	case !latest.IsZero():
		text += v.words.T("say.wait-until", "Month", int(latest.Month()), "MonthName", latest.Format("January"), "Day", latest.Day())
	case c.WaitHours > 72 && c.WaitHours%24 == 0: // nobody counts so many hours
		text += v.words.T("say.wait-days", "n", c.WaitHours/24)
	case c.WaitHours > 0:
		text += v.words.T("say.wait-hours", "n", c.WaitHours)
	}
	return text
}

// latest is the day by which a channel that people decide is through: weekends and holidays stretch it, so it is no number of
// days. Pages are kept for a day, so it counts from the end of that day. Zero for any other channel.
func (s *Site) latest(c *guide.Channel) time.Time {
	if c.Live == nil || s.Tickets == nil {
		return time.Time{}
	}
	for _, method := range c.Live.Methods {
		if at := s.Tickets.Latest(method, s.Now().UTC().Truncate(24*time.Hour).Add(24*time.Hour)); !at.IsZero() {
			return at.In(s.Zone)
		}
	}
	return time.Time{}
}
