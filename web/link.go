package web

import (
	"fmt"
	"strings"

	"zhaohui/internal/i18n"
	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// linkPath is where a link stands in front of what it leads to, in small letters, as addresses are typed.
func linkPath(code string) string { return "/s/" + strings.ToLower(support.ShowCode(code)) }

// showLink is the page before the page: whose link this is, where it leads, what nobody may ask. It counts nothing
// (requirement W2).
func (s *Site) showLink(v *visit) error {
	link, why, err := s.link(v)
	switch {
	case err != nil:
		return s.showNoLink(v, err)
	case why != "":
		return s.showOver(v, link, why)
	case s.dictated(v, link):
		return v.see(address(s.Words.Words(link.Lang).Prefix(), linkPath(link.Code), ""))
	}
	return s.fresh(v, 200, templates.Link(s.linkView(v, link)))
}

// submitLink is "go on": it counts one use, and leads to what the link is for.
func (s *Site) submitLink(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	link, why, err := s.link(v)
	if err == nil && why == "" {
		link, why, err = s.follow(v, link)
	}
	switch {
	case err != nil:
		return s.showNoLink(v, err)
	case why != "":
		return s.showOver(v, link, why)
	}
	lang := v.words.Code()
	if s.dictated(v, link) {
		lang = link.Lang
	}
	place := s.Links.Place(link.Target, lang)
	return v.see(address(s.Words.Words(lang).Prefix(), place.Path, place.Query))
}

// link finds the link of the address, and why it leads on no more. Who came by it before may come again, also when it was
// used up meanwhile.
func (s *Site) link(v *visit) (link support.Link, why string, err error) {
	link, err = s.Links.Find(v.Request().Context(), v.Param("code"))
	if problem.KindOf(err) != problem.KindExpired {
		return link, "", err
	}
	why = link.Ended(s.Now())
	if why == support.WhyUsed && s.links.read(v.Request()).code == link.Code {
		why = ""
	}
	return link, why, nil
}

// follow counts one use, unless this browser's was counted, and remembers the link.
func (s *Site) follow(v *visit, link support.Link) (support.Link, string, error) {
	if s.links.read(v.Request()).code == link.Code {
		return link, "", nil
	}
	link, err := s.Links.Open(v.Request().Context(), link.Code)
	if problem.KindOf(err) == problem.KindExpired {
		return link, link.Ended(s.Now()), nil
	}
	if err != nil {
		return link, "", err
	}
	s.leave(v)
	return link, "", s.links.write(v.Response(), v.Request(), followed{code: link.Code})
}

// dictated says that the address is the short one, without a language: it opens in the link's own. A reader who then asks
// for the language without a prefix gets it by "lang".
func (s *Site) dictated(v *visit, link support.Link) bool {
	return v.base() == "" && link.Lang != v.words.Code() && v.QueryParam("lang") != v.words.Code()
}

func (s *Site) linkView(v *visit, link support.Link) templates.LinkView {
	t, query := v.words.T, ""
	if v.base() == "" && link.Lang != v.words.Code() {
		query = "lang=" + v.words.Code()
	}
	path, operator := linkPath(link.Code), s.Content.Operator.Name.In(v.words.Code())
	place := s.Links.Place(link.Target, v.words.Code())
	view := templates.LinkView{Page: s.unlisted(v, t("link.title"), path), Code: support.ShowCode(link.Code),
		Title: title(t("link.title")), Lead: t("link.lead", "Operator", operator),
		Facts:  []ui.Fact{{Term: t("link.goes"), Text: place.Title}, {Term: t("link.until"), Text: s.clockTime(v, link.Expires)}},
		Action: v.to(path, query), Button: t("link.go"), NeverTitle: t("link.never"),
		Never:   []string{t("link.never-1"), t("link.never-2"), t("link.never-3")},
		Genuine: ui.Link{Text: t("link.genuine", "Operator", operator), URL: v.to("/genuine", "")}}
	view.Path = v.to(path, query)
	for i, l := range view.Languages {
		if l.URL == path && link.Lang != i18n.Default { // without a language it would lead back to this one
			view.Languages[i].URL = address("", path, "lang="+i18n.Default)
		}
	}
	if _, ok := s.Content.Stops[scamStop]; ok {
		view.Hurry = ui.Link{Text: t("link.hurry"), URL: v.to("/stop/"+scamStop, "")}
	}
	return view
}

// showOver says why a link leads on no more, and leads to the same help. Whoever has one that was reported as a scam sees
// the stop page.
func (s *Site) showOver(v *visit, link support.Link, why string) error {
	if why == support.WhyScam {
		return v.see(v.to("/stop/"+scamStop, ""))
	}
	t, lang := v.words.T, v.words.Code()
	place := s.Links.Place(link.Target, lang)
	heading := t("link.over." + why)
	view := templates.LinkOverView{Page: s.unlisted(v, heading, linkPath(link.Code)), Why: why, Title: title(heading),
		Lead: []string{t("link.over." + why + "-text"), t("link.over.still")},
		Go:   ui.Link{Text: t("link.over.go", "Title", place.Title), URL: v.to(place.Path, place.Query)},
		Next: []ui.Link{{Text: t("link.over.code"), URL: v.to("/s", "")}, {Text: t("link.over.home"), URL: v.to("/", "")}}}
	view.Contacts = s.contacts(lang)
	return s.fresh(v, 410, templates.LinkOver(view))
}

// showNoLink asks for the code again if there is no such link.
func (s *Site) showNoLink(v *visit, err error) error {
	if problem.KindOf(err) != problem.KindNotFound {
		return fmt.Errorf("link: %w", err)
	}
	return s.fresh(v, 404, templates.LinkType(s.linkCodeView(v, v.Param("code"), v.words.T("link.code.wrong"))))
}
