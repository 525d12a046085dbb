package web_test

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// agentBrowser is a browser in which an agent of the desk is signed in.
func (p *linkPortal) agentBrowser(t *testing.T, name string, roles ...support.Role) (*browser, *support.Agent) {
	t.Helper()
	token, err := p.desk.SignInBy(t.Context(), support.Identity{Issuer: "https://id.example", Subject: name, Name: name, Shown: name,
		Roles: roles}, support.Client{Network: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	here, err := p.desk.Who(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	b, cookie := p.browser(), "__Host-zh_agent"
	sealed := p.config.Keys.Sealer("agent").Seal([]byte(token), []byte(cookie))
	b.cookies[cookie] = &http.Cookie{Name: cookie, Value: base64.RawURLEncoding.EncodeToString(sealed)}
	return b, here.Agent
}

func (p *linkPortal) made(t *testing.T, n support.NewLink) support.Link {
	t.Helper()
	if n.Agent == "" {
		n.Agent = "anna"
	}
	link, err := p.links.Make(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func (p *linkPortal) counts(t *testing.T, link support.Link) support.Counts {
	t.Helper()
	found, err := p.links.Find(t.Context(), link.Code)
	if err != nil && problem.KindOf(err) != problem.KindExpired {
		t.Fatal(err)
	}
	return found.Counts
}

func short(link support.Link) string { return "/s/" + strings.ToLower(support.ShowCode(link.Code)) }

var (
	toStep    = support.Target{Kind: support.ToStep, Platform: "alipay", Channel: "face", Step: "open-me"}
	toChannel = support.Target{Kind: support.ToChannel, Platform: "alipay", Channel: "face", Query: "phone=works"}
)

func TestW2_lookingAtALinkCountsNothing(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toStep, MaxUses: 1})
	b := p.browser()
	for range 20 {
		if a := b.get(short(link)); a.status != 200 || len(a.set) > 0 || a.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("it answers %d and sets %v", a.status, a.set)
		}
	}
	if n := p.counts(t, link); n.Opened != 0 {
		t.Fatalf("%d openings were counted", n.Opened)
	}
	for range 3 {
		if a := b.post(short(link), nil); a.status != 303 || a.location() != "/p/alipay/face/open-me" {
			t.Fatalf("it answers %d and leads to %s", a.status, a.location())
		}
	}
	if n := p.counts(t, link); n.Opened != 1 {
		t.Fatalf("one browser counts as %d", n.Opened)
	}
	if a := b.get(short(link)); a.status != 200 {
		t.Errorf("who came by it may not come again: %d", a.status)
	}
	if a := p.browser().get(short(link)); a.status != 410 || !strings.Contains(a.body, `href="/p/alipay/face/open-me"`) {
		t.Errorf("another one sees %d", a.status)
	}
}

func TestLink_saysWhoseItIsAndWhatNobodyMayAsk(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toChannel})
	a := p.browser().get(short(link))
	for _, text := range []string{p.config.Content.Operator.Name.In("zh"), "支付宝 · 刷脸", "支付密码、登录密码、短信验证码", "共享屏幕", "/stop/coached"} {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	if strings.Contains(a.body, "anna") {
		t.Error("the page names the agent")
	}
	for _, typed := range []string{link.Code, strings.ToLower(link.Code), support.ShowCode(link.Code)} {
		if a := p.browser().get("/s/" + typed); a.status != 200 {
			t.Errorf("%s: %d", typed, a.status)
		}
	}
}

func TestLink_opensInItsOwnLanguageUnlessTheReaderChooses(t *testing.T) {
	p := newLinkPortal(t)
	english := p.made(t, support.NewLink{Target: toChannel, Lang: "en"})
	b := p.browser()
	if a := b.get(short(english)); a.status != 303 || a.location() != "/en"+short(english) {
		t.Errorf("the dictated address: %d %s", a.status, a.location())
	}
	if a := b.post(short(english), nil); a.location() != "/en/p/alipay/face?phone=works" {
		t.Errorf("it leads to %s", a.location())
	}
	if a := b.get("/en" + short(english)); !strings.Contains(a.body, `href="`+short(english)+`?lang=zh"`) {
		t.Error("the switch to Chinese would lead back")
	}
	if a := b.get(short(english) + "?lang=zh"); a.status != 200 || !strings.Contains(a.body, `lang="zh-CN"`) {
		t.Errorf("in Chinese it answers %d", a.status)
	}
	if a := b.post(short(english)+"?lang=zh", nil); a.location() != "/p/alipay/face?phone=works" {
		t.Errorf("who chose Chinese comes to %s", a.location())
	}
	if a := b.post("/en"+short(p.made(t, support.NewLink{Target: toChannel})), nil); a.location() != "/en/p/alipay/face?phone=works" {
		t.Errorf("who reads English comes to %s", a.location())
	}
}

func TestLink_isNeverADeadEnd(t *testing.T) {
	p := newLinkPortal(t)
	over := p.made(t, support.NewLink{Target: toChannel, Expires: today.Add(time.Hour)})
	revoked, retired := p.made(t, support.NewLink{Target: toChannel}), p.made(t, support.NewLink{Target: support.Target{Kind: support.ToArticle, Slug: "locked"}})
	if err := p.links.Revoke(t.Context(), revoked.Code, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.links.RetireAll(t.Context(), support.LinkFilter{Slug: "locked", Kind: support.ToArticle}, support.WhyContent, "test"); err != nil {
		t.Fatal(err)
	}
	p.clock.advance(2 * time.Hour)
	for _, c := range []struct {
		link    support.Link
		why, to string
	}{{over, "over", "/p/alipay/face?phone=works"}, {revoked, "revoked", "/p/alipay/face?phone=works"}, {retired, "content", "/help/locked"}} {
		for _, prefix := range []string{"", "/en"} {
			for _, a := range []answer{p.browser().get(prefix + short(c.link)), p.browser().post(prefix+short(c.link), nil)} {
				to := strings.ReplaceAll(prefix+c.to, "&", "&amp;")
				if a.status != 410 || !strings.Contains(a.body, `data-over="`+c.why+`"`) || !strings.Contains(a.body, `href="`+to+`"`) {
					t.Errorf("%s%s: %d", prefix, c.why, a.status)
				}
			}
		}
	}
}

func TestLink_toAPageThatWentAwayLeadsToItsSuccessor(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toStep})
	p.links = support.NewLinks(support.LinkDeps{Store: p.links.Store, Places: without{web.NewPlaces(realContent(), realWords(), true), "open-me"}, Now: p.clock.now})
	p.portal = newPortalOn(t, secureSite, p.clock, &record{}, func(c *web.Config) { c.Desk, c.Links = p.desk, p.links })
	if a := p.browser().post(short(link), nil); a.location() != "/p/alipay/face" {
		t.Errorf("it leads to %s", a.location())
	}
}

