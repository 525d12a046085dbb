package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"zhaohui/web"
)

func TestW1_onlyThePublicHostIsServed(t *testing.T) {
	b := newPortal(t, secureSite).browser()
	for _, c := range []struct {
		host   string
		header http.Header
		status int
	}{
		{"help.example", nil, 200},
		{"HELP.example", nil, 200},
		{"help.example", http.Header{"X-Forwarded-Host": {"help.example"}}, 200},
		{"evil.example", nil, 421},
		{"help.example.evil.example", nil, 421},
		{"help.example:8080", nil, 421},
		{"", nil, 421},
		{"help.example", http.Header{"X-Forwarded-Host": {"evil.example"}}, 421},
		{"help.example", http.Header{"X-Forwarded-Host": {"help.example", "evil.example"}}, 421},
		{"help.example", http.Header{"X-Forwarded-Host": {"help.example, evil.example"}}, 421},
		{"evil.example", http.Header{"X-Forwarded-Host": {"help.example"}}, 421},
	} {
		for _, target := range []string{"/", aStep, "/api/v1/platforms", "/sitemap.xml", "/nothing"} {
			r := b.request("GET", target, nil)
			r.Host = c.host
			for name, values := range c.header {
				r.Header[name] = values
			}
			a := b.send(r)
			if want := c.status; a.status != want && (want != 200 || target != "/nothing") {
				t.Errorf("%s of %q %v: %d, want %d", target, c.host, c.header, a.status, want)
			}
			if strings.Contains(a.body, "evil.example") {
				t.Errorf("%s repeats the foreign host", target)
			}
		}
	}
	for _, target := range []string{"/healthz", "/readyz"} { // a balancer asks by address
		r := b.request("GET", target, nil)
		if r.Host = "10.0.0.7:8080"; b.send(r).status != 200 {
			t.Errorf("%s does not answer any host", target)
		}
	}
}

func TestW1_absoluteLinksComeFromThePublicAddress(t *testing.T) {
	b := newPortal(t, secureSite).browser()
	r := b.request("GET", "/sitemap.xml", nil)
	r.Header.Set("X-Forwarded-Proto", "http")
	r.Header.Set("Forwarded", "host=evil.example;proto=http")
	for name, body := range map[string]string{"sitemap": b.send(r).body, "home": b.get("/").body,
		"share": b.get("/share" + aStep).body, "feed": b.get("/help/feed.xml").body,
		"robots": b.get("/robots.txt").body, "API": b.get("/api/v1/platforms/alipay/recommendation").body} {
		if !strings.Contains(body, secureSite) || strings.Contains(body, plainSite) || strings.Contains(body, "evil.example") {
			t.Errorf("%s: links are not made from %s", name, secureSite)
		}
	}
}

