package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/help"
	"zhaohui/internal/recovery"
	"zhaohui/internal/wallet"
	"zhaohui/web"
)

func TestW1_linksInMessagesComeFromThePublicAddress(t *testing.T) {
	p := newLive(t, secureSite)
	one := p.person(t)
	one.recover("all@demo.example", "739184")
	for _, m := range p.live.outbox.Records() {
		for _, link := range regexp.MustCompile(`https?://[^\s/]+`).FindAllString(m.Text, -1) {
			if link != secureSite {
				t.Errorf("a message of purpose %s leads to %s", m.Purpose, link)
			}
		}
	}
}

// Limits count networks, so who is behind a trusted proxy counts for themselves, and nobody else can pretend to.
func TestW1_limitsCountTheAddressOfTheVisitor(t *testing.T) {
	few := func(p *recovery.Policy) { p.Case.PerNetwork = 2 }
	for _, c := range []struct {
		name    string
		proxies []string
		socket  string
		last    int // status of the third case from a third address that the header names
	}{
		{"no proxy", nil, "203.0.113.9:1", 429},
		{"another proxy", []string{"10.0.0.1"}, "203.0.113.9:1", 429},
		{"behind the proxy", []string{"10.0.0.1"}, "10.0.0.1:1", 303},
	} {
		p := newLive(t, plainSite, few, func(w *web.Config) { w.Proxies = c.proxies })
		status := 0
		for i := range 3 {
			b := p.browser()
			r := b.request("POST", "/p/wallet/sms/safety", strings.NewReader("safety=none"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.%d.7", i))
			r.RemoteAddr = c.socket
			status = b.send(r).status
		}
		if status != c.last {
			t.Errorf("%s: the third case gets %d", c.name, status)
		}
	}
}

func TestR5_whoComesTooOftenIsToldWhenToComeBack(t *testing.T) {
	p := newLive(t, plainSite, func(p *recovery.Policy) { p.Case.PerNetwork = 1 })
	p.browser().post("/p/wallet/sms/safety", values("safety", "none"))
	for prefix, lang := range map[string]string{"": "zh", "/en": "en"} {
		a := p.browser().post(prefix+"/p/wallet/sms/safety", values("safety", "none"))
		until, err := http.ParseTime(a.header.Get("Retry-After"))
		if a.status != 429 || err != nil || !until.Equal(today.Add(time.Hour)) || len(a.set) > 0 {
			t.Errorf("%d, come back %q", a.status, a.header.Get("Retry-After"))
		}
		if said := realWords().Words(lang).T("error.too-many-until", "Time", "10:00"); !strings.Contains(a.body, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	if strings.Contains(p.log.String(), "level=ERROR") {
		t.Error("a limit is logged as our mistake")
	}
}

// W10: without the database guided pages go on, a case gets a page that says what to do, and a balancer is told.
func TestW10_withoutTheDatabaseThePortalSaysSoAndRecovers(t *testing.T) {
	p := newLive(t, plainSite)
	one := p.person(t)
	one.begin("sms", "all@demo.example")
	if a := p.browser().get("/readyz"); a.status != 200 {
		t.Errorf("ready: %d", a.status)
	}
	if err := p.live.db.Close(); err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/": 200, aStep: 200, "/p/wallet": 200,
		"/p/wallet/sms": 200, "/progress": 200, "/p/wallet/sms/sms-code": 503,
		"/case/" + one.caseID(): 503} {
		a := one.get(target)
		if a.status != want {
			t.Errorf("%s: %d, want %d", target, a.status, want)
		}
		if want == 503 && target != "/readyz" && (a.header.Get("Retry-After") == "" ||
			!strings.Contains(a.body, realWords().Words("zh").T("error.failed-text"))) {
			t.Errorf("%s does not say when to come back", target)
		}
	}
	if a := one.post("/p/wallet/sms/sms-code", values("code", "123456")); a.status != 503 {
		t.Errorf("a POST: %d", a.status)
	}
}

// fullSearch is a queue that is full.
type fullSearch struct{}

func (fullSearch) Search(context.Context, string, string, int) ([]help.Hit, error) {
	return nil, fmt.Errorf("search: %w", wallet.Busy{RetryAfter: 2500 * time.Millisecond})
}

func TestR9_aFullQueueSaysWhenToComeBack(t *testing.T) {
	p := newPortal(t, plainSite, func(c *web.Config) {
		c.Ready = func(context.Context) error { return nil }
		c.Search = fullSearch{}
	})
	a := p.browser().get("/help/search?q=x")
	if a.status != 503 || a.header.Get("Retry-After") != "3" ||
		!strings.Contains(a.body, realWords().Words("zh").T("error.busy")) {
		t.Errorf("%d, come back in %q s", a.status, a.header.Get("Retry-After"))
	}
}

func TestMetrics_countWhatNoRouteTookAndWhatWasRefused(t *testing.T) {
	p := newPortal(t, plainSite)
	b := p.browser()
	b.get("/nothing")
	b.send(b.request("PUT", "/help", nil))
	b.get("/p/alipay/nothing")
	foreign := b.request("GET", "/", nil)
	foreign.Host = "evil.example"
	b.send(foreign)
	b.get("/help/search?q=%ff")
	counted := map[string]float64{}
	families, err := p.config.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if f.GetName() == "zhaohui_requests_total" {
				counted[labels["route"]+" "+labels["status"]] = m.GetCounter().GetValue()
			}
		}
	}
	for name, want := range map[string]float64{"unmatched 4xx": 2, "refused 4xx": 2, "/p/:platform/:channel 4xx": 1} {
		if counted[name] != want {
			t.Errorf("%s: %v, want %v", name, counted[name], want)
		}
	}
}
