package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support"
)

// button is the form of a page for new links, with one of its buttons pressed.
func button(t *testing.T, page answer, to string) url.Values {
	t.Helper()
	values := url.Values{"to": {to}}
	forms := parsed(t, page.body).where(func(d document) bool { return d.Data == "form" && d.attr("data-form") == "make-link" })
	if len(forms) != 1 {
		t.Fatalf("%d forms make links", len(forms))
	}
	for _, input := range forms[0].all("input") {
		values.Set(input.attr("name"), input.attr("value"))
	}
	for _, option := range forms[0].all("select") {
		values.Set(option.attr("name"), option.all("option")[0].attr("value"))
	}
	for _, b := range forms[0].all("button") {
		if b.attr("value") == to {
			return values
		}
	}
	t.Fatalf("no button leads to %q", to)
	return nil
}

// linkAt is the link whose own page an address is.
func (p *linkPortal) linkAt(t *testing.T, location string) support.Link {
	t.Helper()
	path, _, _ := strings.Cut(location, "?")
	link, err := p.links.Find(t.Context(), strings.TrimPrefix(path, "/agent/links/"))
	if err != nil {
		t.Fatalf("%s: %v", location, err)
	}
	return link
}

func TestNewLink_isOneClickFromWhatTheCustomerSaid(t *testing.T) {
	p := newLinkPortal(t)
	b, me := p.agentBrowser(t, "lin", support.RoleAgent)
	page := b.get("/agent/links/new?platform=alipay&lang=en&phone=works&face=yes&safety=coached&13800138000=x")
	if page.status != 200 || strings.Contains(page.body, "safety") || strings.Contains(page.body, "13800138000") {
		t.Fatalf("%d, or the page keeps what it should not", page.status)
	}
	for to, want := range map[string]string{
		"face":         "/en/p/alipay/face?phone=works&face=yes",
		"face/open-me": "/en/p/alipay/face/open-me?phone=works&face=yes",
		"choose":       "/en/p/alipay/choose?phone=works&face=yes",
	} {
		a := b.post("/agent/links", button(t, page, to))
		if a.status != 303 || !strings.HasPrefix(a.location(), "/agent/links/") {
			t.Fatalf("%s: %d %s", to, a.status, a.location())
		}
		made := b.get(a.location())
		link := p.linkAt(t, a.location())
		if made.status != 200 || !link.By(me.ID) {
			t.Fatalf("%s: %d, %+v", to, made.status, link)
		}
		if went := p.browser().post("/en"+short(link), nil).location(); went != want {
			t.Errorf("%s leads to %s", to, went)
		}
		if link.Lang != "en" || !link.Expires.Equal(p.clock.now().Add(7*24*time.Hour)) || link.MaxUses != 0 {
			t.Errorf("%s is %+v", to, link)
		}
		body := strings.NewReplacer(`<span class="uncut">`, "", "</span>", "").Replace(made.body)
		spelled := strings.Join(strings.Split(support.ShowCode(link.Code)[:4], ""), " ")
		for _, text := range []string{"help.example<wbr>" + short(link), spelled, secureSite + "/en" + short(link), secureSite + short(link) + "?lang=zh", `class="qr"`} {
			if !strings.Contains(body, text) {
				t.Errorf("%s: its page does not show %q", to, text)
			}
		}
	}
}

func TestNewLink_showsTheSameRecommendationAsTheCustomers(t *testing.T) {
	p := newLinkPortal(t)
	b, _ := p.agentBrowser(t, "lin", support.RoleAgent)
	for _, said := range []string{"trouble=forgot&phone=works", "phone=suspended&face=no", "trouble=locked"} {
		result := parsed(t, p.browser().get("/p/alipay/result?safety=none&"+said).body).with("data-channel")
		page := parsed(t, b.get("/agent/links/new?platform=alipay&"+said).body).with("data-channel")
		for i := range 3 {
			if result[i].attr("data-channel") != page[i].attr("data-channel") || result[i].attr("data-fit") != page[i].attr("data-fit") {
				t.Errorf("%s: place %d is %s for the customer, %s for the agent", said, i+1, result[i].attr("data-channel"), page[i].attr("data-channel"))
			}
		}
	}
}

