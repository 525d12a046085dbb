package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/help"
	"zhaohui/internal/i18n"
	"zhaohui/internal/store"
	"zhaohui/internal/vault"
	"zhaohui/web"
)

// today is when every test takes place, unless it says otherwise.
var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const (
	plainSite  = "http://help.example"
	secureSite = "https://help.example"
)

func demoFiles() *content.Content {
	loaded, problems := content.Load(content.Overlay(embedded.Demo(), embedded.Files()), today)
	if bad := problems.Errors(); len(bad) > 0 {
		panic(bad)
	}
	return loaded
}

// The real content, read once: nothing in it changes while it is served.
var (
	realContent = sync.OnceValue(demoFiles)
	realWords   = sync.OnceValue(func() *i18n.Catalog {
		words, err := i18n.Load(embedded.Files())
		if err != nil {
			panic(err)
		}
		return words
	})
	realSearch = sync.OnceValue(func() *store.Search {
		c := realContent()
		search, err := store.OpenSearch(append(c.Help.Documents(), store.PlatformDocuments(c.Platforms)...), c.Synonyms)
		if err != nil {
			panic(err)
		}
		return search
	})
)

// portal is a site on real content with what a test looks at around it.
type portal struct {
	handler http.Handler
	config  web.Config
	votes   *ballots
	log     *record
	clock   *clock
	live    *living  // nil where nobody recovers anything
	rulings *rulings // of a desk that judges
}

// newPortal has a live half too, but one that all portals share: nothing is to be changed in it.
func newPortal(tb testing.TB, public string, change ...func(*web.Config)) *portal {
	tb.Helper()
	live := func(c *web.Config) { c.Recovery, c.Policy = shared().service, shared().policy }
	return newPortalOn(tb, public, newClock(), &record{}, append([]func(*web.Config){live}, change...)...)
}

func newPortalOn(tb testing.TB, public string, clock *clock, log *record, change ...func(*web.Config)) *portal {
	tb.Helper()
	address, err := url.Parse(public)
	if err != nil {
		tb.Fatal(err)
	}
	p := &portal{votes: &ballots{}, log: log, clock: clock}
	c := web.Config{PublicURL: address, Content: realContent(), Words: realWords(), Keys: vault.Generate(), Search: realSearch(),
		Now: p.clock.now, Log: slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registry: prometheus.NewRegistry()}
	c.Votes = help.NewBallot(c.Content.Help, p.votes, p.clock.now)
	for _, do := range change {
		do(&c)
	}
	site, err := web.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	p.config, p.handler = c, site.Handler()
	return p
}

type clock struct{ at time.Time }

func newClock() *clock { return &clock{at: today} }

func (c *clock) now() time.Time { return c.at }

func (c *clock) advance(by time.Duration) { c.at = c.at.Add(by) }

// ballots counts votes in memory.
type ballots struct {
	mu    sync.Mutex
	votes []help.Vote
}

func (b *ballots) Add(_ context.Context, v help.Vote) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.votes = append(b.votes, v)
	return nil
}

func (b *ballots) Counts() map[string]help.Tally { return nil }

func (b *ballots) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.votes)
}

// record keeps what was logged.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// browser is one person's: it keeps cookies as a browser does, and follows nothing by itself.
type browser struct {
	portal  *portal
	cookies map[string]*http.Cookie
	from    string // socket
	lazy    bool   // jobs wait for somebody else to do them
}

// home is where browsers stand; the demo's accounts know this network.
const home = "127.0.0.1:4711"

func (p *portal) browser() *browser {
	return &browser{portal: p, cookies: map[string]*http.Cookie{}, from: home}
}

// tab is another browser with the same cookies at this moment, as a second tab's request that is already on its way.
func (b *browser) tab() *browser {
	return &browser{portal: b.portal, cookies: maps.Clone(b.cookies), from: b.from}
}

// answer is what the portal said.
type answer struct {
	status int
	header http.Header
	body   string
	set    []*http.Cookie
}

func (b *browser) get(target string) answer { return b.send(b.request("GET", target, nil)) }

func (b *browser) post(target string, form url.Values) answer {
	r := b.request("POST", target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

// request is to the public address; a target that is no address at all goes out as it is.
func (b *browser) request(method, target string, body io.Reader) *http.Request {
	public := b.portal.config.PublicURL
	r := httptest.NewRequest(method, public.String()+"/", body)
	r.RequestURI = target
	u, err := url.ParseRequestURI(target)
	if err != nil {
		panic(err)
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = u.Path, u.RawPath, u.RawQuery
	r.Host, r.RemoteAddr = public.Host, b.from
	return r
}

func (b *browser) send(r *http.Request) answer {
	for _, c := range b.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	w := httptest.NewRecorder()
	b.portal.handler.ServeHTTP(w, r)
	if b.portal.live != nil && !b.lazy {
		b.portal.live.work()
	}
	result := w.Result()
	for _, c := range result.Cookies() {
		if b.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer{status: result.StatusCode, header: result.Header, body: w.Body.String(), set: result.Cookies()}
}

func (a answer) location() string { return a.header.Get("Location") }

// Addresses that many tests use; the content has them.
const (
	aChannel = "/p/alipay/face"
	aStep    = "/p/alipay/face/open-me"
	anActive = "/help/no-card"
)
