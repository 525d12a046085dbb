package web_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// A button that is pressed twice (decision 0017): the second press comes with the cookies of before the first answer. It ends
// where the first does, and with the key that counts, whichever answer arrives last.

// sends is what a page's form sends along: the first form that goes there and has such a field.
func sends(t *testing.T, a answer, action string, also ...string) url.Values {
	t.Helper()
	for _, form := range parsed(t, a.body).all("form") {
		said := url.Values{}
		for _, field := range form.all("input", "button") {
			if name := field.attr("name"); name != "" && !said.Has(name) {
				said.Set(name, field.attr("value"))
			}
		}
		if form.attr("action") == action && (len(also) == 0 || said.Get(also[0]) == also[1]) {
			return said
		}
	}
	t.Fatalf("no form goes to %s", action)
	return nil
}

// twice presses a button of a page twice, one press after the other or at once, and gives both browsers as they are then.
func (b *browser) twice(target string, form url.Values, atOnce bool) (tabs []*browser, answers []answer) {
	tabs, answers = []*browser{b.tab(), b.tab()}, make([]answer, 2)
	var sending sync.WaitGroup
	for i, tab := range tabs {
		if !atOnce {
			answers[i] = tab.post(target, form)
			continue
		}
		tab.lazy = true
		sending.Go(func() { answers[i] = tab.post(target, form) })
	}
	sending.Wait()
	for _, tab := range tabs {
		tab.lazy = false
	}
	return tabs, answers
}

// key is the case's key in a browser's cookie.
func (b *browser) key(t *testing.T) string {
	t.Helper()
	name := b.portal.cookieName("zh_case")
	if b.cookies[name] == nil {
		return ""
	}
	return opened(t, b.portal, "case", name, b.cookies[name].Value)
}

// arrive says whether both presses of a button lead to one page and bring one key, which opens the case after the minute of
// the key before.
func arrive(t *testing.T, tabs []*browser, answers []answer, page string) {
	t.Helper()
	for i, a := range answers {
		if a.status != 303 || a.location() != page {
			t.Errorf("press %d: %d %s, want %s", i+1, a.status, a.location(), page)
		}
	}
	if tabs[0].key(t) != tabs[1].key(t) {
		t.Error("the two answers leave two keys behind")
	}
	tabs[0].portal.clock.advance(2 * time.Minute)
	for i, tab := range tabs {
		id, _, _ := strings.Cut(tab.key(t), " ")
		if a := tab.get("/case/" + id); a.status != 303 || a.location() == "/case" {
			t.Errorf("after press %d the case is lost: %d %s", i+1, a.status, a.location())
		}
	}
}

func inTurn(t *testing.T, do func(t *testing.T, atOnce bool)) {
	t.Helper()
	for name, atOnce := range map[string]bool{"one after the other": false, "at once": true} {
		t.Run(name, func(t *testing.T) { do(t, atOnce) })
	}
}

func TestW4_aMailedLinkPressedTwiceKeepsTheCase(t *testing.T) {
	inTurn(t, func(t *testing.T, atOnce bool) {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.begin("mail", "all@demo.example")
		link := p.link(t, recovery.PurposeLink)
		page, thief := one.get(link), one.tab()
		said, copied := sends(t, page, link), sends(t, thief.get(link), link)
		said.Set("answer", "yes")
		copied.Set("answer", "yes")
		tabs, answers := one.twice(link, said, atOnce)
		p.live.work()
		before := p.live.rows(t)
		if thief.post(link, copied); thief.key(t) == tabs[0].key(t) {
			t.Error("a copied cookie gets the key by a page of its own")
		}
		if p.live.rows(t) != before {
			t.Error("a third press changes something")
		}
		arrive(t, tabs, answers, "/case/"+one.caseID())
		if n := len(p.facts(t, one.caseID()).Proofs); n != 1 {
			t.Errorf("%d proofs", n)
		}
	})
}

// Elsewhere the button shows a code; the second press shows the same.
func TestW4_aMailedLinkPressedTwiceElsewhereShowsOneCode(t *testing.T) {
	inTurn(t, func(t *testing.T, atOnce bool) {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.begin("mail", "all@demo.example")
		link := p.link(t, recovery.PurposeLink)
		phone := p.browser()
		said := sends(t, phone.get(link), link)
		said.Set("answer", "yes")
		tabs, answers := phone.twice(link, said, atOnce)
		var codes []string
		for i, a := range answers {
			shown := tabs[i].get("/mail")
			if a.status != 303 || a.location() != "/mail" || shown.status != 200 {
				t.Fatalf("press %d: %d %s, and then %d", i+1, a.status, a.location(), shown.status)
			}
			codes = append(codes, strings.ReplaceAll(parsed(t, shown.body).with("data-code")[0].text(), " ", ""))
		}
		if codes[0] != codes[1] {
			t.Errorf("two codes: %v", codes)
		}
		stranger := p.browser()
		said.Set("page", "AAAAAAAAAAAAAAAAAAAAAAAAAA")
		if a := stranger.post(link, said); a.status != 410 || strings.Contains(a.body, "data-code") {
			t.Errorf("another page is shown it too: %d", a.status)
		}
		if one.fill("code", codes[1]); one.step() != "next" {
			t.Errorf("the code leads to %s", one.at)
		}
	})
}

