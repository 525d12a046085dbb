package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFeeds_areValidAndLeadToPages(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, target := range []string{"/sitemap.xml", "/help/feed.xml", "/en/help/feed.xml"} {
		a := b.get(target)
		if a.status != 200 || !strings.Contains(a.header.Get("Content-Type"), "xml") {
			t.Errorf("%s: %d %s", target, a.status, a.header.Get("Content-Type"))
		}
		for reader := xml.NewDecoder(strings.NewReader(a.body)); ; {
			if _, err := reader.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", target, err)
			}
		}
	}
	for target, lang := range map[string]string{"/help/feed.xml": "zh-CN", "/en/help/feed.xml": "en"} {
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			Lang    string   `xml:"lang,attr"`
			ID      string   `xml:"id"`
			Updated string   `xml:"updated"`
			Author  string   `xml:"author>name"`
			Entries []struct {
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
				Link    struct {
					Href string `xml:"href,attr"`
				} `xml:"link"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(b.get(target).body), &feed); err != nil {
			t.Fatal(err)
		}
		if feed.Lang != lang || feed.ID == "" || feed.Author == "" || len(feed.Entries) != len(realContent().Help.Articles) {
			t.Errorf("%s: %q %q %q, %d entries", target, feed.Lang, feed.ID, feed.Author, len(feed.Entries))
		}
		for _, e := range feed.Entries {
			if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.Title == "" || strings.Contains(e.Title, "|") ||
				!strings.HasPrefix(e.Link.Href, plainSite) {
				t.Errorf("%s: %+v %v", target, e, err)
			}
		}
	}
}

func TestRobots_namesTheSitemapAndHidesWhatIsNotForSearchEngines(t *testing.T) {
	a := newPortal(t, plainSite).browser().get("/robots.txt")
	lines := strings.Split(strings.TrimSpace(a.body), "\n")
	if lines[0] != "User-agent: *" || !slices.Contains(lines, "Sitemap: "+plainSite+"/sitemap.xml") {
		t.Errorf("%q", a.body)
	}
	for _, path := range []string{"/share/", "/leave", "/progress", "/case", "/mail/"} {
		for _, prefix := range []string{"", "/en"} {
			if !slices.Contains(lines, "Disallow: "+prefix+path) {
				t.Errorf("%s%s is not closed to robots", prefix, path)
			}
		}
	}
}

// TestBad_unknownAddressesGetAUsefulPage: 404 in the language of the address, with the chooser and the official lines.
func TestBad_unknownAddressesGetAUsefulPage(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, path := range []string{"/nothing", "/p/nothing", "/p/nothing/choose", "/p/nothing/result", "/p/alipay/nothing",
		"/p/alipay/nothing/print", "/p/alipay/face/nothing", "/help/nothing",
		"/share/nothing", "/share/p/nothing", "/share/p/alipay/face/nothing", "/stop/nothing", "/p/alipay/face/open-me/more",
		"/help/search/more", "/fr", "/fr/help", "/%2e%2e/%2e%2e/etc/passwd",
		"/" + url.PathEscape("停机")} {
		for prefix, lang := range map[string]string{"": "zh-CN", "/en": "en"} {
			a := b.get(prefix + path)
			doc := parsed(t, a.body)
			links := strings.Join(doc.links(), " ")
			if a.status != 404 || doc.all("html")[0].attr("lang") != lang || !strings.Contains(links, prefix+"/p/alipay") ||
				!strings.Contains(links, "tel:95188") {
				t.Errorf("%s: %d in %s, links %s", prefix+path, a.status, doc.all("html")[0].attr("lang"), links)
			}
		}
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "POST"} {
		if a := b.send(b.request(method, "/help", nil)); a.status != 405 || a.header.Get("Allow") == "" {
			t.Errorf("%s /help: %d, Allow %q", method, a.status, a.header.Get("Allow"))
		}
	}
}

// TestPages_dropWhatTheyDoNotKnow: chat apps and mailers append their own keys to a link.
func TestPages_dropWhatTheyDoNotKnow(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, target := range []string{"/", "/p/alipay", "/p/alipay/choose", "/p/alipay/result", aChannel, aStep, anActive,
		"/progress"} {
		clean, noisy := b.get(target+"?safety=none&phone=suspended"),
			b.get(target+"?utm_source=chat&from=groupmessage&phone=suspended&face=purple&safety=none&reserved=")
		if clean.status != noisy.status || clean.body != noisy.body || clean.location() != noisy.location() {
			t.Errorf("%s: another page for the same answers (%d, %d)", target, clean.status, noisy.status)
		}
	}
}
