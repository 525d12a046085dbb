package web

import (
	"github.com/a-h/templ"

	"zhaohui/templates"
	"zhaohui/templates/ui"
)

func (s *Site) showHome(v *visit) error {
	return s.cached(v, "/", func() templ.Component { return templates.Home(s.homeView(v)) })
}

func (s *Site) homeView(v *visit) templates.HomeView {
	lang := v.words.Code()
	view := templates.HomeView{Page: s.frame(v, unbroken(v.words.T("home.title")), v.words.T("say.about"), "/", ""),
		Platforms: s.platformRows(v), Promise: v.words.T("home.promise")}
	if p := s.livePlatform(); p != nil && s.Recovery != nil {
		view.Promise = v.words.T("home.promise-live", "Name", p.Texts[lang].Name)
	}
	view.Home = true
	if _, ok := s.Content.Stops["coached"]; ok {
		view.Safety = v.to("/stop/coached", "")
	}
	for _, slug := range s.Content.Home.Topics {
		if a, ok := s.Content.Help.Article(slug); ok {
			view.Topics = append(view.Topics, ui.Link{Text: a.Texts[lang].Short, URL: v.to(articlePath(slug), "")})
		}
	}
	return view
}

// platformRows are the platforms to choose from, and a way for who cannot tell.
func (s *Site) platformRows(v *visit) []templates.PlatformRow {
	var rows []templates.PlatformRow
	for _, p := range s.platforms() {
		t := p.Texts[v.words.Code()]
		rows = append(rows, templates.PlatformRow{ID: p.ID, Name: t.Name, Hint: t.Hint, URL: v.to(platformPath(p.ID), "")})
	}
	if _, ok := s.Content.Help.Article("which-wallet"); ok {
		rows = append(rows, templates.PlatformRow{ID: "unsure", Name: v.words.T("home.unsure"),
			Hint: v.words.T("home.unsure-hint"),
			URL:  v.to(articlePath("which-wallet"), ""), Unsure: true})
	}
	return rows
}