// without is content that lost a step.
type without struct {
	*web.Places
	step string
}

func (w without) Exists(t support.Target) bool { return t.Step != w.step && w.Places.Exists(t) }

func TestLinkCode_takesWhatPeopleTypeAndSaysWhatIsWrong(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toChannel})
	b := p.browser()
	if a := b.get("/s"); a.status != 200 {
		t.Fatal(a.status)
	}
	code := support.ShowCode(link.Code)
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), "  " + link.Code, secureSite + short(link)} {
		if a := b.post("/s", url.Values{"link": {typed}}); a.status != 303 || a.location() != short(link) {
			t.Errorf("%q: %d %s", typed, a.status, a.location())
		}
	}
	for _, typed := range []string{"", "7KM3", strings.Repeat("A", 400), misheard(link.Code), "//evil.example"} {
		a := b.post("/s", url.Values{"link": {typed}})
		if a.status != 422 || !strings.Contains(a.body, "编号") || !strings.Contains(a.body, `class="sum"`) {
			t.Errorf("%q: %d", typed, a.status)
		}
	}
	if a := b.get("/s/7KM3-92QX"); a.status != 404 || !strings.Contains(a.body, `name="link"`) {
		t.Errorf("a link that there is not: %d", a.status)
	}
	if n := p.counts(t, link); n.Opened != 0 {
		t.Error("typing counts")
	}
}

