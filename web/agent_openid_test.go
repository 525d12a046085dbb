package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhaohui/internal/support/oidc"
	"zhaohui/internal/support/oidc/oidctest"
	"zhaohui/web"
)

// newOpenID is a portal whose agents sign in with a provider of the operator.
func newOpenID(t *testing.T, public string) (*portal, *oidctest.Provider) {
	t.Helper()
	clock := newClock()
	theirs, err := oidctest.Start(clock.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(theirs.Close)
	theirs.Claims = map[string]any{"sub": "u-17", "preferred_username": "linxiao", "name": "林晓", "roles": []string{"agent"}}
	ours, err := oidc.New(oidc.Config{Issuer: theirs.URL, ClientID: oidctest.ClientID, Secret: oidctest.Secret,
		Back: public + web.OpenIDBack, Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	return newDesk(t, public, func(c *web.Config) { c.OpenID = ours }), theirs
}

// away goes to the provider and gives the address that it sends the browser back to.
func away(t *testing.T, b *browser, theirs *oidctest.Provider, begin string) string {
	t.Helper()
	got := b.get(begin)
	back, wrong := theirs.Approve(got.location())
	if got.status != 303 || wrong != "" {
		t.Fatalf("%d %s: %s", got.status, got.location(), wrong)
	}
	return strings.TrimPrefix(back, b.portal.config.PublicURL.String())
}

// comeBack opens the address that the provider sent the browser to, and does what the page does by itself.
func comeBack(t *testing.T, b *browser, back string) answer {
	t.Helper()
	page := b.get(back)
	if page.status != 200 {
		return page
	}
	forms := parsed(t, page.body).with("data-onward")
	if len(forms) != 1 || forms[0].attr("method") != "post" {
		t.Fatalf("%d forms that go on", len(forms))
	}
	said := url.Values{}
	for _, field := range forms[0].all("input") {
		said.Set(field.attr("name"), field.attr("value"))
	}
	return b.post(forms[0].attr("action"), said)
}

func TestOpenID_leadsInWithTheRolesThatItSays(t *testing.T) {
	p, theirs := newOpenID(t, secureSite)
	b := p.browser()
	page := b.get("/agent/sign-in?next=%2Fagent%2Fme").body
	if !strings.Contains(page, `href="/agent/sign-in/openid?next=%2Fagent%2Fme"`) {
		t.Error("the sign-in does not offer it")
	}
	back := away(t, b, theirs, "/agent/sign-in/openid?next=%2Fagent%2Fme")
	kept := b.cookies["__Host-zh_openid"]
	if kept == nil || kept.SameSite != http.SameSiteLaxMode || !kept.HttpOnly || !kept.Secure || kept.MaxAge != 600 {
		t.Errorf("what is kept on the way: %v", kept)
	}
	got := comeBack(t, b, back)
	if got.status != 303 || got.location() != "/agent/me" {
		t.Fatalf("back: %d, %q", got.status, got.location())
	}
	c := b.cookies["__Host-zh_agent"]
	if c == nil || c.SameSite != http.SameSiteStrictMode || b.cookies["__Host-zh_openid"] != nil {
		t.Errorf("the session: %v", c)
	}
	me := b.get("/agent/me")
	if me.status != 200 || !strings.Contains(me.body, "林晓") || !strings.Contains(me.body, "linxiao") {
		t.Errorf("my page: %d", me.status)
	}
	if len(parsed(t, me.body).with("data-passkey")) != 0 {
		t.Error("somebody who signs in elsewhere is offered a passkey here")
	}
	if b.get("/agent/links").status != 200 {
		t.Error("an agent may not share links")
	}
	// another role the next time: what was is over
	theirs.Claims["roles"] = []string{"auditor"}
	again := p.browser()
	comeBack(t, again, away(t, again, theirs, "/agent/sign-in/openid"))
	if got := again.get("/agent/links"); got.status != 403 {
		t.Errorf("an auditor shares links: %d", got.status)
	}
	if got := b.get("/agent"); got.status != 303 {
		t.Errorf("the session with the old role goes on: %d", got.status)
	}
}

func TestOpenID_withoutARoleNobodyComesIn(t *testing.T) {
	p, theirs := newOpenID(t, plainSite)
	for _, roles := range []any{nil, []string{}, []string{"admin", "root"}, "Agent"} {
		theirs.Claims["roles"] = roles
		b := p.browser()
		got := comeBack(t, b, away(t, b, theirs, "/agent/sign-in/openid"))
		if got.status != 403 || b.get("/agent").status != 303 || p.agentCookie(b) != "" {
			t.Errorf("%v: %d", roles, got.status)
		}
	}
	if agents, err := p.config.Desk.Agents(t.Context()); err != nil || len(agents) != 0 {
		t.Errorf("%d agents, %v", len(agents), err)
	}
}

func TestOpenID_onlyTheBrowserThatBeganIsLetIn(t *testing.T) {
	p, theirs := newOpenID(t, plainSite)
	victim, attacker := p.browser(), p.browser()
	back := away(t, attacker, theirs, "/agent/sign-in/openid")
	if got := comeBack(t, victim, back); got.location() != "/agent/sign-in" || p.agentCookie(victim) != "" {
		t.Errorf("another browser is let in: %d", got.status)
	}
	away(t, victim, theirs, "/agent/sign-in/openid")
	if got := comeBack(t, victim, back); got.status != 403 || p.agentCookie(victim) != "" {
		t.Errorf("a browser with a way of its own is let in: %d", got.status)
	}
	u, _ := url.Parse(back)
	q := u.Query()
	q.Del("code")
	q.Set("error", "access_denied")
	if got := comeBack(t, attacker, u.Path+"?"+q.Encode()); got.status != 403 || p.agentCookie(attacker) != "" {
		t.Errorf("refused there: %d", got.status)
	}
	if log := p.log.String(); strings.Contains(log, u.Query().Get("code")) || strings.Contains(log, u.Query().Get("state")) {
		t.Error("the log repeats what came back")
	}
}

func TestOpenID_aProviderThatIsDownLeavesTheOtherWayOpen(t *testing.T) {
	p, theirs := newOpenID(t, plainSite)
	theirs.Close()
	got := p.browser().get("/agent/sign-in/openid")
	if got.status != 503 || got.header.Get("Retry-After") == "" || strings.Contains(got.body, theirs.URL) {
		t.Errorf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	p.hire(t, "linxiao", "agent")
	if got := newDesk(t, plainSite).browser().get("/agent/sign-in/openid"); got.status != 404 {
		t.Errorf("where there is none: %d", got.status)
	}
}

// The standard wants a GET; here it shows a page, and only that page's own form signs in, once (design.md, rule 6).
func TestOpenID_theAddressAloneSignsNobodyIn(t *testing.T) {
	p, theirs := newOpenID(t, plainSite)
	b := p.browser()
	back := away(t, b, theirs, "/agent/sign-in/openid")
	for range 3 { // a reload, or what looks ahead
		if got := b.get(back); got.status != 200 || len(got.header.Values("Set-Cookie")) != 0 {
			t.Fatalf("opened: %d, sets %q", got.status, got.header.Values("Set-Cookie"))
		}
	}
	if agents, err := p.config.Desk.Agents(t.Context()); err != nil || len(agents) != 0 {
		t.Fatalf("opened, and there are %d agents, %v", len(agents), err)
	}
	u, _ := url.Parse(back)
	if got := p.browser().post(web.OpenIDBack, u.Query()); got.location() != "/agent/sign-in" {
		t.Errorf("sent from another browser: %d", got.status)
	}
	if got := comeBack(t, b, back); got.status != 303 || got.location() != "/agent" {
		t.Fatalf("sent: %d %s", got.status, got.location())
	}
	in := p.agentCookie(b)
	if got := b.post(web.OpenIDBack, u.Query()); got.location() != "/agent/sign-in" || p.agentCookie(b) != in {
		t.Errorf("sent twice: %d %s", got.status, got.location())
	}
}
