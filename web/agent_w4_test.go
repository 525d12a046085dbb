package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support"
)

func TestW4_theCookieOfAnAgentIsForThisSiteAlone(t *testing.T) {
	for _, public := range []string{plainSite, secureSite} {
		p := newDesk(t, public)
		a := p.hire(t, "linxiao", support.RoleAgent)
		b := p.browser()
		first := b.post("/agent/sign-in", values("name", a.name, "password", a.password))
		second := b.post("/agent/sign-in/second", values("code", a.code(t)))
		for _, got := range []answer{first, second} {
			if len(got.set) != 1 {
				t.Fatalf("%d cookies are set", len(got.set))
			}
			c := got.set[0]
			if c.Name != p.cookieName("zh_agent") || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode ||
				c.Secure != (public == secureSite) || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
				t.Errorf("%s: %v", public, c)
			}
		}
		if out := b.post("/agent/sign-out", nil); len(out.set) != 1 || out.set[0].MaxAge >= 0 {
			t.Errorf("signing out leaves a cookie: %v", out.set)
		}
	}
}

func TestW4_everyGainOfRightsGivesANewTokenAndTheOldOneIsNoGood(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	b := p.browser()
	b.post("/agent/sign-in", values("name", a.name, "password", a.password))
	half := b.tab()
	a.leads(t, half.get("/agent"), "/agent/sign-in")
	a.leads(t, half.get("/agent/me"), "/agent/sign-in?next=%2Fagent%2Fme")
	a.leads(t, b.post("/agent/sign-in/second", values("code", a.code(t))), "/agent")
	if p.agentCookie(half) == p.agentCookie(b) {
		t.Error("the token after the second step is the one of the first")
	}
	a.leads(t, half.get("/agent"), "/agent/sign-in")
	if got := half.post("/agent/sign-in/second", values("code", a.code(t))); got.location() != "/agent/sign-in" {
		t.Errorf("a half session is good for a second sign-in: %d %s", got.status, got.location())
	}
	if got := b.get("/agent"); got.status != 200 || !strings.Contains(got.body, a.shown) {
		t.Errorf("the desk: %d", got.status)
	}
}

func TestW4_aSessionIsEndedOnTheServer(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	in := func(b *browser) bool { return b.get("/agent").status == 200 }
	kept := a.b.tab()
	a.leads(t, a.b.post("/agent/sign-out", nil), "/agent/sign-in")
	if in(kept) {
		t.Error("a copy of the cookie still opens the desk after signing out")
	}
	one, two, three := p.browser(), p.browser(), p.browser()
	for _, b := range []*browser{one, two, three} {
		a.comes(t, b)
	}
	rows := parsed(t, one.get("/agent/me").body).with("data-session")
	if len(rows) != 3 {
		t.Fatalf("%d sessions are listed", len(rows))
	}
	other := ""
	for _, button := range parsed(t, one.get("/agent/me").body).all("button") {
		if button.attr("name") == "end" && button.attr("value") != "others" {
			other = button.attr("value") // the last listed is the one that signed in first of the two
		}
	}
	a.leads(t, one.post("/agent/me", values("end", other)), "/agent/me?said=ended")
	if in(two) == in(three) || !in(one) {
		t.Errorf("one of two was to end: %v %v", in(two), in(three))
	}
	a.leads(t, one.post("/agent/me", values("end", "others")), "/agent/me?said=ended")
	if in(two) || in(three) || !in(one) {
		t.Error("the others were to end, and this one not")
	}
	stranger := p.hire(t, "zhouzheng", support.RoleAgent)
	mine := parsed(t, one.get("/agent/me").body).with("data-session")[0].attr("data-session")
	if got := stranger.b.post("/agent/me", values("end", mine)); got.status != 404 || !in(one) {
		t.Errorf("somebody else ends my session: %d", got.status)
	}
}

func TestW4_aSessionEndsAfter15MinutesOfNothingAnd8HoursInAll(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	b := p.browser()
	a.comes(t, b)
	for range 3 {
		p.clock.advance(14 * time.Minute)
		if got := b.get("/agent"); got.status != 200 {
			t.Fatalf("after 14 minutes: %d", got.status)
		}
	}
	p.clock.advance(16 * time.Minute)
	a.leads(t, b.get("/agent/me"), "/agent/sign-in?next=%2Fagent%2Fme")
	if got := b.get("/agent/sign-in"); !strings.Contains(got.body, realWords().Words("zh").T("agent.sign-in.ended")) {
		t.Error("nobody says why the agent is out")
	}
	a.leads(t, b.post("/agent/me", values("lang", "en")), "/agent/sign-in")
	a.comes(t, b)
	for range 8 * 6 {
		if p.clock.advance(10 * time.Minute); b.get("/agent").status != 200 {
			break
		}
	}
	a.leads(t, b.get("/agent"), "/agent/sign-in")
}

// A browser keeps a Strict cookie back when the click was on another site; a page of ours in between brings it along.
func TestW4_aLinkOnAnotherSiteStillFindsTheSession(t *testing.T) {
	p := newDesk(t, plainSite)
	r := p.browser().request("GET", "/agent/me", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	got := p.browser().send(r)
	if got.status != 200 || got.header.Get("Refresh") != "0; url=/agent/me" || !strings.Contains(got.body, `href="/agent/me"`) {
		t.Errorf("%d, Refresh %q", got.status, got.header.Get("Refresh"))
	}
	if strings.Contains(got.body, "data-session") {
		t.Error("it shows what only the agent may see")
	}
}

func TestW6_nextLeadsNowhereElse(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	for next, want := range map[string]string{"/agent/me": "/agent/me", "/en/agent/me": "/en/agent/me", "": "/agent",
		"//evil.example":  "/agent",
		"/\\evil.example": "/agent", "https://evil.example/agent": "/agent", "/%2f%2fevil.example": "/agent",
		"/agent/../../evil": "/agent",
		"/agent/sign-out":   "/agent", "/agent/sign-in": "/agent", "/p/alipay": "/agent", "/agentx": "/agent",
		"/agent/me?x=//evil":   "/agent/me",
		"/agent//evil.example": "/agent", "javascript:alert(1)": "/agent"} {
		b := p.browser()
		page := b.get("/agent/sign-in?" + values("next", next).Encode())
		if strings.Contains(page.body, "evil") {
			t.Errorf("%q comes back on the page", next)
		}
		got := b.post("/agent/sign-in", values("name", a.name, "password", a.password, "next", next))
		if strings.Contains(got.location(), "evil") || !strings.HasPrefix(got.location(), "/agent/sign-in/second") {
			t.Errorf("%q after the first step: %s", next, got.location())
		}
		if got = b.post("/agent/sign-in/second", values("code", a.code(t), "next", next)); got.location() != want {
			t.Errorf("%q leads to %q, want %q", next, got.location(), want)
		}
	}
}