// misheard is a code with another last sign.
func misheard(code string) string {
	return code[:len(code)-1] + map[bool]string{true: "A", false: "C"}[code[len(code)-1] != 'A']
}

func TestLink_countsEveryVisitOnceAndWhereItStands(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toStep})
	first, second := p.browser(), p.browser()
	did := func(b *browser, path, what string) string {
		t.Helper()
		a := b.post(path, url.Values{"did": {what}})
		if a.status != 303 {
			t.Fatalf("%s: %d", path, a.status)
		}
		return a.location()
	}
	for _, b := range []*browser{first, second} {
		b.post(short(link), nil)
	}
	next := did(first, "/p/alipay/face/open-me", "done")
	did(first, next, "save")
	if n := p.counts(t, link); n.Opened != 2 || n.Started != 1 || len(n.Steps) != 1 || n.Steps[0].Step != strings.TrimPrefix(next, "/p/") {
		t.Fatalf("after two steps: %+v", n)
	}
	did(second, next, "failed")
	if n := p.counts(t, link); n.Started != 2 || n.Failed != 1 || len(n.Steps) != 1 || n.Steps[0].Count != 2 {
		t.Fatalf("the other one gives up there: %+v", n)
	}
	for range 30 { // the first one goes through to the end
		if next = did(first, next, "done"); strings.HasSuffix(next, "/done") {
			break
		}
	}
	if n := p.counts(t, link); n.Finished != 1 || n.Started != 2 || len(n.Steps) != 1 || n.Steps[0].Count != 1 {
		t.Fatalf("after the end: %+v", n)
	}
	did(p.browser(), "/p/alipay/face/open-me", "done") // who came without a link
	if n := p.counts(t, link); n.Started != 2 {
		t.Error("a stranger was counted")
	}
}

// Whoever goes on by another link stands at the first one's step no more, and counts for the other from their next press.
func TestLink_aVisitThatGoesOnByAnotherLinkLeavesItsStep(t *testing.T) {
	p := newLinkPortal(t)
	first, second := p.made(t, support.NewLink{Target: toStep}), p.made(t, support.NewLink{Target: toChannel})
	b, stays := p.browser(), p.browser()
	for _, one := range []*browser{b, stays} {
		one.post(short(first), nil)
		one.post("/p/alipay/face/open-me", url.Values{"did": {"done"}})
	}
	if n := p.counts(t, first); len(n.Steps) != 1 || n.Steps[0].Count != 2 {
		t.Fatalf("two visits stand at %+v", n.Steps)
	}
	b.post(short(second), nil)
	if n := p.counts(t, first); n.Started != 2 || len(n.Steps) != 1 || n.Steps[0].Count != 1 {
		t.Errorf("after one went on by another link: %+v", n)
	}
	if n := p.counts(t, second); n.Opened != 1 || n.Started != 0 || len(n.Steps) != 0 {
		t.Errorf("the other link, before anything was done: %+v", n)
	}
	b.post("/p/alipay/face/open-me", url.Values{"did": {"done"}})
	if n := p.counts(t, second); n.Started != 1 || len(n.Steps) != 1 {
		t.Errorf("the other link, after a step: %+v", n)
	}
	if n := p.counts(t, first); len(n.Steps) != 1 || n.Steps[0].Count != 1 {
		t.Errorf("the step of the first link afterwards: %+v", n)
	}
}

