package main

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support/oidc/oidctest"
	"zhaohui/web"
)

// openOpenID is a desk whose people sign in at a provider of the operator, which is another site to the browser.
func openOpenID(t *testing.T, roles ...string) (*liveSite, *oidctest.Provider) {
	t.Helper()
	theirs, err := oidctest.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(theirs.Close)
	theirs.Claims = map[string]any{"sub": "u-17", "preferred_username": "sun", "name": "孙悦", "roles": roles}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(oidctest.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return openDesk(t, func(s *settings) {
		s.OIDCIssuer, s.OIDCClientID, s.OIDCClientSecretFile, s.OIDCRolesClaim = theirs.URL, oidctest.ClientID, secret, "roles"
	}), theirs
}

const openIDButton = `a[href^="/agent/sign-in/openid"]`

func TestOpenID_anAgentSignsInWhereTheyAlwaysDo(t *testing.T) {
	t.Parallel()
	s, _ := openOpenID(t, "agent")
	b := openTab(t, s.url)
	b.visit("/agent/links")
	b.at("/agent/sign-in")
	b.press(openIDButton)
	b.poll(`location.pathname === "/agent/links"`) // the page between goes on by itself
	if name := b.text("header"); !strings.Contains(name, "孙悦") {
		t.Errorf("the frame says %q", name)
	}
	b.press(`form[action="/agent/sign-out"] button`)
	b.at("/agent/sign-in")
}

func TestOpenID_withoutScriptThereIsAButton(t *testing.T) {
	t.Parallel()
	s, _ := openOpenID(t, "lead")
	b := openTab(t, s.url)
	b.withoutScript()
	b.visit("/agent/sign-in")
	b.press(openIDButton)
	b.at(web.OpenIDBack)
	b.press("form[data-onward] button")
	b.at("/agent")
	b.visit(web.OpenIDBack + "?code=seen&state=before") // what was sent cannot be sent again
	b.at("/agent")
}

func TestOpenID_withoutARoleNobodyIsLetIn(t *testing.T) {
	t.Parallel()
	s, _ := openOpenID(t, "visitor")
	b := openTab(t, s.url)
	b.visit("/agent/sign-in")
	b.press(openIDButton)
	b.poll(`document.querySelector("h1").textContent.includes("还没有开通")`)
	b.visit("/agent")
	b.at("/agent/sign-in")
}

// Another site sends the browser of somebody who is signing in to the callback, with a code that the attacker got.
func TestOpenID_anotherSiteSignsNobodyIn(t *testing.T) {
	t.Parallel()
	s, theirs := openOpenID(t, "agent")
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).
		Get(s.url + "/agent/sign-in/openid")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	back, wrong := theirs.Approve(answer.Header.Get("Location"))
	if wrong != "" {
		t.Fatal(wrong)
	}
	stolen, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><form method="post" action="%s">`, s.url+web.OpenIDBack)
		for name := range stolen.Query() {
			fmt.Fprintf(w, `<input name="%s" value="%s">`, name, html.EscapeString(stolen.Query().Get(name)))
		}
		fmt.Fprint(w, `<button>gift</button></form><a href="`, html.EscapeString(back), `">prize</a>`)
	}))
	t.Cleanup(evil.Close)
	for _, way := range []string{"button", "a"} {
		b := openTab(t, evil.URL)
		b.visit("/")
		b.press(way)
		b.site = s.url
		b.visit("/agent")
		b.at("/agent/sign-in")
	}
}
