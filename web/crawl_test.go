package web_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// page is an answer of the crawl, with what is known of it.
type page struct {
	answer
	target string // path and query
	path   string // without the language's prefix and the query
	lang   string // code
	kind   string // home, platform, question, result, channel, step …
	listed bool   // in the sitemap
	doc    document
}

func (p page) says(format string, args ...any) string {
	return p.target + ": " + fmt.Sprintf(format, args...)
}

// perKind is how many pages of a kind the crawl visits beyond those of the sitemap, in each language.
const perKind = 15

// byForm are pages that no link leads to.
var byForm = []string{"/p/alipay/face/done?safety=none", "/p/wechatpay/face/done", "/help/search?q=" + url.QueryEscape("停机"),
	"/help/search?q=card+lost",
	"/help/search?q=" + url.QueryEscape("<b>\"'&"), "/leave?to=" + url.QueryEscape("https://kf.qq.com/"),
	"/help/no-card?useful=yes", "/p/alipay/hotline?after=face&safety=none"}

// checks are the rules that every page must keep; each names the test that reports it.
var checks = map[string]func(page) []string{
	"Pages":     checkWhole,
	"W2":        checkUnchanged,
	"W3":        checkClosed,
	"G1":        checkInputs,
	"G2":        checkOutward,
	"G3":        checkTrust,
	"G4":        checkShared,
	"Languages": checkLanguages,
	"Found":     checkFound,
}

type crawlResult struct {
	broken map[string][]string // by rule
	kinds  map[string]int
	votes  int
}

// crawled goes through every address of the sitemap, then on by links and by the chooser's buttons, with GET alone.
var crawled = sync.OnceValue(func() crawlResult {
	p := newPortal(new(testing.T), plainSite)
	result := crawlResult{broken: map[string][]string{}, kinds: map[string]int{}}
	var queue []page
	seen := map[string]bool{}
	add := func(target string, listed bool) {
		next := place(target)
		if seen[target] || next.kind == "" || !listed && result.kinds["+"+next.lang+next.kind] >= perKind {
			return
		}
		if seen[target] = true; !listed {
			result.kinds["+"+next.lang+next.kind]++
		}
		next.listed = listed
		queue = append(queue, next)
	}
	for _, target := range sitemap(p) {
		add(target, true)
	}
	for _, target := range byForm {
		add(target, false)
		add("/en"+target, false)
	}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		next.answer = p.browser().get(next.target)
		if next.status == http.StatusSeeOther { // the chooser has nothing left to ask
			add(next.location(), false)
			continue
		}
		next.doc = parsed(new(testing.T), next.body)
		result.kinds[next.kind]++
		for rule, check := range checks {
			result.broken[rule] = append(result.broken[rule], check(next)...)
		}
		for _, target := range onward(next) {
			add(target, false)
		}
	}
	result.votes = p.votes.count()
	return result
})

func reportCrawl(t *testing.T, rule string) {
	t.Helper()
	broken := crawled().broken[rule]
	for i, problem := range broken {
		if i == 25 {
			t.Errorf("and %d more", len(broken)-i)
			return
		}
		t.Error(problem)
	}
}

// sitemap lists the addresses of the sitemap, as paths.
func sitemap(p *portal) []string {
	var set struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(p.browser().get("/sitemap.xml").body), &set); err != nil {
		panic(err)
	}
	var all []string
	for _, u := range set.URLs {
		path, ok := strings.CutPrefix(u.Loc, plainSite)
		if !ok {
			panic("the sitemap names another host: " + u.Loc)
		}
		all = append(all, path)
	}
	return all
}

// place says what an address is by its shape.
func place(target string) page {
	p := page{target: target, lang: "zh"}
	path, _, _ := strings.Cut(target, "?")
	if rest, ok := strings.CutPrefix(path, "/en"); ok && (rest == "" || rest[0] == '/') {
		p.lang, path = "en", "/"+strings.TrimPrefix(rest, "/")
	}
	p.path = path
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch first := parts[0]; {
	case path == "/":
		p.kind = "home"
	case first == "p" && len(parts) == 2:
		p.kind = "platform"
	case first == "p" && len(parts) == 3 && parts[2] == "choose":
		p.kind = "question"
	case first == "p" && len(parts) == 3 && parts[2] == "result":
		p.kind = "result"
	case first == "p" && len(parts) == 3:
		p.kind = "channel"
	case first == "p" && len(parts) == 4 && isLive(parts[1], parts[2]):
		p.kind = "begin"
	case path == "/case":
		p.kind = "resume"
	case first == "p" && len(parts) == 4 && slices.Contains([]string{"print", "done"}, parts[3]):
		p.kind = parts[3]
	case first == "p" && len(parts) == 4:
		p.kind = "step"
	case path == "/help/search":
		p.kind = "search"
	case path == "/help":
		p.kind = "help"
	case strings.HasSuffix(path, ".xml"):
	case first == "help":
		p.kind = "article"
	case slices.Contains([]string{"share", "leave", "stop", "progress", "genuine", "privacy"}, first):
		p.kind = first
	}
	return p
}

// isLive says whether a channel is one that the portal runs itself.
func isLive(platform, channel string) bool {
	p, ok := realContent().Platform(platform)
	if !ok {
		return false
	}
	c, ok := p.Channel(channel)
	return ok && c.Live != nil
}

// onward lists where a page leads without changing anything: links, and the buttons of GET forms.
func onward(p page) []string {
	var targets []string
	for _, link := range p.doc.links() {
		link, _, _ = strings.Cut(strings.TrimPrefix(link, plainSite), "#")
		if strings.HasPrefix(link, "/") {
			targets = append(targets, link)
		}
	}
	for _, form := range p.doc.all("form") {
		if form.attr("method") != "get" {
			continue
		}
		hidden := url.Values{}
		for _, field := range form.all("input") {
			if field.attr("type") == "hidden" {
				hidden.Set(field.attr("name"), field.attr("value"))
			}
		}
		for _, button := range form.all("button") {
			query := url.Values{button.attr("name"): {button.attr("value")}}
			for name, values := range hidden {
				query[name] = values
			}
			targets = append(targets, form.attr("action")+"?"+query.Encode())
		}
	}
	return targets
}
