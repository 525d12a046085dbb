package web_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// decided is an appeal that two people said yes to, with its number and key.
func (p *portal) decided(t *testing.T, account string) (one *person, number, key string) {
	t.Helper()
	one, page := p.appeals(t, account)
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	shown := parsed(t, one.open(page).body).class("big")
	number, key = strings.TrimSpace(shown[0].text()), strings.TrimSpace(shown[1].text())
	kind, _ := p.config.Tickets.Kind("appeal")
	j := support.Judgement{Checks: map[string]string{}, Compared: "video"}
	for _, c := range kind.Checks {
		j.Checks[c.ID] = support.CheckMatch
	}
	id := p.ticket(t, one).ID
	for _, name := range []string{"anna", "berta"} {
		if _, err := p.config.Tickets.Approve(t.Context(), p.judge(t, id, name), id, j); err != nil {
			t.Fatal(err)
		}
	}
	return one, number, key
}

// Whoever lost the browser goes on elsewhere with number and key: the hold begins again, and the first browser is shut out. Only
// a press does it.
func TestR7_numberAndKeyTakeADecidedAppealAlong(t *testing.T) {
	p := newAppeals(t)
	one, number, key := p.decided(t, "all@demo.example")
	p.clock.advance(73 * time.Hour)
	if one.get("/p/wallet/appeal/password").status != 200 {
		t.Fatal("the first browser cannot choose a password after the hold")
	}
	other := p.person(t)
	if a := other.post("/appeal/status", nil); a.location() != "/appeal" {
		t.Errorf("without number and key: %d %s", a.status, a.location())
	}
	other.post("/appeal", values("number", number, "key", key))
	contains(t, other.get("/appeal/status"), "72 小时要从头再等", "换到这里接着办")
	if one.get("/p/wallet/appeal/password").status != 200 {
		t.Error("looking moved the case")
	}
	a := other.post("/appeal/status", nil)
	if a.status != 303 || a.location() != "/case/"+one.caseID() {
		t.Fatalf("%d %s", a.status, a.location())
	}
	if a := other.get("/p/wallet/appeal/hold"); a.status != 200 {
		t.Errorf("the new browser is not at the hold: %d %s", a.status, a.location())
	}
	if a := one.get("/p/wallet/appeal/password"); a.status == 200 {
		t.Error("the first browser can still choose")
	}
	if hold := p.facts(t, one.caseID()).Hold; hold.Sub(p.clock.now()) < 72*time.Hour-time.Minute {
		t.Errorf("until %v", hold)
	}
}

// Where nobody can be told, it is not offered, and a form that somebody made is refused with what can be done.
func TestR7_whereNobodyCanBeToldNothingIsTakenAlong(t *testing.T) {
	p := newAppeals(t)
	one, number, key := p.decided(t, "nothing@demo.example")
	other := p.person(t)
	other.post("/appeal", values("number", number, "key", key))
	if a := other.get("/appeal/status"); strings.Contains(a.body, "换到这里接着办") {
		t.Error("it is offered")
	}
	a := other.post("/appeal/status", nil)
	if a.status != 409 {
		t.Errorf("%d", a.status)
	}
	contains(t, a, "再写一份申诉", "/p/wallet/appeal")
	if f := p.facts(t, one.caseID()); f.Holder != 0 || f.Verdict == nil {
		t.Errorf("%+v", f)
	}
	if a := one.get("/p/wallet/appeal/" + recovery.StepHold); a.status != 200 {
		t.Errorf("the first browser: %d", a.status)
	}
}

// Whoever found number and key cannot begin the hold anew for ever: a case moves so often and no more.
func TestR7_aCaseIsTakenAlongSoOftenAndNoMore(t *testing.T) {
	p := newAppeals(t)
	_, number, key := p.decided(t, "all@demo.example")
	moved := 0
	for range 12 {
		other := p.person(t)
		other.post("/appeal", values("number", number, "key", key))
		if a := other.post("/appeal/status", nil); a.status == 303 && strings.HasPrefix(a.location(), "/case/") {
			moved++
		}
		p.clock.advance(time.Minute)
	}
	if moved != 3 {
		t.Errorf("it moved %d times, want 3", moved)
	}
}

// Hurried fingers press three times: the three forms are one press. It uses up one of the few times, the wait begins once, and
// whichever answer the browser takes last, it has the case in hand (decision 0017).
func TestR10_threeHurriedPressesTakeAnAppealAlongOnce(t *testing.T) {
	p := newAppeals(t)
	one, number, key := p.decided(t, "all@demo.example")
	other := p.person(t)
	other.post("/appeal", values("number", number, "key", key))
	press := func(hurry []*browser, name string) {
		t.Helper()
		answers := make([]answer, len(hurry))
		var sending sync.WaitGroup
		for i, window := range hurry {
			window.lazy = true
			sending.Go(func() { answers[i] = window.post("/appeal/status", values("page", name)) })
		}
		sending.Wait()
		for i, a := range answers {
			if a.status != 303 || a.location() != "/case/"+one.caseID() {
				t.Errorf("press %d: %d %s", i, a.status, a.location())
			}
		}
	}
	name := pageName(t, other.get("/appeal/status").body)
	before := other.tab() // what the browser had before the first answer came
	press([]*browser{other.tab(), other.tab(), other.tab()}, name)
	hold := p.facts(t, one.caseID()).Hold
	p.clock.advance(40 * time.Second)
	press([]*browser{before}, name)
	if f := p.facts(t, one.caseID()); f.Holder != 1 || !f.Hold.Equal(hold) {
		t.Errorf("it moved %d times, the wait began at %v and at %v", f.Holder, hold, f.Hold)
	}
	if a := before.get("/p/wallet/appeal/hold"); a.status != 200 {
		t.Errorf("the browser has no case in hand: %d %s", a.status, a.location())
	}
	a := before.get("/appeal/status") // it has the case now: another page brings no other move
	if a = before.post("/appeal/status", values("page", pageName(t, a.body))); a.location() != "/p/wallet/appeal/hold" {
		t.Errorf("the browser that has the case: %d %s", a.status, a.location())
	}
	if f := p.facts(t, one.caseID()); f.Holder != 1 {
		t.Errorf("it moved %d times", f.Holder)
	}
}

// Whoever copied the cookies of a shared computer was shown another page: they get no key beside the owner's. Their press is one
// of its own; it begins the wait anew, is told to every address, and shuts the first browser out.
func TestR10_copiedCookiesBringNoSecondKey(t *testing.T) {
	p := newAppeals(t)
	one, number, key := p.decided(t, "all@demo.example")
	other := p.person(t)
	other.post("/appeal", values("number", number, "key", key))
	thief := other.tab()
	theirs := pageName(t, thief.get("/appeal/status").body)
	mine := pageName(t, other.get("/appeal/status").body)
	other.post("/appeal/status", values("page", mine))
	p.clock.advance(5 * time.Second)
	hold := p.facts(t, one.caseID()).Hold
	thief.post("/appeal/status", values("page", theirs))
	if f := p.facts(t, one.caseID()); f.Holder != 2 || !f.Hold.After(hold) {
		t.Errorf("moved %d times, until %v and %v", f.Holder, hold, f.Hold)
	}
	if a := other.get("/p/wallet/appeal/hold"); a.status == 200 {
		t.Error("two browsers hold the case, and nobody is warned")
	}
}
