package web

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

type urlSet struct {
	XMLName xml.Name  `xml:"urlset"`
	NS      string    `xml:"xmlns,attr"`
	XHTML   string    `xml:"xmlns:xhtml,attr"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc       string          `xml:"loc"`
	Modified  string          `xml:"lastmod,omitempty"`
	Languages []siteAlternate `xml:"xhtml:link"`
}

type siteAlternate struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// showSitemap lists every page that a search engine may show, with its other languages.
func (s *Site) showSitemap(c echo.Context) error {
	set := urlSet{NS: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	for _, page := range s.publicPages() {
		var alternates []siteAlternate
		for _, l := range s.Words.Languages() {
			alternates = append(alternates, siteAlternate{"alternate", l.Tag, s.absolute(address(l.Prefix, page.path, ""))})
		}
		for _, l := range s.Words.Languages() {
			set.URLs = append(set.URLs, siteURL{Loc: s.absolute(address(l.Prefix, page.path, "")), Modified: page.checked,
				Languages: alternates})
		}
	}
	return writeXML(c, "application/xml; charset=utf-8", set)
}

type publicPage struct{ path, checked string }

// publicPages are the addresses of all pages that stand on their own: no answers, no progress.
func (s *Site) publicPages() []publicPage {
	all := []publicPage{{"/", ""}, {"/help", ""}, {"/genuine", ""}, {"/privacy", ""}}
	for _, p := range s.platforms() {
		all = append(all, publicPage{platformPath(p.ID), ""})
		for _, c := range p.Channels {
			day := c.Checked.Format(time.DateOnly)
			all = append(all, publicPage{channelPath(p.ID, c.ID), day})
			for _, step := range c.AllSteps() {
				all = append(all, publicPage{stepPath(p.ID, c.ID, step.ID), day})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Content.Stops)) {
		all = append(all, publicPage{"/stop/" + id, ""})
	}
	for _, a := range s.Content.Help.Articles {
		all = append(all, publicPage{articlePath(a.Slug), a.Checked.Format(time.DateOnly)})
	}
	return all
}

func (s *Site) showRobots(c echo.Context) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, l := range s.Words.Languages() {
		for _, path := range []string{"/share/", "/leave", "/progress", "/case", "/mail/"} {
			b.WriteString("Disallow: " + l.Prefix + path + "\n")
		}
	}
	b.WriteString("Sitemap: " + s.absolute("/sitemap.xml") + "\n")
	return c.String(http.StatusOK, b.String())
}

type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []feedLink  `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    feedLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// showFeed lists the articles as an Atom feed (RFC 4287).
func (s *Site) showFeed(v *visit) error {
	lang := v.words.Code()
	f := feed{Lang: v.words.Tag(), ID: s.absolute(v.to("/help", "")), Title: v.words.T("help.title"),
		Author: s.Content.Operator.Name.In(lang),
		Links:  []feedLink{{"self", s.absolute(v.to("/help/feed.xml", ""))}, {"", s.absolute(v.to("/help", ""))}}}
	for _, a := range s.Content.Help.Articles {
		updated := a.Checked.Format(time.RFC3339)
		f.Updated = max(f.Updated, updated)
		link := s.absolute(v.to(articlePath(a.Slug), ""))
		f.Entries = append(f.Entries, feedEntry{ID: link, Title: unbroken(a.Texts[lang].Title), Updated: updated,
			Link: feedLink{Href: link}, Summary: a.Texts[lang].Answer})
	}
	return writeXML(v, "application/atom+xml; charset=utf-8", f)
}

func writeXML(c echo.Context, kind string, v any) error {
	var b strings.Builder
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, kind, []byte(b.String()))
}
