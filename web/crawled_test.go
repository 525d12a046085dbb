package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/help"
)

// TestPages_areWhole: 200, a language, one main heading, a title, and nothing of the machinery to be seen.
func TestPages_areWhole(t *testing.T) {
	reportCrawl(t, "Pages")
	for _, kind := range []string{"home", "platform", "question", "result", "channel", "step", "print", "done", "search", "help",
		"article", "share",
		"leave", "stop", "progress", "genuine", "privacy", "begin", "resume"} {
		if crawled().kinds[kind] < 2 {
			t.Errorf("the crawl saw %d pages of kind %s", crawled().kinds[kind], kind)
		}
	}
}

var (
	wordKey = regexp.MustCompile(`^[a-z]+\.[a-z0-9-]+$`)
	day     = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
)

func checkWhole(p page) []string {
	var bad []string
	if p.status != http.StatusOK {
		return []string{p.says("status %d", p.status)}
	}
	if lang := p.doc.all("html")[0].attr("lang"); lang != map[string]string{"zh": "zh-CN", "en": "en"}[p.lang] {
		bad = append(bad, p.says("lang is %q", lang))
	}
	if n := len(p.doc.all("h1")); n != 1 {
		bad = append(bad, p.says("%d h1", n))
	}
	if titles := p.doc.all("head")[0].all("title"); len(titles) != 1 || len(strings.TrimSpace(titles[0].text())) < 4 {
		bad = append(bad, p.says("no title"))
	}
	for _, piece := range []string{"{{", "%!", "<nil>", "map["} {
		if strings.Contains(p.body, piece) {
			bad = append(bad, p.says("%q is to be seen", piece))
		}
	}
	texts := strings.Split(p.doc.text(), "\n")
	for _, e := range p.doc.all() {
		for _, a := range e.Attr {
			if slices.Contains([]string{"aria-label", "title", "placeholder", "alt", "content"}, a.Key) {
				texts = append(texts, a.Val)
			}
		}
		if e.Data == "b" || e.Data == "a" || e.Data == "small" || e.Data == "span" {
			texts = append(texts, e.text())
		}
	}
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if wordKey.MatchString(text) && !strings.HasSuffix(text, ".com") && !strings.HasSuffix(text, ".example") {
			bad = append(bad, p.says("the key %q is to be seen", text))
		}
		if strings.Contains(text, "|") {
			bad = append(bad, p.says("a break mark is to be seen in %q", text))
		}
	}
	return bad
}

func TestW2_getAndHeadChangeNothing(t *testing.T) {
	reportCrawl(t, "W2")
	if n := crawled().votes; n != 0 {
		t.Errorf("%d votes were counted by reading", n)
	}
	p := newPortal(t, plainSite)
	b := p.browser()
	b.post(aStep, url.Values{"did": {"done"}})
	kept := b.cookies["zh_progress"].Value
	for _, target := range []string{aStep + "?did=done", "/progress?clear=all", "/text-size?elder=on", anActive + "?useful=yes",
		"/help/no-card?useful=no"} {
		for _, method := range []string{"GET", "HEAD"} {
			if a := b.send(b.request(method, target, nil)); len(a.set) > 0 {
				t.Errorf("%s %s set a cookie", method, target)
			}
		}
	}
	if b.cookies["zh_progress"].Value != kept || p.votes.count() != 0 {
		t.Error("reading changed something")
	}
}

func checkUnchanged(p page) []string {
	if len(p.header["Set-Cookie"]) > 0 {
		return []string{p.says("GET sets a cookie")}
	}
	return nil
}

func TestW3_noPageHasInlineCodeOrAnotherHostsAddress(t *testing.T) { reportCrawl(t, "W3") }

func checkClosed(p page) []string {
	var bad []string
	for _, e := range p.doc.all() {
		for _, a := range e.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				bad = append(bad, p.says("<%s %s=…> is inline", e.Data, a.Key))
			case slices.Contains([]string{"src", "href", "action", "formaction", "srcset", "poster", "data", "cite", "ping"},
				a.Key):
				if !staysHere(p, e, a.Val) {
					bad = append(bad, p.says("<%s %s=%q> leads away", e.Data, a.Key, a.Val))
				}
			}
		}
		if e.Data == "style" || e.Data == "script" && !e.has("src") && e.attr("type") != "application/ld+json" ||
			e.Data == "iframe" || e.Data == "base" {
			bad = append(bad, p.says("<%s> stands in the page", e.Data))
		}
	}
	return append(bad, missingHeaders(p.target, p.header, p.body)...)
}

