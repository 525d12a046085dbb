package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
	"zhaohui/internal/vault"
	"zhaohui/web"
)

type brokenSearch struct{}

func (brokenSearch) Search(context.Context, string, string, int) ([]help.Hit, error) {
	return nil, errors.New("broken on purpose")
}

// walks lists what /progress shows: platform/channel.
func (b *browser) walks(t *testing.T) []string {
	t.Helper()
	a := b.get("/progress")
	if a.status != 200 {
		t.Fatalf("/progress: %d", a.status)
	}
	var all []string
	for _, w := range parsed(t, a.body).class("walked") {
		all = append(all, w.attr("data-platform")+"/"+w.attr("data-channel"))
	}
	return all
}

func TestProgress_aSpoiledCookieIsDroppedWithoutAnError(t *testing.T) {
	p := newPortal(t, plainSite)
	good := p.browser()
	good.post(aStep, url.Values{"did": {"done"}})
	value := good.cookies["zh_progress"].Value
	foreign := newPortal(t, plainSite).browser()
	foreign.post(aStep, url.Values{"did": {"done"}})
	spoiled := map[string]string{"empty": "", "words": "forged", "no base64": "%%%",
		"from another key": foreign.cookies["zh_progress"].Value, "long": strings.Repeat("A", 12000),
		"twice": value + value, "padded": value + "=", "another context": otherContext(p.config.Keys),
		"another version": sealedAs(p.config.Keys, []byte{9, 0, 0}),
		"nothing inside":  sealedAs(p.config.Keys, nil), "a walk too many": sealedAs(p.config.Keys, []byte{1, 0, 200, 1}),
		"a huge length": sealedAs(p.config.Keys, []byte{1, 0, 1, 255, 255, 255, 255, 127})}
	for i := 0; i < len(value); i += 5 {
		flipped := []byte(value)
		if flipped[i]++; flipped[i] == 'z'+1 {
			flipped[i] = 'A'
		}
		spoiled["flipped at "+string(rune('0'+i%10))+value[:i]] = string(flipped)
		spoiled["cut at "+value[:i]] = value[:i]
	}
	for what, bad := range spoiled {
		b := p.browser()
		b.cookies["zh_progress"] = &http.Cookie{Name: "zh_progress", Value: bad}
		if got := b.walks(t); len(got) != 0 {
			t.Errorf("%.30s: %v was believed", what, got)
		}
		if a := b.post(aStep, url.Values{"did": {"done"}}); a.status != 303 {
			t.Errorf("%.30s: a step cannot be done: %d", what, a.status)
		}
		if got := b.walks(t); !slices.Equal(got, []string{"alipay/face"}) {
			t.Errorf("%.30s: %v is kept after it", what, got)
		}
	}
	if got := good.walks(t); !slices.Equal(got, []string{"alipay/face"}) {
		t.Errorf("the good cookie reads %v", got)
	}
}

func sealedAs(keys *vault.Keyset, plain []byte) string {
	return web.Encoded(keys.Sealer("progress").Seal(plain, []byte("zh_progress")))
}

func otherContext(keys *vault.Keyset) string {
	some := guide.Progress{Elder: true, Walks: []guide.Walk{{Platform: "alipay", Channel: "face", Step: "open-me", At: today}}}
	return web.Encoded(keys.Sealer("progress").Seal(some.Pack(1000), []byte("zh_case")))
}

func TestProgress_survivesARestartAndAKeyRotation(t *testing.T) {
	first := newPortal(t, plainSite)
	b := first.browser()
	b.post(aStep+"?phone=suspended", url.Values{"did": {"done"}})
	keys := first.config.Keys
	restarted, err := vault.Parse(keys.String())
	if err != nil {
		t.Fatal(err)
	}
	rotated := restarted.Rotated()
	for name, k := range map[string]*vault.Keyset{"restart": restarted, "rotation": rotated,
		"second rotation": rotated.Rotated()} {
		after := newPortal(t, plainSite, func(c *web.Config) { c.Keys = k }).browser()
		after.cookies = b.tab().cookies
		if got := after.walks(t); !slices.Equal(got, []string{"alipay/face"}) {
			t.Errorf("after a %s: %v", name, got)
		}
		after.post("/p/wechatpay/face/open-me", url.Values{"did": {"save"}})
		after.post("/p/alipay/hotline/"+firstStep("alipay", "hotline"), url.Values{"did": {"done"}})
		if got := after.walks(t); !slices.Contains(got, "alipay/face") || !slices.Contains(got, "alipay/hotline") {
			t.Errorf("after a %s and a step: %v", name, got)
		}
	}
	if other := newPortal(t, plainSite).browser(); true {
		if other.cookies = b.tab().cookies; len(other.walks(t)) != 0 {
			t.Error("another portal's key opened it")
		}
	}
}

