package web_test

import (
	"strings"
	"testing"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// A link to a running case leads the customer's own browser back to it, and nobody else anywhere.
func TestAssist_aLinkToTheCaseLeadsOnlyItsOwnBrowser(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	path := lin.helps(t, one)
	page := parsed(t, lin.b.get(path).body)
	if len(page.where(func(d document) bool { return d.attr("data-form") == "share" })) != 1 {
		t.Fatal("the page offers no link")
	}
	if a := lin.b.post(path, values("do", "share", "method", "nothing")); a.status != 422 {
		t.Errorf("a step that is not offered: %d", a.status)
	}
	a := lin.b.post(path, values("do", "share", "method", "mail"))
	code, made := strings.CutPrefix(a.location(), "/agent/links/")
	if code, _, _ = strings.Cut(code, "?"); a.status != 303 || !made {
		t.Fatalf("%d %s", a.status, a.location())
	}
	landing := p.browser().get("/s/" + code)
	for _, secret := range []string{one.caseID(), "all@demo", "王", recovery.ShowResume(p.facts(t, one.caseID()).Code)} {
		if strings.Contains(landing.body, secret) {
			t.Errorf("the link's page shows %q", secret)
		}
	}
	for who, b := range map[string]*browser{"/p/wallet/sms/next": one.browser, "/case": p.browser()} {
		to := b.post("/s/"+code, nil).location()
		for to != "" && to != who {
			next := b.get(to)
			if to = next.location(); to == "" {
				t.Fatalf("the link leads elsewhere than %s", who)
			}
		}
	}
	if !strings.Contains(one.open("/p/wallet/sms/next").body, `data-assist`) {
		t.Error("the customer's page says nothing of the advice")
	}
}

// A link to a case counts from the first press after it, also one beside the step, and its agent reads at which step it stands.
func TestAssist_aLinkToTheCaseCountsFromTheNextPress(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	made := lin.b.post(lin.helps(t, one), values("do", "share")).location()
	page, _, _ := strings.Cut(made, "?")
	one.post("/s/"+strings.TrimPrefix(page, "/agent/links/"), nil)
	if a := lin.b.get(page); strings.Contains(a.body, "开始 1 次") {
		t.Fatal("it counts before anything was done")
	}
	one.post("/case/"+one.caseID(), values("do", "choose", "method", "mail"))
	if a := lin.b.get(page); !strings.Contains(a.body, "开始 1 次") || !strings.Contains(a.body, "去邮箱里点一下") {
		t.Error("the press does not count, or its step has no name")
	}
}
