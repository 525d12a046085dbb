package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/static"
)

// everyone needs no sign-in: all of the guided half is public. No role has this right; a route that asks for any other is
// for those agents only whose role has it, and one that asks for nothing is for nobody.
const everyone support.Right = "everyone"

// route is one line of the URL map: a person's page in every language.
type route struct {
	method string
	path   string
	access support.Right
	handle func(*Site, *visit) error
}

// pages is the URL map of what people see, beside livePages and the pages of prose that content names (/genuine, /privacy).
// Every path also exists under the prefix of each language.
var pages = []route{
	{"GET", "/", everyone, (*Site).showHome},
	{"GET", "/p/:platform", everyone, (*Site).showPlatform},
	{"GET", "/p/:platform/choose", everyone, (*Site).showQuestion},
	{"GET", "/p/:platform/result", everyone, (*Site).showResult},
	{"GET", "/p/:platform/:channel", everyone, (*Site).showChannel},
	{"GET", "/p/:platform/:channel/print", everyone, (*Site).showPrint},
	{"GET", "/p/:platform/:channel/done", everyone, (*Site).showDone},
	{"GET", "/p/:platform/:channel/:step", everyone, (*Site).showStep},
	{"POST", "/p/:platform/:channel/:step", everyone, (*Site).submitStep},
	{"GET", "/progress", everyone, (*Site).showProgress},
	{"POST", "/progress", everyone, (*Site).submitProgress},
	{"POST", "/text-size", everyone, (*Site).submitTextSize},
	{"GET", "/help", everyone, (*Site).showHelp},
	{"GET", "/help/search", everyone, (*Site).showSearch},
	{"GET", "/help/feed.xml", everyone, (*Site).showFeed},
	{"GET", "/help/:slug", everyone, (*Site).showArticle},
	{"POST", "/help/:slug", everyone, (*Site).submitVote},
	{"GET", "/stop/:stop", everyone, (*Site).showStop},
	{"GET", "/share/*", everyone, (*Site).showShare},
	{"GET", "/leave", everyone, (*Site).showLeaving},
}

// livePages are those of recoveries: a portal without a live platform has none of them.
var livePages = []route{
	{"GET", "/case", everyone, (*Site).showResume},
	{"POST", "/case", everyone, (*Site).submitResume},
	{"GET", "/case/:ref", everyone, (*Site).showCase},
	{"POST", "/case/:ref", everyone, (*Site).submitCase},
	{"GET", "/case/:ref/hold.ics", everyone, (*Site).showCalendar},
	{"GET", "/case/:ref/join/:token", everyone, (*Site).showJoin},
	{"POST", "/case/:ref/join/:token", everyone, (*Site).submitJoin},
	{"GET", "/mail", everyone, (*Site).showAnswered},
	{"POST", "/mail", everyone, (*Site).submitAnswered},
	{"GET", "/mail/:token", everyone, (*Site).showMail},
	{"POST", "/mail/:token", everyone, (*Site).submitMail},
}

// plain is what tools see: no language, no session.
func (s *Site) plain(e *echo.Echo) {
	e.GET("/api/v1/platforms", s.guard("api", s.listPlatforms))
	e.GET("/api/v1/platforms/:platform/recommendation", s.guard("api", s.showRecommendation))
	e.GET("/api/openapi.yaml", s.guard("api", s.showOpenAPI))
	e.GET("/sitemap.xml", s.guard("sitemap", s.showSitemap))
	e.GET("/robots.txt", s.guard("robots", s.showRobots))
	if s.Links != nil && s.Desk != nil {
		e.POST("/api/v1/links", s.guard("links", s.makeLink))
	}
	if s.Reports != nil {
		e.POST("/api/v1/deliveries", s.guard("deliveries", s.takeReport))
	}
	if s.Demo != nil {
		s.demo(e)
	}
	e.GET("/healthz", s.showHealth)
	e.GET("/readyz", s.showReady)
	e.GET(static.Prefix+"*", echo.WrapHandler(static.Handler()))
	e.GET("/favicon.ico", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, static.URL("icon.svg")) })
	if s.Overlay.Set != nil {
		e.GET(OverlayPrefix+"*", echo.WrapHandler(s.Overlay.Set))
	}
}

// routes are the pages that this portal has.
func (s *Site) routes() []route {
	all := slices.Clone(pages)
	if s.Recovery != nil {
		all = append(all, livePages...)
	}
	if s.Recovery != nil && s.Tickets != nil {
		all = append(append(all, appealPages...), uploadPages...)
	}
	if s.Desk != nil {
		all = append(all, agentPages...)
	}
	if s.Links != nil {
		all = append(all, linkPages...)
	}
	if s.Links != nil && s.Desk != nil {
		all = append(all, agentLinkPages...)
	}
	if s.Insight != nil && s.Desk != nil {
		all = append(all, insightPages...)
	}
	if s.Tickets != nil && s.Desk != nil {
		all = append(append(all, ticketPages...), agentUploadPages...)
	}
	if s.Trail != nil && s.Retention != nil && s.Desk != nil {
		all = append(all, auditPages...)
	}
	if s.Filters != nil && s.Desk != nil {
		all = append(all, filterRoutes...)
	}
	if s.Assist != nil && s.Desk != nil && s.Recovery != nil {
		all = append(all, assistPages...)
	}
	return all
}

// OverlayPrefix is where the operator's own files are served.
const OverlayPrefix = "/operator/"

// Handler is the site with every guard in front.
func (s *Site) Handler() http.Handler { return s.guarded(s.routed()) }

// routed is the URL map.
func (s *Site) routed() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = clientAddress(s.Proxies)
	e.HTTPErrorHandler = s.answerUnrouted
	s.rights = rightsOf(s.routes())
	for _, language := range s.Words.Languages() {
		words := s.Words.Words(language.Code)
		for _, r := range s.routes() {
			e.Add(r.method, address(language.Prefix, r.path, ""), s.page(r, words))
		}
		for slug := range s.Content.Pages {
			e.GET(address(language.Prefix, "/"+slug, ""), s.page(route{"GET", "/" + slug, everyone, (*Site).showDocument}, words))
		}
		if language.Prefix != "" {
			e.GET(language.Prefix+"/", func(c echo.Context) error {
				return c.Redirect(http.StatusMovedPermanently, language.Prefix)
			})
		}
	}
	s.plain(e)
	return e
}

// Metrics serves the counters; it belongs on an address of its own.
func (s *Site) Metrics() http.Handler {
	return promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{})
}

// page prepares a visit and hands it to the handler of a route.
func (s *Site) page(r route, words words) echo.HandlerFunc {
	observe := s.metrics.route(r.path)
	return s.guard(r.path, func(c echo.Context) error {
		v := &visit{Context: c, words: words, progress: s.progress.read(c.Request()), observe: observe}
		if s.Maintenance {
			c.Response().Header().Set("Retry-After", "600")
			return problem.Unavailable
		}
		if r.access != everyone {
			if let, err := s.admit(v, r.access); !let {
				return err
			}
		}
		err := r.handle(s, v)
		if errors.Is(err, problem.Conflict) && v.agent == nil { // another window was first: this is how it stands now
			if sight, missing := s.look(v); missing == nil {
				return v.see(v.to(s.casePath(sight), ""))
			}
		}
		return err
	})
}