func firstStep(platform, channel string) string {
	p, _ := realContent().Platform(platform)
	c, _ := p.Channel(channel)
	return c.Steps[0].ID
}

func TestProgress_isKeptFor30Days(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	b.post(aStep, url.Values{"did": {"done"}})
	p.clock.at = today.Add(30 * 24 * time.Hour)
	if got := b.walks(t); len(got) != 1 {
		t.Errorf("after 30 days: %v", got)
	}
	p.clock.at = today.Add(31 * 24 * time.Hour)
	if got := b.walks(t); len(got) != 0 {
		t.Errorf("after 31 days: %v", got)
	}
}

func TestProgress_theOldestWalkGoesWhenTheCookieIsFull(t *testing.T) {
	p := newPortal(t, secureSite)
	b := p.browser()
	query := "safety=none&owner=other-name&needs=blind&password=payment&trouble=forgot" +
		"&phone=reissued&face=refuse&card=cancelled&app=unsure&id=foreign"
	var begun []string
	eachChannel(func(pl *guide.Platform, c *guide.Channel) {
		if len(begun) == 40 {
			return
		}
		p.clock.at = p.clock.at.Add(time.Minute)
		for _, s := range c.Steps {
			if s.Checklist {
				b.post("/p/"+pl.ID+"/"+c.ID+"/"+s.ID+"?"+query, url.Values{"did": {"save"}, "tick": {"0", "1", "2", "3"}})
			}
		}
		a := b.post("/p/"+pl.ID+"/"+c.ID+"/"+c.Steps[len(c.Steps)-1].ID+"?"+query, url.Values{"did": {"save"}})
		begun = append(begun, pl.ID+"/"+c.ID)
		if line := a.header.Get("Set-Cookie"); a.status != 303 || line == "" || len(line) >= 3500 {
			t.Fatalf("walk %d: %d, a cookie of %d bytes", len(begun), a.status, len(line))
		}
	})
	if len(begun) != 40 {
		t.Fatalf("only %d channels", len(begun))
	}
	kept := b.walks(t)
	slices.Reverse(begun)
	if len(kept) < 10 || len(kept) == 40 || !slices.Equal(kept, begun[:len(kept)]) {
		t.Errorf("kept %d walks, which are not the newest: %v", len(kept), kept)
	}
	for prefix, lang := range map[string]string{"": "zh", "/en": "en"} {
		said := parsed(t, b.get(prefix+"/progress").body).text()
		if !strings.Contains(said, realWords().Words(lang).T("progress.dropped")) {
			t.Errorf("%s: nobody says that a walk was dropped", lang)
		}
	}
}

// submit presses a button of a page's form as a browser does.
func (b *browser) submit(t *testing.T, target string, wanted func(form document) bool) answer {
	t.Helper()
	for _, form := range parsed(t, b.get(target).body).all("form") {
		if !wanted(form) {
			continue
		}
		values := url.Values{}
		for _, field := range form.all("input", "button") {
			if name := field.attr("name"); name != "" {
				values.Set(name, field.attr("value"))
			}
		}
		return b.post(form.attr("action"), values)
	}
	t.Fatalf("%s has no such form", target)
	return answer{}
}

