package main

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"zhaohui/internal/support"
)

// later moves the clock that a page's script looks at; its timers go on as they are.
func (b screen) later(by time.Duration) {
	b.t.Helper()
	look[bool](b.tab, fmt.Sprintf(`((real) => { Date.now = () => real() + %d; return true; })(Date.now.bind(Date))`, by.Milliseconds()))
}

// TestBrowserTickets_aClaimIsRenewedWhileItsFormIsFilledIn: not with every touch, and nothing that was filled in is lost; once
// the claim is over the page says so.
func TestBrowserTickets_aClaimIsRenewedWhileItsFormIsFilledIn(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	desk := s.tickets()
	ticket := s.appealed(desk, "nothing@demo.example")
	b := signInAgent(t, s, "reviewer")
	b.visit("/agent/tickets/" + ticket.ID)
	b.press(`[data-form="claim"] .btn`)
	b.opens("decide")
	claim := func() support.Claim {
		now, err := desk.Ticket(t.Context(), ticket.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now.Claim
	}
	check := func(n int, answer string) string {
		return `input[name="check-` + demoContent().content.Tickets["wallet"][0].Checks[n].ID + `"][value="` + answer + `"]`
	}
	stand, first := b.text("[data-stand]"), claim()

	b.touch(check(0, "match")) // at once: the claim is young
	s.advance(4 * time.Minute)
	b.later(4 * time.Minute)
	b.touch(check(1, "mismatch"))
	b.touch(check(2, "match")) // right after it
	b.comes(`document.querySelector('[data-stand]').textContent.trim() !== ` + strconv.Quote(stand))
	if now := claim(); now.Agent != first.Agent || now.Until.Sub(first.Until) < 3*time.Minute {
		t.Errorf("the claim was until %s and is until %s, of %q", first.Until, now.Until, now.Agent)
	}
	if b.shown("[data-lost]") != 0 || !b.has(check(0, "match")+":checked") || !b.has(check(1, "mismatch")+":checked") {
		t.Error("what was filled in is lost, or the claim is said to be")
	}

	who := &support.Agent{ID: first.Agent, Roles: []support.Role{support.RoleReviewer}}
	if _, err := desk.Release(t.Context(), who, ticket.ID); err != nil {
		t.Fatal(err)
	}
	b.later(4 * time.Minute) // on top of the four
	b.touch(check(3, "match"))
	b.comes(`!document.querySelector('[data-lost]').hidden`)
	if claim().Agent != "" {
		t.Error("a claim that was given back is taken again by somebody's typing")
	}
	asked := `performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'fetch').length`
	if n := look[int](b.tab, asked); n > 3 || n < 2 { // a redirect may count once more
		t.Errorf("it was asked %d times", n)
	}
}
