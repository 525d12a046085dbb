package web_test

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/guide"
	"zhaohui/web"
)

func TestG1_digitsInASearchAreRefusedBeforeTheyAreKept(t *testing.T) {
	p := newPortal(t, plainSite)
	for _, secret := range []string{"138001", "１３８００１", "1 3 8 0 0 1", "13-80-01", "密码138001", "6222 0200 0000 1234", "١٣٨٠٠١",
		"①②③④⑤⑥", "1.3.8.0.0.1 停机"} {
		for _, target := range []string{"/help/search", "/en/help/search"} {
			a := p.browser().get(target + "?q=" + url.QueryEscape(secret))
			if a.status != 422 || strings.Contains(a.body, secret) || strings.Contains(a.body, url.QueryEscape(secret)) {
				t.Errorf("%s q=%s: %d, or it is repeated", target, secret, a.status)
			}
			if a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: the refusal may be kept: %q", secret, a.header.Get("Cache-Control"))
			}
		}
		if strings.Contains(p.log.String(), secret) || strings.Contains(p.log.String(), url.QueryEscape(secret)) {
			t.Errorf("%s was logged", secret)
		}
	}
	if a := p.browser().get("/help/search?q=95188"); a.status != 200 {
		t.Errorf("an official number cannot be searched: %d", a.status)
	}
}

func TestG2_onlyListedHostsCanBeLeftTo(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, to := range []string{"https://kf.qq.com/", "https://www.alipay.com/x?y=z"} {
		for _, prefix := range []string{"", "/en"} {
			a := b.get(prefix + "/leave?to=" + url.QueryEscape(to))
			if a.status != 200 {
				t.Errorf("%s: %d", to, a.status)
				continue
			}
			for _, bad := range checkOutward(page{answer: a, target: "/leave?to=" + url.QueryEscape(to), kind: "leave",
				doc: parsed(t, a.body)}) {
				t.Error(bad)
			}
		}
	}
	for _, to := range []string{"", "https://evil.example/", "http://kf.qq.com/", "https://kf.qq.com.evil.example/",
		"https://kf.qq.com@evil.example/", "https://user@kf.qq.com/",
		"https://evil.example/?https://kf.qq.com/", "//kf.qq.com/", `https://kf.qq.com\@evil.example/`,
		"https://evil.example\\.kf.qq.com/", "https://kf.qq.com:8443/", "javascript:alert(1)//kf.qq.com",
		"HTTPS://KF.QQ.COM.evil.example", "https://kf.qq.com%2eevil.example/", "kf.qq.com", "https:kf.qq.com",
		"https:///kf.qq.com", "ftp://kf.qq.com/"} {
		if a := b.get("/leave?to=" + url.QueryEscape(to)); a.status != 404 || strings.Contains(a.body, "evil.example") {
			t.Errorf("leaves to %q: %d", to, a.status)
		}
	}
}

func TestG3_after90DaysThePageSaysItMayHaveChanged(t *testing.T) {
	p := newPortal(t, plainSite)
	face, _ := realContent().Platforms[0].Channel("face")
	article, _ := realContent().Help.Article("no-card")
	for _, c := range []struct {
		target  string
		checked time.Time
	}{{aChannel, face.Checked}, {aStep, face.Checked}, {"/en" + aChannel, face.Checked}, {anActive, article.Checked},
		{"/p/alipay/result?safety=none&face=yes&phone=works", face.Checked}} {
		for _, day := range []struct {
			days int
			old  bool
		}{{0, false}, {90, false}, {91, true}, {400, true}, {1,
			false}} { // one portal throughout: what it keeps must not outlive the day
			p.clock.at = c.checked.Add(time.Duration(day.days) * 24 * time.Hour)
			old := len(parsed(t, p.browser().get(c.target).body).class("old")) > 0
			if old != day.old {
				t.Errorf("%s %d days after the check says that it may have changed: %v", c.target, day.days, old)
			}
		}
	}
}

// eachChannel goes through the channels that are walked; eachLive through those that the portal runs itself.
func eachChannel(visit func(p *guide.Platform, c *guide.Channel)) {
	for _, p := range realContent().Platforms {
		for _, c := range p.Channels {
			if c.Live == nil {
				visit(p, c)
			}
		}
	}
}

func eachLive(visit func(p *guide.Platform, c *guide.Channel)) {
	for _, p := range realContent().Platforms {
		for _, c := range p.Channels {
			if c.Live != nil {
				visit(p, c)
			}
		}
	}
}

func TestG4_beforeAnyChannelStandsTheQuestion(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	eachChannel(func(p *guide.Platform, c *guide.Channel) {
		path := "/p/" + p.ID + "/" + c.ID
		asks := parsed(t, b.get(path).body)
		if q := asks.with("data-question"); len(q) != 1 || q[0].attr("data-question") != "safety" {
			t.Errorf("%s does not ask", path)
		}
		first := path + "/" + c.Steps[0].ID
		for _, link := range asks.class("btn") {
			if strings.HasPrefix(link.attr("href"), first) {
				t.Errorf("%s can be started before the question is answered", path)
			}
		}
		answered := parsed(t, b.get(path+"?safety=none").body)
		if len(answered.with("data-question")) != 0 || !slices.Contains(answered.links(), first+"?safety=none") {
			t.Errorf("%s asks again, or cannot be started", path)
		}
		for _, target := range []string{first, path + "/print"} {
			body := b.get(target).body
			question, instruction := strings.Index(body, `data-question="safety"`), strings.Index(body, `class="prose"`)
			if question < 0 || instruction < question {
				t.Errorf("%s: the question stands at %d, the instruction at %d", target, question, instruction)
			}
		}
	})
}

