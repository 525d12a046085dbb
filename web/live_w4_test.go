package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

func TestW4_theKeyOfACaseIsClosedToScriptsAndOtherSites(t *testing.T) {
	for _, public := range []string{plainSite, secureSite} {
		p := newLive(t, public)
		one := p.person(t)
		names := map[string]bool{}
		one.see = func(*person, answer) {
			for name, c := range one.cookies {
				names[name] = true
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != (public == secureSite) || c.Path != "/" ||
					c.Domain != "" {
					t.Errorf("%s: %v", public, c)
				}
			}
		}
		one.recover("all@demo.example", "739184")
		for _, name := range []string{"zh_case", "zh_device"} {
			if !names[p.cookieName(name)] {
				t.Errorf("%s: no cookie %s among %v", public, p.cookieName(name), names)
			}
		}
		one.post("/progress", values("clear", "all"))
		if len(one.cookies) != 0 {
			t.Errorf("after everything was cleared the browser keeps %v", one.cookies)
		}
	}
}

func TestW4_everyProofGivesANewKeyAndTheOldOneEnds(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	keys := []string{one.key()}
	old := []*browser{one.tab()}
	next := func() {
		if slices.Contains(keys, one.key()) {
			t.Errorf("at %s the browser has a key that it had before", one.at)
		}
		keys, old = append(keys, one.key()), append(old, one.tab())
	}
	one.proveSMS()
	next()
	one.fill("method", "mail")
	one.proveMail()
	next()
	one.fill("new_password", "739184", "new_password_again", "739184")
	next()
	p.clock.advance(2 * time.Minute)
	before := p.live.rows(t)
	for i, b := range old[:3] {
		if a := b.get("/p/wallet/sms/done"); a.status == 200 {
			t.Errorf("key %d still opens the case", i)
		}
		b.post("/case/"+one.caseID(), values("do", "cancel"))
		b.post("/case/"+one.caseID(), values("do", "hand-off"))
	}
	if p.live.rows(t) != before {
		t.Error("an old key changed something")
	}
	if a := old[3].get("/p/wallet/sms/done"); a.status != 200 {
		t.Errorf("the newest key does not open it: %d", a.status)
	}
}

func TestW4_whoTakesACaseOverTakesTheRights(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	p.clock.advance(2 * time.Minute)
	code := p.facts(t, one.caseID()).Code
	other := p.person(t)
	other.open("/case")
	status := other.fill("resume", code)
	for _, personal := range []string{"all@", "199", "1016", "周", "demo-all"} {
		if strings.Contains(parsed(t, status.body).all("main")[0].text(), personal) {
			t.Errorf("the status page shows %q", personal)
		}
	}
	before := p.live.rows(t)
	for _, do := range []string{"cancel", "more", "hand-off", "resend"} { // a number alone may do nothing
		other.post("/case/"+other.caseID(), values("do", do))
	}
	other.post("/case/"+other.caseID(), values("do", "choose", "method", "mail"))
	if p.live.rows(t) != before {
		t.Error("the number alone changed the case")
	}
	other.do("again", "method", "sms")
	other.follow(other.post("/case/"+other.caseID(), values("code", p.code(t, recovery.PurposeCode))))
	other.expect("next")
	p.clock.advance(2 * time.Minute)
	if one.open("/case/" + one.caseID()); one.at != "/case" {
		t.Errorf("the first browser still stands at %s", one.at)
	}
	if walks := one.walks(t); len(walks) != 0 {
		t.Errorf("the first browser's progress still names %v", walks)
	}
}

func TestW4_acaseThatEndedDoesNothingMore(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.do("cancel")
	one.expect("ended")
	before := p.live.rows(t)
	for _, do := range []string{"cancel", "more", "resend", "hand-off", "choose"} {
		if a := one.post("/case/"+one.caseID(), values("do", do)); a.status == 500 {
			t.Errorf("%s: %d", do, a.status)
		}
	}
	for _, step := range []string{"account", "sms-code", "next", "password"} {
		one.post("/p/wallet/sms/"+step, values("code", p.code(t, recovery.PurposeCode)))
	}
	if p.live.rows(t) != before {
		t.Error("an ended case was changed")
	}
}
