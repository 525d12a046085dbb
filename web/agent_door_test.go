package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support"
)

func TestW2_theEnrolmentTokenLeavesTheAddressByAPost(t *testing.T) {
	p := newDesk(t, plainSite)
	invitation, err := p.config.Desk.Add(t.Context(), newcomer(""))
	if err != nil {
		t.Fatal(err)
	}
	address := "/agent/enrol/" + invitation
	before := p.live.rows(t)
	b := p.browser()
	for range 20 {
		if got := b.get(address); got.status != 200 || len(got.set) > 0 || !strings.Contains(got.body, "林晓") {
			t.Fatalf("the address: %d, %d cookies", got.status, len(got.set))
		}
	}
	if p.live.rows(t) != before {
		t.Error("opening the address changed something")
	}
	if h := p.browser().get(address).header; h.Get("Referrer-Policy") != "same-origin" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", h)
	}
	if got := b.post(address, nil); got.status != 303 || got.location() != "/agent/enrol" {
		t.Fatalf("%d %s", got.status, got.location())
	}
	first, wrong := b.get("/agent/enrol"), b.post("/agent/enrol", values("password", "short", "again", "short"))
	if first.status != 200 || wrong.status != 422 {
		t.Errorf("the pages that follow: %d, %d", first.status, wrong.status)
	}
	if strings.Contains(first.body+wrong.body, invitation) {
		t.Error("a later page repeats the token")
	}
	if strings.Contains(p.log.String(), invitation) {
		t.Error("the log repeats the token")
	}
	if got := p.browser().get("/agent/enrol/" + strings.Repeat("x", 43)); got.status != 410 {
		t.Errorf("a made-up address: %d", got.status)
	}
}

func TestEnrol_aPasswordFirstThenACodeAndTheAddressIsDead(t *testing.T) {
	p := newDesk(t, plainSite)
	invitation, err := p.config.Desk.Add(t.Context(), newcomer("en"))
	if err != nil {
		t.Fatal(err)
	}
	a := &staff{portal: p, name: "linxiao", b: p.browser()}
	if got := a.b.get("/agent/enrol"); got.status != 410 {
		t.Errorf("without the address: %d", got.status)
	}
	a.b.post("/agent/enrol/"+invitation, nil)
	page := a.b.get("/agent/enrol").body
	if first, rules := strings.Index(page, `id="rules"`), strings.Index(page, `id="password"`); first < 0 || first > rules {
		t.Error("the rules do not come before the password")
	}
	for password, word := range map[string]string{"": "password-required", "a short one": "password-short",
		"linxiao linxiao": "password-own",
		"aaaaaaaaaaaaaa":  "password-repeated", "password123456": "password-common",
		strings.Repeat("long ", 30): "password-long"} {
		got := a.b.post("/agent/enrol", values("password", password, "again", password))
		if want := realWords().Words("zh").T("agent.error." + word); got.status != 422 || !strings.Contains(got.body, want) {
			t.Errorf("%q: %d, want %q, found %q", password, got.status, want, mistakesOn(t, got))
		}
		if password != "" && strings.Contains(got.body, `value="`+password) {
			t.Errorf("%q is echoed", password)
		}
	}
	if got := a.b.post("/agent/enrol", values("password", goodPassword, "again", goodPassword+"x")); got.status != 422 {
		t.Errorf("two that are not the same: %d", got.status)
	}
	if got := a.b.post("/agent/enrol", values("code", "123456")); got.status != 422 {
		t.Errorf("a code before the password: %d", got.status)
	}
	a.leads(t, a.b.post("/agent/enrol", values("password", goodPassword, "again", goodPassword)), "/agent/enrol")
	second := parsed(t, a.b.get("/agent/enrol").body)
	if len(second.class("qr")) != 1 || len(second.with("data-secret")) != 1 {
		t.Fatal("no picture or no key for the code app")
	}
	a.totp = strings.ReplaceAll(second.with("data-secret")[0].text(), " ", "")
	if got := a.b.post("/agent/enrol", values("code", "000000")); got.status != 422 {
		t.Errorf("a wrong code: %d", got.status)
	}
	a.leads(t, a.b.post("/agent/enrol", values("code", a.code(t))), "/en/agent")
	if got := p.browser().get("/agent/enrol/" + invitation); got.status != 410 {
		t.Errorf("the address after it was used: %d", got.status)
	}
	if got := a.b.get("/agent/enrol"); got.status != 410 {
		t.Errorf("the pages after they are done: %d", got.status)
	}
}