func TestG1_aSearchForANumberIsRefused(t *testing.T) {
	p := newLinkPortal(t)
	b, _ := p.agentBrowser(t, "lin", support.RoleAgent)
	if a := b.get("/agent/links/new?q=" + url.QueryEscape("13800138000")); a.status != 422 || strings.Contains(a.body, "13800138000") {
		t.Errorf("%d", a.status)
	}
	found := b.get("/agent/links/new?platform=alipay&q=" + url.QueryEscape("停机"))
	if a := b.post("/agent/links", button(t, found, "help:phone-suspended")); a.status != 303 {
		t.Errorf("an article that was found: %d", a.status)
	}
}

func TestNewLink_refusesWhatNoButtonSends(t *testing.T) {
	p := newLinkPortal(t)
	b, me := p.agentBrowser(t, "lin", support.RoleAgent)
	base := url.Values{"platform": {"alipay"}, "lang": {"zh"}, "answers": {""}, "to": {"face"}, "expires": {"7"}, "uses": {"0"}}
	for field, value := range map[string]string{"platform": "nothing", "lang": "fr", "answers": "safety=none", "to": "../../x", "expires": "3650", "uses": "-1"} {
		form := url.Values{}
		for name, values := range base {
			form[name] = values
		}
		form.Set(field, value)
		if a := b.post("/agent/links", form); a.status != 422 || !strings.Contains(a.body, `class="sum"`) {
			t.Errorf("%s=%s: %d", field, value, a.status)
		}
	}
	form := url.Values{"share": {"//evil.example/x"}, "lang": {"zh"}}
	if a := b.post("/agent/links", form); a.status < 400 {
		t.Errorf("a share of nowhere: %d", a.status)
	}
	if links, _ := p.links.Of(t.Context(), me.ID, "", 10); len(links) > 0 {
		t.Errorf("%d links were made", len(links))
	}
}

func TestLinks_areTheAgentsOwnAndSayHowFarTheyLed(t *testing.T) {
	p := newLinkPortal(t)
	b, me := p.agentBrowser(t, "lin", support.RoleAgent)
	other, _ := p.agentBrowser(t, "wei", support.RoleAgent)
	lead, _ := p.agentBrowser(t, "chen", support.RoleLead)
	if a := b.get("/agent/links"); a.status != 200 || !strings.Contains(a.body, "还没有发过链接") {
		t.Fatalf("the empty list: %d", a.status)
	}
	link := p.made(t, support.NewLink{Target: toStep, Agent: me.ID})
	customer := p.browser()
	customer.post(short(link), nil)
	customer.post("/p/alipay/face/open-me", url.Values{"did": {"done"}})
	list := b.get("/agent/links")
	for _, text := range []string{support.ShowCode(link.Code), "打开 1 次", "开始 1 次", "第 2 步"} {
		if !strings.Contains(list.body, text) {
			t.Errorf("the list does not say %q", text)
		}
	}
	page := "/agent/links/" + strings.ToLower(support.ShowCode(link.Code))
	if strings.Contains(other.get("/agent/links").body, support.ShowCode(link.Code)) || other.get(page).status != 404 ||
		other.post(page, url.Values{"do": {"revoke"}}).status != 404 {
		t.Error("another agent sees it")
	}
	if a := lead.get(page); a.status != 200 {
		t.Errorf("who answers for the desk sees %d", a.status)
	}
	auditor, _ := p.agentBrowser(t, "he", support.RoleAuditor)
	if a := auditor.get("/agent/links"); a.status != 403 {
		t.Errorf("an auditor sees %d", a.status)
	}
}

