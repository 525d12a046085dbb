package web

import (
	"fmt"
	"net/url"
	"strconv"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/static"
	"zhaohui/templates"
)

// drafted is what an agent has said of the customer so far.
type drafted struct {
	platform *guide.Platform
	answers  guide.Answers
	lang     string // the customer's
	search   string
}

// draft reads it out of a query; what nobody knows is left out, and so is what somebody should not have typed
// (requirement G1).
func (s *Site) draft(v *visit, query url.Values) drafted {
	d := drafted{lang: s.named(v.words.Code()), search: query.Get("q")}
	if query.Get("lang") != "" {
		d.lang = s.named(query.Get("lang"))
	}
	if help.Secretive(d.search) {
		d.search = ""
	}
	var ok bool
	if d.platform, ok = s.known(query.Get("platform")); !ok {
		d.platform = s.platforms()[0]
	}
	answers, _ := d.platform.Parse(query)
	d.answers = answers.WithoutSafety()
	return d
}

// query is the draft as an address keeps it.
func (d drafted) query() string {
	query := url.Values{"platform": {d.platform.ID}, "lang": {d.lang}}
	if d.search != "" {
		query.Set("q", d.search)
	}
	return join(query.Encode(), d.answers.Query())
}

// showNewLink is one page for it all: what the customer said, what is recommended for it, and a button beside everything
// that a link can lead to.
func (s *Site) showNewLink(v *visit) error {
	query := v.Request().URL.Query()
	d := s.draft(v, query)
	view, err := s.newLinkView(v, d)
	if err != nil {
		return err
	}
	status := 200
	if help.Secretive(query.Get("q")) {
		view.Errors, status = []templates.FieldError{{Field: "q", Text: v.words.T("search.refused-text")}}, 422
	}
	return s.fresh(v, status, templates.LinkNew(view))
}

func (s *Site) newLinkView(v *visit, d drafted) (templates.LinkNewView, error) {
	t := v.words.T
	view := templates.LinkNewView{AgentPage: s.linkConsole(v, t("link.new.title"), "/agent/links/new"), Search: d.search,
		Action: v.to("/agent/links/new", ""), Make: v.to("/agent/links", ""), FollowURL: static.URL("agentlinks.js"),
		Hidden: []templates.Field{{Name: "platform", Value: d.platform.ID}, {Name: "lang", Value: d.lang},
			{Name: "answers", Value: d.answers.Query()}},
		Expires: s.linkDays(v), Uses: s.linkUses(v),
		Chooser: templates.LinkPlace{To: toChooser, Title: t("link.new.chooser"), Text: t("link.new.chooser-text")}}
	for i, l := range view.Languages {
		view.Languages[i].URL = l.URL + "?" + d.query()
	}
	view.Path += "?" + d.query()
	view.Keys = append(view.Keys, templates.AgentKey{Key: "g", Text: t("link.key.first")}, templates.AgentKey{Key: "/", Text: t("link.new.search")})
	for _, p := range s.platforms() {
		view.Platforms = append(view.Platforms, templates.LinkChoice{Value: p.ID, Text: p.Texts[v.words.Code()].Name, Chosen: p == d.platform})
	}
	for _, l := range s.Words.Languages() {
		view.Langs = append(view.Langs, templates.LinkChoice{Value: l.Code, Text: l.Name, Chosen: l.Code == d.lang})
	}
	view.Questions = linkQuestions(v, d)
	s.linkWays(v, d, &view)
	if err := s.linkArticles(v, d, &view); err != nil {
		return view, err
	}
	last, err := s.Links.Of(v.Request().Context(), v.agent.Agent.ID, "", 1)
	if err != nil {
		return view, fmt.Errorf("last link: %w", err)
	}
	if len(last) > 0 && last[0].Ended(s.Now()) == "" {
		view.Last = s.lastText(v, last[0])
	}
	return view, nil
}

