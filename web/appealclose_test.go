package web_test

import (
	"strings"
	"testing"
	"time"
)

// Whoever looked with number and key on somebody else's computer closes it by one plain button, without a script; the page then
// says so, and going back shows nothing. A GET closes nothing.
func TestW2_whatNumberAndKeyOpenedIsClosedByAButton(t *testing.T) {
	p := newAppeals(t)
	_, number, key := p.decided(t, "all@demo.example")
	for _, lang := range []string{"", "/en"} {
		other := p.person(t)
		other.post(lang+"/appeal", values("number", number, "key", key))
		if a := other.get(lang + "/appeal/closed"); a.status != 303 || a.location() != lang+"/appeal/status" {
			t.Errorf("it says closed while it is open: %d %s", a.status, a.location())
		}
		open := other.get(lang + "/appeal/status")
		form, ok := closing(t, open.body)
		if open.status != 200 || !ok || form.attr("method") != "post" || form.attr("action") != lang+"/appeal/close" ||
			len(form.all("input")) > 0 || len(form.all("button")) != 1 {
			t.Fatalf("%d, the button: %v", open.status, ok)
		}
		if a := other.get(lang + "/appeal/close"); a.status == 200 || other.get(lang+"/appeal/status").status != 200 {
			t.Errorf("a GET: %d", a.status)
		}
		a := other.post(lang+"/appeal/close", nil)
		if a.status != 303 || a.location() != lang+"/appeal/closed" {
			t.Fatalf("%d %s", a.status, a.location())
		}
		closed := other.get(lang + "/appeal/closed")
		contains(t, closed, map[string]string{"": "已经关好", "/en": "Closed"}[lang])
		for _, gone := range []string{number, "/case/", `class="btn b2" href="` + lang + "/progress"} {
			if strings.Contains(closed.body, gone) {
				t.Errorf("the closed page shows %q", gone)
			}
		}
		if a := other.get(lang + "/appeal/status"); a.status != 303 || a.location() != lang+"/appeal" {
			t.Errorf("back: %d %s", a.status, a.location())
		}
		if a := other.post(lang+"/appeal/status", nil); a.location() != lang+"/appeal" {
			t.Errorf("the case goes along all the same: %d %s", a.status, a.location())
		}
		if a := other.post(lang+"/appeal/close", nil); a.status != 303 || other.get(a.location()).status != 200 {
			t.Errorf("closed twice: %d", a.status)
		}
	}
}

// closing is the form of the button.
func closing(t *testing.T, body string) (form document, ok bool) {
	t.Helper()
	for _, form := range parsed(t, body).all("form") {
		if strings.HasSuffix(form.attr("action"), "/appeal/close") {
			return form, true
		}
	}
	return form, false
}

// Half an hour is the end in any case, also in a browser that keeps its cookies longer; looking does not begin it anew.
func TestW4_halfAnHourIsTheEndOfWhatNumberAndKeyOpened(t *testing.T) {
	p := newAppeals(t)
	_, number, key := p.decided(t, "all@demo.example")
	other := p.person(t)
	other.post("/appeal", values("number", number, "key", key))
	for _, step := range []struct {
		after time.Duration
		open  bool
	}{{29 * time.Minute, true}, {59 * time.Second, true}, {2 * time.Second, false}} {
		p.clock.advance(step.after)
		if a := other.get("/appeal/status"); (a.status == 200) != step.open {
			t.Errorf("after %v more: %d", step.after, a.status)
		}
	}
	if a := other.post("/appeal/status", nil); a.location() != "/appeal" {
		t.Errorf("the case goes along after the end: %d %s", a.status, a.location())
	}
}

// Closing the page ends nothing but the page: a recovery that this browser runs is named, with the way to forget it too.
func TestW4_closingNamesARecoveryThatIsStillOpenHere(t *testing.T) {
	p := newAppeals(t)
	one, number, key := p.decided(t, "all@demo.example")
	other := p.person(t)
	other.post("/appeal", values("number", number, "key", key))
	other.post("/appeal/status", values("page", pageName(t, other.get("/appeal/status").body)))
	for who, b := range map[string]*person{"who took it along": other, "whom it was taken from": one} {
		closed := b.get(b.post("/appeal/close", nil).location())
		if closed.status != 200 || strings.Contains(closed.body, "还开着一次找回") != (b == other) {
			t.Errorf("%s: %d", who, closed.status)
		}
	}
	contains(t, other.get("/p/wallet/appeal/hold"), "等")
}
