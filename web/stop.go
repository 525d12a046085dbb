package web

import (
	"fmt"
	"maps"
	"slices"

	"github.com/a-h/templ"

	"zhaohui/internal/content"
	"zhaohui/internal/guide"
	"zhaohui/internal/problem"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// stopView is a stop page (requirement G4): no way on but the question asked again.
func (s *Site) stopView(v *visit, p *guide.Platform, answers guide.Answers, id string) templates.StopView {
	lang := v.words.Code()
	stop := s.Content.Stops[id]
	t := stop.Texts[lang]
	view := s.stations(v, stop, s.platformContacts(p, lang))
	view.Page = s.frame(v, unbroken(t.Title), t.Lead, resultPath(p.ID), answers.Query())
	view.NoIndex, view.ShareURL = true, v.to("/share/stop/"+id, "")
	view.Done.Text, view.Done.URL = t.Done, v.to(choosePath(p.ID), answers.WithoutSafety().Query())
	if stop.Freeze {
		freeze := p.Texts[lang].Freeze
		view.Freeze = &templates.FreezeView{Title: freeze.Title, HTML: freeze.Text}
	}
	return view
}

// showStop is a stop page reached without a platform: from the first page, or an article.
func (s *Site) showStop(v *visit) error {
	id := v.Param("stop")
	stop, ok := s.Content.Stops[id]
	if !ok {
		return fmt.Errorf("stop: %w", problem.NotFound)
	}
	s.countStop(v, "", id)
	return s.cached(v, "/stop/"+id, func() templ.Component {
		lang := v.words.Code()
		t := stop.Texts[lang]
		view := s.stations(v, stop, s.contacts(lang))
		view.Page = s.frame(v, unbroken(t.Title), t.Lead, "/stop/"+id, "")
		view.ShareURL = v.to("/share/stop/"+id, "")
		view.Done.Text, view.Done.URL = t.Done, v.to("/", "")
		for _, other := range slices.Sorted(maps.Keys(s.Content.Stops)) {
			if other != id {
				view.Others = append(view.Others, ui.Link{Text: unbroken(s.Content.Stops[other].Texts[lang].Short),
					URL: v.to("/stop/"+other, "")})
			}
		}
		return templates.Stop(view)
	})
}

// stations are what to do, in order; the last is a person, with the numbers to dial.
func (s *Site) stations(v *visit, stop *content.Stop, contacts []ui.Contact) templates.StopView {
	t := stop.Texts[v.words.Code()]
	view := templates.StopView{ID: stop.ID, Title: title(t.Title), Lead: t.Lead, SignsTitle: t.SignsTitle, Signs: t.Signs}
	for i, station := range t.Stations {
		sv := templates.StationView{Title: station.Title, HTML: station.HTML}
		if i == len(t.Stations)-1 {
			sv.Person, sv.Dials = true, dials(v, stop, contacts)
		}
		view.Stations = append(view.Stations, sv)
	}
	return view
}

func dials(v *visit, stop *content.Stop, contacts []ui.Contact) []templates.DialView {
	var dials []templates.DialView
	for _, number := range stop.Dials {
		dials = append(dials, templates.DialView{Name: v.words.T("say.dial-" + number),
			Note:   v.words.T("say.dial-" + number + "-note"),
			Number: number, Href: telephone(number)})
	}
	if stop.Contacts {
		for _, c := range contacts {
			dials = append(dials, templates.DialView{Name: c.Name, Note: c.Note, Number: c.Tel, Href: c.Href})
		}
	}
	return dials
}
