package web

import (
	"strings"

	"zhaohui/internal/i18n"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// linkAddress is the address of a link in a language. Without a language it opens in the link's own, so the one language
// that has no prefix has to be named where the link's is another.
func linkAddress(link support.Link, words words) string {
	query := ""
	if words.Prefix() == "" && link.Lang != words.Code() {
		query = "lang=" + words.Code()
	}
	return address(words.Prefix(), linkPath(link.Code), query)
}

// linkTexts are the ready texts of a link, the customer's language first.
func (s *Site) linkTexts(v *visit, link support.Link) []templates.LinkText {
	codes := []string{link.Lang}
	for _, l := range s.Words.Languages() {
		if l.Code != link.Lang {
			codes = append(codes, l.Code)
		}
	}
	var all []templates.LinkText
	for _, code := range codes {
		w := s.Words.Words(code)
		all = append(all, templates.LinkText{ID: "link-text-" + code, Label: w.T("language.name"), Text: s.linkText(link, w),
			Copy: v.words.T("share.copy-text"), Done: v.words.T("share.copied")})
	}
	all[0].Key = "l"
	return all
}

// linkText is what can be sent with a link as it is; the API gives it too.
func (s *Site) linkText(link support.Link, words words) string {
	word := "link.message"
	if link.Target.Kind == support.ToArticle || link.Target.Kind == support.ToPage {
		word = "link.message-read"
	}
	return words.T(word, "Title", s.Links.Place(link.Target, words.Code()).Title, "URL", s.absolute(linkAddress(link, words)))
}

// lastText is the text of the last link, which one key copies on every page about links.
func (s *Site) lastText(v *visit, link support.Link) templates.LinkText {
	text := s.linkTexts(v, link)[0]
	text.ID, text.Copy = "last-text", v.words.T("link.last", "Code", support.ShowCode(link.Code))
	return text
}

// spoken is how it is read out: the place where a code can be typed, then the code sign by sign.
func (s *Site) spoken(v *visit, link support.Link) []templates.LinkPart {
	code := support.ShowCode(link.Code)
	first, second, _ := strings.Cut(code, "-")
	letters := func(group string) string { return strings.Join(strings.Split(group, ""), " ") }
	return []templates.LinkPart{{Say: v.words.T("link.say.open"), Text: s.PublicURL.Host + "/s"},
		{Say: v.words.T("link.say.type"), Text: letters(first) + " – " + letters(second)}}
}

// named is a language that pages are kept in, else the default.
func (s *Site) named(lang string) string {
	for _, l := range s.Words.Languages() {
		if l.Code == lang {
			return lang
		}
	}
	return i18n.Default
}
