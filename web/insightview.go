package web

import (
	"strings"

	"zhaohui/internal/insight"
	"zhaohui/templates"
)

// headline are the few numbers that are read first.
func (n *numbers) headline() []templates.InsightNumber {
	var all []templates.InsightNumber
	add := func(word, value, note string) {
		all = append(all, templates.InsightNumber{Name: n.t("insight.sum." + word), Value: value, Note: note})
	}
	r := n.report
	if r.Live && len(r.Steps) > 0 {
		begun, done := r.Steps[0], r.Steps[len(r.Steps)-1]
		add("begun", n.say(begun), "")
		add("done", n.say(done), n.of(done, begun, "insight.sum.done-share"))
		add("median", n.took(r.Median), n.t("insight.sum.median-note"))
		add("p90", n.took(r.P90), n.t("insight.sum.p90-note"))
		var kept, broken insight.Number
		for _, t := range r.Tickets {
			kept, broken = plus(kept, t.Kept), plus(broken, t.Broken)
		}
		add("kept", n.portion(kept, broken), n.t("insight.sum.kept-note"))
	}
	var finished insight.Number
	for _, w := range r.Walks {
		finished = plus(finished, w.Finished)
	}
	add("walked", n.say(finished), n.t("insight.sum.walked-note"))
	return all
}

// of is a share in words, "" if there are too few.
func (n *numbers) of(part, whole insight.Number, key string) string {
	if percent, ok := part.Share(whole); ok {
		return n.t(key, "Percent", percent)
	}
	return ""
}

// plus adds what is shown: a few beside more do not show.
func plus(x, y insight.Number) insight.Number {
	switch {
	case x > 0 && y > 0:
		return x + y
	case x > 0 || y > 0:
		return max(x, y)
	}
	return min(x, y)
}

// sections are the subjects of the page, in its order. Those of the live platform are left out where another was chosen.
func (n *numbers) sections() []templates.InsightSection {
	var all []templates.InsightSection
	if n.report.Live {
		all = append(all, n.funnel(), n.days(), n.channels(), n.times(), n.ends(), n.tries(), n.letters(), n.tickets(), n.refusals())
	}
	all = append(all, n.walks(), n.stops(), n.steps(), n.links())
	if n.Links != nil {
		all = append(all, n.reported())
	}
	if n.report.Whole {
		all = append(all, n.articles(), n.searches())
	}
	for i := range all {
		all[i] = n.whole(all[i])
	}
	return all
}

func (n *numbers) funnel() templates.InsightSection {
	s := n.table("funnel", "step", "reached", "of-first")
	r := n.report
	s.Chart = templates.InsightChart{Label: n.t("insight.funnel.chart"), Funnel: true}
	if longest(r.Steps...) == 0 {
		return s
	}
	for i, reached := range r.Steps {
		name := n.t("insight.step." + insight.LiveSteps[i])
		s.Rows = append(s.Rows, append(n.row(name, reached), n.share(reached, r.Steps[0])))
		b := n.bar(name, longest(r.Steps...), reached)
		if i > 0 {
			b.Note = n.share(reached, r.Steps[0])
		}
		s.Chart.Bars = append(s.Chart.Bars, b)
	}
	return s
}

// channels is the funnel of each way, and how long it took.
func (n *numbers) channels() templates.InsightSection {
	s := n.table("channels", "channel")
	s.Wide, s.Open = true, true
	for _, step := range insight.LiveSteps {
		s.Head = append(s.Head, n.t("insight.step."+step))
	}
	s.Head = append(s.Head, n.t("insight.head.median"), n.t("insight.head.p90"))
	for _, c := range n.report.Channels {
		s.Rows = append(s.Rows, append(n.row(n.channel(n.livePlatform().ID, c.ID), c.Steps...), n.took(c.Median), n.took(c.P90)))
	}
	return s
}

func (n *numbers) days() templates.InsightSection {
	s := n.table("days", "days", "begun", "done")
	var all []insight.Number
	for _, span := range n.report.Spans {
		all = append(all, span.Begun, span.Done)
	}
	most := longest(all...)
	if most == 0 {
		return s
	}
	s.Chart = templates.InsightChart{Label: n.t("insight.days.chart"), Top: n.say(insight.Number(most)),
		Legend: n.legend(2, "begun", 1, "done")}
	for _, span := range n.report.Spans {
		name := n.date(span.From)
		if !span.To.Equal(span.From) {
			name += n.t("insight.until") + n.date(span.To)
		}
		s.Rows = append(s.Rows, n.row(name, span.Begun, span.Done))
		col := column(span.From.Format("1/2"), most, span.Done, span.Begun)
		col.Parts[0], col.Parts[1] = col.Parts[1], col.Parts[0] // begun stands before done
		s.Chart.Columns = append(s.Chart.Columns, col)
	}
	return s
}

func (n *numbers) times() templates.InsightSection {
	s := n.table("times", "time", "people")
	if longest(n.report.Took...) == 0 {
		return s
	}
	s.Chart = templates.InsightChart{Label: n.t("insight.times.chart")}
	ends := insight.Takes()
	for i, took := range n.report.Took {
		name := n.t("insight.longer")
		if i < len(ends) {
			name = n.t("insight.within", "Time", n.took(ends[i]))
		}
		s.Rows = append(s.Rows, n.row(name, took))
		s.Chart.Bars = append(s.Chart.Bars, n.bar(name, longest(n.report.Took...), took))
	}
	return s
}

// lines is a section of bars, one for each line.
func (n *numbers) lines(id string, lines []insight.Line, name func(insight.Line) string, head ...string) templates.InsightSection {
	s := n.table(id, head...)
	s.Chart = templates.InsightChart{Label: n.t("insight." + id + ".chart")}
	var all []insight.Number
	for _, line := range lines {
		all = append(all, line.N)
	}
	for _, line := range lines {
		s.Rows = append(s.Rows, n.row(name(line), line.N))
		if len(s.Chart.Bars) < mostBars {
			s.Chart.Bars = append(s.Chart.Bars, n.bar(name(line), longest(all...), line.N))
		}
	}
	return s
}

// mostBars is how many rows a chart draws; its table has all.
const mostBars = 10

func (n *numbers) ends() templates.InsightSection {
	s := n.lines("ends", n.report.Ends, func(l insight.Line) string { return n.t("insight.end." + l.A) }, "end", "cases")
	for _, l := range n.report.Left {
		s.Rows = append(s.Rows, n.row(n.t("insight.left", "Step", strings.ToLower(n.t("insight.step."+l.A))), l.N))
	}
	return s
}

func (n *numbers) stops() templates.InsightSection {
	return n.lines("stops", n.report.Stops, func(l insight.Line) string {
		name := l.A
		if stop, ok := n.Content.Stops[l.A]; ok {
			name = unbroken(stop.Texts[n.visit.words.Code()].Short)
		}
		if p, ok := n.known(l.Platform); ok && n.report.Whole {
			name += n.t("say.dot") + p.Texts[n.visit.words.Code()].Name
		}
		return name
	}, "stop", "shown")
}

func (n *numbers) refusals() templates.InsightSection {
	return n.lines("refusals", n.report.Refusals, func(l insight.Line) string { return n.refusal(l.B) }, "reason", "tickets")
}

func (n *numbers) searches() templates.InsightSection {
	s := n.lines("searches", n.report.Searches, func(l insight.Line) string { return l.A }, "words", "searched")
	return s
}
