package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// L19: which rules made an environment unusual is kept with the case and told to the operator in the trail.
func TestL19_theReasonsAreKeptWithTheCase(t *testing.T) {
	for _, c := range []struct {
		account, from string
		policy        func(*recovery.Policy)
		want          []string
	}{
		{"all@demo.example", "127.0.0.1:1", nil, nil},
		{"all@demo.example", "203.0.113.5:1", nil, []string{recovery.ReasonUnknown}},
		{"recent@demo.example", "127.0.0.1:1", nil, []string{recovery.ReasonRecent, recovery.ReasonUnknown}},
		{"nobody@demo.example", "203.0.113.5:1", nil, nil},
	} {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.from = c.from
		one.begin("mail", c.account)
		e := p.facts(t, one.caseID()).Environment
		if !slices.Equal(e.Reasons, c.want) || e.Unusual != (len(c.want) > 0) {
			t.Errorf("%s from %s: %v", c.account, c.from, e)
		}
		data := column(t, p.live.db, `SELECT data FROM audit_entry WHERE kind = 'account-named'`)
		if len(data) != 1 || !strings.Contains(data[0], strings.Join(c.want, " ")) {
			t.Errorf("%s: the trail says %v", c.account, data)
		}
	}
}

// A browser that recovered an account before is known to it, and makes a strange network a usual one.
func TestL19_aBrowserThatRecoveredBeforeIsKnown(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.recover("all@demo.example", "739184")
	p.clock.advance(48 * time.Hour)
	one.from = "203.0.113.5:1"
	one.begin("mail", "all@demo.example")
	if e := p.facts(t, one.caseID()).Environment; e.Unusual || !e.Known {
		t.Errorf("%+v", e)
	}
	stranger := p.person(t)
	stranger.from = "203.0.113.5:1"
	stranger.begin("card", "all@demo.example")
	if e := p.facts(t, stranger.caseID()).Environment; !e.Unusual || e.Known {
		t.Errorf("a stranger: %+v", e)
	}
}
