package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The demo's accounts, each in the situation that it stands for.

func TestBrowserLive_Situations(t *testing.T) {
	t.Parallel()
	for _, situation := range []struct {
		name, account, channel string
		prefer                 []string
		over                   []string
	}{
		{"S14 dead phone", "suspended@demo.example", "card", []string{"mail"},
			[]string{"account", "first", "mail-code", "card", "card-code", "card-check", "password", "done"}},
		{"S15 mailbox alone", "mailonly@demo.example", "authenticator", []string{"recoverycodes", "mail"},
			[]string{"account", "first", "recovery-code", "next", "mail-code", "password", "done"}},
		{"new number", "recent@demo.example", "mail", []string{"recoverycodes"},
			[]string{"account", "mail-code", "next", "recovery-code", "hold", "password", "done"}},
		{"knowledge and phone", all, "questions", []string{"sms"},
			[]string{"account", "first", "sms-code", "questions", "hold", "password", "done"}},
	} {
		t.Run(situation.name, func(t *testing.T) {
			t.Parallel()
			s := openLiveSite(t)
			c := newCustomer(t, s, openScreen(t, s), situation.account, situation.prefer...)
			c.recover(situation.channel)
			if !slices.Equal(c.steps, situation.over) {
				t.Errorf("went over %v, want %v", c.steps, situation.over)
			}
		})
	}
}

func TestR8_AHoldOfADayWithItsEndForACalendar(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openReader(t, s)
	c := newCustomer(t, s, b, "recent@demo.example", "recoverycodes", "mail")
	c.begin("authenticator")
	c.until("hold")
	begun := s.now()
	id := b.caseID()
	for _, to := range []string{"19900000402", "19900000401", c.account.Email} { // new number, old number, mailbox
		s.next("hold", to)
	}
	b.visit("/p/wallet/authenticator/password")
	c.expect("hold")
	s.advance(24*time.Hour - 2*time.Minute)
	b.fill(nil)
	c.expect("hold")
	b.visit("/case/" + id + "/hold.ics")
	found := regexp.MustCompile(`(?m)^DTSTART:(\d{8}T\d{6}Z)\r$`).FindStringSubmatch(b.body)
	if b.status != http.StatusOK || found == nil {
		t.Fatalf("%d: %s", b.status, b.body)
	}
	until, err := time.Parse("20060102T150405Z", found[1])
	if wait := until.Sub(begun); err != nil || wait < 24*time.Hour-time.Minute || wait > 24*time.Hour+2*time.Minute { // it is said to the full minute
		t.Errorf("the calendar says %s after the hold began", wait)
	}
	for _, mine := range personal(c) {
		if strings.Contains(b.body, mine) {
			t.Errorf("the calendar names %q", mine)
		}
	}
	s.advance(3 * time.Minute)
	s.next("ready", c.account.Email)
	b.visit("/p/wallet/authenticator/hold")
	c.expect("password")
	c.until()
	if !s.opens(c.name, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestR7_NothingLeftEndsAtAPerson(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, "nothing@demo.example", "sms")
	c.begin("identity")
	c.until("next") // what they know is proved, and nobody can be told
	if b.has(`form[data-step] button[name="method"]`) {
		t.Error("a way is offered although nobody can be told of a reset")
	}
	c.human()
	if s.opens(c.name, newPassword) {
		t.Error("the password changed")
	}
}

func TestBrowserLive_FromEveryDeadEndAPersonIsReached(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, "nothing@demo.example")
	c.begin("sms")
	c.until("sms-code") // which never comes
	s.advance(61 * time.Second)
	b.visit("/p/wallet/sms/sms-code")
	b.beside("choose", "mail")
	c.expect("mail-code")
	c.human()
}

// human follows the link to the last way, where the operator's line is.
func (c *customer) human() {
	c.t.Helper()
	b := c.hands.(screen)
	const link = `main a[href$="/p/wallet/agent"]`
	if !b.has(link) {
		c.t.Fatalf("%s leads to no person", b.address())
	}
	b.unfold(link)
	b.press(link)
	if !b.has(`a[href^="tel:"]`) {
		c.t.Errorf("%s names no line to call", b.address())
	}
}

var sameForAll = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|\d\d:\d\d(:\d\d)?`)

func TestR15_NobodyMeetsTheSamePages(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	texts := map[string][]string{}
	for _, name := range []string{all, "nothing@demo.example", "nobody@demo.example"} {
		b := openReader(t, s)
		c := newCustomer(t, s, b, name)
		note := func() {
			texts[name] = append(texts[name], b.path()+" "+sameForAll.ReplaceAllString(b.words("main"), "-"))
		}
		c.begin("sms")
		c.fill(map[string]string{"account": name})
		note()
		c.fill(map[string]string{"code": "000000"})
		note()
		s.advance(61 * time.Second)
		b.visit("/p/wallet/sms/sms-code")
		note()
		c.beside("resend")
		note()
		c.beside("choose", "identity")
		note()
		c.fill(map[string]string{"name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000"})
		note()
		c.slide(s)
		note()
		s.advance(61 * time.Second)
		b.visit("/p/wallet/sms/slider-wait")
		c.fill(nil)
		note()
	}
	for name, pages := range texts {
		for i, page := range pages {
			if page != texts[all][i] {
				t.Errorf("page %d for %s:\n%s\nfor %s:\n%s", i, name, page, all, texts[all][i])
			}
		}
	}
}
