package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The auditor looks for what was done, opens it, says why they look at a name, takes a file, verifies, and reads what is kept.
func TestAudit_theAuditorsJourney(t *testing.T) {
	t.Parallel()
	s := openDesk(t)
	b := openTab(t, s.url)
	b.signIn(s, "", "auditor")
	b.follow("a", chromedp.KeyEvent("a"))
	b.at("/agent/audit")
	if b.press(`form[data-form="verify"] .btn`); look[string](b, `document.querySelector('[data-check]').dataset.check`) != "sound" {
		t.Error("a new trail is not sound")
	}
	look[string](b, `document.querySelector('#kind').value = 'agent-added'`)
	b.press(`form[data-form="audit"] .btn`)
	if n := look[int](b, `document.querySelectorAll('[data-entry]').length`); n != 4 {
		t.Errorf("%d people were added, the demo has 4", n)
	}
	b.touch(".kept summary")
	b.fillIn("#name", "新来的人")
	b.press(`form[data-form="filter"] .btn`)
	b.visit("/agent/audit")
	b.press(`.search a`)
	if got := look[string](b, `location.search`); got != "?kind=agent-added" {
		t.Errorf("the kept search leads to %q", got)
	}
	b.press(`[data-entry] th a`)
	if !look[bool](b, `!!document.querySelector('[data-proved]')`) {
		t.Error("the entry is not proved")
	}
	if name := s.person("auditor").Shown; strings.Contains(b.text("main"), "name") && strings.Contains(b.text("main"), name) {
		t.Error("a name is shown that nobody asked for")
	}
	b.touch(`label:has([value="incident"])`)
	b.press(`form[data-form="person"] .btn`)
	if !strings.Contains(b.text("main"), "shown") {
		t.Error("the name was asked for and is not shown")
	}
	b.visit("/agent/audit?kind=audit-person-viewed")
	if n := look[int](b, `document.querySelectorAll('[data-entry]').length`); n != 1 {
		t.Errorf("the look is recorded %d times", n)
	}
	look[int](b, `fetch('/agent/audit/export', {method: 'POST', body: new URLSearchParams({format: 'csv', kind: 'agent-added'})})
		.then((r) => r.text()).then((t) => { window.taken = t; }) && 0`)
	b.poll(`window.taken && window.taken.split('\n').length === 6`)
	b.visit("/agent/audit?kind=audit-exported")
	if !strings.Contains(b.text("main"), "rows=4") {
		t.Errorf("the trail says of the file: %q", b.text("main"))
	}
	b.visit("/agent/audit/retention")
	if n := look[int](b, `document.querySelectorAll('[data-kept]').length`); n < 8 {
		t.Errorf("%d kinds of things are kept", n)
	}
}

func TestA1_AxeFindsNothingOnTheTrail(t *testing.T) {
	t.Parallel()
	for _, d := range dresses {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			s := openDesk(t)
			b := openTab(t, s.url)
			d.put(b)
			b.signIn(s, d.prefix, "auditor")
			for _, page := range []string{"/agent/audit", "/agent/audit?kind=agent-added", "/agent/audit?ticket=a", "/agent/audit/1", "/agent/audit/2", "/agent/audit/retention"} {
				b.visit(d.prefix + page)
				b.do("open every fold", openFolds)
				b.fits(d, page)
				b.axeIn(d, page)
				b.media("screen", "light")
				b.size(phone, 667)
			}
		})
	}
}