func TestW4_aCheckTakenOverTwiceKeepsTheCase(t *testing.T) {
	inTurn(t, func(t *testing.T, atOnce bool) {
		p := newAssistPortal(t)
		one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
		one.begin("mail", "all@demo.example")
		path := lin.helps(t, one)
		one.proveMail()
		lin.leads(t, lin.b.post(path, values("do", "open", "reason", "check")), path+"?said=opened")
		lin.leads(t, lin.b.post(path, values("do", "check", "answer-mailbox", "all@demo.example", "answer-card-end", "1016",
			"answer-phone", "199 0000 0101", "answer-name", "match", "answer-banks", "match", "answer-age", "unclear")),
			path+"?said=passed")
		target := "/case/" + one.caseID() + "/assist"
		page, thief := one.open(one.at), one.tab()
		copied := sends(t, thief.get(one.at), target, "do", "accept")
		tabs, answers := one.twice(target, sends(t, page, target, "do", "accept"), atOnce)
		if thief.post(target, copied); thief.key(t) == tabs[0].key(t) {
			t.Error("a copied cookie gets the key by a page of its own")
		}
		arrive(t, tabs, answers, answers[0].location())
		if f := p.facts(t, one.caseID()); len(f.Proofs) != 2 || f.Vouched != nil {
			t.Errorf("%+v", f.Proofs)
		}
	})
}

func TestW4_aResumeCodeSentTwiceKeepsTheGuest(t *testing.T) {
	inTurn(t, func(t *testing.T, atOnce bool) {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.begin("sms", "all@demo.example")
		one.proveSMS()
		guest, path := p.browser(), "/case/"+one.caseID()
		said := sends(t, guest.get("/case"), "/case")
		said.Set("resume", p.facts(t, one.caseID()).Code)
		tabs, answers := guest.twice("/case", said, atOnce)
		for i, a := range answers {
			if shown := tabs[i].get(path); a.location() != path || shown.status != 200 {
				t.Errorf("press %d: %d %s, and then %d %s", i+1, a.status, a.location(), shown.status, shown.location())
			}
		}
		if tabs[0].key(t) != tabs[1].key(t) {
			t.Error("the two answers leave two keys behind")
		}
		p.clock.advance(2 * time.Minute) // between two codes for one number
		tabs[0].post(path, values("do", "again", "method", "sms"))
		again := p.browser()
		again.post("/case", said)
		if f := p.facts(t, one.caseID()).Return; f.Doing == nil {
			t.Error("what the guest had begun is gone")
		}
	})
}

// The browser that began needs no code: who types one there turns nobody out who came with it.
func TestW4_theOwnersOwnCodeTurnsNobodyOut(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	code, path := p.facts(t, one.caseID()).Code, "/case/"+one.caseID()
	guest := p.browser()
	guest.post("/case", values("resume", code))
	if a := one.post("/case", values("resume", code)); a.location() != one.at {
		t.Errorf("the owner is led to %s", a.location())
	}
	if a := guest.get(path); a.status != 200 {
		t.Errorf("the guest is turned out: %d %s", a.status, a.location())
	}
}

// "This was not me" pressed twice says both times that it was heard.
func TestW4_aStopPressedTwiceSaysSoTwice(t *testing.T) {
	inTurn(t, func(t *testing.T, atOnce bool) {
		p := newLive(t, plainSite)
		one := p.person(t)
		one.begin("mail", "all@demo.example")
		link := p.link(t, recovery.PurposeLink)
		phone := p.browser()
		said := sends(t, phone.get(link), link)
		said.Set("answer", "stop")
		tabs, answers := phone.twice(link, said, atOnce)
		for i, a := range answers {
			shown := tabs[i].get("/mail")
			if a.status != 303 || a.location() != "/mail" || shown.status != 200 || len(parsed(t, shown.body).class("halt")) != 1 {
				t.Errorf("press %d: %d %s, and then %d", i+1, a.status, a.location(), shown.status)
			}
		}
		if kinds := column(t, p.live.db, `SELECT kind FROM audit_entry WHERE kind = 'case-stopped'`); len(kinds) != 1 {
			t.Errorf("stopped %d times", len(kinds))
		}
	})
}

// Forms of before are sent again with the key of before and with the newest: nothing changes and no key is given.
func TestW4_formsOfBeforeAreWorthNothing(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	type sent struct {
		target string
		form   url.Values
		as     *browser
	}
	var all []sent
	fill := func(page answer, pairs ...string) answer {
		form := values(append(pairs, "page", pageName(t, page.body))...)
		all = append(all, sent{one.action, form, one.tab()})
		return one.follow(one.post(one.action, form))
	}
	page := one.begin("sms", "all@demo.example")
	page = fill(page, "code", p.code(t, recovery.PurposeCode))
	page = fill(page, "method", "mail")
	page = fill(page, "code", p.code(t, recovery.PurposeLink))
	fill(page, "new_password", "739184", "new_password_again", "739184")
	one.expect("done")
	key := one.key()
	p.clock.advance(time.Minute)
	before := p.live.rows(t)
	for _, s := range all {
		for who, b := range map[string]*browser{"the key of then": s.as, "the newest": one.tab()} {
			had := maps.Clone(b.cookies)
			a := b.post(s.target, s.form)
			if len(a.set) > 0 || a.status != 303 || who == "the newest" && a.location() != one.at {
				t.Errorf("%s with %s: %d %s, %d cookies", s.target, who, a.status, a.location(), len(a.set))
			}
			if !slices.Equal(slices.Sorted(maps.Keys(had)), slices.Sorted(maps.Keys(b.cookies))) {
				t.Errorf("%s with %s leaves other cookies", s.target, who)
			}
		}
	}
	if p.live.rows(t) != before || one.key() != key {
		t.Error("a form of before changed something")
	}
}