func TestProgress_isRemovedOneByOneOrAltogether(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	b.post("/text-size", url.Values{"elder": {"on"}})
	for _, channel := range []string{"face", "hotline", "email"} {
		b.post("/p/alipay/"+channel+"/"+firstStep("alipay", channel), url.Values{"did": {"done"}})
	}
	a := b.submit(t, "/progress", func(f document) bool {
		return slices.ContainsFunc(f.all("input", "button"), func(e document) bool { return e.attr("value") == "alipay/hotline" })
	})
	if got := b.walks(t); a.status != 303 || !slices.Equal(got, []string{"alipay/email", "alipay/face"}) {
		t.Errorf("%d, left: %v", a.status, got)
	}
	a = b.submit(t, "/progress", func(f document) bool {
		return f.attr("action") == "/progress" && slices.ContainsFunc(f.all("button"),
			func(e document) bool { return e.attr("name") == "clear" })
	})
	if got := b.walks(t); a.status != 303 || len(got) != 0 {
		t.Errorf("%d, left after clearing: %v", a.status, got)
	}
	if parsed(t, b.get("/").body).all("html")[0].attr("data-mode") != "elder" {
		t.Error("clearing the walks took the large text away")
	}
	for _, bad := range checkInputs(page{target: "/progress", doc: parsed(t, b.get("/progress").body)}) {
		t.Error(bad)
	}
}

func TestProgress_tabsShareOneCookie(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	b.post(aStep, url.Values{"did": {"done"}})
	b.get("/p/alipay/hotline") // the second tab's page, opened before the first tab goes on
	b.post("/p/alipay/face/open-settings", url.Values{"did": {"done"}})
	b.post("/p/alipay/hotline/"+firstStep("alipay", "hotline"), url.Values{"did": {"done"}})
	if got := b.walks(t); !slices.Equal(got, []string{"alipay/hotline", "alipay/face"}) {
		t.Errorf("two tabs, one after the other: %v", got)
	}
	one, two := b.tab(), b.tab() // both requests are on their way with the same cookie
	one.post("/p/alipay/email/"+firstStep("alipay", "email"), url.Values{"did": {"done"}})
	two.post("/p/alipay/questions/"+firstStep("alipay", "questions"), url.Values{"did": {"done"}})
	for _, last := range []*browser{one, two} { // whichever answer comes last, what was there before is there still
		if got := last.walks(t); len(got) != 3 || !slices.Contains(got, "alipay/face") ||
			!slices.Contains(got, "alipay/hotline") {
			t.Errorf("two tabs at once: %v", got)
		}
	}
}

func TestProgress_aWalkWhoseChannelOrStepIsGoneBreaksNothing(t *testing.T) {
	before := newPortal(t, plainSite)
	b := before.browser()
	b.post(aStep, url.Values{"did": {"done"}})
	b.post("/p/alipay/email/"+firstStep("alipay", "email")+"?face=fails&phone=suspended", url.Values{"did": {"save"}})
	b.post("/p/alipay/hotline/"+firstStep("alipay", "hotline"), url.Values{"did": {"save"}})
	changed := demoFiles()
	alipay, _ := changed.Platform("alipay")
	alipay.Channels = slices.DeleteFunc(alipay.Channels, func(c *guide.Channel) bool { return c.ID == "face" })
	email, _ := alipay.Channel("email")
	email.Steps = email.Steps[1:]
	alipay.Questions[slices.IndexFunc(alipay.Questions, func(q guide.Question) bool { return q.ID == "reserved" })].ID = "renamed"
	for _, c := range alipay.Channels {
		for _, lines := range [][]guide.Clause{c.When, c.Needs, c.Lead} {
			for _, line := range lines {
				for i := range line {
					if line[i].Question == "reserved" {
						line[i].Question = "renamed"
					}
				}
			}
		}
	}
	if err := alipay.Build(); err != nil {
		t.Fatal(err)
	}
	after := newPortal(t, plainSite, func(c *web.Config) { c.Content, c.Keys = changed, before.config.Keys }).browser()
	after.cookies = b.cookies
	if got := after.walks(t); !slices.Equal(got, []string{"alipay/hotline", "alipay/email"}) {
		t.Errorf("after the change: %v", got)
	}
	for _, link := range parsed(t, after.get("/progress").body).all("main")[0].links() {
		if a := after.get(link); strings.HasPrefix(link, "/p/") && a.status != 200 {
			t.Errorf("%s: %d", link, a.status)
		}
	}
	if a := after.get(aStep); a.status != 404 {
		t.Errorf("the step of a channel that is gone: %d", a.status)
	}
}
