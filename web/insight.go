package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"zhaohui/internal/insight"
	"zhaohui/internal/problem"
	"zhaohui/static"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// insightSpans are the days that the numbers may be of.
var insightSpans = []int{7, 30, 90}

// insightFilter is what the address says.
type insightFilter struct {
	days     int
	platform string
}

func (f insightFilter) query() string {
	query := url.Values{}
	if f.days != insightSpans[1] {
		query.Set("days", strconv.Itoa(f.days))
	}
	if f.platform != "" {
		query.Set("platform", f.platform)
	}
	return query.Encode()
}

// insightFilter reads it; what makes no sense is left out.
func (s *Site) insightFilter(v *visit) insightFilter {
	f := insightFilter{days: insightSpans[1]}
	if days, err := strconv.Atoi(v.QueryParam("days")); err == nil && slices.Contains(insightSpans, days) {
		f.days = days
	}
	if _, ok := s.known(v.QueryParam("platform")); ok {
		f.platform = v.QueryParam("platform")
	}
	return f
}

func (s *Site) showInsight(v *visit) error {
	page, err := s.numbers(v)
	if err != nil {
		return fmt.Errorf("show insight: %w", err)
	}
	t, f, r := v.words.T, page.filter, page.report
	view := templates.InsightView{AgentPage: s.console(v, t("insight.title"), "/agent/insight"),
		Lead:    t("insight.lead", "From", page.date(r.From), "To", page.date(r.To)),
		Numbers: page.headline(), Sections: page.sections()}
	view.ChartsURL, view.Notice = static.URL("agentinsight.css"), s.pastNote(v)
	for _, days := range insightSpans {
		view.Spans = append(view.Spans, page.choice(t("insight.last", "n", days), insightFilter{days, f.platform}))
	}
	view.Platforms = append(view.Platforms, page.choice(t("insight.every-platform"), insightFilter{f.days, ""}))
	for _, p := range s.platforms() {
		view.Platforms = append(view.Platforms, page.choice(p.Texts[v.words.Code()].Name, insightFilter{f.days, p.ID}))
	}
	for _, rule := range []string{"under", "round", "share", "late", "guided", "search"} {
		view.Rules = append(view.Rules, t("insight.rule."+rule))
	}
	return s.fresh(v, 200, templates.Insight(view))
}

// numbers is a report on its way to a page: what the ids in it are called, in the reader's words.
type numbers struct {
	*Site
	visit  *visit
	report *insight.Report
	scams  []insight.Line // A is the pattern
	filter insightFilter
}

// numbers are those that the address asks for.
func (s *Site) numbers(v *visit) (*numbers, error) {
	ctx, f := v.Request().Context(), s.insightFilter(v)
	r, err := s.Insight.Report(ctx, f.days, f.platform)
	if err != nil {
		return nil, err
	}
	scams, err := s.scams(ctx, r, f.platform)
	if err != nil {
		return nil, err
	}
	return &numbers{s, v, r, scams, f}, nil
}

func (n *numbers) t(key string, pairs ...any) string { return n.visit.words.T(key, pairs...) }

// has is the words of a key, or something else where the content has none any more.
func (n *numbers) has(key, otherwise string) string {
	if text := n.t(key); text != key {
		return unbroken(text)
	}
	return otherwise
}

func (n *numbers) date(at time.Time) string {
	return n.t("insight.date", "Month", int(at.Month()), "MonthName", at.Format("January"), "Day", at.Day())
}

// choice leads to the same page with another filter; the present one leads nowhere.
func (n *numbers) choice(text string, f insightFilter) ui.Link {
	if f == n.filter {
		return ui.Link{Text: text}
	}
	return ui.Link{Text: text, URL: n.visit.to("/agent/insight", f.query())}
}

// section finds one of the page's sections by its id.
func (n *numbers) section(id string) (templates.InsightSection, error) {
	all := n.sections()
	i := slices.IndexFunc(all, func(s templates.InsightSection) bool { return s.ID == id })
	if i < 0 {
		return templates.InsightSection{}, fmt.Errorf("insight: table: %w", problem.NotFound)
	}
	return all[i], nil
}

// say writes a number as it may be shown.
func (n *numbers) say(number insight.Number) string {
	if number == insight.AFew {
		return n.t("insight.under")
	}
	return strconv.FormatInt(int64(number), 10)
}

// share writes a part of a whole, or that there are too few to say. All is not said beside a few of the rest.
func (n *numbers) share(part, whole insight.Number, rest ...insight.Number) string {
	percent, ok := part.Share(whole)
	if !ok || percent == 100 && slices.Contains(rest, insight.AFew) {
		return noNumber
	}
	return strconv.Itoa(percent) + "%"
}

// portion writes what a part has of it and of its rest. Where the rest is a few, it says what it is at least.
func (n *numbers) portion(part, rest insight.Number) string {
	if rest != insight.AFew {
		return n.share(part, plus(part, rest))
	}
	if percent, ok := part.Share(part + insight.Few); ok && part > 0 {
		return n.t("insight.at-least", "Percent", percent/insight.Few*insight.Few)
	}
	return noNumber
}

// noNumber stands where nothing can be said.
const noNumber = "—"

// took writes a stretch of time, rounded as it is known.
func (n *numbers) took(d time.Duration) string {
	switch {
	case d == 0:
		return noNumber
	case d < time.Minute:
		return n.t("say.span-minutes", "n", 1)
	case d < 90*time.Minute && d != time.Hour:
		return n.t("say.span-minutes", "n", int(d.Round(time.Minute)/time.Minute))
	case d < 36*time.Hour:
		return n.t("say.span-hours", "n", int(d.Round(time.Hour)/time.Hour))
	}
	return n.t("say.span-days", "n", int(d.Round(24*time.Hour)/(24*time.Hour)))
}