// linkQuestions are all questions but the one of safety, which the customer answers alone (requirement G4).
func linkQuestions(v *visit, d drafted) []templates.LinkQuestion {
	var all []templates.LinkQuestion
	texts := d.platform.Texts[v.words.Code()].Questions
	for _, q := range d.platform.Questions {
		if q.ID == d.platform.Safety().ID {
			continue
		}
		t, said := texts[q.ID], d.answers.Value(q.ID)
		lq := templates.LinkQuestion{ID: q.ID, Text: t.Short}
		if q.Usual == "" {
			lq.Values = append(lq.Values, templates.LinkChoice{Text: v.words.T("link.new.unsaid"), Chosen: said == ""})
		}
		for _, value := range q.Values {
			choice := templates.LinkChoice{Value: value, Text: unbroken(t.Values[value].Text), Chosen: said == value}
			if value == q.Usual { // it leaves no trace in the address
				choice.Value, choice.Chosen = "", said == "" || said == value
			}
			lq.Values = append(lq.Values, choice)
		}
		all = append(all, lq)
	}
	return all
}

// How long a link may last, in days, and how often it may be opened; the first is what most need.
var (
	linkDays = []int{7, 1, 3, 30}
	linkUses = []int{0, 1, 5, 20}
)

func (s *Site) linkDays(v *visit) []templates.LinkChoice {
	var all []templates.LinkChoice
	for _, n := range linkDays {
		all = append(all, templates.LinkChoice{Value: strconv.Itoa(n), Text: v.words.T("say.span-days", "n", n)})
	}
	return all
}

func (s *Site) linkUses(v *visit) []templates.LinkChoice {
	all := []templates.LinkChoice{{Value: "0", Text: v.words.T("link.uses.0")}}
	for _, n := range linkUses[1:] {
		all = append(all, templates.LinkChoice{Value: strconv.Itoa(n), Text: v.words.T("link.uses.n", "n", n)})
	}
	return all
}

// waysShown is how many channels stand unfolded before the person at the end.
const waysShown = 6

// linkWays are the channels in the order that the customer will see.
func (s *Site) linkWays(v *visit, d drafted, view *templates.LinkNewView) {
	recommended := d.answers.Recommend()
	possible := recommended.Possible()
	for i, c := range recommended.Channels {
		way := s.linkWay(v, d, c)
		if i < len(possible) && (len(view.Ways) < waysShown || c.ID == d.platform.Last) {
			view.Ways = append(view.Ways, way)
			continue
		}
		view.Others = append(view.Others, way)
	}
	for _, c := range d.platform.Channels { // what is no way to reset can be sent too
		if c.Aside {
			view.Others = append(view.Others, s.linkWay(v, d, guide.Ranked{Channel: c}))
		}
	}
}

func (s *Site) linkWay(v *visit, d drafted, c guide.Ranked) templates.LinkWay {
	t := c.Texts[v.words.Code()]
	way := templates.LinkWay{ID: c.ID, Name: t.Name, Time: s.minutes(v, c.Channel), To: c.ID, Human: c.Human}
	if !c.Aside {
		way.Fit = fit(v, c)
	}
	if why := s.decisive(v, d.platform, c); len(why) > 0 && c.Fit != guide.Yes {
		way.Why = why[0]
	}
	for i, step := range c.Steps {
		way.Steps = append(way.Steps, templates.LinkPlace{To: c.ID + "/" + step.ID,
			Title: v.words.T("say.step", "Number", i+1, "Title", unbroken(t.Steps[step.ID].Title))})
	}
	return way
}

// linkArticles are those that a search found.
func (s *Site) linkArticles(v *visit, d drafted, view *templates.LinkNewView) error {
	if d.search == "" {
		return nil
	}
	view.NoArticle = v.words.T("link.new.no-article", "Query", d.search)
	hits, err := s.Search.Search(v.Request().Context(), v.words.Code(), d.search, maxHits)
	if err != nil && problem.KindOf(err) != problem.KindInvalid {
		return fmt.Errorf("search: %w", err)
	}
	for _, h := range hits {
		if h.Kind == support.ToArticle {
			view.Articles = append(view.Articles, templates.LinkPlace{To: toArticle + h.ID, Title: unbroken(h.Title)})
		}
	}
	return nil
}