func TestSignIn_aWrongNameAndAWrongPasswordLookTheSame(t *testing.T) {
	p := newDesk(t, plainSite)
	p.hire(t, "linxiao", support.RoleAgent)
	plain := func(name string) string {
		got := p.browser().post("/agent/sign-in", values("name", name, "password", "not the right one"))
		if got.status != 422 || strings.Contains(got.body, "not the right one") {
			t.Errorf("%s: %d", name, got.status)
		}
		return strings.ReplaceAll(got.body, `value="`+name+`"`, "")
	}
	if plain("linxiao") != plain("nobody-1") {
		t.Error("the page says whether there is such a name")
	}
}

func TestSignIn_tooManyTriesSayWhenToComeBack(t *testing.T) {
	p := newDesk(t, plainSite)
	for _, name := range []string{"linxiao", "nobody-1"} {
		b := p.browser()
		b.from = map[string]string{"linxiao": "203.0.113.7:1", "nobody-1": "198.51.100.7:1"}[name]
		if name == "linxiao" {
			p.hire(t, name, support.RoleAgent)
		}
		for range 5 {
			if got := b.post("/agent/sign-in", values("name", name, "password", "not the right one")); got.status != 422 {
				t.Fatalf("%s: %d", name, got.status)
			}
		}
		got := b.post("/agent/sign-in", values("name", name, "password", goodPassword))
		until := regexp.MustCompile(`\d\d:\d\d`).FindString(mistakesOn(t, got))
		if got.status != 429 || got.header.Get("Retry-After") == "" || until == "" {
			t.Errorf("%s: %d, Retry-After %q, %q", name, got.status, got.header.Get("Retry-After"), mistakesOn(t, got))
		}
		if !strings.Contains(got.body, `value="`+name+`"`) || strings.Contains(got.body, goodPassword) {
			t.Errorf("%s: what was typed is not kept, or too much of it", name)
		}
	}
	p.clock.advance(16 * time.Minute)
	if got := p.browser().post("/agent/sign-in", values("name", "linxiao", "password", goodPassword)); got.status != 303 {
		t.Errorf("a quarter of an hour later: %d", got.status)
	}
}

func TestA2_aCodeIsTakenHoweverItIsTyped(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	wide := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４",
		"5", "５", "6", "６", "7", "７", "8", "８", "9", "９")
	for _, typed := range []func(string) string{wide.Replace, func(c string) string { return " " + c[:3] + " " + c[3:] + " " }} {
		b := p.browser()
		b.post("/agent/sign-in", values("name", " "+strings.ToUpper(a.name), "password", a.password))
		if got := b.get("/agent/sign-in/second"); !strings.Contains(got.body, `autocomplete="one-time-code"`) {
			t.Errorf("the second step: %d", got.status)
		}
		a.leads(t, b.post("/agent/sign-in/second", values("code", typed(a.code(t)))), "/agent")
	}
	b := p.browser()
	b.post("/agent/sign-in", values("name", a.name, "password", a.password))
	code := a.code(t)
	a.leads(t, b.tab().post("/agent/sign-in/second", values("code", code)), "/agent")
	b = p.browser()
	b.post("/agent/sign-in", values("name", a.name, "password", a.password))
	if got := b.post("/agent/sign-in/second", values("code", code)); got.status != 422 {
		t.Errorf("a code is good twice: %d", got.status)
	}
}

func TestW9_nothingSecretOfAnAgentIsLogged(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	a.comes(t, p.browser())
	b := p.browser()
	b.post("/agent/sign-in", values("name", a.password, "password", a.name)) // typed in the wrong places
	b.post("/agent/sign-in/second", values("code", "123321"))
	for _, secret := range []string{a.password, a.totp, p.agentCookie(a.b)} {
		if strings.Contains(p.log.String(), secret) {
			t.Errorf("the log repeats %q", secret)
		}
	}
	all := column(t, p.live.db, `SELECT COALESCE(password, '') || COALESCE(totp, '') FROM agent`)
	for _, text := range all {
		if strings.Contains(text, a.password) || strings.Contains(text, a.totp) {
			t.Error("a secret stands in the database")
		}
	}
}

func TestMe_theLanguageOfTheConsoleIsKept(t *testing.T) {
	p := newDesk(t, plainSite)
	a := p.hire(t, "linxiao", support.RoleAgent)
	a.leads(t, a.b.post("/agent/me", values("lang", "en")), "/en/agent/me?said=language")
	a.leads(t, a.b.post("/agent/sign-out", nil), "/agent/sign-in")
	b := p.browser()
	b.post("/agent/sign-in", values("name", a.name, "password", a.password))
	a.leads(t, b.post("/agent/sign-in/second", values("code", a.code(t))), "/en/agent")
	if got := b.post("/agent/me", values("lang", "xx")); got.status != 422 {
		t.Errorf("a language that nobody speaks: %d", got.status)
	}
}
