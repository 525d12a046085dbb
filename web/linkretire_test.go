package web_test

import (
	"strings"
	"testing"
	"time"

	"zhaohui/internal/support"
)

// Who answers for the desk takes many links back at once, after the page said how many; nobody else may.
func TestRetire_saysHowManyAsksOnceAndIsDone(t *testing.T) {
	p := newLinkPortal(t)
	face := support.Target{Kind: support.ToChannel, Platform: "alipay", Channel: "face"}
	for range 2 {
		p.made(t, support.NewLink{Target: face})
	}
	p.clock.advance(25 * time.Hour)
	lead, me := p.agentBrowser(t, "lan", support.RoleLead)
	young := p.made(t, support.NewLink{Target: face})
	other := p.made(t, support.NewLink{Target: support.Target{Kind: support.ToArticle, Slug: "no-card"}})
	if !strings.Contains(lead.get("/agent/links").body, `href="/agent/links/retire"`) {
		t.Error("the list does not lead there")
	}
	blank := lead.get("/agent/links/retire")
	if blank.status != 200 || strings.Contains(blank.body, "data-found") {
		t.Fatalf("before anything was asked: %d", blank.status)
	}
	for query, want := range map[string]string{
		"to=alipay":                 "一共 3 个链接",
		"to=alipay%2Fface&days=1":   "一共 2 个链接",
		"to=help:no-card":           "一共 1 个链接",
		"days=14":                   "一共 0 个链接",
		"to=wechatpay":              "一共 0 个链接",
		"changed=yes&to=alipay":     "一共 0 个链接",
		"to=alipay/none&days=0":     "",
		"to=&days=2":                "",
		"to=alipay&days=nonsense":   "",
		"to=&days=0&changed=no&x=1": "",
	} {
		body := lead.get("/agent/links/retire?" + query).body
		if found := strings.Contains(body, "data-found"); found != (want != "") || !strings.Contains(body, want) {
			t.Errorf("%s: found %v, want %q", query, found, want)
		}
	}
	if n := len(p.left(t)); n != 4 {
		t.Fatalf("looking left %d of 4", n)
	}
	if a := lead.post("/agent/links/retire", values("days", "0")); a.status != 422 || len(p.left(t)) != 4 {
		t.Errorf("all of them, without a word: %d", a.status)
	}
	a := lead.post("/agent/links/retire", values("to", "alipay/face", "days", "1"))
	if a.status != 303 || a.location() != "/agent/links/retire?done=2" {
		t.Fatalf("%d %s", a.status, a.location())
	}
	if !strings.Contains(lead.get(a.location()).body, "收回了 2 个链接") {
		t.Error("the page does not say that it is done")
	}
	left := p.left(t)
	if len(left) != 2 || !left[young.Code] || !left[other.Code] {
		t.Errorf("left are %v", left)
	}
	if _, err := p.links.Find(t.Context(), young.Code); err != nil {
		t.Errorf("the young one: %v", err)
	}
	agent, _ := p.agentBrowser(t, "lin", support.RoleAgent, support.RoleReviewer)
	if a := agent.post("/agent/links/retire", values("to", "alipay", "days", "0")); a.status != 403 || len(p.left(t)) != 2 {
		t.Errorf("an agent takes back what others gave out: %d by %s", a.status, me.ID)
	}
	if strings.Contains(agent.get("/agent/links").body, "/agent/links/retire") {
		t.Error("an agent is led there")
	}
}

// left are the links that lead on.
func (p *linkPortal) left(t *testing.T) map[string]bool {
	t.Helper()
	links, err := p.links.Matching(t.Context(), support.LinkFilter{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for _, l := range links {
		left[l.Code] = true
	}
	return left
}
