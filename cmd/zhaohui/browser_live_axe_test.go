package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// rounds are journeys that between them meet every live page.
var rounds = []journey{
	{"card", "card", []string{"mail"}, "card-2", nil},
	{"identity", "identity", []string{"sms"}, "", nil}, // with a hold
	{"current", "current", []string{"backup"}, "", nil},
	{"recovery code", "authenticator", []string{"recoverycodes", "authenticator", "questions"}, "", nil},
	{"questions", "questions", []string{"authenticator"}, "", nil},
}

// unasked are steps that ask for nothing that could be wrong.
var unasked = []string{"start", "safety", "first", "next", "slider", "slider-wait", "card-wait", "hold", "setting", "done",
	"done with new codes", ""}

// mistakes sends every form empty before it is answered, so that the page with what is wrong is met too.
func (c *customer) mistakes(step string, see func(name string)) {
	c.t.Helper()
	see(step)
	if slices.Contains(unasked, step) {
		return
	}
	c.fill(nil)
	if c.step() != step {
		c.t.Fatalf("an empty form at %s leads to %s", step, c.path())
	}
	see(step + " with mistakes")
}

func TestA1_AxeFindsNothingOnLivePages(t *testing.T) {
	t.Parallel()
	for _, d := range dresses {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			met := map[string]bool{}
			for _, j := range rounds {
				s := openLiveSite(t)
				b := openScreen(t, s)
				d.put(b.tab)
				c := j.customer(t, s, b)
				c.prefix = d.prefix
				see := func(name string) {
					met[name] = true
					b.axeOnAPhone(d, name)
				}
				c.arrived = func(step string) {
					if step == "done" && b.has("#codes") {
						step = "done with new codes"
					}
					if !met[step] {
						c.mistakes(step, see)
					}
				}
				c.recover(j.channel)
			}
		})
	}
}

// axeOnAPhone checks the page as it stands, in a dress.
func (b *tab) axeOnAPhone(d dress, name string) {
	b.t.Helper()
	look[bool](b, `(() => {
		document.querySelectorAll('details:not([open])').forEach((e) => { e.open = true; e.dataset.opened = ''; });
		return true;
	})()`)
	d.looks = []sight{{d.looks[0].scheme, phone}}
	b.axeIn(d, name)
	if wide := look[int](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		b.t.Errorf("%s: %d px too wide for a phone", name, wide)
	}
	b.media("screen", "light")
	b.size(phone, 667)
	look[bool](b, `(() => {
		document.querySelectorAll('details[data-opened]').forEach((e) => { e.open = false; delete e.dataset.opened; });
		return true;
	})()`)
}

