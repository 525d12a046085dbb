package main

import (
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// personal are the things of an account that a page without rights must not show.
func personal(c *customer) []string {
	a := c.account
	list := []string{a.Name, a.IDNumber, local(a.Phone), local(a.Phone)[7:], strings.Split(a.Email, "@")[0] + "@", "***"}
	for _, card := range a.Cards {
		list = append(list, card.Last4, card.Bank)
	}
	return list
}

func TestBrowserLive_TheNumberOnAnotherDevice(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first, second := openScreen(t, s), openScreen(t, s)
	c := newCustomer(t, s, first, all, "mail")
	c.begin("sms")
	c.until("next")
	number, id := first.text(".big"), first.caseID()
	second.visit("/case")
	second.fill(map[string]string{"resume": strings.ToLower(strings.ReplaceAll(number, "-", " "))})
	second.at("/case/" + id)
	if !second.has(`[data-case="status"]`) {
		t.Fatalf("the number leads to %s: %s", second.address(), second.text("main"))
	}
	for _, mine := range personal(c) {
		if strings.Contains(second.text("main"), mine) {
			t.Errorf("the status shows %q", mine)
		}
	}
	second.visit("/p/wallet/sms/next") // it may only look
	second.at("/case/" + id)
	s.advance(61 * time.Second) // a code to the same number only once a minute
	second.pick("method", "sms")
	if second.step() != "sms-code" {
		t.Fatalf("a fresh proof leads to %s: %s", second.address(), second.text("main"))
	}
	second.fill(map[string]string{"code": s.code("code", local(c.account.Phone))})
	second.at("/p/wallet/sms/next") // taken over
	first.visit("/p/wallet/sms/next")
	if first.step() == "next" {
		t.Fatal("the old browser kept its rights")
	}
	c.hands = second
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the browser that took over could not set the password")
	}
}

func TestBrowserLive_AWrongNumberIsSaidToBeWrong(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	for _, typed := range []string{"7KM3-92QX", "", "ABCD"} {
		b.visit("/case")
		b.fill(map[string]string{"resume": typed})
		if b.shown(".sum") != 1 || !b.has(`[data-case="resume"]`) {
			t.Errorf("%q leads to %s: %s", typed, b.address(), b.text("main"))
		}
	}
}

func TestBrowserLive_HandOffToAPhone(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	computer, phone := openScreen(t, s), openScreen(t, s)
	computer.size(1280, 800)
	c := newCustomer(t, s, computer, all, "mail")
	c.begin("sms")
	c.until("next")
	computer.beside("hand-off")
	number, link := computer.text(".huge"), strings.TrimPrefix(computer.text(".url"), s.url)
	if len(number) != 2 || !strings.HasPrefix(link, "/case/") || !computer.has("svg") {
		t.Fatalf("the hand-off shows %q and %q", number, link)
	}
	phone.visit(link)
	if got := phone.text(".huge"); got != number {
		t.Fatalf("the phone shows %s, the computer %s", got, number)
	}
	phone.press(`form[data-step="handoff"] button`)
	on := newCustomer(t, s, phone, all, "mail")
	on.until("password")
	if phone.has(`input[name="new_password"]`) {
		t.Error("the phone may set the password")
	}
	phone.visit(link) // good for one screen
	if phone.has(`form[data-step="handoff"]`) {
		t.Error("the code of the hand-off works twice")
	}
	computer.press(".back")
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestA5_TheLanguageChangesInTheMiddle(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("sms")
	c.until("sms-code")
	for _, language := range []string{"en", "zh-CN", "en"} {
		b.press(`a[hreflang="` + language + `"]`)
		if c.step() != "sms-code" || b.attribute("html", "lang") != language {
			t.Fatalf("in %s: %s, step %q, html lang %s", language, b.address(), c.step(), b.attribute("html", "lang"))
		}
	}
	c.until("next")
	b.press(`a[hreflang="zh-CN"]`)
	c.until("mail-code")
	b.press(`a[hreflang="en"]`)
	c.until("password")
	b.press(`a[hreflang="zh-CN"]`)
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestW4_OnlyTheBrowserThatBeganOrTookOverSetsThePassword(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first, companion, second := openReader(t, s), openReader(t, s), openReader(t, s)
	c := newCustomer(t, s, first, all, "mail")
	c.begin("sms")
	c.until("mail-code")
	number := first.words(`p[class="big"]`)
	first.beside("hand-off")
	companion.visit(strings.TrimPrefix(first.words(`p[class="url"]`), s.url))
	companion.fill(nil)
	first.visit("/p/wallet/sms/mail-code")
	c.until("password")
	refused := func(who string, r *reader) {
		t.Helper()
		form := map[string]string{"new_password": newPassword, "new_password_again": newPassword}
		page := r.page
		r.page = first.page // as if it had the owner's form
		r.submit(r.form(), form)
		r.page = page
		if s.kept(first.caseID()).State != recovery.Open || s.opens(all, newPassword) {
			t.Fatalf("%s set the password", who)
		}
	}
	refused("the companion", companion)
	second.visit("/case")
	second.fill(map[string]string{"resume": number})
	refused("the guest", second)
	s.advance(61 * time.Second)
	second.visit("/case/" + first.caseID())
	second.pick("method", "sms")
	second.fill(map[string]string{"code": s.code("code", local(c.account.Phone))})
	refused("the old browser", first)
	refused("the companion of the old browser", companion)
	c.hands = second
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the browser that took over could not set the password")
	}
}
