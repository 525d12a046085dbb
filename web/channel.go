package web

import (
	"regexp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"zhaohui/internal/guide"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

func (s *Site) showChannel(v *visit) error {
	p, c, err := s.channel(v)
	if err != nil {
		return err
	}
	answers := v.answers(p)
	after, _ := p.Channel(v.QueryParam("after"))
	key := channelPath(p.ID, c.ID) + "?" + answers.Query()
	if after != nil {
		key += "&after=" + after.ID
	}
	if c.Live != nil && answers.Recommend().Stop == "" { // it says whether the channel is open now
		return s.fresh(v, 200, templates.LiveStart(s.liveStartView(v, p, c, answers, after)))
	}
	return s.cached(v, key, func() templ.Component {
		if stop := answers.Recommend().Stop; stop != "" {
			return templates.Stop(s.stopView(v, p, answers, stop))
		}
		return templates.Channel(s.channelView(v, p, c, answers, after))
	})
}

func (s *Site) channelView(v *visit, p *guide.Platform, c *guide.Channel, answers guide.Answers,
	after *guide.Channel) templates.ChannelView {
	lang := v.words.Code()
	t, query := c.Texts[lang], answers.Query()
	view := templates.ChannelView{Platform: p.ID, ID: c.ID, Title: title(t.Title), Summary: t.Summary,
		IntroHTML: carry(v, p, t.IntroHTML, query),
		Page:      s.frame(v, unbroken(t.Title), t.Summary, channelPath(p.ID, c.ID), query), Have: t.Have, Risks: t.Risks,
		IfNot:     t.IfNot,
		StartText: v.words.T("result.start"), StartURL: v.to(stepPath(p.ID, c.ID, firstStep(c)), query),
		PlatformName: p.Texts[lang].Name,
		PlatformURL:  v.to(platformPath(p.ID), ""), Trust: s.trust(v, c.Confidence, c.Checked, c.Sources)}
	view.Data = howTo(view.Title.String(), t, c)
	view.ShareURL = v.to("/share"+channelPath(p.ID, c.ID), "")
	view.Safety = s.safety(v, p, answers, channelPath(p.ID, c.ID))
	if after != nil {
		view.Notice = v.words.T("say.after", "Name", after.Texts[lang].Name)
	}
	view.Facts = []ui.Fact{{Term: v.words.T("fact.time"), Text: s.minutes(v, c)}}
	if c.Hours != "" {
		view.Facts = append(view.Facts, ui.Fact{Term: v.words.T("fact.hours"), Text: c.Hours})
	}
	for i, step := range c.Steps {
		view.Steps = append(view.Steps, templates.StepLink{Number: i + 1, Title: unbroken(t.Steps[step.ID].Title),
			URL: v.to(stepPath(p.ID, c.ID, step.ID), query)})
	}
	view.Fallback = fallbacks(v, p, c, answers)
	return view
}

// fallbacks are the next rung of the ladder, and its end.
func fallbacks(v *visit, p *guide.Platform, c *guide.Channel, answers guide.Answers) []ui.Link {
	var links []ui.Link
	lang := v.words.Code()
	next := answers.After(c.ID)
	if next != nil && next.ID != c.ID {
		links = append(links, ui.Link{Text: next.Texts[lang].Name, URL: v.to(channelPath(p.ID, next.ID), answers.Query())})
	}
	if last, ok := p.Channel(p.Last); ok && last.ID != c.ID && (next == nil || next.ID != last.ID) {
		links = append(links, ui.Link{Text: last.Texts[lang].Name, URL: v.to(channelPath(p.ID, last.ID), answers.Query())})
	}
	return links
}

// safety is the question that stands before any channel until it is answered (requirement G4); nil once it is.
func (s *Site) safety(v *visit, p *guide.Platform, answers guide.Answers, path string) *templates.SafetyView {
	if answers.Safe() {
		return nil
	}
	q := p.Safety()
	t := p.Texts[v.words.Code()].Questions[q.ID]
	view := &templates.SafetyView{Text: unbroken(t.Text), Why: t.Why}
	for _, value := range q.Values {
		to := path
		if slices.Contains(q.Stop, value) {
			to = resultPath(p.ID)
		}
		text := t.Values[value]
		view.Values = append(view.Values, templates.AnswerRow{Value: value, Text: text.Text, Hint: text.Hint,
			URL: v.to(to, answers.With(q.ID, value).Query())})
	}
	return view
}

var inside = regexp.MustCompile(`href="(/[a-z0-9/-]+)"`)

// carry hands the answers on through links between channels of a platform.
func carry(v *visit, p *guide.Platform, html, query string) string {
	if query == "" {
		return html
	}
	own := v.to(platformPath(p.ID), "") + "/"
	return inside.ReplaceAllStringFunc(html, func(href string) string {
		if !strings.HasPrefix(href, `href="`+own) {
			return href
		}
		return strings.TrimSuffix(href, `"`) + "?" + strings.ReplaceAll(query, "&", "&amp;") + `"`
	})
}
