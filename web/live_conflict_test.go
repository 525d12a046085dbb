package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// Two windows at once: one is first, and the other is led to where the case stands now. Nothing happens twice.

// atOnce posts the same form from two windows of one browser, and says what each was told.
func (p *person) atOnce(form url.Values) []answer {
	p.tb.Helper()
	windows := []*browser{p.tab(), p.tab()}
	answers := make([]answer, len(windows))
	var sending sync.WaitGroup
	for i, window := range windows {
		window.lazy = true // jobs wait until both have their answer
		sending.Go(func() { answers[i] = window.post(p.action, form) })
	}
	sending.Wait()
	for _, a := range answers { // the windows share them, and either answer may arrive last
		for _, cookie := range a.set {
			if p.cookies[cookie.Name] = cookie; cookie.Name == "zh_case" && !p.newest(cookie) {
				p.tb.Errorf("POST %s: an answer carries a key that is the newest no more", p.action)
			}
		}
	}
	return answers
}

// newest says whether a cookie holds the key that counts.
func (p *person) newest(cookie *http.Cookie) bool {
	_, token, _ := strings.Cut(opened(p.tb, p.portal, "case", cookie.Name, cookie.Value), " ")
	sum := sha256.Sum256([]byte(token))
	return p.portal.facts(p.tb, p.caseID()).Session.Hash == hex.EncodeToString(sum[:])
}

func TestW5_ofTwoWindowsTheLaterIsLedToTheCurrentStep(t *testing.T) {
	p := newLive(t, plainSite)
	v := p.person(t)
	v.begin("sms", "all@demo.example")
	v.expect("sms-code")
	for _, a := range v.atOnce(values("code", p.code(t, recovery.PurposeCode))) {
		if a.status != 303 || a.location() != "/p/wallet/sms/next" {
			t.Errorf("a code from two windows: %d %s", a.status, a.location())
		}
	}
	if n := len(p.facts(t, v.caseID()).Proofs); n != 1 {
		t.Errorf("one code proved %d things", n)
	}

	v.visit("/p/wallet/sms/next")
	before := len(p.live.outbox.Records())
	for _, a := range v.atOnce(values("method", "mail")) {
		if a.status != 303 || a.location() != "/p/wallet/sms/mail-code" {
			t.Errorf("a way chosen in two windows: %d %s", a.status, a.location())
		}
	}
	v.visit("/p/wallet/sms/mail-code")
	if n := len(p.live.outbox.Records()) - before; n != 1 {
		t.Errorf("%d mails went out for one choice", n)
	}

	v.proveMail()
	v.expect("password")
	for _, a := range v.atOnce(values("new_password", "739184", "new_password_again", "739184")) {
		if a.status != 303 || a.location() != "/p/wallet/sms/setting" {
			t.Errorf("a password from two windows: %d %s", a.status, a.location())
		}
	}
	v.visit("/p/wallet/sms/setting")
	v.expect("setting") // the job has not run: this page starts none
	v.visit("/p/wallet/sms/setting")
	v.expect("done")
	for _, kind := range []string{"password-chosen", "case-done"} {
		if n := len(column(t, p.live.db, `SELECT kind FROM audit_entry WHERE kind = $1`, kind)); n != 1 {
			t.Errorf("the trail has %s %d times", kind, n)
		}
	}
}

// While another case of the account is being applied, a second one cannot decide: its owner sees where it stands.
func TestW5_ofTwoCasesTheLaterStaysAtItsStep(t *testing.T) {
	p := newLive(t, plainSite)
	first, second := p.person(t), p.person(t)
	first.begin("backup", "all@demo.example")
	first.fill("backup_password", "Camellia-2047")
	first.fill("method", "mail")
	first.proveMail()
	first.expect("password")
	if a := first.sendOnly(first.action, "new_password", "739184", "new_password_again", "739184"); a.status != 303 {
		t.Fatalf("the first password: %d", a.status)
	}
	waiting := p.live.queue // the wallet is slow
	p.live.queue = nil
	p.clock.advance(2 * time.Minute) // two mails within a minute are one too many
	second.begin("mail", "all@demo.example")
	second.proveMail()
	second.fill("method", "sms")
	second.proveSMS()
	second.expect("password")
	a := second.sendOnly(second.action, "new_password", "528417", "new_password_again", "528417")
	if a.status != 303 || a.location() != "/p/wallet/mail/password" {
		t.Errorf("the second password: %d %s, want the step where the case stands", a.status, a.location())
	}
	p.live.queue = append(waiting, p.live.queue...)
	p.live.work()
	if n := len(column(t, p.live.db, `SELECT key FROM wallet_write WHERE key LIKE '%:set-password:%'`)); n != 1 {
		t.Errorf("the wallet was told %d times", n)
	}
}
