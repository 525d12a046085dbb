package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhaohui/web"
)

// signInAgent signs one of the demo's people in, as they do it themselves.
func signInAgent(t *testing.T, s *liveSite, name string) screen {
	t.Helper()
	b := openScreen(t, s)
	b.size(1280, 900)
	b.signIn(s, name)
	return b
}

func (b screen) signIn(s *liveSite, name string) {
	b.t.Helper()
	var people map[string]web.DemoAgent
	s.read("/demo/agents.json", &people)
	b.visit("/agent/links")
	b.fill(map[string]string{"name": name, "password": people[name].Password})
	b.fill(map[string]string{"code": people[name].Code})
	b.at("/agent/links")
}

// choose picks an answer in the form for new links.
func (b screen) choose(question, value string) {
	b.t.Helper()
	look[bool](b.tab, `(() => {
		const e = document.querySelector('select[name="`+question+`"]');
		e.value = '`+value+`';
		e.dispatchEvent(new Event('change', {bubbles: true}));
		return e.value === '`+value+`';
	})()`)
}

// TestBrowserLinks_AgentAndCustomer: an agent on the telephone makes a link of a step and reads its code out; the customer
// types it and goes two steps; the agent sees how far, never who; then somebody else turns out to be in the room.
func TestBrowserLinks_AgentAndCustomer(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	agent := signInAgent(t, s, "agent")

	agent.follow("n", chromedp.KeyEvent("n")) // a new link is one key away
	agent.at("/agent/links/new")
	agent.visit("/agent/links/new?platform=alipay")
	agent.choose("face", "yes")
	agent.poll(`location.search.includes('face=yes') && document.querySelector('#preview [name="answers"]').value === 'face=yes'`)
	step := `#preview button[value="face/open-me"]`
	agent.unfold(step)
	agent.press(step)
	spoken := strings.NewReplacer(" ", "", "–", "-").Replace(agent.text(".facts dd.spell:last-of-type"))
	if !regexp.MustCompile(`^[2-9A-Z]{4}-[2-9A-Z]{4}$`).MatchString(spoken) || agent.shown(".qr") != 1 {
		t.Fatalf("%s reads out %q", agent.address(), spoken)
	}
	made := agent.address()

	customer := openScreen(t, s)
	customer.visit("/s")
	customer.fill(map[string]string{"link": strings.ToLower(strings.ReplaceAll(spoken, "-", " "))})
	customer.at("/s/" + strings.ToLower(spoken))
	if !strings.Contains(customer.text("main"), "共享屏幕") || strings.Contains(customer.text("main"), "林晓") {
		t.Fatalf("the page before the page says %q", customer.text("main"))
	}
	customer.press(`form[data-form="open"] button`)
	customer.at("/p/alipay/face/open-me")
	for range 2 {
		customer.press(`button[name="did"][value="done"]`)
	}
	where := customer.text("h1")

	agent.visit(made)
	if got := agent.text("[data-counts]"); !strings.Contains(got, "打开 1 次") || !strings.Contains(got, "开始 1 次") {
		t.Errorf("the agent sees %q", got)
	}
	if got := agent.text("[data-stopped]"); !strings.Contains(got, "第 3 步") || !strings.Contains(got, strings.ReplaceAll(where, "\n", "")) {
		t.Errorf("the customer stands at %q, the agent sees %q", where, got)
	}

	agent.unfold(`form[data-form="scam"] button`)
	agent.touch(`form[data-form="scam"] label:first-of-type`)
	agent.press(`form[data-form="scam"] button[value="scam"]`)
	customer.press(`button[name="did"][value="done"]`)
	customer.at("/stop/coached")
	late := openScreen(t, s)
	late.visit("/s/" + strings.ToLower(spoken))
	late.at("/stop/coached")
}

// TestBrowserLinks_TheLastOneIsOneKeyAway proves that the keyboard alone makes a link and copies its text, and that a page
// for links works without script.
func TestBrowserLinks_TheLastOneIsOneKeyAway(t *testing.T) {
	t.Parallel()
	s := openLiveSite(t)
	agent := signInAgent(t, s, "agent")
	agent.visit("/agent/links/new?platform=wechatpay&lang=en")
	agent.follow("g", chromedp.KeyEvent("g")) // the first way
	text := agent.text("#link-text-en")
	if !strings.Contains(text, s.url+"/en/s/") {
		t.Fatalf("the text is %q", text)
	}
	for _, page := range []string{agent.address(), "/agent/links", "/agent/links/new", "/agent"} {
		agent.visit(page)
		look[bool](agent.tab, `(() => {
			window.copied = '';
			Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (t) => { window.copied = t; }}, configurable: true});
			return true;
		})()`)
		agent.keys("l")
		agent.poll(`window.copied !== ''`)
		if got := look[string](agent.tab, "window.copied"); got != text {
			t.Errorf("%s: l copies %q", page, got)
		}
		if agent.shown(`[data-keys]`) != 1 {
			t.Errorf("%s lists no shortcuts", page)
		}
	}
	agent.withoutScript()
	agent.visit("/agent/links/new")
	agent.press(`form[data-preview] button`)
	agent.press(`#preview button[value="choose"]`)
	if !strings.HasPrefix(agent.url().Path, "/agent/links/") || agent.shown("#link-text-zh") != 1 {
		t.Errorf("without script the link is at %s", agent.address())
	}
}

// TestA1_A3_PagesOfLinks are gone over in every dress, the customer's and the agent's.
func TestA1_A3_PagesOfLinks(t *testing.T) {
	t.Parallel()
	for _, d := range dresses {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			s := openLiveSite(t)
			b := openScreen(t, s)
			check := func(name string) {
				b.do("open every fold", openFolds)
				b.fits(d, name)
				b.axeIn(d, name)
				b.size(1280, 900)
			}
			d.put(b.tab)
			b.signIn(s, "agent")
			b.visit(d.prefix + "/agent/links")
			check("no links")
			b.visit(d.prefix + "/agent/links/new?platform=alipay&face=yes&q=%E5%81%9C%E6%9C%BA")
			check("new link")
			b.press(`#preview .way button[value="face"]`)
			check("a link that was made")
			link := "/s/" + strings.TrimPrefix(b.url().Path, d.prefix+"/agent/links/")
			page := b.url().Path
			b.press(`button[value="again"]`)
			b.visit(d.prefix + "/agent/links")
			check("links")
			b.visit(d.prefix + link + "?lang=zh")
			check("before the page")
			b.visit(d.prefix + "/s")
			check("code")
			b.fill(map[string]string{"link": "7KM3"})
			check("a wrong code")
			b.visit(page)
			b.press(`button[value="revoke"]`)
			check("a link that was taken back")
			b.visit(d.prefix + link + "?lang=zh")
			check("over")
			b.visit(d.prefix + "/share/p/alipay/face")
			check("share for agents")
		})
	}
}