// staysHere says whether an address is of this site, a telephone number, or the one way out of a leaving notice.
func staysHere(p page, e document, address string) bool {
	if e.Data == "image" && strings.HasPrefix(address, "data:image/") { // a puzzle
		return true
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if p.kind == "leave" && e.Data == "a" && u.Scheme == "https" {
		return p.target == place(p.target).target && strings.Contains(p.target, url.QueryEscape(address))
	}
	return u.Scheme == "tel" || u.Host == "help.example" && u.Scheme == "http" || u.Scheme == "" && u.Host == "" &&
		!strings.HasPrefix(address, `/\`)
}

func TestG1_noGuidedPageAsksForAnythingSecret(t *testing.T) { reportCrawl(t, "G1") }

// allowedFields is everything a guided page may have as a field or a button's name, besides the chooser's questions.
var allowedFields = []string{"q", "back", "elder", "did", "tick", "useful", "clear", "remove"}

func checkInputs(p page) []string {
	var bad []string
	names := slices.Clone(allowedFields)
	if p.kind == "resume" { // of a live case; what its own steps ask for is in the live tests
		names = append(names, "resume", "page")
	}
	for _, platform := range realContent().Platforms {
		for _, question := range platform.Questions {
			names = append(names, question.ID)
		}
	}
	for _, e := range p.doc.all("input", "textarea", "select", "button") {
		name, kind := e.attr("name"), e.attr("type")
		value, err := url.QueryUnescape(e.attr("value")) // the escapes of an address are no digits that anybody typed
		if err != nil {
			value = e.attr("value")
		}
		switch {
		case e.Data == "textarea" || e.Data == "select":
			bad = append(bad, p.says("a %s", e.Data))
		case e.Data == "button" && name == "" && !e.has("value"):
		case !slices.Contains(names, name):
			bad = append(bad, p.says("a field named %q", name))
		case e.Data == "input" && !slices.Contains([]string{"hidden", "checkbox", "radio"}, kind) &&
			(name != "q" || kind != "search") && name != "resume":
			bad = append(bad, p.says("an input of type %q named %q", kind, name))
		case e.has("autocomplete") && e.attr("autocomplete") != "off", e.has("inputmode"):
			bad = append(bad, p.says("the field %q invites something personal", name))
		case name == "page" && kind == "hidden": // random signs
		case help.Secretive(value):
			bad = append(bad, p.says("the field %q holds digits", name))
		}
	}
	return bad
}

func TestG2_linksLeadOutOnlyByALeavingNotice(t *testing.T) { reportCrawl(t, "G2") }

func checkOutward(p page) []string {
	var bad []string
	for _, link := range p.doc.links() {
		path, query, _ := strings.Cut(link, "?")
		values, _ := url.ParseQuery(query)
		if (path == "/leave" || path == "/en/leave") && !realContent().Outward(values.Get("to")) {
			bad = append(bad, p.says("leaves to a host that is not listed: %s", link))
		}
	}
	if p.kind == "leave" {
		_, query, _ := strings.Cut(p.target, "?")
		values, _ := url.ParseQuery(query)
		to, _ := url.Parse(values.Get("to"))
		if main := p.doc.all("main")[0]; !strings.Contains(main.text(), to.Host) ||
			!slices.Contains(main.links(), values.Get("to")) {
			bad = append(bad, p.says("the notice does not name %s", to.Host))
		}
	}
	return bad
}

func TestG3_everyChannelAndArticleSaysHowSureItIs(t *testing.T) { reportCrawl(t, "G3") }

func checkTrust(p page) []string {
	if p.kind != "channel" && p.kind != "step" && p.kind != "article" || len(p.doc.with("data-stop")) > 0 {
		return nil
	}
	var bad []string
	blocks := p.doc.class("trust")
	if len(blocks) == 0 {
		return []string{p.says("no source, confidence and date")}
	}
	words := realWords().Words(p.lang)
	trust := blocks[0]
	label := ""
	for _, tag := range trust.class("tag") {
		label = tag.text()
	}
	if !slices.Contains([]string{words.T("trust.official"), words.T("trust.reported"), words.T("trust.unconfirmed")}, label) {
		bad = append(bad, p.says("the confidence reads %q", label))
	}
	if !day.MatchString(trust.text()) {
		bad = append(bad, p.says("no date of the last check"))
	}
	if len(trust.all("li")) == 0 {
		bad = append(bad, p.says("no source"))
	}
	return bad
}

func TestA5_everyPageHasItsCounterpartAndTheSwitchKeepsTheAnswers(t *testing.T) {
	reportCrawl(t, "Languages")
	listed := sitemap(newPortal(t, plainSite))
	for _, target := range listed {
		if p := place(target); p.lang == "zh" && !slices.Contains(listed, strings.TrimSuffix("/en"+p.path, "/")) {
			t.Errorf("%s has no English counterpart", target)
		}
	}
}

func checkLanguages(p page) []string {
	other := "/en" + p.target
	if p.lang == "en" {
		other = strings.TrimPrefix(p.target, "/en")
	}
	if p.path == "/" {
		other = map[string]string{"zh": "/en", "en": "/"}[p.lang]
	}
	for _, link := range p.doc.all("header")[0].all("a") {
		if link.has("hreflang") {
			if !sameAddress(link.attr("href"), other) {
				return []string{p.says("the switch leads to %s", link.attr("href"))}
			}
			return nil
		}
	}
	return []string{p.says("no language switch")}
}

// sameAddress compares addresses by path and answers; what is not an answer (ask, after, useful) may go.
func sameAddress(got, want string) bool {
	gotPath, gotQuery, _ := strings.Cut(got, "?")
	wantPath, wantQuery, _ := strings.Cut(want, "?")
	g, _ := url.ParseQuery(gotQuery)
	w, _ := url.ParseQuery(wantQuery)
	for _, passing := range []string{"ask", "after", "useful"} {
		g.Del(passing)
		w.Del(passing)
	}
	for name, values := range w {
		if values[0] == "" {
			w.Del(name)
		}
	}
	return gotPath == wantPath && g.Encode() == w.Encode()
}

// TestPages_areFoundBySearchEngines: canonical and language links, Open Graph, structured data.
func TestPages_areFoundBySearchEngines(t *testing.T) { reportCrawl(t, "Found") }

func checkFound(p page) []string {
	var bad []string
	head := p.doc.all("head")[0]
	canonical, languages, graph, hidden := "", map[string]string{}, map[string]string{}, false
	for _, e := range head.all("link", "meta") {
		switch {
		case e.attr("rel") == "canonical":
			canonical = e.attr("href")
		case e.attr("rel") == "alternate" && e.has("hreflang"):
			languages[e.attr("hreflang")] = e.attr("href")
		case e.has("property"):
			graph[e.attr("property")] = e.attr("content")
		case e.attr("name") == "robots":
			hidden = strings.Contains(e.attr("content"), "noindex")
		}
	}
	if p.kind == "begin" && len(p.doc.with("data-stop")) == 0 { // of a case: nothing to be found
		if !hidden || canonical != "" || p.listed {
			bad = append(bad, p.says("can be found by a search engine"))
		}
		return bad
	}
	prefix := map[string]string{"zh": "", "en": "/en"}[p.lang]
	if want := plainSite + strings.TrimSuffix(prefix+p.path, "/"); strings.TrimSuffix(canonical, "/") != want &&
		p.kind != "step" && len(p.doc.with("data-stop")) == 0 {
		bad = append(bad, p.says("canonical %q", canonical))
	}
	if languages["zh-CN"] == "" || languages["en"] == "" || languages[map[string]string{"zh": "zh-CN",
		"en": "en"}[p.lang]] != canonical {
		bad = append(bad, p.says("hreflang %v", languages))
	}
	if p.listed && hidden {
		bad = append(bad, p.says("is in the sitemap and says noindex"))
	}
	for _, property := range []string{"og:title", "og:type", "og:url", "og:site_name", "og:locale"} {
		if !hidden && graph[property] == "" {
			bad = append(bad, p.says("no %s", property))
		}
	}
	if !hidden && graph["og:url"] != canonical {
		bad = append(bad, p.says("og:url %q", graph["og:url"]))
	}
	for _, script := range p.doc.all("script") {
		if script.attr("type") != "application/ld+json" {
			continue
		}
		var data struct {
			Context string `json:"@context"`
			Type    string `json:"@type"`
		}
		if err := json.Unmarshal([]byte(script.FirstChild.Data), &data); err != nil || data.Context != "https://schema.org" ||
			!slices.Contains([]string{"HowTo", "FAQPage"}, data.Type) {
			bad = append(bad, p.says("structured data: %v %v", data, err))
		}
	}
	if n := strings.Count(p.body, "application/ld+json"); (p.kind == "channel" || p.kind == "article") && n != 1 &&
		len(p.doc.with("data-stop")) == 0 {
		bad = append(bad, p.says("%d pieces of structured data", n))
	}
	return bad
}
