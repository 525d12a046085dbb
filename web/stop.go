package web

import (
	"zhaohui/internal/guide"
	"zhaohui/templates"
)

// stopView is a stop page (requirement G4): no way on but the question asked again.
func (s *Site) stopView(v *visit, p *guide.Platform, answers guide.Answers, id string) templates.StopView {
	lang := v.words.Code()
	stop := s.Content.Stops[id]
	t := stop.Texts[lang]
	view := templates.StopView{ID: id, Title: title(t.Title), Lead: t.Lead, SignsTitle: t.SignsTitle, Signs: t.Signs,
		Page: s.frame(v, unbroken(t.Title), t.Lead, resultPath(p.ID), answers.Query())}
	view.NoIndex = true
	view.Done.Text, view.Done.URL = t.Done, v.to(choosePath(p.ID), withoutSafety(answers).Query())
	for i, station := range t.Stations {
		sv := templates.StationView{Title: station.Title, HTML: station.HTML}
		if i == len(t.Stations)-1 {
			sv.Person, sv.Dials = true, s.dials(v, p, stop.Dials, stop.Contacts)
		}
		view.Stations = append(view.Stations, sv)
	}
	if stop.Freeze {
		freeze := p.Texts[lang].Freeze
		view.Freeze = &templates.FreezeView{Title: freeze.Title, HTML: freeze.Text}
	}
	return view
}

func (s *Site) dials(v *visit, p *guide.Platform, numbers []string, contacts bool) []templates.DialView {
	var dials []templates.DialView
	for _, number := range numbers {
		dials = append(dials, templates.DialView{Name: v.words.T("say.dial-" + number), Note: v.words.T("say.dial-" + number + "-note"),
			Number: number, Href: telephone(number)})
	}
	if contacts {
		for _, c := range platformContacts(p, v.words.Code()) {
			dials = append(dials, templates.DialView{Name: c.Name, Note: c.Note, Number: c.Tel, Href: c.Href})
		}
	}
	return dials
}
