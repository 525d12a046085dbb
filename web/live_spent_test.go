package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/recovery"
	"zhaohui/web"
)

// spentPage is what the page of a code that was used up must be: it asks for nothing, says when there can be another and
// offers other ways at once.
func spentPage(t *testing.T, one *person, resend bool, said ...string) {
	t.Helper()
	a := one.open(one.at)
	doc := parsed(t, a.body)
	if len(doc.asking()) != 0 {
		t.Errorf("%s: asks for something that cannot be right", one.at)
	}
	if n := len(doc.with("data-step")); n != 1 {
		t.Errorf("%s: %d forms with data-step", one.at, n)
	}
	for _, text := range said {
		if !strings.Contains(a.body, text) {
			t.Errorf("%s does not say %q", one.at, text)
		}
	}
	if got := strings.Contains(a.body, `value="resend"`); got != resend {
		t.Errorf("%s offers another code: %v", one.at, got)
	}
	open := slices.DeleteFunc(doc.all("main")[0].all("details"), func(e document) bool { return !e.has("open") })
	if !strings.Contains(a.body, `name="method" value="identity"`) || len(open) != 2 {
		t.Errorf("%s does not offer other ways openly: %d parts are unfolded", one.at, len(open))
	}
}

// asking are the fields of a page that somebody can fill in.
func (d document) asking() []document {
	fields := d.all("main")[0].all("input", "select")
	return slices.DeleteFunc(fields, func(e document) bool { return e.attr("type") == "hidden" })
}

// After the last wrong try a reload shows no dead form. The page is the same for an account that does not exist (R15).
func TestR3_theStepOfASpentCodeSaysSoAndAsksForNothing(t *testing.T) {
	for lang, prefix := range map[string]string{"zh": "", "en": "/en"} {
		words := realWords().Words(lang)
		for _, channel := range []string{"sms", "mail"} {
			var pages []string
			for _, account := range []string{"all@demo.example", "nobody@demo.example"} {
				p := newLive(t, plainSite)
				one := p.person(t)
				one.lang = prefix
				one.begin(channel, account)
				for range 4 {
					one.fill("code", "000000")
				}
				if doc := parsed(t, one.open(one.at).body); len(doc.asking()) != 1 {
					t.Fatalf("%s: nothing is asked before the last try", channel)
				}
				last := one.fill("code", "000000")
				if last.status != 422 || strings.Contains(last.body, words.T("live.failed.no-tries")) {
					t.Errorf("%s: the last try: %d", channel, last.status)
				}
				spentPage(t, one, false, words.T("live.over.from", "Time", "09:01"))
				one.fill("code", "000000") // out of another window that still has the form
				one.expect(channel + "-code")
				p.clock.advance(time.Minute)
				spentPage(t, one, true, words.T("live.over.now"))
				pages = append(pages, plainly(last), plainly(one.open(one.at)))
				if one.do("resend"); len(parsed(t, one.open(one.at).body).asking()) != 1 {
					t.Errorf("%s: after another was sent nothing is asked", channel)
				}
				for range 5 {
					one.fill("code", "000000")
				}
				p.clock.advance(time.Minute)
				spentPage(t, one, false, words.T("live.failed.no-tries")) // ten a day: another would help nobody
			}
			if pages[0] != pages[2] || pages[1] != pages[3] {
				t.Errorf("R15: %s: the pages differ:\n%.2000s\n----\n%.2000s", channel, pages[1], pages[3])
			}
		}
	}
}

func TestR2_theStepOfACodeThatIsTooOldAsksForNothing(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	code := p.code(t, recovery.PurposeCode)
	p.clock.advance(6 * time.Minute)
	if a := one.fill("code", code); a.status != 422 || !strings.Contains(a.body,
		realWords().Words("zh").T("live.error.code-expired")) {
		t.Errorf("%d", a.status)
	}
	spentPage(t, one, true, realWords().Words("zh").T("live.over.too-old"))
}

func TestR5_theStepOfACodeThatWasNotSentAsksForNothing(t *testing.T) {
	p := newLive(t, plainSite)
	p.person(t).begin("sms", "all@demo.example")
	p.clock.advance(30 * time.Second)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	spentPage(t, one, false, realWords().Words("zh").T("live.over.not-sent"),
		realWords().Words("zh").T("live.over.from", "Time", "09:01"))
	p.clock.advance(30 * time.Second)
	spentPage(t, one, true)
}

// A channel that is switched off names others; where none is left, the telephone.
func TestLive_aClosedChannelSaysWhatIsLeft(t *testing.T) {
	p := newLive(t, plainSite)
	tel := realContent().Operator.Hotline
	for lang, prefix := range map[string]string{"zh": "", "en": "/en"} {
		words := realWords().Words(lang)
		var all []string
		eachLive(func(_ *guide.Platform, c *guide.Channel) { all = append(all, c.ID) })
		for off, said := range map[string]string{"sms": words.T("live.start.closed"),
			strings.Join(all, " "): words.T("live.start.closed-all", "Tel", tel)} {
			p.live.service.Switched(strings.Fields(off))
			a := p.browser().get(prefix + "/p/wallet/sms")
			if !strings.Contains(a.body, said) || strings.Contains(a.body, "/p/wallet/sms/safety") {
				t.Errorf("%s without %s: does not say %q, or leads into it", lang, off, said)
			}
		}
		p.live.service.Switched(nil)
	}
}

// Without a live platform the addresses of recoveries are as unknown as any other.
func TestLive_aPortalWithoutALivePlatformHasNoneOfItsPages(t *testing.T) {
	held := newLive(t, plainSite).person(t) // the cookie of a case of before changes nothing
	held.begin("sms", "all@demo.example")
	without := func(c *web.Config) { c.Recovery, c.Policy, c.Keys = nil, nil, held.portal.config.Keys }
	b := newPortal(t, plainSite, without).browser()
	b.cookies = held.cookies
	for _, target := range []string{"/p/wallet", "/p/wallet/sms", "/p/wallet/sms/safety", "/case", "/case/x", "/case/x/hold.ics",
		"/case/x/join/y",
		"/mail", "/mail/x", "/api/v1/platforms/wallet/recommendation", "/share/p/wallet"} {
		if a := b.get(target); a.status != 404 {
			t.Errorf("GET %s: %d", target, a.status)
		}
		if a := b.post(target, values("do", "cancel")); a.status != 404 && a.status != 405 {
			t.Errorf("POST %s: %d", target, a.status)
		}
	}
	for _, target := range []string{"/", "/progress", "/p/alipay", aStep, "/en/progress"} {
		if a := b.get(target); a.status != 200 {
			t.Errorf("%s: %d", target, a.status)
		}
	}
}
