package web_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"zhaohui/internal/support"
	"zhaohui/web"
)

// doors are the pages of the console that lead in: who stands before them is not known yet.
var doors = []string{"/agent/sign-in", "/agent/sign-in/second", "/agent/sign-in/openid", "/agent/sign-in/openid/back",
	"/agent/enrol", "/agent/enrol/:token", "/agent/passkey"}

// forTools are routes without a language, which the URL map of pages does not list: none is of the console, and what one
// changes it lets happen by a token or a signature of its own.
var forTools = []string{"/api/", "/sitemap.xml", "/robots.txt", "/healthz", "/readyz", "/static/", "/favicon.ico", "/operator/"}

// filled puts something that exists, or nothing that does, into the places of a path.
func filled(path string) string {
	known := map[string]string{":platform": "alipay", ":channel": "face", ":step": "open-me", ":slug": "no-card",
		":stop": "coached", "*": "help/no-card"}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if value := known[part]; value != "" {
			parts[i] = value
		} else if strings.HasPrefix(part, ":") {
			parts[i] = "nothing"
		}
	}
	return strings.Join(parts, "/")
}

// withMap is a portal whose URL map the test reads.
func withMap(t *testing.T) (p *portal, pages, routed []web.Line) {
	t.Helper()
	p = newDesk(t, plainSite)
	config := p.config
	config.Registry = prometheus.NewRegistry()
	site, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	pages, routed = site.URLMap()
	return p, pages, routed
}

func TestP1_everyRouteSaysWhoMayCome(t *testing.T) {
	p, pages, routed := withMap(t)
	rights := support.Rights()
	for _, r := range pages {
		console := r.Path == "/agent" || strings.HasPrefix(r.Path, "/agent/")
		switch {
		case r.Asks == "everyone" && console && !slices.Contains(doors, r.Path):
			t.Errorf("%s %s is of the console and open to everyone", r.Method, r.Path)
		case r.Asks != "everyone" && !slices.Contains(rights, support.Right(r.Asks)):
			t.Errorf("%s %s asks for %q, which nobody can have", r.Method, r.Path, r.Asks)
		case r.Asks != "everyone" && !console:
			t.Errorf("%s %s asks for %q outside of the console", r.Method, r.Path, r.Asks)
		}
	}
	for _, r := range routed {
		path := r.Path
		for _, language := range p.config.Words.Languages() {
			rest, ok := strings.CutPrefix(r.Path, language.Prefix)
			if ok && language.Prefix != "" && (rest == "" || rest[0] == '/') {
				path = rest
			}
		}
		if path == "" {
			path = "/"
		}
		tool := slices.ContainsFunc(forTools, func(t string) bool { return strings.HasPrefix(path, t) })
		prose := p.config.Content.Pages[strings.TrimPrefix(path, "/")] != nil
		listed := slices.ContainsFunc(pages, func(l web.Line) bool { return l.Method == r.Method && l.Path == path })
		if !listed && !tool && !prose {
			t.Errorf("%s %s is served, and no line of the URL map says to whom", r.Method, r.Path)
		}
		if tool && strings.Contains(path, "agent") {
			t.Errorf("%s is of the console and for tools", r.Path)
		}
	}
}

// visitorOf is one who comes to every route: nobody, somebody whose session ended, somebody between the two steps of the
// sign-in, and one agent of each role.
type visitorOf struct {
	name  string
	may   func(support.Right) bool
	token bool // the browser brings one
	come  func() *browser
}

func TestP1_everyRouteForEveryRole(t *testing.T) {
	p, pages, _ := withMap(t)
	never := func(support.Right) bool { return false }
	visitors := []visitorOf{{"nobody", never, false, p.browser}}
	for _, role := range support.Roles() {
		a := p.hire(t, string(role), role)
		visitors = append(visitors, visitorOf{string(role), role.May, true, func() *browser {
			if a.b.get("/agent/me").status == 303 { // a route signed them out
				a.comes(t, a.b)
			}
			return a.b.tab()
		}})
	}
	gone := p.hire(t, "gone", support.RoleLead, support.RoleAuditor)
	if err := p.config.Desk.Disable(t.Context(), gone.id, support.Command); err != nil {
		t.Fatal(err)
	}
	half := p.hire(t, "half", support.RoleLead, support.RoleAuditor)
	visitors = append(visitors, visitorOf{"somebody who was disabled", never, true, gone.b.tab},
		visitorOf{"somebody after the first step", never, true, func() *browser {
			b := p.browser()
			half.leads(t, b.post("/agent/sign-in", values("name", half.name, "password", half.password)), "/agent/sign-in/second")
			return b
		}})
	for _, prefix := range []string{"", "/en"} {
		for _, r := range pages {
			for _, who := range visitors {
				checkRoute(t, r, prefix, who)
			}
		}
	}
}

func checkRoute(t *testing.T, r web.Line, prefix string, who visitorOf) {
	t.Helper()
	if r.Asks == "everyone" && who.name != "nobody" && !strings.HasPrefix(r.Path, "/agent") {
		return // the same for all, and proved elsewhere
	}
	b, target := who.come(), prefix+strings.TrimSuffix(filled(r.Path), "/")
	if target == "" {
		target = "/"
	}
	var got answer
	if r.Method == "GET" {
		got = b.get(target)
	} else {
		got = b.post(target, nil)
	}
	toSignIn := got.status == 303 && strings.HasPrefix(strings.TrimPrefix(got.location(), "/en"), "/agent/sign-in")
	if r.Path == "/agent/sign-out" && who.may(support.Right(r.Asks)) {
		toSignIn = false // it leads there because it did what it is for
	}
	want := "to be let in"
	ok := got.status != 403 && got.status < 500
	switch {
	case r.Asks == "everyone":
	case who.may(support.Right(r.Asks)):
		ok = ok && !toSignIn
	case slices.ContainsFunc(support.Roles(), func(role support.Role) bool { return string(role) == who.name }):
		want, ok = "403", got.status == 403 && !strings.Contains(got.body, "data-step")
	case r.Method == "GET" || who.token:
		want, ok = "to be led to the sign-in", toSignIn
	default:
		want, ok = "403", got.status == 403
	}
	if !ok {
		t.Errorf("%s: %s %s%s: %d %s, want %s", who.name, r.Method, prefix, r.Path, got.status, got.location(), want)
	}
	if r.Asks != "everyone" && got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s may be kept: %q", r.Method, target, got.header.Get("Cache-Control"))
	}
}