func TestG4_aStopPageLeadsOnlyBackToTheQuestion(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, stop := range []string{"coached", "stolen", "unknown-payments"} {
		for _, p := range realContent().Platforms {
			for _, prefix := range []string{"", "/en"} {
				base := prefix + "/p/" + p.ID
				var channel string
				for _, c := range p.Channels {
					channel = base + "/" + c.ID
					break
				}
				step := channel + "/" + p.Channels[0].Steps[0].ID
				for _, target := range []string{base + "/result", channel, step, channel + "/print", base + "/choose"} {
					target += "?safety=" + stop + "&phone=works&card=bound"
					a := b.get(target)
					if a.status == 303 {
						a = b.get(a.location())
					}
					main := parsed(t, a.body).all("main")[0]
					if stops := main.with("data-stop"); len(stops) != 1 || stops[0].attr("data-stop") != stop {
						t.Errorf("%s is no stop page", target)
						continue
					}
					again := 0
					for _, link := range main.links() {
						path, query, _ := strings.Cut(link, "?")
						switch {
						case path == base+"/choose" && !strings.Contains(query, "safety"):
							again++
							next := parsed(t, b.get(link).body)
							if q := next.with("data-question"); len(q) == 0 || q[0].attr("data-question") != "safety" {
								t.Errorf("%s leads on without asking again", target)
							}
							if !strings.Contains(query, "phone=works") || !strings.Contains(query, "card=bound") {
								t.Errorf("%s forgets the other answers: %s", target, query)
							}
						case strings.HasPrefix(link, "tel:") || path == prefix+"/leave":
						case strings.HasPrefix(path, prefix+"/help/"): // to read on; whatever it ends in asks again
						default:
							t.Errorf("%s leads on to %s", target, link)
						}
					}
					if again != 1 || len(main.all("form")) > 0 {
						t.Errorf("%s: %d ways back, %d forms", target, again, len(main.all("form")))
					}
				}
			}
		}
	}
}

func TestG4_whatIsSharedNeverCarriesTheAnswer(t *testing.T) {
	reportCrawl(t, "G4")
	b := newPortal(t, plainSite).browser()
	for _, target := range []string{"/p/alipay/choose", "/p/alipay/result", aChannel, aStep, "/p/alipay"} {
		for _, prefix := range []string{"", "/en"} {
			shared := parsed(t, b.get(prefix+"/share"+target+"?safety=none&phone=suspended").body)
			for _, e := range shared.class("url") {
				if text := e.text(); strings.Contains(text, "safety") || !strings.Contains(text, plainSite+prefix+target) {
					t.Errorf("shares %s", text)
				}
			}
		}
	}
}

func checkShared(p page) []string {
	var bad []string
	for _, link := range p.doc.links() {
		if path, query, _ := strings.Cut(link, "?"); strings.Contains(path, "/share/") && strings.Contains(query, "safety") {
			bad = append(bad, p.says("shares %s", link))
		}
	}
	return bad
}

func TestG4_theCookieNeverKeepsTheAnswer(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	for _, did := range []string{"done", "save", "failed"} {
		b.post(aStep+"?safety=none&phone=suspended&face=yes", url.Values{"did": {did}})
		sealed, err := base64.RawURLEncoding.DecodeString(b.cookies["zh_progress"].Value)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := p.config.Keys.Sealer("progress").Open(sealed, []byte("zh_progress"))
		if err != nil || !bytes.Contains(plain, []byte("phone=suspended")) || bytes.Contains(plain, []byte("safety")) {
			t.Errorf("after %s the cookie holds %q (%v)", did, plain, err)
		}
		for _, link := range parsed(t, b.get("/progress").body).all("main")[0].links() {
			if strings.Contains(link, "safety") {
				t.Errorf("after %s progress goes on at %s without asking", did, link)
			}
		}
	}
}

func TestW9_aPageThatFailsSaysNothingOfWhy(t *testing.T) {
	p := newPortal(t, plainSite, func(c *web.Config) { c.Search = brokenSearch{} })
	a := p.browser().get("/help/search?q=" + url.QueryEscape("停机"))
	if a.status != 500 && a.status != 503 || strings.Contains(a.body, "broken") || strings.Contains(a.body, "goroutine") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if log := p.log.String(); !strings.Contains(log, "/help/search") || strings.Contains(log, "停机") {
		t.Errorf("the log must name the route and not the query:\n%s", log)
	}
	for _, target := range []string{"/13800138000", "/help/13800138000", "/p/13800138000", "/p/alipay/13800138000",
		"/p/alipay/face/13800138000?x=13800138000", "/share/13800138000", "/api/13800138000",
		"/api/v1/platforms/13800138000/recommendation", "/leave?to=13800138000", "/stop/13800138000"} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			p.browser().send(p.browser().request(method, target, nil))
		}
	}
	if log := p.log.String(); strings.Contains(log, "13800138000") {
		t.Errorf("an address was logged:\n%s", log)
	}
}
