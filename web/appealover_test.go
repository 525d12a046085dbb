package web_test

import (
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// What a yes promised is no longer said once its case ended: to the browser that wrote, and to whoever types number and key.
func TestL15_anEndedCaseIsNotPromisedAPasswordAnyMore(t *testing.T) {
	p := newAppeals(t)
	said := func(one *person, number, key, text string) {
		t.Helper()
		other := p.person(t)
		other.post("/appeal", values("number", number, "key", key))
		for who, a := range map[string]answer{"who wrote": one.get("/case/" + one.caseID() + "/appeal"),
			"who typed the number": other.get("/appeal/status")} {
			if body := strings.ReplaceAll(a.body, "<wbr>", ""); a.status != 200 || !strings.Contains(body, text) {
				t.Errorf("%s: %d, without %q", who, a.status, text)
			}
			for _, gone := range []string{"去下一步", "能喊停", "换到这里接着办"} {
				if strings.Contains(a.body, gone) {
					t.Errorf("%s is still told %q", who, gone)
				}
			}
		}
	}
	stopped, number, key := p.decided(t, "all@demo.example")
	stopped.post("/case/"+stopped.caseID(), values("do", "cancel"))
	said(stopped, number, key, "这次找回已经停了")

	late, number, key := p.decided(t, "mailonly@demo.example")
	p.clock.advance(31 * 24 * time.Hour)
	said(late, number, key, "这次找回已经停了")
}

// The minute that the appeal and the hold name is one at which the password can be chosen: the letters say the same.
func TestR7_theEndOfAHoldIsNeverNamedTooEarly(t *testing.T) {
	p := newAppeals(t)
	p.clock.advance(22 * time.Second)
	one, _, _ := p.decided(t, "all@demo.example")
	hold := p.facts(t, one.caseID()).Hold
	named := hold.Add(time.Minute - 1).Truncate(time.Minute).In(p.config.Zone).Format("15:04")
	for _, page := range []string{"/case/" + one.caseID() + "/appeal", "/p/wallet/appeal/hold"} {
		contains(t, one.get(page), named)
	}
}

// The page of a link that came to an address on record as lost does not promise to stop anything: neither before the press nor
// after it.
func TestR7_aLostAddressIsNotToldThatOnePressStops(t *testing.T) {
	p := newAppeals(t)
	one, _, _ := p.decided(t, "nothing@demo.example")
	p.live.work()
	path := p.link(t, recovery.PurposeTicketApproved)
	owner := p.person(t)
	for _, step := range []string{"光按这里停不住", "记下了，还没有停"} {
		a := owner.get(path)
		body := strings.ReplaceAll(a.body, "<wbr>", "")
		if a.status != 200 || !strings.Contains(body, step) || strings.Contains(body, "按一下就停") {
			t.Fatalf("%d, without %q", a.status, step)
		}
		path = owner.post(path, values("answer", "stop")).location()
	}
	if state := one.get("/p/wallet/appeal/hold"); state.status != 200 {
		t.Errorf("one press of a lost address stopped the case: %d", state.status)
	}
}