func TestHTML_EveryLivePageIsValid(t *testing.T) {
	t.Parallel()
	checker, err := filepath.Abs(filepath.Join(tools, "node_modules/.bin/html-validate"))
	if err == nil {
		_, err = os.Stat(checker)
	}
	if err != nil {
		missing(t, fmt.Errorf("html-validate is not installed (deploy/test-tools.sh installs it): %w", err))
	}
	folder := t.TempDir()
	n := 0
	keep := func(r *reader) {
		if !strings.HasPrefix(strings.TrimSpace(r.body), "<!") {
			return // a calendar
		}
		n++
		name := fmt.Sprintf("%03d%s.html", n, strings.NewReplacer("/", "-").Replace(r.path()))
		if err := os.WriteFile(filepath.Join(folder, name), []byte(r.body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, prefix := range []string{"", "/en"} {
		for _, j := range rounds {
			s := openLiveSite(t)
			r := openReader(t, s)
			r.seen = keep
			c := j.customer(t, s, r)
			c.prefix = prefix
			c.arrived = func(step string) { c.mistakes(step, func(string) {}) }
			c.recover(j.channel)
		}
		besideACase(t, prefix, keep)
	}
	out, err := validate(t, checker, folder)
	if err != nil {
		t.Errorf("html-validate: %v\n%s", err, out)
	}
}

// besideACase goes over the pages that no straight way meets.
func besideACase(t *testing.T, prefix string, keep func(r *reader)) {
	t.Helper()
	s := openLiveSite(t)
	r, other := openReader(t, s), openReader(t, s)
	r.seen, other.seen = keep, keep
	c := newCustomer(t, s, r, all, "sms")
	c.prefix = prefix
	c.begin("mail")
	c.until("mail-code")
	id := r.caseID()
	number := r.words(`p[class="big"]`)
	link := s.link(s.next("link", c.account.Email).Text, "/mail/")
	c.beside("hand-off")
	joining := strings.TrimPrefix(r.words(`p[class="url"]`), s.url)
	other.visit(joining)
	other.visit(link)
	other.pick("answer", "yes")
	r.visit(prefix + "/case/" + id)
	r.fill(map[string]string{"code": strings.ReplaceAll(other.words("p[data-code]"), " ", "")})
	c.expect("next")
	other.visit(prefix + "/case")
	other.fill(map[string]string{"resume": "ABCD"})
	other.fill(map[string]string{"resume": number})
	if !other.has(`[data-case="status"]`) {
		t.Fatalf("the number %q leads to %s", number, other.path())
	}
	s.advance(61 * time.Second)
	other.pick("method", "mail")
	stop := s.link(s.next("started", c.account.Email).Text, "/mail/")
	other.visit(stop)
	other.fill(nil)
	other.visit(stop)
	other.visit(link)
	r.visit(prefix + "/case/" + id)
	if !r.has(`[data-case="stopped"]`) {
		t.Errorf("stopped, but the case shows %s", r.path())
	}
}

func TestA1_AxeFindsNothingBesideACase(t *testing.T) {
	t.Parallel()
	for _, d := range dresses {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			s := openLiveSite(t)
			b, other := openScreen(t, s), openScreen(t, s)
			d.put(b.tab)
			d.put(other.tab)
			c := newCustomer(t, s, b, all, "sms")
			c.prefix = d.prefix
			c.begin("mail")
			c.until("mail-code")
			id, number := b.caseID(), b.text(".big")
			link := s.link(s.next("link", c.account.Email).Text, "/mail/")
			b.beside("hand-off")
			b.axeOnAPhone(d, "hand-off")
			other.visit(strings.TrimPrefix(b.text(".url"), s.url))
			other.axeOnAPhone(d, "joining")
			other.visit(link)
			other.axeOnAPhone(d, "link of a mail")
			other.pick("answer", "yes")
			other.axeOnAPhone(d, "code of a mail")
			b.visit(d.prefix + "/case/" + id)
			b.fill(map[string]string{"code": strings.ReplaceAll(other.text("[data-code]"), " ", "")})
			other.visit(d.prefix + "/case")
			other.axeOnAPhone(d, "number")
			other.fill(map[string]string{"resume": "ABCD"})
			other.axeOnAPhone(d, "wrong number")
			other.fill(map[string]string{"resume": number})
			other.axeOnAPhone(d, "status")
			s.advance(61 * time.Second)
			other.pick("method", "mail")
			other.axeOnAPhone(d, "proving again")
			other.visit(s.link(s.next("started", c.account.Email).Text, "/mail/"))
			other.axeOnAPhone(d, "not me")
			other.press(`form[data-step="stop"] button`)
			other.axeOnAPhone(d, "stopped by the owner")
			b.visit(d.prefix + "/case/" + id)
			b.axeOnAPhone(d, "stopped")
			b.visit("/demo")
			b.axeOnAPhone(d, "demo")
		})
	}
}

func TestA1_ALiveChannelByKeyboard(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	b := openScreen(t, s)
	c := newCustomer(t, s, b, all, "mail")
	by := func(selector string) {
		b.tabTo(selector)
		b.enter()
	}
	typed := func(name, text string) {
		b.tabTo(`form[data-step] [name="` + name + `"]`)
		b.keys(text)
	}
	b.visit("/p/wallet/identity")
	by(`a[href*="/identity/safety"]`)
	by(`form[data-step] button[value="none"]`)
	typed("account", all)
	b.enter()
	c.expect("identity")
	typed("name", c.account.Name)
	typed("id_number", c.account.IDNumber)
	typed("phone", local(c.account.Phone))
	b.enter()
	c.expect("slider")
	b.tabTo(`input[name="slide"]`)
	puzzle := s.gap(b.caseID())
	for range puzzle.X - puzzle.Start {
		b.keys(kb.ArrowRight)
		b.frames(1)
	}
	by(`[data-slide] .btn`)
	c.expect("next")
	by(`form[data-step] button[value="mail"]`)
	typed("code", s.code("link", c.account.Email))
	b.enter()
	c.expect("password")
	typed("new_password", newPassword)
	typed("new_password_again", newPassword)
	b.enter()
	c.until()
	if !s.opens(all, newPassword) {
		t.Errorf("the keyboard came to %s", b.address())
	}
}
