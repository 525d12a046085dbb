package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/recovery"
	"zhaohui/web"
)

// W5: another site, unknown fields, and steps out of order write nothing.
func TestW5_whatIsNotAskedHereWritesNothing(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	one.fill("method", "mail")
	one.expect("mail-code")
	code, link, id := p.code(t, recovery.PurposeLink), p.link(t, recovery.PurposeLink), one.caseID()
	before, key := p.live.rows(t), one.key()
	unchanged := func(what string, a answer, status ...int) {
		t.Helper()
		if p.live.rows(t) != before || one.key() != key {
			t.Fatalf("%s changed something", what)
		}
		if !slices.Contains(status, a.status) {
			t.Errorf("%s: %d", what, a.status)
		}
	}
	for target, form := range map[string]url.Values{"/p/wallet/sms/mail-code": values("code", code), "/case/" +
		id: values("do", "cancel"), link: values("answer", "stop"),
		"/p/wallet/sms/safety": values("safety", "none"), "/case": values("resume", p.facts(t, id).Code)} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := one.request("POST", target, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header, value)
			unchanged("another site's POST to "+target, one.send(r), 403)
		}
	}
	for _, c := range []struct {
		target string
		form   url.Values
	}{
		{"/p/wallet/sms/mail-code", values("code", code, "hold", "0")},
		{"/p/wallet/sms/mail-code", values("code", code, "account", "x")},
		{"/p/wallet/sms/mail-code", url.Values{"code": {code, code}}},
		{"/case/" + id, values("do", "cancel", "force", "1")},
		{"/case/" + id, values("do", "anything")},
		{"/case/" + id, values()},
		{link, values("answer", "yes", "case", id)},
		{link, values("answer", "perhaps")},
		{link, values()},
		{"/case", values("resume", "x", "case", id)},
		{"/p/wallet/sms/safety", values("safety", "none", "account", "x")},
		{"/p/wallet/sms/safety", values("safety", "")},
	} {
		unchanged(fmt.Sprint(c.target, c.form), one.post(c.target, c.form), 422)
	}
	for _, step := range []string{"account", "first", "next", "sms-code", "hold", "password", "setting", "done", "ended", "card",
		"nonsense"} {
		form := values("account", "suspended@demo.example", "method", "card", "code", code, "new_password", "739184",
			"new_password_again", "739184")
		a := one.post("/p/wallet/sms/"+step, form)
		unchanged("a POST to "+step, a, 303)
		if a.location() != "/p/wallet/sms/mail-code" {
			t.Errorf("a POST to %s leads to %s", step, a.location())
		}
		one.get("/p/wallet/sms/" + step)
	}
	for _, channel := range []string{"mail", "card", "identity"} {
		unchanged("a POST to another channel", one.post("/p/wallet/"+channel+"/mail-code", values("code", code)), 303)
	}
	unchanged("somebody without the key", p.browser().post("/p/wallet/sms/mail-code", values("code", code)), 303)
	unchanged("somebody without the key", p.browser().post("/case/"+id, values("do", "cancel")), 303)
	if one.proveMail(); one.step() != "password" {
		t.Errorf("and then it does not go on: %s", one.at)
	}
}

// The browser that began runs a case once; the same form sent twice is one answer.
func TestW5_aDoubledSubmitShowsTheRightPage(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	code := p.code(t, recovery.PurposeCode)
	second := one.tab()
	one.proveSMS()
	a := second.post("/p/wallet/sms/sms-code", values("code", code))
	if a.status != 303 || a.location() != "/p/wallet/sms/next" || len(p.facts(t, one.caseID()).Proofs) != 1 {
		t.Errorf("the second click gets %d %s", a.status, a.location())
	}
}

var ownPath = regexp.MustCompile(`^(/en)?(/p/wallet(/[a-z-]+){0,2}|/case(/[a-z0-9]{26})?|/progress)(\?[a-z=&-]*)?$`)

func TestW6_liveRedirectsLeadOnlyToOwnPages(t *testing.T) {
	for _, prefix := range []string{"", "/en"} {
		tour(t, newLive(t, plainSite), prefix, func(one *person, _ answer) {
			for _, target := range one.visited[1:] {
				if !ownPath.MatchString(target) && !strings.HasSuffix(target, "/mail") && !strings.Contains(target, "/mail/") &&
					!strings.Contains(target, "/join/") && !strings.HasSuffix(target, ".ics") {
					t.Errorf("led to %s", target)
				}
			}
		})
	}
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	for _, evil := range []string{"//evil.example", `/\evil.example`, "%2f%2fevil.example", "%5cevil.example",
		"..%2f..%2fevil.example", "@evil.example"} {
		for _, target := range []string{"/case/" + evil, "/case/" + evil + "/hold.ics", "/p/wallet/sms/" + evil, "/p/wallet/" +
			evil + "/safety", "/mail/" + evil, "/case/x/join/" + evil,
			"/p/wallet/sms/account?next=" + evil, "/p/wallet/sms/safety?next=" + evil} {
			target = strings.ReplaceAll(target, `\`, "%5c")
			for _, a := range []answer{one.get(target), one.post(target, values("do", "more", "next", evil)),
				one.post(target, values("safety", "none"))} {
				if to := a.location(); to != "" && !ownPath.MatchString(to) {
					t.Errorf("%s leads to %q", target, to)
				}
			}
		}
	}
}

func TestW8_liveFormsAreLimitedInSize(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	before := p.live.rows(t)
	for _, target := range []string{"/p/wallet/sms/sms-code", "/case/" + one.caseID(), "/p/wallet/mail/safety", "/case",
		"/mail/abcdefghijklmnopqrstuvwxyz"} {
		for _, name := range []string{"code", "do", "safety", "resume", "answer"} {
			if a := one.post(target, values(name, strings.Repeat("9", web.MaxBody))); a.status != 413 {
				t.Errorf("%s of %s: %d", name, target, a.status)
			}
		}
	}
	if p.live.rows(t) != before {
		t.Error("a form that was too large changed something")
	}
}
