// Package web turns requests into questions to the domain and answers into pages. It is the only package that knows
// Echo. It holds no rules of recovery and keeps nothing; whoever starts it hands in what it needs.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhaohui/internal/content"
	"zhaohui/internal/guide"
	"zhaohui/internal/help"
	"zhaohui/internal/i18n"
	"zhaohui/internal/insight"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
	"zhaohui/static"
)

// Config is what a Site needs. All fields are required unless they say otherwise.
type Config struct {
	PublicURL   *url.URL // every absolute link is made from it; other hosts are refused (requirement W1)
	Content     *content.Content
	Words       *i18n.Catalog
	Keys        *vault.Keyset
	Search      Searcher
	Votes       Voter
	Now         func() time.Time
	Log         *slog.Logger
	Registry    *prometheus.Registry
	Proxies     []string                    // addresses or networks of trusted proxies; none by default
	Maintenance bool                        // every page says that we are at work and where to call meanwhile
	Overlay     OverlayAssets               // the operator's logo and theme; optional
	Recovery    *recovery.Service           // of the live platform; nil if there is none
	Policy      *recovery.Policy            // of the same
	Zone        *time.Location              // of times on pages; nil is UTC
	Desk        *support.Desk               // of the operator's own people; nil: there is no /agent
	Insight     *insight.Keeper             // counts how the portal helps; nil: nothing is counted, and there is no page of it
	Links       LinkDesk                    // that agents share; nil: there is no /s
	Tickets     *support.Tickets            // that people decide; nil: nobody can appeal
	Trail       *support.Trail              // that auditors search; nil: there is no /agent/audit
	Retention   *support.Retention          // what is erased when; of the same
	Filters     *support.Filters            // searches that agents keep; nil: none are offered
	Assist      *recovery.Assistance        // lets agents help in running cases; nil: they cannot
	Ending      <-chan struct{}             // closed when the portal stops, so that open streams end; optional
	OpenID      OpenID                      // the operator's own sign-in for them; optional
	Demo        Demonstration               // nil outside of the demo
	Alerts      Alerts                      // that are on; nil: the desk shows none
	Reports     Reporter                    // takes what a gateway tells later of a letter; optional
	Ready       func(context.Context) error // whether the database answers; optional
}

// OverlayAssets are the operator's own files.
type OverlayAssets struct {
	Set   *static.Set // nil if there are none
	Logo  string      // name in the set, "" for the mark
	Theme string
}

// Searcher finds articles and channels.
type Searcher interface {
	Search(ctx context.Context, lang, query string, limit int) ([]help.Hit, error)
}

// Voter counts whether articles helped.
type Voter interface {
	Cast(ctx context.Context, slug, answer string) error
}

// Reporter takes a signed report on a letter; problem.Denied if the signature is wrong.
type Reporter interface {
	Report(ctx context.Context, header http.Header, body []byte) error
}

// Site is the portal.
type Site struct {
	Config
	progress *progressStore
	cases    *caseStore
	agents   *agentStore
	rights   map[string]support.Right // what each page asks for; filled when the routes are
	links    *linkStore
	uploads  uploads
	watch    *caseWatch
	pages    *pageCache
	metrics  *metrics
}

// New prepares a site.
func New(c Config) (*Site, error) {
	pages, err := newPageCache()
	if err != nil {
		return nil, fmt.Errorf("page cache: %w", err)
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	secure := c.PublicURL.Scheme == "https"
	watch := &caseWatch{every: pollEvery, failed: func(err error) { c.Log.Warn("versions of cases cannot be read", "error", err) }}
	if c.Assist != nil {
		watch.versions = c.Assist.Versions
	}
	return &Site{Config: c, pages: pages, watch: watch, metrics: newMetrics(c.Registry), progress: newProgressStore(c.Keys, secure),
		cases: newCaseStore(c.Keys, secure), agents: newAgentStore(c.Keys, secure),
		links: newLinkStore(c.Keys, secure)}, nil
}

// address builds the address of a person's page: the language's prefix, then the path from ids that are slugs, then
// the answers. It is the only way addresses are made (requirement W6).
func address(prefix, path, query string) string {
	if path == "/" && prefix != "" {
		path = ""
	}
	if query == "" {
		return prefix + path
	}
	return prefix + path + "?" + query
}

// platforms are those that can be helped with: the live one only where recoveries can be run.
func (s *Site) platforms() []*guide.Platform {
	if s.Recovery != nil {
		return s.Content.Platforms
	}
	return slices.DeleteFunc(slices.Clone(s.Content.Platforms), func(p *guide.Platform) bool { return p.Live })
}

// known finds one of them.
func (s *Site) known(id string) (*guide.Platform, bool) {
	p, ok := s.Content.Platform(id)
	return p, ok && (!p.Live || s.Recovery != nil)
}

func platformPath(platform string) string         { return "/p/" + platform }
func choosePath(platform string) string           { return "/p/" + platform + "/choose" }
func resultPath(platform string) string           { return "/p/" + platform + "/result" }
func channelPath(platform, channel string) string { return "/p/" + platform + "/" + channel }
func stepPath(platform, channel, step string) string {
	return "/p/" + platform + "/" + channel + "/" + step
}
func articlePath(slug string) string { return "/help/" + slug }

// absolute is an address with the public host in front.
func (s *Site) absolute(path string) string {
	return s.PublicURL.Scheme + "://" + s.PublicURL.Host + path
}
