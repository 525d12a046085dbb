package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// Whoever answers for the desk takes many links back at once: those to a page that is wrong, or old ones. The page says how
// many there are before anything happens.

// retireDays are how old links can be asked to be; 0 is any.
var retireDays = []int{0, 1, 3, 7, 14}

// mostRetired is how many are counted one by one; nobody needs to know more exactly.
const mostRetired = 5000

// retireWish is which links somebody means, as it stands in the address and in the form.
type retireWish struct {
	to      string // "platform", "platform/channel" or "help:slug"; "" is any
	days    int
	changed bool
}

// retireWish reads it; what no page offers is none.
func (s *Site) retireWish(v *visit, said url.Values) (w retireWish, ok bool) {
	w = retireWish{to: said.Get("to"), changed: said.Get("changed") == "yes"}
	var known bool
	if w.days, known = chosen(retireDays, said.Get("days")); !known {
		return retireWish{}, false
	}
	for _, group := range s.retirePlaces(v, w.to) {
		for _, c := range group.Choices {
			ok = ok || c.Value == w.to
		}
	}
	return w, (ok || w.to == "") && w != retireWish{}
}

func (w retireWish) query() string {
	q := url.Values{"days": {strconv.Itoa(w.days)}}
	if w.to != "" {
		q.Set("to", w.to)
	}
	if w.changed {
		q.Set("changed", "yes")
	}
	return q.Encode()
}

// filter is the wish as the links know it.
func (w retireWish) filter(now time.Time) support.LinkFilter {
	f := support.LinkFilter{Changed: w.changed}
	if slug, ok := strings.CutPrefix(w.to, toArticle); ok {
		f.Kind, f.Slug = support.ToArticle, slug
	} else {
		f.Platform, f.Channel, _ = strings.Cut(w.to, "/")
	}
	if w.days > 0 {
		f.Before = now.Add(-time.Duration(w.days) * 24 * time.Hour)
	}
	return f
}

// showRetire asks which links are meant, and once that was said, how many there are.
func (s *Site) showRetire(v *visit) error {
	query := v.Request().URL.Query()
	view := s.retireView(v, query)
	if wish, ok := s.retireWish(v, query); ok {
		links, err := s.Links.Matching(v.Request().Context(), wish.filter(s.Now()), mostRetired)
		if err != nil {
			return fmt.Errorf("links to retire: %w", err)
		}
		s.retireFound(v, &view, wish, links)
	}
	if n, err := strconv.Atoi(query.Get("done")); err == nil && n >= 0 {
		view.Notice = v.words.T("link.retire.done", "n", n)
	}
	return s.fresh(v, 200, templates.LinkRetire(view))
}

// submitRetire takes them back.
func (s *Site) submitRetire(v *visit) error {
	form, err := v.form("to", "days", "changed")
	if err != nil {
		return err
	}
	wish, ok := s.retireWish(v, form)
	if !ok {
		view := s.retireView(v, form)
		view.Errors = []templates.FieldError{{Field: "to", Text: v.words.T("link.retire.choose")}}
		return s.fresh(v, 422, templates.LinkRetire(view))
	}
	why := support.WhyRevoked
	if wish.changed {
		why = support.WhyContent
	}
	n, err := s.Links.RetireAll(v.Request().Context(), wish.filter(s.Now()), why, support.Actor(v.agent.Agent.ID))
	if err != nil {
		return fmt.Errorf("retire links: %w", err)
	}
	return v.see(v.to("/agent/links/retire", "done="+strconv.Itoa(n)))
}

func (s *Site) retireView(v *visit, said url.Values) templates.LinkRetireView {
	t := v.words.T
	view := templates.LinkRetireView{AgentPage: s.linkConsole(v, t("link.retire.title"), "/agent/links/retire"),
		Action: v.to("/agent/links/retire", ""), Changed: said.Get("changed") == "yes", Places: s.retirePlaces(v, said.Get("to")),
		Back: ui.Link{Text: t("link.list.title"), URL: v.to("/agent/links", "")}}
	for _, n := range retireDays {
		text := t("link.retire.any-age")
		if n > 0 {
			text = t("link.retire.older", "Span", t("say.span-days", "n", n))
		}
		view.Days = append(view.Days, templates.LinkChoice{Value: strconv.Itoa(n), Text: text, Chosen: said.Get("days") == strconv.Itoa(n)})
	}
	return view
}

// retirePlaces are what links lead to: platforms with their channels, and articles.
func (s *Site) retirePlaces(v *visit, chosen string) []templates.LinkGroup {
	var all []templates.LinkGroup
	lang := v.words.Code()
	for _, p := range s.platforms() {
		name := p.Texts[lang].Name
		group := templates.LinkGroup{Name: name, Choices: []templates.LinkChoice{
			{Value: p.ID, Text: v.words.T("link.retire.all-of", "Platform", name), Chosen: chosen == p.ID}}}
		for _, c := range p.Channels {
			value := p.ID + "/" + c.ID
			group.Choices = append(group.Choices, templates.LinkChoice{Value: value, Text: c.Texts[lang].Name, Chosen: chosen == value})
		}
		all = append(all, group)
	}
	articles := templates.LinkGroup{Name: v.words.T("link.retire.articles")}
	for _, a := range s.Content.Help.Articles {
		value := toArticle + a.Slug
		articles.Choices = append(articles.Choices, templates.LinkChoice{Value: value, Text: unbroken(a.Texts[lang].Title), Chosen: chosen == value})
	}
	return append(all, articles)
}

// retireShown is how many of them are named.
const retireShown = 5

// retireFound says how many links are meant, and asks once.
func (s *Site) retireFound(v *visit, view *templates.LinkRetireView, wish retireWish, links []support.Link) {
	t, n := v.words.T, len(links)
	view.Found = t("link.retire.found", "n", n)
	if n == mostRetired {
		view.Found = t("link.retire.found-more", "Count", n)
	}
	for _, link := range links[:min(n, retireShown)] {
		view.Some = append(view.Some, support.ShowCode(link.Code)+" "+s.where(v, link))
	}
	if n > retireShown {
		view.Some = append(view.Some, t("link.retire.others", "n", n-retireShown))
	}
	if n == 0 {
		return
	}
	view.Do = &templates.LiveForm{Action: v.to("/agent/links/retire", ""), Button: t("link.retire.do", "n", n), Bad: true}
	said, _ := url.ParseQuery(wish.query()) // our own
	for _, name := range []string{"to", "days", "changed"} {
		if value := said.Get(name); value != "" {
			view.Do.Hidden = append(view.Do.Hidden, templates.Field{Name: name, Value: value})
		}
	}
}
