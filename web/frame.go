package web

import (
	"strings"
	"time"

	"zhaohui/internal/content"
	"zhaohui/internal/guide"
	"zhaohui/static"
	"zhaohui/templates/ui"
)

// frame fills what the frame around every page needs. Path and query are the page's canonical ones, without prefix.
func (s *Site) frame(v *visit, title, description, path, query string) ui.Page {
	lang := v.words.Code()
	own := v.to(path, query)
	p := ui.Page{
		W: v.words, Title: title, Description: description, Elder: v.progress.Elder, Base: v.base(),
		StyleURL: static.URL("zhaohui.css"), ScriptURL: static.URL("zhaohui.js"), IconURL: static.URL("icon.svg"),
		SpriteURL: static.URL("icons.svg"),
		Operator:  ui.Operator{Name: s.Content.Operator.Name.In(lang), Site: s.Content.Operator.Site.In(lang)},
		HomeURL:   v.to("/", ""), SearchURL: v.to("/help/search", ""), ProgressURL: v.to("/progress", ""),
		GenuineURL: v.to("/genuine", ""), PrivacyURL: v.to("/privacy", ""), ElderAction: v.to("/text-size", ""),
		Path: own, Canonical: s.absolute(v.to(path, "")), Contacts: s.contacts(lang),
	}
	if s.Overlay.Set != nil {
		if s.Overlay.Theme != "" {
			p.ThemeURL = s.Overlay.Set.URL(s.Overlay.Theme)
		}
		if s.Overlay.Logo != "" {
			p.Operator.Logo = s.Overlay.Set.URL(s.Overlay.Logo)
		}
	}
	if s.Demo != nil {
		p.Demo, p.DemoURL = v.words.T("demo.label"), v.to("/demo", "")
	}
	for _, l := range s.Words.Languages() {
		p.Alternates = append(p.Alternates, ui.LangLink{Code: l.Tag, Name: l.Name, URL: s.absolute(address(l.Prefix, path, ""))})
		if l.Code != lang {
			p.Languages = append(p.Languages, ui.LangLink{Code: l.Tag, Name: l.Name, URL: address(l.Prefix, path, query)})
		}
	}
	return p
}

// contacts are the official lines: each platform's own, then the operator's.
func (s *Site) contacts(lang string) []ui.Contact {
	var all []ui.Contact
	for _, p := range s.Content.Platforms {
		if !p.Live {
			all = append(all, s.platformContacts(p, lang)...)
		}
	}
	return append(all, s.ownContacts(lang)...)
}

// ownContacts is the operator's own line.
func (s *Site) ownContacts(lang string) []ui.Contact {
	o := s.Content.Operator
	if o.Hotline == "" {
		return nil
	}
	return []ui.Contact{{Name: o.Name.In(lang), Tel: o.Hotline, Href: telephone(o.Hotline), Note: o.Hours.In(lang)}}
}

// platformContacts are the official lines of a platform; behind the live one stands the operator.
func (s *Site) platformContacts(p *guide.Platform, lang string) []ui.Contact {
	var all []ui.Contact
	if p.Live {
		all = s.ownContacts(lang)
	}
	for _, c := range p.Contacts {
		t := p.Texts[lang].Contacts[c.ID]
		all = append(all, ui.Contact{Name: p.Texts[lang].Name, Tel: c.Tel, Href: telephone(c.Tel), Note: t.Note})
	}
	return all
}

func telephone(number string) string { return "tel:" + strings.ReplaceAll(number, "-", "") }

// title cuts a text at its break marks.
func title(text string) ui.Title { return strings.Split(text, "|") }

// unbroken is a text without its break marks.
func unbroken(text string) string { return strings.ReplaceAll(text, "|", "") }

// trust says where a text comes from and how sure it is (requirement G3).
func (s *Site) trust(v *visit, confidence guide.Confidence, checked time.Time, sources []guide.Source) ui.Trust {
	t := ui.Trust{Confidence: string(confidence), Label: v.words.T("trust." + string(confidence)),
		Checked: checked.Format("2006-01-02"), Old: s.Now().Sub(checked) > content.Overdue*24*time.Hour}
	for _, src := range sources {
		parts := []string{src.Title, src.Publisher}
		if src.Date != "" {
			parts = append(parts, src.Date)
		}
		t.Sources = append(t.Sources, strings.Join(parts, v.words.T("say.comma")))
	}
	return t
}
