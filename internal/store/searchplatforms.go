package store

import (
	"maps"
	"slices"
	"strings"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
)

// PlatformDocuments lists every platform and channel in every language, ready to be searched beside the articles. It
// stands here because guide and help do not know each other.
func PlatformDocuments(platforms []*guide.Platform) []help.Document {
	var documents []help.Document
	for _, p := range platforms {
		for _, lang := range slices.Sorted(maps.Keys(p.Texts)) {
			text := p.Texts[lang]
			documents = append(documents, help.Document{
				Key: "platform/" + p.ID, Lang: lang, Kind: help.KindPlatform, Platform: p.ID, ID: p.ID,
				Title: help.Unbroken(text.Name), Words: []string{p.ID}, Text: text.Intro, Passages: []string{text.Intro},
			})
			for _, c := range p.Channels {
				if _, ok := c.Texts[lang]; ok {
					documents = append(documents, channelDocument(p, c, lang))
				}
			}
		}
	}
	return documents
}

// channelDocument carries the platform's name among its words: it is in no title of the channels, but people type it.
func channelDocument(p *guide.Platform, c *guide.Channel, lang string) help.Document {
	text := c.Texts[lang]
	steps := slices.Clone(c.Steps)
	for _, branch := range c.Branches {
		steps = append(steps, branch.Steps...)
	}
	searched := []string{text.Summary}
	passages := []string{text.Summary}
	for _, s := range steps {
		step := text.Steps[s.ID]
		plain := step.Plain()
		searched = append(searched, help.Unbroken(step.Title), plain)
		passages = append(passages, plain)
	}
	return help.Document{
		Key: "channel/" + p.ID + "/" + c.ID, Lang: lang, Kind: help.KindChannel, Platform: p.ID, ID: c.ID,
		Title: help.Unbroken(text.Title), Words: []string{help.Unbroken(p.Texts[lang].Name), text.Name},
		Text: strings.Join(searched, "\n"), Passages: passages,
	}
}
