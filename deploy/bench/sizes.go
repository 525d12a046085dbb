package main

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What a browser that comes over https accepts.
const browser = "gzip, deflate, br"

// mostPages bounds the crawl: addresses with answers in the query have no end.
const mostPages = 4000

var (
	styles  = regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)"`)
	scripts = regexp.MustCompile(`<script[^>]* src="([^"]+)"`)
	links   = regexp.MustCompile(`<a [^>]*href="(/[^"#]*)"`)
	located = regexp.MustCompile(`<loc>[^<]*?//[^/<]+([^<]*)</loc>`)
)

// sizes looks at every page: the sitemap's in both languages, and what links lead to from there.
func (c *runCommand) sizes() ([]row, error) {
	portal, err := c.portal()
	if err != nil {
		return nil, err
	}
	defer portal.stop()
	home, parts, err := firstView(portal.url)
	if err != nil {
		return nil, err
	}
	pages, err := crawl(portal.url)
	if err != nil {
		return nil, err
	}
	var largest, script page
	weights := map[string]int{}
	for _, p := range pages {
		if p.html > largest.html {
			largest = p
		}
		total := 0
		for _, address := range p.scripts {
			if weights[address] == 0 {
				got, err := fetch(portal.url+address, "", browser)
				if err != nil {
					return nil, err
				}
				weights[address] = len(got.body)
			}
			total += weights[address]
		}
		if total > script.html {
			script = page{path: p.path, html: total}
		}
	}
	kib := func(n int) float64 { return float64(n) / 1024 }
	return []row{
		{measure: "first view: HTML + CSS on the wire, all that blocks painting", value: kib(home), must: 12, aim: 8, format: "%.1f KB", from: parts},
		{measure: "any guided page's HTML on the wire", value: kib(largest.html), must: 6, aim: 4, format: "%.1f KB",
			from: fmt.Sprintf("largest of %d pages: `%s`", len(pages), largest.path)},
		{measure: "script on any customer page, deferred", value: kib(script.html), must: 6, aim: 3, format: "%.1f KB", from: fmt.Sprintf("%d files", len(weights))},
	}, nil
}

// firstView adds up what a browser needs before it can paint the home page.
func firstView(base string) (int, string, error) {
	got, err := fetch(base+"/", "", browser)
	if err != nil {
		return 0, "", err
	}
	plain, err := fetch(base+"/", "", "identity")
	if err != nil {
		return 0, "", err
	}
	markup := string(plain.body)
	for _, tag := range regexp.MustCompile(`<script[^>]*>`).FindAllString(markup, -1) {
		if strings.Contains(tag, "src=") && !strings.Contains(tag, `type="module"`) && !strings.Contains(tag, " defer") {
			return 0, "", fmt.Errorf("a script blocks painting: %s", tag)
		}
	}
	total, parts := len(got.body), fmt.Sprintf("HTML %d B", len(got.body))
	for _, m := range styles.FindAllStringSubmatch(markup, -1) {
		style, err := fetch(base+m[1], "", browser)
		if err != nil {
			return 0, "", err
		}
		total, parts = total+len(style.body), parts+fmt.Sprintf(" + CSS %d B", len(style.body))
	}
	return total, parts, nil
}

// page is one address with the size of its HTML on the wire and the scripts it loads.
type page struct {
	path    string
	html    int
	scripts []string
}

// crawl visits the sitemap first, so that every channel, step and article is seen before the bound is reached.
func crawl(base string) ([]page, error) {
	sitemap, err := fetch(base+"/sitemap.xml", "", "identity")
	if err != nil {
		return nil, err
	}
	var queue []string
	seen := map[string]bool{}
	add := func(path string) {
		if path == "" {
			path = "/"
		}
		if address, _, _ := strings.Cut(path, "?"); !seen[path] && len(seen) < mostPages && !strings.Contains(address, ".") && !strings.HasSuffix(address, "/leave") {
			seen[path] = true
			queue = append(queue, path)
		}
	}
	for _, m := range located.FindAllStringSubmatch(string(sitemap.body), -1) {
		add(html.UnescapeString(m[1]))
	}
	var pages []page
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		got, err := fetch(base+path, "", browser)
		if err != nil {
			return nil, err
		}
		text, err := got.text()
		if err != nil {
			return nil, err
		}
		p := page{path: path, html: len(got.body)}
		for _, m := range scripts.FindAllStringSubmatch(text, -1) {
			p.scripts = append(p.scripts, m[1])
		}
		pages = append(pages, p)
		for _, m := range links.FindAllStringSubmatch(text, -1) {
			if u, err := url.Parse(html.UnescapeString(m[1])); err == nil && u.Host == "" {
				add(u.RequestURI())
			}
		}
	}
	slices.SortFunc(pages, func(a, b page) int { return b.html - a.html })
	for _, p := range pages[:min(5, len(pages))] {
		say("%6d bytes  %s", p.html, p.path)
	}
	return pages, nil
}
