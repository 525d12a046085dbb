package web

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"zhaohui/internal/i18n"
)

type words = i18n.Words

// Limits of what a visitor may send (requirement W8).
const (
	maxAddress = 4 << 10 // bytes of path and query
	maxBody    = 8 << 10
	maxValue   = 4 << 10
	// MaxHeader is for the server that runs the site.
	MaxHeader = 16 << 10
)

// policy lets a page load only what this site serves; nothing inline (requirement W3).
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// guarded puts in front of every route what no route may forget: the host, the size, cross-site requests, headers.
func (s *Site) guarded(next http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	if err := crossSite.AddTrustedOrigin(s.absolute("")); err != nil {
		panic(err) // the public address was checked at start
	}
	// Few and short: up to eight headers fit a response without growing it, and every one costs a guided page 1 % of its
	// speed. The referrer is ruled by the page itself; what is never kept says it again as a header.
	type field struct {
		name  string
		value []string
	}
	fixed := []field{
		{"Content-Security-Policy", []string{policy}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	}
	if s.PublicURL.Scheme == "https" {
		fixed = append(fixed, field{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	refuse := func(w http.ResponseWriter, text string, status int) {
		s.metrics.count("refused", status)
		http.Error(w, text, status)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		for _, h := range fixed {
			header[h.name] = h.value
		}
		if (r.Method == http.MethodGet || r.Method == http.MethodHead) && s.ownHost(r) && s.again(w, r) {
			return
		}
		switch {
		case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
		case len(r.RequestURI) > maxAddress:
			refuse(w, "网址太长了，请从这里重新开始。 The address is too long, start again at "+s.absolute("/"), http.StatusRequestURITooLong)
			return
		case !s.ownHost(r):
			refuse(w, "本站的网址是 This site is at "+s.absolute("/"), http.StatusMisdirectedRequest)
			return
		case !utf8.ValidString(r.URL.Path) || !validQuery(r.URL.RawQuery):
			refuse(w, "网址看不懂，请从这里重新开始。 The address cannot be read, start again at "+s.absolute("/"), http.StatusBadRequest)
			return
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			if err := crossSite.Check(r); err != nil {
				refuse(w, "这张表是从别的网站发来的，请从这里重新开始。 This form came from another site, start again at "+s.absolute("/"),
					http.StatusForbidden)
				return
			}
		}
		if r.Method == http.MethodHead { // a HEAD is a GET whose body the server drops
			get := *r
			get.Method, r = http.MethodGet, &get
		}
		next.ServeHTTP(w, r)
	})
}

// ownHost proves requirement W1: only the configured host is served, and no header may claim another one.
func (s *Site) ownHost(r *http.Request) bool {
	for _, forwarded := range r.Header["X-Forwarded-Host"] {
		if forwarded != "" && !strings.EqualFold(forwarded, s.PublicURL.Host) {
			return false
		}
	}
	return strings.EqualFold(r.Host, s.PublicURL.Host)
}

// validQuery says whether a query is text once its escapes are undone.
func validQuery(raw string) bool {
	text, err := url.QueryUnescape(raw)
	return err == nil && utf8.ValidString(text)
}

// clientAddress takes the address from the socket, unless proxies are trusted by name (requirement W1).
func clientAddress(proxies []string) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		if !strings.Contains(p, "/") {
			p += map[bool]string{true: "/128", false: "/32"}[strings.Contains(p, ":")]
		}
		if _, network, err := net.ParseCIDR(p); err == nil {
			options = append(options, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// guard measures a route and keeps a panic from reaching the reader. Logs name routes, never addresses.
func (s *Site) guard(name string, next echo.HandlerFunc) echo.HandlerFunc {
	observe := s.metrics.route(name)
	return func(c echo.Context) (err error) {
		started := time.Now() // a duration, not a date: the injected clock is for dates
		defer func() {
			if r := recover(); r == http.ErrAbortHandler { //nolint:errorlint // the server compares it just so
				panic(r) // the server's own way to give up on a reader
			} else if r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
			if err != nil {
				err = fmt.Errorf("%s %s: %w", c.Request().Method, name, err)
				s.answerError(err, c)
				err = nil
			}
			observe(c.Response().Status, time.Since(started))
		}()
		return next(c)
	}
}

// metrics counts requests by route and status class.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	votes    *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zhaohui_requests_total",
			Help: "Requests by route and status class."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "zhaohui_request_seconds",
			Help:    "Time to answer by route.",
			Buckets: []float64{.0005, .001, .005, .01, .05, .1, .5, 1, 5}}, []string{"route"}),
		votes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zhaohui_article_votes_total",
			Help: "Whether articles helped."}, []string{"useful"}),
	}
	registry.MustRegister(m.requests, m.seconds, m.votes)
	return m
}

// count adds one request to a name that has no route.
func (m *metrics) count(name string, status int) {
	m.requests.WithLabelValues(name, fmt.Sprintf("%dxx", min(status/100, 5))).Inc()
}

// route prepares the counters of a route, so that a request only adds to them.
func (m *metrics) route(name string) func(status int, took time.Duration) {
	var byClass [6]prometheus.Counter
	for class := range byClass {
		byClass[class] = m.requests.WithLabelValues(name, fmt.Sprintf("%dxx", class))
	}
	seconds := m.seconds.WithLabelValues(name)
	return func(status int, took time.Duration) {
		byClass[min(status/100, 5)].Inc()
		seconds.Observe(took.Seconds())
	}
}
