package main

import (
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"zhaohui/internal/support"
	"zhaohui/web"
)

// openDesk is a demo of one test's own, under a name that browsers know passkeys for.
func openDesk(t *testing.T, change ...func(*settings)) *liveSite {
	t.Helper()
	filled, err := filledFolder()
	if err != nil {
		t.Fatal(err)
	}
	s := &liveSite{t: t, folder: t.TempDir(), taken: map[int]bool{}}
	if err := os.CopyFS(s.folder, os.DirFS(filled)); err != nil {
		t.Fatal(err)
	}
	url, stop, err := serveDemoAs("localhost", s.folder, change...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s.url = url
	return s
}

// person is one of the demo's people at the desk, with a code that was not used.
func (s *liveSite) person(name string) web.DemoAgent {
	s.t.Helper()
	var all map[string]web.DemoAgent
	s.read("/demo/agents.json", &all)
	if all[name].Code == "" {
		s.t.Fatalf("the demo has no %s at the desk", name)
	}
	return all[name]
}

// fillIn types into a field as a person does.
func (b *tab) fillIn(selector, text string) {
	b.t.Helper()
	b.touch(selector)
	b.keys(text)
}

// signIn goes through both steps.
func (b *tab) signIn(s *liveSite, prefix, name string) {
	b.t.Helper()
	who := s.person(name)
	b.visit(prefix + "/agent/sign-in")
	b.fillIn("#name", who.Name)
	b.fillIn("#password", who.Password)
	b.press(`form[data-step="sign-in"] .btn:not(.b2)`)
	b.at(prefix + "/agent/sign-in/second")
	b.fillIn("#code", who.Code)
	b.press(`form[data-step="second"] .btn`)
}

// withPasskey gives the window a device that holds passkeys and knows its owner.
func (b *tab) withPasskey() {
	b.t.Helper()
	b.do("a device with passkeys", send(webauthn.Enable, webauthn.EnableParams{}),
		send(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
			HasUserVerification: true, AutomaticPresenceSimulation: true, IsUserVerified: true}}))
}

func TestAgent_isLetInWithAPasskeyAndSignsInWithIt(t *testing.T) {
	t.Parallel()
	s := openDesk(t)
	public, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	const password = "seven quiet bicycles"
	somebody := support.New{Name: "wang", Shown: "王宁", Roles: []support.Role{support.RoleAgent}, Lang: "zh"}
	invitation, err := s.records().desk(public, "", time.Now).Add(t.Context(), somebody)
	if err != nil {
		t.Fatal(err)
	}
	b := openTab(t, s.url)
	b.withPasskey()
	b.visit("/agent/enrol/" + invitation)
	b.press(`form[data-step="enrol"] .btn`)
	b.at("/agent/enrol")
	b.fillIn("#password", password)
	b.fillIn("#again", password)
	b.press(`form[data-step="enrol-password"] .btn:not(.xs)`)
	b.press(`form[data-passkey="create"] .btn`)
	b.at("/agent")

	b.press(`form[action="/agent/sign-out"] button`)
	b.at("/agent/sign-in")
	b.fillIn("#name", "wang")
	b.fillIn("#password", password)
	b.press(`form[data-step="sign-in"] .btn:not(.xs)`)
	b.press(`form[data-passkey="get"] .btn`)
	b.at("/agent")
	if b.text("h1") != "王宁，您好" {
		t.Errorf("the desk greets %q", b.text("h1"))
	}
}

func TestAgent_aBrowserWithoutAPasskeyIsTold(t *testing.T) {
	t.Parallel()
	s := openDesk(t)
	b := openTab(t, s.url)
	b.signIn(s, "", "agent")
	b.do("a device that knows nobody", send(webauthn.Enable, webauthn.EnableParams{}),
		send(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasUserVerification: true,
			AutomaticPresenceSimulation: true}}))
	b.visit("/agent/me")
	b.touch(`form[data-passkey="create"] .btn`)
	b.poll(`document.querySelector('[data-passkey] [data-said]').textContent !== ''`)
	b.at("/agent/me")
}

func TestAgent_worksWithoutScript(t *testing.T) {
	t.Parallel()
	s := openDesk(t)
	b := openTab(t, s.url)
	b.withoutScript()
	b.signIn(s, "/en", "lead")
	b.visit("/en/agent/me")
	b.press(`button[name="lang"][value="en"]`)
	b.at("/en/agent/me")
	b.press(`form[action="/en/agent/sign-out"] button`)
	b.at("/en/agent/sign-in")
	b.visit("/en/agent")
	b.at("/en/agent/sign-in")
}

func TestAgent_shortcutsAreListedAndCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := openDesk(t)
	b := openTab(t, s.url)
	b.signIn(s, "", "agent")
	b.at("/agent")
	b.keys("?")
	b.poll(`document.querySelector('[data-keys]').open`)
	for _, key := range []string{"?", "d", "k", "m"} {
		if !look[bool](b, fmt.Sprintf(`[...document.querySelectorAll('.keylist kbd')].some((k) => k.textContent === %q)`, key)) {
			t.Errorf("%s is not listed", key)
		}
	}
	b.follow("m", chromedp.KeyEvent("m"))
	b.at("/agent/me")
	b.follow("d", chromedp.KeyEvent("d"))
	b.at("/agent")
	b.follow("k", chromedp.KeyEvent("k"))
	b.at("/agent/links")
	b.keys("?")
	b.poll(`document.querySelector('[data-keys]').open`)
	b.touch("[data-keys-switch] button")
	b.keys("d")
	b.visit("/agent/me")
	b.keys("d")
	if b.at("/agent/me"); look[bool](b, `document.querySelector('[data-keys]').open`) {
		t.Error("keys that were switched off still do something")
	}
}

func TestA1_AxeFindsNothingOnTheConsole(t *testing.T) {
	t.Parallel()
	for _, d := range dresses {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			s := openDesk(t)
			b := openTab(t, s.url)
			d.put(b)
			check := func(name string) {
				b.do("open every fold", openFolds)
				b.fits(d, name)
				b.axeIn(d, name)
				b.media("screen", "light")
				b.size(phone, 667)
			}
			b.visit(d.prefix + "/agent/sign-in")
			check("sign-in")
			b.visit(d.prefix + "/agent/sign-in")
			b.press(`form[data-step="sign-in"] .btn:not(.xs)`)
			check("sign-in with mistakes")
			who := s.person("auditor")
			b.visit(d.prefix + "/agent/sign-in")
			b.fillIn("#name", who.Name)
			b.fillIn("#password", who.Password)
			b.enter()
			check("second step")
			b.visit(d.prefix + "/agent/sign-in/second")
			b.fillIn("#code", s.person("auditor").Code)
			b.press(`form[data-step="second"] .btn`)
			for _, page := range []string{"/agent", "/agent/me", "/agent/links"} { // the last is not the auditor's
				b.visit(d.prefix + page)
				check(page)
			}
		})
	}
}

func TestA1_theWayInByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := openDesk(t)
	b := openTab(t, s.url)
	who := s.person("reviewer")
	b.visit("/agent")
	b.at("/agent/sign-in")
	b.tabTo("#name")
	b.keys(who.Name)
	b.tabTo("#password")
	b.keys(who.Password)
	b.enter()
	b.tabTo("#code")
	b.keys(who.Code)
	b.enter()
	b.at("/agent")
	b.tabTo(`main a[href="/agent/me"]`)
	b.enter()
	b.at("/agent/me")
}