// TestLink_countsARecoveryToItsEnd: each kind once, and at the end the visit stands nowhere any more. It is the end when the
// account system has answered, not when the customer has done their part.
func TestLink_countsARecoveryToItsEnd(t *testing.T) {
	links := &support.Links{}
	p := newLive(t, plainSite, func(c *web.Config) { c.Links = links })
	trail := func(context.Context, *sql.Tx, []recovery.Event) error { return nil }
	links.LinkDeps = support.LinkDeps{Store: store.NewShareLinks(p.live.db, trail), Places: web.NewPlaces(realContent(), realWords(), true),
		Now: p.clock.now}
	l := &linkPortal{portal: p, links: links}
	link := l.made(t, support.NewLink{Target: support.Target{Kind: support.ToChannel, Platform: "wallet", Channel: "sms"}})
	one := p.person(t)
	one.post(short(link), nil)
	one.begin("sms", "all@demo.example")
	if n := l.counts(t, link); n.Opened != 1 || n.Started != 1 || n.Finished != 0 || len(n.Steps) != 1 || n.Steps[0].Count != 1 {
		t.Fatalf("after the name: %+v", n)
	}
	p.clock.advance(2 * time.Minute)
	other := p.person(t)
	other.post(short(link), nil)
	other.begin("sms", "all@demo.example")
	other.proveSMS()
	other.fill("method", "mail")
	other.proveMail()
	p.live.slow = true
	other.fill("new_password", "739184", "new_password_again", "739184")
	if n := l.counts(t, link); n.Finished != 0 || len(n.Steps) != 1 || n.Steps[0].Count != 1 {
		t.Errorf("while the password is being set: %+v", n)
	}
	p.live.slow = false
	p.live.work()
	other.visit(other.at)
	other.expect("done")
	if n := l.counts(t, link); n.Started != 2 || n.Finished != 1 || len(n.Steps) != 1 || n.Steps[0].Count != 1 {
		t.Errorf("after the end of another: %+v", n)
	}
}

func TestG4_aScamLeadsToTheStopPageAtTheNextStep(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toStep})
	b := p.browser()
	b.post(short(link), nil)
	if err := p.links.Scam(t.Context(), link.Code, "caller", "test"); err != nil {
		t.Fatal(err)
	}
	if a := b.post("/p/alipay/face/open-me", url.Values{"did": {"done"}}); a.location() != "/stop/coached" {
		t.Fatalf("the next step leads to %s", a.location())
	}
	if a := b.post("/p/alipay/face/open-me", url.Values{"did": {"done"}}); a.location() == "/stop/coached" {
		t.Error("who has hung up cannot go on")
	}
	for _, a := range []answer{p.browser().get(short(link)), p.browser().post("/en"+short(link), nil), b.get(short(link))} {
		if !strings.HasSuffix(a.location(), "/stop/coached") {
			t.Errorf("the link leads to %d %s", a.status, a.location())
		}
	}
	live := p.made(t, support.NewLink{Target: support.Target{Kind: support.ToChannel, Platform: "wallet", Channel: "sms"}})
	b.post(short(live), nil)
	if err := p.links.Scam(t.Context(), live.Code, "screen", "test"); err != nil {
		t.Fatal(err)
	}
	if a := b.post("/p/wallet/sms/safety", url.Values{"safety": {"none"}}); a.location() != "/stop/coached" {
		t.Errorf("a recovery begins all the same: %s", a.location())
	}
}

// broken are links whose database is away.
type broken struct{ *support.Links }

func (broken) Note(context.Context, string, support.Mark) (support.Link, error) {
	return support.Link{}, errors.New("no database")
}

func TestW10_helpGoesOnWhereALinkCannotBeCounted(t *testing.T) {
	p := newLinkPortal(t)
	link := p.made(t, support.NewLink{Target: toStep})
	b := p.browser()
	b.post(short(link), nil)
	b.portal = newPortalOn(t, secureSite, p.clock, &record{}, func(c *web.Config) { c.Keys, c.Links = p.config.Keys, broken{p.links} })
	if a := b.post("/p/alipay/face/open-me", url.Values{"did": {"done"}}); a.status != 303 || !strings.HasPrefix(a.location(), "/p/alipay/face/") {
		t.Errorf("a step answers %d %s", a.status, a.location())
	}
	if a := b.get(b.post("/p/alipay/face/open-me", url.Values{"did": {"failed"}}).location()); a.status != 200 {
		t.Errorf("the next way answers %d", a.status)
	}
}
