package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// What people do with pages: go back, press twice, open two windows, send an old form, take their time.

func TestBrowserLive_BackButtonAndOldForm(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("sms")
	c.until("next")
	b.follow("back", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`history.back(), true`))
		return err
	}))
	if c.step() == "sms-code" { // the page as the browser kept it: the old form leads to where the case stands
		b.fill(map[string]string{"code": "000000"})
	}
	c.expect("next")
	if got := s.kept(b.caseID()); len(got.Facts.Proofs) != 1 {
		t.Errorf("%d proofs after going back, want 1", len(got.Facts.Proofs))
	}
	c.until()
}

func TestBrowserLive_SecondTabAndOldForm(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first := openReader(t, s)
	c := newCustomer(t, s, first, all, "mail")
	c.begin("sms")
	second := &reader{t: t, site: s.url, client: first.client} // the same cookies
	second.visit("/p/wallet/sms/account")
	c.until("sms-code")
	second.fill(map[string]string{"account": "nobody@demo.example"}) // of a step that is over
	if second.step() != "sms-code" {
		t.Fatalf("the old form leads to %s", second.path())
	}
	c.fill(map[string]string{"code": s.code("code", local(c.account.Phone))})
	c.expect("next")
	second.fill(map[string]string{"code": "123456"}) // the code was used in the other tab
	if second.step() != "next" {
		t.Fatalf("the old form leads to %s", second.path())
	}
	second.pick("method", "mail")
	first.visit("/p/wallet/sms/next")
	c.expect("mail-code")
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
	second.visit("/p/wallet/sms/password")
	if !strings.HasSuffix(second.path(), "/done") {
		t.Errorf("the other tab is on %s", second.path())
	}
}

func TestBrowserLive_PressingTwiceIsPressingOnce(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	first := openReader(t, s)
	c := newCustomer(t, s, first, all, "mail")
	c.begin("sms")
	c.until("password")
	tabs := make([]*reader, 4)
	for i := range tabs {
		tabs[i] = &reader{t: t, site: s.url, client: first.client}
		tabs[i].visit(first.path())
	}
	var tries sync.WaitGroup
	for _, tab := range tabs {
		tries.Go(func() {
			tab.submitQuietly(map[string]string{"new_password": newPassword, "new_password_again": newPassword})
		})
	}
	tries.Wait()
	first.visit("/p/wallet/sms/password")
	c.until()
	if got := s.count("done"); got > 2 {
		t.Errorf("the reset was told %d times to two addresses", got)
	}
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

// submitQuietly sends the main form from another goroutine: a conflict is an answer too.
func (r *reader) submitQuietly(values map[string]string) {
	form := elements(r.page, "form", "data-step")[0]
	body := strings.NewReader(formOf(form, values).Encode())
	request, err := http.NewRequest(http.MethodPost, r.site+attr(form, "action"), body)
	if err != nil {
		r.t.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := r.client.Do(request)
	if err != nil {
		r.t.Error(err)
		return
	}
	_ = answer.Body.Close()
	if answer.StatusCode >= 500 {
		r.t.Errorf("pressed twice: %s", answer.Status)
	}
}

func TestBrowserLive_DoubleClickOnTheButton(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("sms")
	c.until("sms-code")
	b.put("code", s.code("code", local(c.account.Phone)))
	b.follow("double click", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](
			`(() => { const e = document.querySelector('`+sendButton+`'); e.click(); e.click(); return true; })()`))
		return err
	}))
	c.expect("next")
	c.until()
}

func TestR14_MoreTime(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	c := newCustomer(t, s, openReader(t, s), all, "mail")
	c.begin("sms")
	c.until("sms-code")
	c.fill(map[string]string{"code": s.code("code", local(c.account.Phone))})
	c.expect("next")
	for range 3 {
		s.advance(14 * time.Minute)
		c.beside("more")
		c.expect("next")
	}
	c.until()
	if !s.opens(all, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}

func TestR14_TheTimeIsUp(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("sms")
	c.until("next")
	s.advance(16 * time.Minute)
	b.pick("method", "mail")
	if !b.has(`[data-case="expired"]`) {
		t.Fatalf("after the time is up: %s: %s", b.address(), b.text("main"))
	}
	b.press(`.acts a.btn`)
	b.at("/p/wallet/sms")
	c.recover("sms")
}

func TestBrowserLive_GivingUp(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	c.begin("mail")
	c.until("mail-code")
	b.beside("cancel")
	if !b.has(`[data-case="stopped"]`) {
		t.Fatalf("after giving up: %s: %s", b.address(), b.text("main"))
	}
}

func TestR5_AnotherCodeAndAnotherWayAfterAMinute(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	c := newCustomer(t, s, openReader(t, s), "suspended@demo.example", "card")
	c.begin("sms")
	c.until("sms-code")
	if c.has(`input[name="do"][value="resend"]`) || c.has(`button[name="method"]`) {
		t.Error("before a minute is over something else is offered")
	}
	s.advance(61 * time.Second)
	c.visit("/p/wallet/sms/sms-code")
	c.beside("resend")
	c.expect("sms-code")
	s.advance(61 * time.Second)
	c.visit("/p/wallet/sms/sms-code")
	c.beside("choose", "mail")
	c.until()
	if !s.opens(c.name, newPassword) {
		t.Error("the wallet does not have the new password")
	}
}