func TestMadeLink_canBeTakenBackMadeAgainAndStopped(t *testing.T) {
	p := newLinkPortal(t)
	b, me := p.agentBrowser(t, "lin", support.RoleAgent)
	link := p.made(t, support.NewLink{Target: toStep, Agent: me.ID, MaxUses: 5, Expires: today.Add(24 * time.Hour)})
	page := "/agent/links/" + strings.ToLower(support.ShowCode(link.Code))
	p.clock.advance(5 * time.Minute)
	again := b.post(page, url.Values{"do": {"again"}})
	mine, _ := p.links.Of(t.Context(), me.ID, "", 10)
	if again.status != 303 || len(mine) != 2 || mine[0].Target != link.Target || mine[0].MaxUses != 5 ||
		!mine[0].Expires.Equal(p.clock.now().Add(24*time.Hour)) {
		t.Fatalf("again: %d, %+v", again.status, mine)
	}
	if a := b.post(page, url.Values{"do": {"scam"}}); a.status != 422 || !strings.Contains(a.body, "请选是哪一种") {
		t.Errorf("a scam of no kind: %d", a.status)
	}
	for given := range 2 { // a link that leads on can be sent, and no other
		body := b.get(page).body
		for _, sent := range []string{`data-copy="link-`, `class="qr`, `class="spell"`} {
			if strings.Contains(body, sent) != (given == 0) {
				t.Errorf("taken back %d times: %s", given, sent)
			}
		}
		if given == 0 {
			b.post(page, url.Values{"do": {"revoke"}})
		}
	}
	if a := b.post(page, url.Values{"do": {"revoke"}}); a.status != 303 {
		t.Errorf("revoke: %d", a.status)
	}
	if a := p.browser().get(short(link)); a.status != 410 {
		t.Errorf("a link that was taken back: %d", a.status)
	}
	if a := b.post(page, url.Values{"do": {"scam"}, "pattern": {"screen"}}); a.status != 303 {
		t.Errorf("scam: %d", a.status)
	}
	if scams, err := p.links.Scams(t.Context(), today, ""); err != nil || scams["screen"] != 1 {
		t.Errorf("the patterns are %v, %v", scams, err)
	}
	if a := b.get(page + "?said=scam"); !strings.Contains(a.body, "骗局，已拦下") || strings.Contains(a.body, `value="scam"`) {
		t.Error("the page does not show that it was stopped")
	}
	if a := b.get(page); !strings.Contains(a.body, "会看到叫停的那一页") || strings.Contains(a.body, "会看到同样的帮助") {
		t.Error("the page does not say what customers see now")
	}
	if a := b.post(page, url.Values{"do": {"dance"}}); a.status != 422 {
		t.Errorf("something else: %d", a.status)
	}
}

func TestShare_offersAStoredLinkToAgentsOnly(t *testing.T) {
	p := newLinkPortal(t)
	b, me := p.agentBrowser(t, "lin", support.RoleAgent)
	auditor, _ := p.agentBrowser(t, "he", support.RoleAuditor)
	for path, want := range map[string]string{
		"/p/alipay":                    "/p/alipay",
		"/p/alipay/face":               "/p/alipay/face",
		"/p/alipay/face/open-me":       "/p/alipay/face/open-me",
		"/p/alipay/choose?phone=works": "/p/alipay/choose?phone=works",
		"/p/alipay/result?phone=works": "/p/alipay/choose?phone=works",
		"/help":                        "/help",
		"/help/locked":                 "/help/locked",
		"/stop/coached":                "/stop/coached",
		"/genuine":                     "/genuine",
	} {
		for _, nobody := range []*browser{p.browser(), auditor} {
			if strings.Contains(nobody.get("/share"+path).body, "make-link") {
				t.Fatalf("%s offers a stored link to everybody", path)
			}
		}
		form := parsed(t, b.get("/share"+path).body).where(func(d document) bool { return d.attr("data-form") == "make-link" })
		if len(form) != 1 {
			t.Fatalf("%s offers no stored link", path)
		}
		values := url.Values{}
		for _, input := range form[0].all("input") {
			values.Set(input.attr("name"), input.attr("value"))
		}
		a := b.post("/agent/links", values)
		if a.status != 303 {
			t.Fatalf("%s: %d", path, a.status)
		}
		link := p.linkAt(t, a.location())
		if went := p.browser().post(short(link), nil).location(); went != want || !link.By(me.ID) {
			t.Errorf("the link of %s leads to %s", path, went)
		}
	}
}
