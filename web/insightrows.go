package web

import (
	"slices"

	"zhaohui/internal/insight"
	"zhaohui/templates"
)

// channel is what a channel is called; its id if it went away.
func (n *numbers) channel(platform, channel string) string {
	if p, ok := n.Content.Platform(platform); ok {
		if c, ok := p.Channel(channel); ok {
			return unbroken(c.Texts[n.visit.words.Code()].Name)
		}
	}
	return channel
}

// placed names a channel with its platform, where several are on the page.
func (n *numbers) placed(platform, channel string) string {
	name := n.channel(platform, channel)
	if p, ok := n.Content.Platform(platform); ok && n.report.Whole {
		return p.Texts[n.visit.words.Code()].Name + n.t("say.dot") + name
	}
	return name
}

// refusal is why a ticket was refused, in the words that the customer reads.
func (n *numbers) refusal(reason string) string {
	return n.has("appeal.reason."+reason, n.has("ticket.reason."+reason, reason))
}

// tries are what people tried against the limits: a method that is often closed at its limit asks too much.
func (n *numbers) tries() templates.InsightSection {
	s := n.table("tries", "method", "method-begun", "passed", "wrong", "given-up", "locked")
	s.Chart = templates.InsightChart{Label: n.t("insight.tries.chart"),
		Legend: n.legend(1, "passed", 2, "given-up", 3, "locked")}
	var all []insight.Number
	for _, m := range n.report.Methods {
		all = append(all, insight.Number(m.Passed.Size()+m.Failed.Size()+m.Locked.Size()))
	}
	for _, m := range n.report.Methods {
		name := n.has("method."+m.ID+".name", m.ID)
		s.Rows = append(s.Rows, n.row(name, m.Begun, m.Passed, m.Wrong, m.Failed, m.Locked))
		if len(s.Chart.Bars) < mostBars {
			b := n.bar(name, longest(all...), m.Passed, m.Failed, m.Locked)
			b.Value = n.share(m.Passed, m.Begun, m.Failed, m.Locked)
			s.Chart.Bars = append(s.Chart.Bars, b)
		}
	}
	return s
}

// letters are what became of mail and SMS.
func (n *numbers) letters() templates.InsightSection {
	s := n.table("letters", "by", "written", "accepted", "delivered", "bounced", "waiting")
	s.Open = true
	s.Chart = templates.InsightChart{Label: n.t("insight.letters.chart"),
		Legend: n.legend(1, "accepted", 2, "waiting", 3, "bounced")}
	var all []insight.Number
	for _, l := range n.report.Letters {
		all = append(all, l.Written)
	}
	for _, l := range n.report.Letters {
		name := n.has("insight.by."+l.Channel, l.Channel)
		s.Rows = append(s.Rows, n.row(name, l.Written, l.Accepted, l.Delivered, l.NotTaken, l.Waiting))
		b := n.bar(name, longest(all...), l.Accepted, l.Waiting, l.NotTaken)
		b.Value = n.share(l.Accepted, l.Written, l.Waiting, l.NotTaken)
		s.Chart.Bars = append(s.Chart.Bars, b)
	}
	return s
}

// tickets are what was promised and what was kept.
func (n *numbers) tickets() templates.InsightSection {
	s := n.table("tickets", "kind", "sent", "asked", "approved", "refused", "kept", "broken", "median")
	s.Wide, s.Open = true, true
	s.Chart = templates.InsightChart{Label: n.t("insight.tickets.chart"),
		Legend: n.legend(1, "kept", 3, "broken")}
	var all []insight.Number
	for _, t := range n.report.Tickets {
		all = append(all, insight.Number(t.Kept.Size()+t.Broken.Size()))
	}
	for _, t := range n.report.Tickets {
		name := n.has("insight.kind."+t.Kind, t.Kind)
		s.Rows = append(s.Rows, append(n.row(name, t.Sent, t.Asked, t.Approved, t.Refused, t.Kept, t.Broken), n.took(t.Median)))
		b := n.bar(name, longest(all...), t.Kept, 0, t.Broken)
		b.Value = n.portion(t.Kept, t.Broken)
		s.Chart.Bars = append(s.Chart.Bars, b)
	}
	return s
}

// walks are the guided ways: what people said at their end, or where they gave up.
func (n *numbers) walks() templates.InsightSection {
	s := n.table("walks", "channel", "finished", "failed", "worked")
	s.Chart = templates.InsightChart{Label: n.t("insight.walks.chart"),
		Legend: n.legend(1, "finished", 2, "failed")}
	var all []outcome
	for _, w := range n.report.Walks {
		all = append(all, outcome{n.placed(w.Platform, w.Channel), w.Finished, w.Failed})
	}
	n.outcomes(&s, all)
	return s
}

