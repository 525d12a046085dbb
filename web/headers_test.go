package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhaohui/static"
)

// missingHeaders says what every answer must carry and this one does not (requirement W3).
func missingHeaders(target string, h http.Header, body string) []string {
	var bad []string
	policy := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
		"style-src 'self'", "script-src 'self'"} {
		if !strings.Contains(policy, part) {
			bad = append(bad, fmt.Sprintf("%s: the policy lacks %s", target, part))
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http:") || strings.Contains(policy, "*") {
		bad = append(bad, target+": the policy is open: "+policy)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin"} {
		if h.Get(name) != want {
			bad = append(bad, fmt.Sprintf("%s: %s is %q", target, name, h.Get(name)))
		}
	}
	html := strings.HasPrefix(h.Get("Content-Type"), "text/html")
	if html && h.Get("Referrer-Policy") != "same-origin" && !strings.Contains(body,
		`<meta name="referrer" content="same-origin">`) {
		bad = append(bad, target+": neither the page nor a header rules the referrer")
	}
	return bad
}

func TestW3_everyKindOfAnswerCarriesTheHeaders(t *testing.T) {
	for _, public := range []string{plainSite, secureSite} {
		b := newPortal(t, public).browser()
		answers := map[string]answer{}
		for _, target := range []string{"/", "/en", aStep, "/nothing", "/en/p/nothing", "/help/search?q=123456", "/help/feed.xml",
			"/sitemap.xml", "/robots.txt",
			"/healthz", "/readyz", "/favicon.ico", "/api/v1/platforms", "/api/v1/platforms/nothing/recommendation",
			"/api/openapi.yaml", "/api/nothing",
			static.URL("zhaohui.css"), static.URL("zhaohui.js"), static.URL("icons.svg"), static.Prefix + "nothing.css",
			"/help/search?q=%ff", "/en/",
			"/?" + strings.Repeat("x", 5000), "/p/alipay/result"} {
			answers["GET "+target[:min(len(target), 60)]] = b.get(target)
		}
		answers["POST a step"] = b.post(aStep, map[string][]string{"did": {"done"}})
		answers["POST nonsense"] = b.post(aStep, map[string][]string{"nonsense": {"x"}})
		answers["POST to a page"] = b.post("/help", nil)
		foreign := b.request("GET", "/", nil)
		foreign.Host = "evil.example"
		answers["a foreign host"] = b.send(foreign)
		for name, a := range answers {
			for _, bad := range missingHeaders(public+" "+name, a.header, a.body) {
				t.Error(bad)
			}
			if got := a.header.Get("Strict-Transport-Security"); (got != "") != (public == secureSite) {
				t.Errorf("%s %s: HSTS is %q", public, name, got)
			}
		}
	}
}
