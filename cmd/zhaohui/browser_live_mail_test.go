package main

import (
	"strings"
	"testing"
)

// askedByMail is a case that waits for what was mailed, and the path of the link.
func askedByMail(t *testing.T, s *liveSite, h hands, prefer ...string) (c *customer, link string) {
	t.Helper()
	c = newCustomer(t, s, h, all, prefer...)
	c.begin("mail")
	c.until("mail-code")
	return c, s.link(s.next("link", c.account.Email).Text, "/mail/")
}

func TestW2_TwentyLooksAtAMailedLinkChangeNothing(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	c, link := askedByMail(t, s, openReader(t, s), "sms")
	before := s.kept(c.caseID())
	scanner := openReader(t, s)
	for range 20 {
		scanner.visit(link)
		if scanner.status != 200 || scanner.step() != "mail" {
			t.Fatalf("a look gives %d and the step %q", scanner.status, scanner.step())
		}
	}
	if after := s.kept(before.ID); after.Version != before.Version {
		t.Errorf("twenty looks took the case from version %d to %d", before.Version, after.Version)
	}
	own := c.hands.(*reader)
	own.visit(link) // the button still works
	own.pick("answer", "yes")
	c.expect("next")
}

func TestBrowserLive_TheButtonOfTheMailProvesTheMailboxWhereTheCaseBegan(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c, link := askedByMail(t, s, b, "sms")
	b.visit(link)
	b.pick("answer", "yes")
	c.expect("next")
	if strings.HasPrefix(b.address(), "/mail/") {
		t.Errorf("the token stayed in the address: %s", b.address())
	}
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestBrowserLive_AnotherBrowserOnlyShowsACode(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first, other := openScreen(t, s), openScreen(t, s)
	c, link := askedByMail(t, s, first, "sms")
	other.visit(link)
	other.pick("answer", "yes")
	code := strings.ReplaceAll(other.text("[data-code]"), " ", "")
	if len(code) != 6 {
		t.Fatalf("the other browser shows %q, want a code", code)
	}
	if other.has(`input[name="code"]`) {
		t.Error("the other browser has a field for the code")
	}
	first.visit("/case/" + first.caseID())
	c.expect("mail-code") // nothing moved by itself
	other.visit("/case")
	other.visit("/p/wallet/mail/next")
	other.at("/p/wallet/mail")
	first.fill(map[string]string{"code": code})
	c.expect("next")
}

func TestBrowserLive_NotMeInTheMailStopsTheCase(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first, owner := openScreen(t, s), openScreen(t, s)
	c, link := askedByMail(t, s, first, "sms")
	owner.visit(link)
	owner.pick("answer", "stop")
	if owner.text("h1") == "" || !owner.has(`[data-mail="stop"]`) {
		t.Errorf("the owner is not told: %s", owner.text("main"))
	}
	first.visit("/case/" + s.kept(first.caseID()).ID)
	if !first.has(`[data-case="stopped"]`) {
		t.Errorf("the case goes on: %s", first.text("main"))
	}
	if c.site.opens(all, newPassword) {
		t.Error("the password changed")
	}
}

func TestR7_NotMeAfterTheResetFreezes(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	c := newCustomer(t, s, openReader(t, s), all, "mail")
	c.recover("sms")
	if s.count("started") < 2 {
		t.Errorf("the start was told %d times, want to every address", s.count("started"))
	}
	done := s.next("done", c.account.Email)
	owner := openScreen(t, s)
	owner.visit(s.link(done.Text, "/mail/"))
	if !strings.Contains(owner.text("main"), "冻结") {
		t.Errorf("the page does not say that it freezes: %s", owner.text("main"))
	}
	owner.press(`form[data-step="stop"] button`)
	s.next("stopped", c.account.Email)
	a, err := s.records().accounts.Find(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Frozen {
		t.Error("the wallet is not frozen")
	}
	c.visit("/p/wallet/sms/done")
	if got := c.words("main"); got == "" {
		t.Error("the customer's page is empty")
	}
}