// outcome is how often something went well and how often it did not.
type outcome struct {
	name        string
	well, badly insight.Number
}

// outcomes are rows with the share of what went well, and the first of them as bars.
func (n *numbers) outcomes(s *templates.InsightSection, all []outcome) {
	var most int64
	for _, o := range all {
		most = max(most, o.well.Size()+o.badly.Size())
	}
	for _, o := range all {
		share := n.portion(o.well, o.badly)
		s.Rows = append(s.Rows, append(n.row(o.name, o.well, o.badly), share))
		if len(s.Chart.Bars) < mostBars {
			b := n.bar(o.name, most, o.well, o.badly)
			b.Value = share
			s.Chart.Bars = append(s.Chart.Bars, b)
		}
	}
}

// steps are those of the guided ways, in the order of the content; a step that went away stands last.
func (n *numbers) steps() templates.InsightSection {
	s := n.table("steps", "step", "step-done", "step-failed")
	s.Wide, s.Chart.Label = true, n.t("insight.steps.chart")
	var stuck []outcome
	for _, w := range n.report.Walks {
		order := map[string]int{}
		if p, ok := n.Content.Platform(w.Platform); ok {
			if c, ok := p.Channel(w.Channel); ok {
				for i, step := range c.Steps {
					order[step.ID] = i - len(c.Steps)
				}
			}
		}
		steps := slices.Clone(w.Steps)
		slices.SortStableFunc(steps, func(x, y insight.WalkStep) int { return order[x.ID] - order[y.ID] })
		for _, step := range steps {
			name := n.placed(w.Platform, w.Channel) + n.t("say.dot") + n.stepTitle(w.Platform, w.Channel, step.ID)
			s.Rows = append(s.Rows, n.row(name, step.Done, step.Failed))
			if step.Failed != 0 {
				stuck = append(stuck, outcome{name: name, badly: step.Failed})
			}
		}
	}
	n.worst(&s, stuck)
	return s
}

// worst draws where it went badly most often.
func (n *numbers) worst(s *templates.InsightSection, all []outcome) {
	slices.SortStableFunc(all, func(x, y outcome) int { return int(y.badly.Size() - x.badly.Size()) })
	var most int64
	for i, o := range all[:min(len(all), mostBars)] {
		if i == 0 {
			most = longest(o.badly)
		}
		s.Chart.Bars = append(s.Chart.Bars, n.bar(o.name, most, o.badly))
	}
}

// stepTitle is what a guided step is called.
func (n *numbers) stepTitle(platform, channel, step string) string {
	if p, ok := n.Content.Platform(platform); ok {
		if c, ok := p.Channel(channel); ok {
			if place, ok := c.Place(step); ok {
				return n.t("say.step", "Number", place.Number, "Title", unbroken(c.Texts[n.visit.words.Code()].Steps[step].Title))
			}
		}
	}
	return step
}

func (n *numbers) links() templates.InsightSection {
	s := n.table("links", "link", "made", "opened", "started", "link-finished", "failed", "scam")
	s.Wide, s.Open = true, true
	s.Chart = templates.InsightChart{Label: n.t("insight.links.chart"), Funnel: true}
	var sums [4]insight.Number
	for _, l := range n.report.Links {
		s.Rows = append(s.Rows, n.row(n.has("insight.to."+l.Kind, l.Kind), l.Made, l.Opened, l.Started, l.Finished, l.Failed, l.Scam))
		for i, one := range []insight.Number{l.Made, l.Opened, l.Started, l.Finished} {
			sums[i] = plus(sums[i], one)
		}
	}
	for i, key := range []string{"made", "opened", "started", "link-finished"} {
		if len(s.Rows) > 0 {
			s.Chart.Bars = append(s.Chart.Bars, n.bar(n.t("insight.head."+key), longest(sums[:]...), sums[i]))
		}
	}
	return s
}

// articles are what readers said of them.
func (n *numbers) articles() templates.InsightSection {
	s := n.table("articles", "article", "yes", "no", "helped")
	s.Chart = templates.InsightChart{Label: n.t("insight.articles.chart"), Legend: n.legend(1, "yes", 2, "no")}
	var all []outcome
	for _, a := range n.report.Votes {
		name := a.Slug
		if article, ok := n.Content.Help.Article(a.Slug); ok {
			name = unbroken(article.Texts[n.visit.words.Code()].Title)
		}
		all = append(all, outcome{name, a.Yes, a.No})
	}
	n.outcomes(&s, all)
	return s
}
