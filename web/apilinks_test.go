package web_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// linkPortal is a portal whose agents share links; tokens are by name.
type linkPortal struct {
	*portal
	desk   *support.Desk
	links  *support.Links
	tokens map[string]string
}

func newLinkPortal(t *testing.T) *linkPortal {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, clock := t.Context(), newClock()
	db, err := store.Open(ctx, store.Config{Path: filepath.Join(t.TempDir(), "zhaohui.db"), Now: clock.now})
	check(err)
	t.Cleanup(func() { _ = db.Close() })
	check(store.Migrate(ctx, db))
	trail := func(context.Context, *sql.Tx, []recovery.Event) error { return nil }
	public, err := url.Parse(secureSite)
	check(err)
	p := &linkPortal{tokens: map[string]string{}}
	p.desk = support.NewDesk(support.Deps{Store: store.NewAgents(db, trail), Box: liveKeys.Box("records"),
		Index: liveKeys.Index("agents"), Now: clock.now, Public: public})
	p.links = support.NewLinks(support.LinkDeps{Store: store.NewShareLinks(db, trail),
		Places: web.NewPlaces(realContent(), realWords(), true), Now: clock.now})
	roles := map[string]support.Role{"anna": support.RoleAgent, "odd": support.RoleAuditor, "gone": support.RoleAgent}
	for name, role := range roles {
		_, err := p.desk.Add(ctx, support.New{Name: name, Shown: name, Roles: []support.Role{role}, Lang: "zh"})
		check(err)
		agent, err := p.desk.Find(ctx, name)
		check(err)
		p.tokens[name], err = p.desk.Token(ctx, agent.ID, "test")
		check(err)
		if name == "gone" {
			check(p.desk.Disable(ctx, agent.ID, "test"))
		}
	}
	p.portal = newPortalOn(t, secureSite, clock, &record{}, func(c *web.Config) {
		c.Recovery, c.Policy, c.Desk, c.Links = shared().service, shared().policy, p.desk, p.links
	})
	return p
}