func TestW1_theAddressOfAVisitorIsTheSocketsUnlessAProxyIsTrusted(t *testing.T) {
	for _, c := range []struct {
		proxies               []string
		socket, header, visit string
	}{
		{nil, "203.0.113.9:4711", "1.2.3.4", "203.0.113.9"},
		{nil, "10.0.0.1:4711", "1.2.3.4", "10.0.0.1"},
		{[]string{"10.0.0.1"}, "10.0.0.1:4711", "1.2.3.4", "1.2.3.4"},
		{[]string{"10.0.0.0/8"}, "10.9.9.9:4711", "6.6.6.6, 1.2.3.4", "1.2.3.4"},
		{[]string{"10.0.0.1"}, "203.0.113.9:4711", "1.2.3.4", "203.0.113.9"},
		{[]string{"10.0.0.1"}, "127.0.0.1:4711", "1.2.3.4", "127.0.0.1"},
		{[]string{"fd00::1"}, "[fd00::1]:4711", "2001:db8::9", "2001:db8::9"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.socket
		r.Header.Set("X-Forwarded-For", c.header)
		r.Header.Set("X-Real-Ip", "9.9.9.9")
		if got := web.ClientAddress(c.proxies)(r); got != c.visit {
			t.Errorf("proxies %v, from %s for %s: %s, want %s", c.proxies, c.socket, c.header, got, c.visit)
		}
	}
}

func TestW4_theCookieIsClosedToScriptsAndOtherSites(t *testing.T) {
	for public, name := range map[string]string{plainSite: "zh_progress", secureSite: "__Host-zh_progress"} {
		b := newPortal(t, public).browser()
		answers := []answer{b.post(aStep, url.Values{"did": {"done"}}), b.post("/text-size", url.Values{"elder": {"on"}}),
			b.post("/progress", url.Values{"clear": {"all"}}),
			b.post("/text-size", url.Values{"elder": {"off"}})}
		for i, a := range answers {
			if len(a.set) != 1 {
				t.Fatalf("answer %d of %s sets %d cookies", i, public, len(a.set))
			}
			c := a.set[0]
			if c.Name != name || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != (public == secureSite) ||
				c.Path != "/" || c.Domain != "" {
				t.Errorf("answer %d of %s: %v", i, public, c)
			}
		}
		if first, last := answers[0].set[0].MaxAge, answers[3].set[0].MaxAge; first != 30*24*60*60 || last >= 0 {
			t.Errorf("kept for %d s, and %d s when there is nothing to keep", first, last)
		}
	}
}

func TestW5_aPostOfAnotherSiteIsRefused(t *testing.T) {
	for _, c := range []struct {
		header map[string]string
		ok     bool
	}{
		{map[string]string{"Sec-Fetch-Site": "same-origin"}, true},
		{map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": secureSite}, true},
		{map[string]string{"Origin": secureSite}, true},
		{map[string]string{}, true}, // no browser sends neither
		{map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		{map[string]string{"Sec-Fetch-Site": "same-site"}, false},
		{map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, false},
		{map[string]string{"Origin": "https://evil.example"}, false},
		{map[string]string{"Origin": "null"}, false},
	} {
		p := newPortal(t, secureSite)
		for target, form := range map[string]url.Values{aStep: {"did": {"done"}}, "/progress": {"clear": {"all"}},
			"/text-size": {"elder": {"on"}}, anActive: {"useful": {"yes"}}} {
			b := p.browser()
			r := b.request("POST", target, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for name, value := range c.header {
				r.Header.Set(name, value)
			}
			if a := b.send(r); (a.status == 303) != c.ok || !c.ok && (a.status != 403 || len(a.set) > 0) {
				t.Errorf("%s with %v: %d, %d cookies", target, c.header, a.status, len(a.set))
			}
		}
		if n := p.votes.count(); (n == 1) != c.ok {
			t.Errorf("%v: %d votes", c.header, n)
		}
	}
}

func TestW5_unknownAndRepeatedFieldsAreRefused(t *testing.T) {
	p := newPortal(t, plainSite)
	for _, c := range []struct{ target, form string }{
		{aStep, "did=done&phone=x"},
		{aStep, "did=done&safety=none"},
		{aStep, "did=paid"},
		{aStep, "did=done&did=failed"},
		{aStep, ""},
		{aStep, "did="},
		{aStep, "did=%ff"},
		{aStep, "did=%zz"},
		{aStep, "did=done;tick=1"},
		{"/text-size", "elder=on&back=/&next=/"},
		{"/text-size", "elder=on&elder=off"},
		{"/progress", "all=1"},
		{"/progress", ""},
		{"/progress", "remove=alipay"},
		{anActive, "useful=perhaps"},
		{anActive, "useful=yes&useful=no"},
		{anActive, "useful=yes&comment=x"},
	} {
		b := p.browser()
		r := b.request("POST", c.target, strings.NewReader(c.form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a := b.send(r); a.status != 422 || len(a.set) > 0 {
			t.Errorf("POST %s %q: %d, %d cookies", c.target, c.form, a.status, len(a.set))
		}
	}
	var file bytes.Buffer
	parts := multipart.NewWriter(&file)
	part, _ := parts.CreateFormFile("did", "done")
	_, _ = part.Write([]byte("done"))
	_ = parts.Close()
	for kind, body := range map[string]string{parts.FormDataContentType(): file.String(), "application/json": `{"did":"done"}`,
		"multipart/form-data": "did=done", "/": "did=done"} {
		b := p.browser()
		r := b.request("POST", aStep, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		if a := b.send(r); a.status < 400 || a.status >= 500 {
			t.Errorf("POST of %s: %d", kind, a.status)
		}
	}
	if p.votes.count() != 0 {
		t.Error("a refused form was counted")
	}
	if log := p.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("a visitor's mistake is logged as ours:\n%s", log)
	}
}

// outward are ways in which a redirect was led astray somewhere.
var outward = []string{"//evil.example", `/\evil.example`, `\\evil.example`, "/%2f%2fevil.example", "/%2fevil.example",
	"/%5cevil.example", "%2f%2fevil.example",
	"/\tevil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "http:evil.example",
	"http:/evil.example", "http://evil.example", "https:evil",
	"javascript:alert(1)", "data:text/html,x", "///evil.example", "////evil.example", "/./evil.example", "/..//evil.example",
	"/p/..//evil.example", "//evil.example/%2e%2e",
	"/p//evil.example", "/@evil.example", "@evil.example", "evil.example", "//help.example@evil.example", "http://help.example/",
	"/．evil", "/p/alipay?x=//evil.example",
	"/p/alipay#//evil.example", "/p/alipay?//evil.example", "/%00/evil", "/\x00/evil.example", "/p/alipay\r\nSet-Cookie: a=b",
	"/p/alipay%0d%0aSet-Cookie:a", "", "?", "#", "/;/evil",
	"//", `/\`, "/%09/evil.example", "/%E2%80%AE", "/\u2028/evil.example", "/en//evil.example", "/en/%2f/evil"}

func TestW6_noRedirectLeadsOut(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, back := range outward {
		a := b.post("/text-size", url.Values{"elder": {"on"}, "back": {back}})
		if a.status != 303 && a.status != 422 || a.status == 303 && !leadsHome(a.location()) ||
			strings.Contains(a.location(), "evil") && !strings.HasPrefix(a.location(), "/p/alipay?") {
			t.Errorf("back=%q leads to %q (%d)", back, a.location(), a.status)
		}
	}
	for _, target := range []string{"/p/alipay/choose?next=//evil.example", "/p/alipay/result?back=//evil.example",
		"/en/?to=//evil.example", "//evil.example", "//evil.example/%2e%2e", "/%2f%2fevil.example",
		"/en//evil.example", "/en/%2fevil.example", "/leave?to=//evil.example", "/leave?to=https://evil.example/",
		"/%5cevil.example"} {
		if a := b.get(target); a.location() != "" && !leadsHome(a.location()) || strings.Contains(a.location(), "evil") {
			t.Errorf("GET %s leads to %q", target, a.location())
		}
	}
}

// leadsHome says whether a browser stays on this site: a path, and nothing that it would read as a host.
func leadsHome(location string) bool {
	base, _ := url.Parse(plainSite + "/text-size")
	u, err := base.Parse(location)
	return err == nil && u.Scheme == "http" && u.Host == "help.example" && strings.HasPrefix(location, "/") &&
		!strings.HasPrefix(location, "//") &&
		!strings.ContainsAny(location, "\\\t\r\n\x00") && !strings.HasPrefix(strings.ToLower(location), "/%2f") &&
		!strings.HasPrefix(strings.ToLower(location), "/%5c")
}

func FuzzW6_backNeverLeavesTheSite(f *testing.F) {
	for _, back := range outward {
		f.Add(back)
	}
	f.Add(aStep + "?safety=none&phone=works")
	f.Fuzz(func(t *testing.T, back string) {
		if to := web.Ours(back, "/"); !leadsHome(to) {
			t.Errorf("back=%q leads to %q", back, to)
		}
	})
}

func TestW6_backReturnsToThePageItWasPressedOn(t *testing.T) {
	b := newPortal(t, plainSite).browser()
	for _, target := range []string{"/", "/en", aStep, "/en" + aStep + "?safety=none&phone=suspended",
		"/p/wechatpay/choose?safety=none", anActive, "/share" + aStep, "/progress",
		"/help/search?q=" + url.QueryEscape("停机 怎么办"), "/en/help/search?q=no+card",
		"/leave?to=" + url.QueryEscape("https://kf.qq.com/")} {
		page := parsed(t, b.get(target).body)
		var back string
		for _, field := range page.all("input") {
			if field.attr("name") == "back" {
				back = field.attr("value")
			}
		}
		a := b.post("/text-size", url.Values{"elder": {"on"}, "back": {back}})
		if !sameAddress(a.location(), target) {
			t.Errorf("on %s the switch leads to %s", target, a.location())
		}
		if again := b.get(a.location()); again.status != 200 ||
			parsed(t, again.body).all("html")[0].attr("data-mode") != "elder" {
			t.Errorf("%s: %d, or not in large text", a.location(), again.status)
		}
	}
}

func TestW8_whatIsTooLongOrNoTextIsRefusedCheaply(t *testing.T) {
	p := newPortal(t, plainSite)
	for target, want := range map[string]int{
		"/?" + strings.Repeat("a", web.MaxAddress):               414,
		"/" + strings.Repeat("a", web.MaxAddress):                414,
		"/" + strings.Repeat("a/", 1000):                         404,
		"/p/alipay/choose?" + strings.Repeat("x=1&", 900):        200,
		"/help/search?q=" + strings.Repeat("%E5%81%9C", 400):     200,
		"/help/search?q=%ff%fe":                                  400,
		"/help/search?q=%e5%81":                                  400,
		"/help/search?q=%":                                       400,
		"/help/search?q=%zz":                                     400,
		"/%ff":                                                   400,
		"/p/alipay/choose?phone=%c0%af":                          400,
		"/p/alipay/choose?utm_source=x&phone=nonsense&a=b&&;=&":  200,
		"/help/search?q=" + url.QueryEscape(`"a" OR b* NEAR(c)`): 200,
		"/help/search?q=%00%01":                                  200,
		"/help/search?q=" + url.QueryEscape("' -- () * : ^ \""):  200,
	} {
		if a := p.browser().get(target); a.status != want {
			t.Errorf("GET %.60s…: %d, want %d", target, a.status, want)
		}
	}
	b := p.browser()
	for size, want := range map[int]int{web.MaxBody - 100: 422, web.MaxBody + 100: 413, 1 << 20: 413} {
		r := b.request("POST", aStep, strings.NewReader("x="+strings.Repeat("a", size)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a := b.send(r); a.status != want {
			t.Errorf("a body of %d bytes: %d, want %d", size, a.status, want)
		}
	}
	if log := p.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("a visitor's mistake is logged as ours:\n%s", log)
	}
}
