package web

import (
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showLinkCode is where a code is typed that was dictated.
func (s *Site) showLinkCode(v *visit) error {
	return s.fresh(v, 200, templates.LinkType(s.linkCodeView(v, "", "")))
}

// submitLinkCode leads to the link of a code.
func (s *Site) submitLinkCode(v *visit) error {
	form, err := v.form("link")
	if err != nil {
		return err
	}
	typed, wrong := form.Get("link"), "link.code.wrong"
	if code, ok := support.ParseCode(typed); ok {
		if _, err = s.Links.Find(v.Request().Context(), code); problem.KindOf(err) == problem.KindExpired || err == nil {
			return v.see(v.to(linkPath(code), ""))
		}
		if problem.KindOf(err) != problem.KindNotFound {
			return err
		}
	} else if _, ok := recovery.ParseResume(typed); ok && s.Recovery != nil {
		wrong = "link.code.resume"
	}
	return s.fresh(v, 422, templates.LinkType(s.linkCodeView(v, typed, v.words.T(wrong))))
}

func (s *Site) linkCodeView(v *visit, typed, wrong string) templates.LinkTypeView {
	t := v.words.T
	view := templates.LinkTypeView{Page: s.unlisted(v, t("link.code.title"), "/s"), Title: title(t("link.code.title")),
		Lead: t("link.code.lead"), Action: v.to("/s", ""), Button: t("link.code.go"),
		Field: templates.LiveField{Name: "link", Kind: "text", Label: t("link.code.label"), Hint: t("link.code.hint"), Value: typed,
			Error: wrong},
		Next: []ui.Link{{Text: t("link.code.none"), URL: v.to("/", "")}}}
	if s.Recovery != nil {
		view.Next = append(view.Next, ui.Link{Text: t("link.code.case"), URL: v.to("/case", "")})
	}
	if wrong != "" {
		view.Errors = []templates.FieldError{{Field: "link", Text: wrong}}
	}
	return view
}