// order sends a body with somebody's token, as a program does.
func (p *linkPortal) order(token, body string, header ...string) (*httptest.ResponseRecorder, object) {
	r := httptest.NewRequest(http.MethodPost, secureSite+"/api/v1/links", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	var out object
	_ = json.Unmarshal(w.Body.Bytes(), &out) // what is no JSON is nil, and missed by who looks
	return w, out
}

var linkOrders = []struct{ body, url, title string }{
	{`{"platform":"alipay"}`, "/p/alipay/choose", "支付宝"},
	{`{"platform":"alipay","answers":{"phone":"works","face":"yes"}}`, "/p/alipay/choose?phone=works&face=yes", "支付宝"},
	{`{"platform":"alipay","channel":"face","answers":{"phone":"works"}}`, "/p/alipay/face?phone=works", "刷脸"},
	{`{"platform":"alipay","channel":"backup-password","step":"finish","lang":"zh"}`, "/p/alipay/backup-password/finish", "备用密码"},
	{`{"platform":"wallet","channel":"sms"}`, "/p/wallet/sms", "短信"},
	{`{"article":"phone-suspended","expires_hours":720,"max_uses":1}`, "/help/phone-suspended", "停机"},
	{`{"case":"` + strings.Repeat("0", 26) + `","expires_hours":1}`, "/case/" + strings.Repeat("0", 26), ""},
}

func TestAPILinks_leadWhereTheyAreOrderedToAndCarryNobody(t *testing.T) {
	p := newLinkPortal(t)
	anna, err := p.desk.Find(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range linkOrders {
		w, o := p.order(p.tokens["anna"], c.body)
		if w.Code != 201 {
			t.Errorf("%s: %d %s", c.body, w.Code, w.Body)
			continue
		}
		code, _ := o["code"].(string)
		link, err := p.links.Find(t.Context(), code)
		short := "/s/" + strings.ToLower(support.ShowCode(code))
		if err != nil || !link.By(anna.ID) || o["url"] != secureSite+short || w.Header().Get("Location") != o["url"] {
			t.Errorf("%s: %v is found as %+v, %v", c.body, o, link, err)
		}
		place := p.links.Place(link.Target, "zh")
		if at := place.Path + map[bool]string{true: "?" + place.Query}[place.Query != ""]; at != c.url || place.Moved {
			t.Errorf("%s leads to %s", c.body, at)
		}
		texts := o["text"].(object)
		zh, en := texts["zh"].(string), texts["en"].(string)
		if !strings.Contains(zh, c.title) || !strings.Contains(zh, secureSite+short) ||
			!strings.Contains(en, secureSite+"/en"+short) || strings.Contains(zh+en, "|") {
			t.Errorf("%s: the texts are %q and %q", c.body, zh, en)
		}
		if strings.Contains(w.Body.String(), "anna") || strings.Contains(w.Body.String(), anna.ID) {
			t.Errorf("%s: the answer names the agent: %s", c.body, w.Body)
		}
	}
	for body, to := range map[string]string{`{"article":"locked","lang":"en"}`: "/en", `{"article":"locked"}`: ""} {
		_, o := p.order(p.tokens["anna"], body)
		path := strings.TrimPrefix(fmt.Sprint(o["url"]), secureSite)
		page := p.browser().get(path) // opens in the language of the link
		if (page.status == 200) != (to == "") || to != "" && page.header.Get("Location") != to+path {
			t.Errorf("%s: %d %s", body, page.status, page.header.Get("Location"))
		}
	}
	_, o := p.order(p.tokens["anna"], `{"article":"locked","expires_hours":5,"max_uses":7}`)
	link, err := p.links.Find(t.Context(), fmt.Sprint(o["code"]))
	if err != nil || link.MaxUses != 7 || !link.Expires.Equal(today.Add(5*time.Hour)) || o["expires"] != "2026-11-22T14:00:00Z" {
		t.Errorf("it is %+v, %v, and says %v", link, err, o["expires"])
	}
}

func TestAPILinks_refuseFieldByFieldWithoutRepeatingWhatWasSent(t *testing.T) {
	p := newLinkPortal(t)
	for body, want := range map[string]string{
		`{}`:                     "map[platform:required]",
		`{"platform":"nothing"}`: "map[platform:unknown]",
		`{"platform":"alipay","channel":"nothing"}`:                     "map[channel:unknown]",
		`{"platform":"alipay","channel":"face","step":"nothing"}`:       "map[step:unknown]",
		`{"platform":"wallet","channel":"sms","step":"sms-code"}`:       "map[step:unknown]",
		`{"platform":"alipay","step":"finish"}`:                         "map[channel:required]",
		`{"channel":"face"}`:                                            "map[platform:required]",
		`{"article":"nothing"}`:                                         "map[article:unknown]",
		`{"article":"locked","platform":"alipay"}`:                      "map[article:alone]",
		`{"article":"locked","answers":{"phone":"works"}}`:              "map[article:alone]",
		`{"article":"locked","case":"` + strings.Repeat("0", 26) + `"}`: "map[article:alone]",
		`{"case":"13800138000"}`:                                        "map[case:form]",
		`{"case":"../../help"}`:                                         "map[case:form]",
		`{"platform":"alipay","answers":{"safety":"none"}}`:             "map[answers:safety]",
		`{"platform":"alipay","answers":{"safety":"coached"}}`:          "map[answers:safety]",
		`{"platform":"alipay","answers":{"phone":"13800138000"}}`:       "map[answers:unknown]",
		`{"platform":"alipay","answers":{"colour":"red"}}`:              "map[answers:unknown]",
		`{"platform":"alipay","answers":{"phone":""}}`:                  "map[answers:unknown]",
		`{"platform":"alipay","answers":["phone"]}`:                     "map[answers:type]",
		`{"platform":7,"lang":[]}`:                                      "map[lang:type platform:type]",
		`{"article":"locked","lang":"fr"}`:                              "map[lang:unknown]",
		`{"article":"locked","expires_hours":0}`:                        "map[expires_hours:range]",
		`{"article":"locked","expires_hours":721}`:                      "map[expires_hours:range]",
		`{"article":"locked","expires_hours":99999999999}`:              "map[expires_hours:range]",
		`{"article":"locked","expires_hours":1.5}`:                      "map[expires_hours:type]",
		`{"article":"locked","max_uses":-1}`:                            "map[max_uses:range]",
		`{"article":"locked","max_uses":10001}`:                         "map[max_uses:range]",
		`{"article":"locked","colour":"red"}`:                           "map[colour:unknown]",
		`{"article":"locked","13800138000":"x"}`:                        "map[?:unknown]",
		`{"article":"locked","agent":"boss","name":"王","phone":"1"}`:    "map[agent:unknown name:unknown phone:unknown]",
	} {
		w, o := p.order(p.tokens["anna"], body)
		if w.Code != 422 || fmt.Sprint(o["errors"]) != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v, want %s", body, w.Code, o, want)
		}
		if strings.Contains(w.Body.String()+p.log.String(), "13800138000") {
			t.Errorf("%s: a number is repeated: %s", body, w.Body)
		}
	}
	for body, status := range map[string]int{"": 400, "{": 400, "null": 400, "[]": 400, `{"article":"locked"} x`: 400,
		`{"article":"` + strings.Repeat("x", 9000) + `"}`: 413} {
		if w, _ := p.order(p.tokens["anna"], body); w.Code != status {
			t.Errorf("%.20s: %d, want %d", body, w.Code, status)
		}
	}
	if w, _ := p.order(p.tokens["anna"], `{"article":"locked"}`, "Content-Type", "text/plain"); w.Code != 400 {
		t.Errorf("a form's body: %d", w.Code)
	}
}

// TestP1_aLinkIsMadeOnlyWithATokenThatMay: rights come from the agent whose token it is, and from nothing else.
func TestP1_aLinkIsMadeOnlyWithATokenThatMay(t *testing.T) {
	p := newLinkPortal(t)
	const body = `{"article":"locked"}`
	for _, c := range []struct {
		name, token string
		status      int
		header      []string
	}{
		{"nobody", "", 401, nil},
		{"a wrong token", strings.Repeat("a", 40), 401, nil},
		{"another scheme", "", 401, []string{"Authorization", "Basic " + p.tokens["anna"]}},
		{"a token in a cookie", "", 401, []string{"Cookie", "zh_agent=" + p.tokens["anna"]}},
		{"an auditor", p.tokens["odd"], 403, nil},
		{"somebody who is disabled", p.tokens["gone"], 401, nil},
		{"another site's page", p.tokens["anna"], 403, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}},
		{"an agent", p.tokens["anna"], 201, nil},
	} {
		w, _ := p.order(c.token, body, c.header...)
		if w.Code != c.status && !(c.token == p.tokens["gone"] && w.Code == 403) {
			t.Errorf("%s: %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
		if (w.Header().Get("WWW-Authenticate") == "Bearer") != (w.Code == 401) {
			t.Errorf("%s: %d asks for %q", c.name, w.Code, w.Header().Get("WWW-Authenticate"))
		}
		for name := range w.Header() {
			if strings.HasPrefix(name, "Access-Control") {
				t.Errorf("%s: pages of other sites are let in: %s", c.name, name)
			}
		}
	}
	if strings.Contains(p.log.String(), p.tokens["anna"]) {
		t.Error("a token was logged")
	}
	anna, err := p.desk.Find(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.desk.RevokeTokens(t.Context(), anna.ID, "test"); err != nil {
		t.Fatal(err)
	}
	if w, _ := p.order(p.tokens["anna"], body); w.Code != 401 {
		t.Errorf("a token that was taken back: %d", w.Code)
	}
}

func TestAPILinks_sixtyAMinute(t *testing.T) {
	p := newLinkPortal(t)
	for i := range 60 {
		if w, _ := p.order(p.tokens["anna"], `{"article":"locked"}`); w.Code != 201 {
			t.Fatalf("number %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	w, o := p.order(p.tokens["anna"], `{"article":"locked"}`)
	if w.Code != 429 || w.Header().Get("Retry-After") != "60" || o["status"] != 429.0 {
		t.Errorf("the next one: %d, Retry-After %q, %v", w.Code, w.Header().Get("Retry-After"), o)
	}
	p.clock.advance(time.Minute)
	if w, _ := p.order(p.tokens["anna"], `{"article":"locked"}`); w.Code != 201 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

// TestAPILinks_openapiDescribesWhatIsTakenAndAnswered goes both ways: what is described works, what works is described.
func TestAPILinks_openapiDescribesWhatIsTakenAndAnswered(t *testing.T) {
	p := newLinkPortal(t)
	var spec object
	if err := yaml.Unmarshal([]byte(p.browser().get("/api/openapi.yaml").body), &spec); err != nil {
		t.Fatal(err)
	}
	s := schemas{spec}
	taken := s.at("components", "schemas", "LinkOrder")
	used := map[string]bool{}
	anna := p.tokens["anna"]
	orders := []struct{ token, body string }{{"", `{}`}, {p.tokens["odd"], `{}`}, {anna, `{}`}, {anna, `[]`},
		{anna, `{"max_uses":-1,"article":"locked"}`}, {anna, `{"article":"` + strings.Repeat("x", 9000) + `"}`}}
	for _, c := range linkOrders {
		orders = append(orders, struct{ token, body string }{anna, c.body})
	}
	for _, c := range orders {
		w, _ := p.order(c.token, c.body)
		answers := s.at("paths", "/api/v1/links", "post", "responses", fmt.Sprint(w.Code), "content",
			w.Header().Get("Content-Type"), "schema")
		if answers == nil {
			t.Errorf("%.40s: %d %s is not described", c.body, w.Code, w.Header().Get("Content-Type"))
			continue
		}
		var value, order any
		if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
			t.Fatal(err)
		}
		for _, bad := range s.misfits("$", answers, value) {
			t.Errorf("%.40s: %s", c.body, bad)
		}
		if w.Code != 201 {
			continue
		}
		_ = json.Unmarshal([]byte(c.body), &order)
		for _, bad := range s.misfits("$", taken, order) {
			t.Errorf("%s is taken, but not described: %s", c.body, bad)
		}
		for field := range order.(object) {
			used[field] = true
		}
	}
	for _, field := range keysOf(s.at("components", "schemas", "LinkOrder", "properties")) {
		if !used[field] {
			t.Errorf("%s is described, but no order of this test that is taken has it", field)
		}
	}
	if s.at("paths", "/api/v1/links", "post", "responses", "429") == nil {
		t.Error("the limit is not described")
	}
	if !slices.Contains(keysOf(s.at("components", "securitySchemes")), "token") {
		t.Error("the token is not described")
	}
}
