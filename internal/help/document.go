package help

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Documents lists every article in every language, ready to be searched.
func (l *Library) Documents() []Document {
	var documents []Document
	for _, a := range l.Articles {
		for _, lang := range slices.Sorted(maps.Keys(a.Texts)) {
			documents = append(documents, a.Texts[lang].document(a.Slug, lang))
		}
	}
	return documents
}

func (t Text) document(slug, lang string) Document {
	intro := t.intro()
	searched := []string{t.Answer, intro}
	passages := []string{t.Answer, intro}
	for _, s := range t.Sections {
		searched = append(searched, s.Title, s.Text)
		passages = append(passages, s.Text)
	}
	return Document{
		Key: "article/" + slug, Lang: lang, Kind: KindArticle, ID: slug,
		Title: Unbroken(t.Title), Words: append([]string{t.Short}, t.Words...),
		Text: strings.Join(searched, "\n"), Passages: passages,
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// intro is what stands before the first heading, without markup.
func (t Text) intro() string {
	before, _, _ := strings.Cut(t.HTML, "<h2")
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(before, "")))
}

// Unbroken is a title without its break marks.
func Unbroken(title string) string { return strings.ReplaceAll(title, "|", "") }
