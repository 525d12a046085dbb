package web_test

import (
	"strings"
	"testing"
	"time"
)

// A case on a second screen.

// handOff presses "go on on the phone" and gives the page with the link.
func (p *person) handOff(t *testing.T) (page answer, link string) {
	t.Helper()
	target := "/case/" + p.caseID()
	page = p.post(target, sends(t, p.get(p.at), target, "do", "hand-off"))
	return page, linkOn(t, p.portal, page)
}

func linkOn(t *testing.T, p *portal, page answer) string {
	t.Helper()
	found := parsed(t, page.body).class("url")
	if page.status != 200 || len(found) != 1 {
		t.Fatalf("no link to hand off by: %d", page.status)
	}
	return strings.TrimPrefix(strings.TrimSpace(found[0].text()), p.config.PublicURL.String())
}

func TestW4_aHandOffPressedTwiceShowsOneLink(t *testing.T) {
	inTurn(t, func(t *testing.T, atOnce bool) {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.begin("sms", "all@demo.example")
		target := "/case/" + one.caseID()
		tabs, answers := one.twice(target, sends(t, one.get(one.at), target, "do", "hand-off"), atOnce)
		first, second := linkOn(t, p, answers[0]), linkOn(t, p, answers[1])
		if first != second || parsed(t, answers[0].body).class("huge")[0].text() != parsed(t, answers[1].body).class("huge")[0].text() {
			t.Errorf("two links: %s %s", first, second)
		}
		if tabs[0].key(t) != tabs[1].key(t) {
			t.Error("the two answers leave two keys behind")
		}
		phone := p.browser()
		tabs, answers = phone.twice(first, sends(t, phone.get(first), first), atOnce)
		arrive(t, tabs, answers, target)
		if a := p.browser().post(first, values()); a.status < 400 {
			t.Errorf("a second screen comes in: %d", a.status)
		}
	})
}

// What is proved on the other screen is the owner's gain, whose browser asks for nothing then: so it got its new key when the
// case was handed off. Whoever copied the one of before has none of it.
func TestW4_whoCopiedTheKeyBeforeAHandOffGainsNothingByIt(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	thief := one.tab()
	_, link := one.handOff(t)
	if one.key() == thief.key(t) {
		t.Error("the owner's key is the one of before")
	}
	before := p.live.rows(t)
	for _, do := range []string{"hand-off", "cancel", "choose"} {
		thief.post("/case/"+one.caseID(), values("do", do, "page", "AAAAAAAAAAAAAAAAAAAAAAAAAA"))
	}
	if p.live.rows(t) != before {
		t.Error("the key of before changes something")
	}
	phone := p.person(t)
	phone.open(link)
	phone.follow(phone.post(link, sends(t, phone.get(link), link)))
	phone.proveSMS()
	phone.expect("next")
	phone.fill("method", "mail")
	phone.proveMail()
	p.clock.advance(time.Minute)
	if a := thief.get("/p/wallet/sms/password"); a.status == 200 {
		t.Error("a copied key of before stands where a password is chosen")
	}
	thief.post("/p/wallet/sms/password", values("new_password", "528417", "new_password_again", "528417"))
	if one.open("/case/" + one.caseID()); one.step() != "password" {
		t.Fatalf("the owner stands at %s", one.at)
	}
	one.fill("new_password", "739184", "new_password_again", "739184")
	one.expect("done")
}

// The link that a screen shows can be opened on that screen, too: it must not make a companion of the owner, who could never
// choose a password again.
func TestW4_theOwnersOwnLinkTakesNothingFromThem(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	_, link := one.handOff(t)
	for _, a := range []answer{one.get(link), one.post(link, values())} {
		if a.status != 303 || a.location() != one.at {
			t.Errorf("the owner is led to %d %s", a.status, a.location())
		}
	}
	phone := p.browser()
	phone.post(link, sends(t, phone.get(link), link))
	p.clock.advance(time.Minute)
	for _, a := range []answer{phone.get(link), phone.post(link, values())} { // back to the page of the link
		if a.status != 303 || a.location() != one.at {
			t.Errorf("the other screen is led to %d %s", a.status, a.location())
		}
	}
	one.proveSMS()
	one.fill("method", "mail")
	one.proveMail()
	one.fill("new_password", "739184", "new_password_again", "739184")
	one.expect("done")
}

// A case that moved while its link was out: the link is dead, and no screen that had come by one stays.
func TestW4_aTakeOverEndsHandOffs(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("backup", "all@demo.example")
	one.fill("backup_password", "Camellia-2047")
	one.expect("next")
	_, link := one.handOff(t)
	phone := p.browser()
	page := phone.get(link)
	said := sends(t, page, link)
	phone.post(link, said)
	other := p.person(t)
	other.open("/case")
	other.fill("resume", p.facts(t, one.caseID()).Code)
	other.do("again", "method", "backup")
	other.follow(other.post("/case/"+other.caseID(), values("backup_password", "Camellia-2047")))
	other.expect("next")
	before := p.live.rows(t)
	for who, b := range map[string]*browser{"the first": one.browser, "its screen": phone} {
		if a := b.get("/case/" + other.caseID()); a.location() != "/case" {
			t.Errorf("%s still stands at %d %s", who, a.status, a.location())
		}
		b.post("/case/"+other.caseID(), values("do", "cancel"))
	}
	late := p.browser()
	if a := late.post(link, said); a.status < 400 || late.key(t) != "" {
		t.Errorf("the link still lets in: %d", a.status)
	}
	if p.live.rows(t) != before {
		t.Error("who lost the case changes something")
	}
}
