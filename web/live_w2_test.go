package web_test

import (
	"strings"
	"testing"

	"zhaohui/internal/recovery"
)

// Every page of a case and every link in a message is read by GET and HEAD, by whoever runs the case and by a stranger;
// not one row of the database changes.
func TestW2_readingACaseOrAMailLinkChangesNothing(t *testing.T) {
	p := newLive(t, plainSite)
	wallet, _ := realContent().Platform("wallet")
	seen := map[string]bool{}
	tour(t, p, "", func(one *person, _ answer) {
		if kind := place(one.at).kind + "/" + one.step(); seen[kind] && !strings.Contains(one.at, "/mail/") {
			return
		} else { //nolint:revive // the same name for both
			seen[kind] = true
		}
		targets := []string{one.at, one.at + "?do=cancel&answer=stop&code=123456&method=mail&safety=none", "/case", "/progress",
			"/p/wallet"}
		if id := one.caseID(); id != "" {
			targets = append(targets, "/case/"+id, "/case/"+id+"?do=cancel", "/case/"+id+"/hold.ics")
			f := p.facts(t, id)
			for _, step := range []string{"safety", "account", "first", "next", "hold", "password", "setting", "done", "ended"} {
				targets = append(targets, "/p/wallet/"+f.Channel+"/"+step)
			}
		} else {
			targets = append(targets, "/p/"+wallet.ID+"/sms/account", "/p/"+wallet.ID+"/sms/done")
		}
		letters := p.live.outbox.Records()
		for _, letter := range letters[max(0, len(letters)-6):] {
			for _, link := range mailLink.FindAllString(letter.Text, -1) {
				targets = append(targets, strings.TrimPrefix(link, plainSite), strings.TrimPrefix(link, plainSite)+"?answer=yes")
			}
		}
		before, key := p.live.rows(t), one.key()
		for _, target := range targets {
			for _, b := range []*browser{one.browser, p.browser()} {
				for _, method := range []string{"GET", "HEAD"} {
					if a := b.send(b.request(method, target, nil)); len(a.set) > 0 {
						t.Errorf("%s %s sets a cookie", method, target)
					}
				}
			}
		}
		if after := p.live.rows(t); after != before || one.key() != key {
			t.Fatalf("at %s: reading %v changed the database: %s, then %s", one.at, targets, before, after)
		}
	})
	if len(seen) < 25 {
		t.Errorf("only %d kinds of page were read: %v", len(seen), seen)
	}
}

// 20 mail scanners open the link before the person does: it still works; its token is left behind with the button.
func TestW2_aMailLinkSurvivesScannersAndItsTokenLeavesTheAddress(t *testing.T) {
	p := newLive(t, secureSite)
	one := p.person(t)
	one.begin("mail", "mailonly@demo.example")
	link := p.link(t, recovery.PurposeLink)
	token := strings.TrimPrefix(link, "/mail/")
	for range 20 {
		if a := p.browser().get(link); a.status != 200 || a.header.Get("Cache-Control") != "no-store" ||
			a.header.Get("Referrer-Policy") != "same-origin" {
			t.Fatalf("%d %v", a.status, a.header)
		}
	}
	a := one.post(link, values("answer", "yes"))
	if a.status != 303 || strings.Contains(a.location(), token) {
		t.Errorf("the button leads to %d %s", a.status, a.location())
	}
	if page := one.follow(a); strings.Contains(page.body, token) || len(p.facts(t, one.caseID()).Proofs) != 1 {
		t.Errorf("at %s the token is still there, or nothing is proved", one.at)
	}
	if again := p.browser().post(link, values("answer", "yes")); again.status != 410 ||
		strings.Contains(again.body, "undefined") {
		t.Errorf("the link works twice: %d", again.status)
	}
}
