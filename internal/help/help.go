// Package help holds the articles that answer what people really ask, and says what a search for them must find.
// It knows neither how pages look nor how an index is kept.
package help

import (
	"slices"
	"time"
)

// Article answers one question and ends in a step that acts on it.
type Article struct {
	Slug       string
	Topic      string
	Platforms  []string
	Rows       []string
	Replaces   []string // slugs of articles that are gone: links to them lead here
	Confidence string   // official | reported | unconfirmed
	Checked    time.Time
	Sources    []Source
	Kind       string // howto | faq
	Acts       []Act
	Related    []string
	Texts      map[string]Text
}

// Source is where a fact comes from.
type Source struct{ ID, Title, Publisher, Date, Kind string }

// Act is where an article ends: a channel, or the chooser already answered.
type Act struct {
	Platform string
	Channel  string            // "" for the chooser
	Answers  map[string]string // question → value
}

// Text is an article in one language. Title may carry break marks.
type Text struct {
	Title, Short, Answer string
	Words                []string // what people type to find it
	Acts                 []string // one text for each act
	HTML                 string
	Sections             []Section
}

// Section is a heading with its text, without markup: what search shows and structured data carries.
type Section struct{ Title, Text string }

// Library is all articles, in the order of their topics.
type Library struct {
	Articles []*Article
	bySlug   map[string]*Article
}

// Topics in the order in which they are listed.
var Topics = []string{"safety", "phone", "face", "card", "lock", "device", "account", "people", "basics"}

// NewLibrary orders articles by topic, then by slug.
func NewLibrary(articles []*Article) *Library {
	slices.SortFunc(articles, func(a, b *Article) int {
		if d := slices.Index(Topics, a.Topic) - slices.Index(Topics, b.Topic); d != 0 {
			return d
		}
		if a.Slug < b.Slug {
			return -1
		}
		return 1
	})
	l := &Library{Articles: articles, bySlug: make(map[string]*Article, len(articles))}
	for _, a := range articles {
		l.bySlug[a.Slug] = a
	}
	return l
}

// Article finds an article by its slug.
func (l *Library) Article(slug string) (*Article, bool) {
	a, ok := l.bySlug[slug]
	return a, ok
}
