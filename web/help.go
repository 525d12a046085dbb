package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
	"zhaohui/internal/problem"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

func (s *Site) showHelp(v *visit) error {
	return s.cached(v, "/help", func() templ.Component { return templates.HelpIndex(s.helpView(v)) })
}

func (s *Site) helpView(v *visit) templates.HelpIndexView {
	view := templates.HelpIndexView{Page: s.frame(v, v.words.T("help.title"), v.words.T("help.lead"), "/help", "")}
	view.ShareURL = v.to("/share/help", "")
	for _, topic := range help.Topics {
		t := templates.TopicView{Name: v.words.T("say.topic-" + topic)}
		for _, a := range s.Content.Help.Articles {
			if a.Topic == topic {
				t.Articles = append(t.Articles, ui.Link{Text: unbroken(a.Texts[v.words.Code()].Title),
					URL: v.to(articlePath(a.Slug), "")})
			}
		}
		if len(t.Articles) > 0 {
			view.Topics = append(view.Topics, t)
		}
	}
	return view
}

func (s *Site) article(v *visit) (*help.Article, error) {
	a, ok := s.Content.Help.Article(v.Param("slug"))
	if !ok {
		return nil, fmt.Errorf("article: %w", problem.NotFound)
	}
	return a, nil
}

func (s *Site) showArticle(v *visit) error {
	a, err := s.article(v)
	if err != nil {
		return err
	}
	voted := v.QueryParam("useful")
	if voted != "yes" && voted != "no" {
		voted = ""
	}
	return s.cached(v, articlePath(a.Slug)+"?"+voted, func() templ.Component {
		return templates.Article(s.articleView(v, a, voted))
	})
}

func (s *Site) articleView(v *visit, a *help.Article, voted string) templates.ArticleView {
	lang := v.words.Code()
	t := a.Texts[lang]
	var sources []guide.Source
	for _, src := range a.Sources {
		sources = append(sources, guide.Source(src))
	}
	view := templates.ArticleView{Slug: a.Slug, Title: title(t.Title), Answer: t.Answer, HTML: t.HTML, Voted: voted,
		Page: s.frame(v, unbroken(t.Title), t.Answer, articlePath(a.Slug), ""), VoteAction: v.to(articlePath(a.Slug), ""),
		HelpURL: v.to("/help", ""),
		Trust:   s.trust(v, guide.Confidence(a.Confidence), a.Checked, sources)}
	view.Data = articleData(a, t)
	view.ShareURL = v.to("/share"+articlePath(a.Slug), "")
	for i, act := range a.Acts {
		p, ok := s.Content.Platform(act.Platform)
		if !ok || i >= len(t.Acts) {
			continue
		}
		answers := p.None()
		for question, value := range act.Answers {
			answers = answers.With(question, value)
		}
		av := templates.ActView{Text: t.Acts[i], Platform: p.Texts[lang].Name,
			Label: v.words.T("say.act-choose", "Name", p.Texts[lang].Name),
			URL:   v.to(choosePath(p.ID), answers.Query())}
		if c, ok := p.Channel(act.Channel); ok {
			av.Label = c.Texts[lang].Name
			av.URL = v.to(channelPath(p.ID, c.ID), answers.Query())
		}
		view.Acts = append(view.Acts, av)
	}
	for _, slug := range a.Related {
		if r, ok := s.Content.Help.Article(slug); ok {
			view.Related = append(view.Related, ui.Link{Text: unbroken(r.Texts[lang].Title), URL: v.to(articlePath(slug), "")})
		}
	}
	return view
}

// submitVote counts whether an article helped: a number, no person.
func (s *Site) submitVote(v *visit) error {
	a, err := s.article(v)
	if err != nil {
		return err
	}
	form, err := v.form("useful")
	if err != nil {
		return err
	}
	useful := form.Get("useful")
	if err := s.Votes.Cast(v.Request().Context(), a.Slug, useful); err != nil {
		return fmt.Errorf("count vote: %w", err)
	}
	s.metrics.votes.WithLabelValues(useful).Inc()
	if stop := s.warned(v); stop != "" {
		return v.see(stop)
	}
	s.note(v, deed{finished: useful == "yes", failed: useful == "no"})
	return v.see(v.to(articlePath(a.Slug), "useful="+useful) + "#useful")
}

// maxHits is how many results a search shows.
const maxHits = 10

// showSearch finds articles and channels. A query that looks like something secret is neither searched nor kept
// (requirement G1).
func (s *Site) showSearch(v *visit) error {
	query := v.QueryParam("q")
	if help.Secretive(query) {
		view := templates.SearchView{Page: s.frame(v, v.words.T("search.error-title"), "", "/help/search", ""), Refused: true}
		view.NoIndex = true
		return s.fresh(v, http.StatusUnprocessableEntity, templates.Search(view))
	}
	kept := ""
	if query != "" {
		kept = url.Values{"q": {query}}.Encode()
	}
	view := templates.SearchView{Page: s.frame(v, v.words.T("search.title"), "", "/help/search", kept), Query: query}
	view.NoIndex = true
	if query != "" {
		hits, err := s.Search.Search(v.Request().Context(), v.words.Code(), query, maxHits)
		if err != nil && problem.KindOf(err) != problem.KindInvalid {
			return fmt.Errorf("search: %w", err)
		}
		for _, h := range hits {
			view.Hits = append(view.Hits, s.hit(v, h))
		}
	}
	if len(view.Hits) == 0 {
		s.countMissed(query)
		for _, p := range s.Content.Platforms {
			view.ChooserLinks = append(view.ChooserLinks, ui.Link{Text: p.Texts[v.words.Code()].Name,
				URL: v.to(platformPath(p.ID), "")})
		}
		view.Contacts = s.contacts(v.words.Code())
	}
	return s.fresh(v, http.StatusOK, templates.Search(view))
}

func (s *Site) hit(v *visit, h help.Hit) templates.HitView {
	view := templates.HitView{Title: unbroken(h.Title)}
	switch h.Kind {
	case "article":
		view.URL = v.to(articlePath(h.ID), "")
	case "channel":
		view.URL = v.to(channelPath(h.Platform, h.ID), "")
		if p, ok := s.Content.Platform(h.Platform); ok {
			view.Title = p.Texts[v.words.Code()].Name + v.words.T("say.dot") + view.Title
		}
	default:
		view.URL = v.to(platformPath(h.ID), "")
	}
	for _, piece := range h.Passage {
		if text := templ.EscapeString(unbroken(piece.Text)); piece.Marked {
			view.PassageHTML += "<mark>" + text + "</mark>"
		} else {
			view.PassageHTML += text
		}
	}
	return view
}
