package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// TestW10_afterEveryStepThePowerGoes: each answer was acknowledged, so each counts after the next start.
func TestW10_afterEveryStepThePowerGoes(t *testing.T) {
	t.Parallel()
	h := aHousehold(t)
	portal := h.serve()
	who := h.settle(1)[0]
	c := aCaller(h, portal, who)
	c.begin("sms")
	var steps []string
	for c.step() != "" {
		steps = append(steps, c.step())
		c.stay(true)
		c.answer()
		c.stay(false)
		if c.status != http.StatusSeeOther {
			t.Fatalf("%v: %d\n%.600s", steps, c.status, c.body)
		}
		c.portal.kill(t)
		c.portal = h.serve()
		c.get(c.at)
	}
	c.finished()
	if got, want := strings.Join(steps, " "), "account sms-code next mail-code password"; got != want {
		t.Errorf("steps %s, want %s", got, want)
	}
	for _, purpose := range []string{"started", "done"} {
		for _, to := range []string{who.Phone, who.Mail} {
			h.letter(purpose, to)
		}
	}
	r := h.records()
	if !opens(t, r, who.ID, c.sent) || opens(t, r, who.ID, who.Password) {
		t.Error("the new password does not open, or the old one does")
	}
	if n := number(t, r, `SELECT COUNT(*) FROM audit_entry WHERE kind = 'case-done'`); n != 1 {
		t.Errorf("done %d times", n)
	}
	c.portal.stop(t)
	if out := h.run("audit", "verify"); !strings.Contains(out, "sound") {
		t.Error(out)
	}
}

// TestW10_whileTheWalletIsToldThePowerGoes at several moments after the password was chosen: it is set once, the case ends,
// and everybody hears of it at least once.
func TestW10_whileTheWalletIsToldThePowerGoes(t *testing.T) {
	t.Parallel()
	h := aHousehold(t)
	portal := h.serve()
	// The moment is what the database, or the file of letters, shows just before the power goes.
	moments := []struct {
		name, query string
		letter      string
	}{
		{name: "at once"},
		{name: "the job runs", query: `SELECT COUNT(*) FROM river_job WHERE state = 'running' AND args LIKE '%apply%'`},
		{name: "the wallet knows", query: `SELECT COUNT(*) FROM wallet_write WHERE account_id = $1 AND $1 <> ''`},
		{name: "the letters wait", query: `SELECT COUNT(*) FROM message WHERE purpose = 'done' AND state = 'queued'`},
		{name: "the first letter is out", letter: "done"},
	}
	people := h.settle(len(moments))
	r := h.records()
	var callers []*caller
	for i := range moments {
		c := aCaller(h, portal, people[i])
		c.begin("sms")
		c.until("password")
		callers = append(callers, c)
	}
	for i, m := range moments {
		c := callers[i]
		c.portal = portal
		c.get("/p/wallet/sms/password")
		c.stay(true)
		c.answer()
		c.stay(false)
		if c.status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%.600s", m.name, c.status, c.body)
		}
		eventually(t, m.name, func() bool {
			switch {
			case m.letter != "":
				return len(letters(h, m.letter, c.who)) > 0
			case m.query == "" || number(t, r, `SELECT COUNT(*) FROM audit_entry WHERE kind = 'case-done'`) > i:
				return true // now, or too late for that moment
			case strings.Contains(m.query, "$1"):
				return number(t, r, m.query, c.who.ID) > 0
			}
			return number(t, r, m.query) > 0
		})
		portal.kill(t)
		portal = h.serve()
		c.portal = portal
		c.get(c.at)
		c.finished()
		if !opens(t, r, c.who.ID, c.sent) || opens(t, r, c.who.ID, c.who.Password) {
			t.Errorf("%s: the new password does not open, or the old one does", m.name)
		}
		for _, purpose := range []string{"started", "done"} {
			h.letter(purpose, c.who.Phone)
			h.letter(purpose, c.who.Mail)
		}
	}
	if n := number(t, r, `SELECT COUNT(*) FROM audit_entry WHERE kind = 'case-done'`); n != len(moments) {
		t.Errorf("%d cases were done %d times", len(moments), n)
	}
	if n := number(t, r, `SELECT COUNT(*) FROM wallet_write WHERE key LIKE '%:set-password:%'`); n != len(moments) {
		t.Errorf("the wallet was told %d times", n)
	}
	portal.stop(t)
}

// letters are those of a purpose to either address of a person.
func letters(h *household, purpose string, who person) (to []string) {
	for _, r := range h.posted() {
		if r.Purpose == purpose && (strings.HasSuffix(r.To, who.Phone) || r.To == who.Mail) {
			to = append(to, r.To)
		}
	}
	return to
}

// TestW10_whileManyBeginThePowerGoes: whoever was answered finds their case again.
func TestW10_whileManyBeginThePowerGoes(t *testing.T) {
	t.Parallel()
	h := aHousehold(t)
	portal := h.serve()
	var mu sync.Mutex
	var begun []*caller
	enough, answered := make(chan struct{}), atomic.Int32{}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for {
				c := aCaller(h, portal, person{})
				c.stay(true)
				if err := c.ask(http.MethodPost, "/p/wallet/sms/safety", url.Values{"safety": {"none"}}); err != nil ||
					c.status != http.StatusSeeOther {
					return // the power is gone
				}
				mu.Lock()
				begun = append(begun, c)
				mu.Unlock()
				if answered.Add(1) == 150 {
					close(enough)
				}
			}
		})
	}
	<-enough
	portal.kill(t)
	all.Wait()
	portal = h.serve()
	for _, c := range begun {
		c.portal = portal
		c.stay(false)
		c.get("/p/wallet/sms/account")
		if c.status != http.StatusOK || c.step() != "account" {
			t.Fatalf("a case of %d is lost: %d %s", len(begun), c.status, c.at)
		}
	}
	portal.stop(t)
	if out := h.run("audit", "verify"); !strings.Contains(out, "sound") {
		t.Error(out)
	}
}
