package main

import (
	"strings"
	"testing"

	"zhaohui/internal/store/postgrestest"
)

// TestBrowserLive_OnPostgreSQL is a recovery as an operator's customer sees it: `serve` on PostgreSQL, an imported account, keys
// and pepper in files, letters in a file.
func TestBrowserLive_OnPostgreSQL(t *testing.T) {
	t.Parallel()
	h := aShared(t, postgrestest.URL(t))
	portal := h.serve("ZHAOHUI_PUBLIC_URL=") // where it listens
	who := h.settle(1)[0]
	b := screen{openTab(t, portal.url)}
	at := func(step string) {
		t.Helper()
		if b.step() != step {
			t.Fatalf("at %q on %s, want %s: %s", b.step(), b.address(), step, b.text("main"))
		}
	}
	b.visit("/p/wallet/sms")
	if b.has(`a[href^="/demo"]`) {
		t.Error("a real portal speaks of the demo")
	}
	b.press(`a[href*="/sms/safety"]`)
	b.pick("safety", "none")
	at("account")
	b.fill(map[string]string{"account": who.Phone})
	at("sms-code")
	code := codeIn.FindStringSubmatch(h.letter("code", who.Phone).Text)[1]
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	b.fill(map[string]string{"code": wrong})
	at("sms-code")
	b.fill(map[string]string{"code": code})
	at("next")
	b.pick("method", "mail")
	at("mail-code")
	_, path, _ := strings.Cut(h.letter("link", who.Mail).Text, portal.url)
	b.visit(strings.Fields(path)[0]) // in the same browser, as by a press on the link in the mail
	b.press(`form[data-step] button[value="yes"]`)
	at("password")
	b.fill(map[string]string{"new_password": newPassword, "new_password_again": newPassword})
	for range 40 { // the page itself waits a little for the wallet
		if b.has("[data-done]") {
			break
		}
		b.visit(b.path())
	}
	if !b.has("[data-done]") {
		t.Fatalf("not done but on %s: %s", b.address(), b.text("main"))
	}
	r := h.records()
	if !opens(t, r, who.ID, newPassword) || opens(t, r, who.ID, who.Password) {
		t.Error("the new password does not open the wallet, or the old one does")
	}
	for _, to := range []string{who.Phone, who.Mail} {
		h.letter("started", to)
		h.letter("done", to)
	}
	portal.stop(t)
	if out := h.run("audit", "verify"); !strings.Contains(out, "sound") {
		t.Error(out)
	}
}
