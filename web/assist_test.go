package web_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/audit"
	"zhaohui/internal/content"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// newAssistPortal is a live portal with a desk whose agents may help.
func newAssistPortal(tb testing.TB) *portal {
	return newAssistPortalWith(tb, func(*living, *web.Config) {})
}

func newAssistPortalWith(tb testing.TB, more func(*living, *web.Config)) *portal {
	tb.Helper()
	clock, log := newClock(), &record{}
	l := copyLiving(fmt.Sprintf("assist-%d.db", time.Now().UnixNano()), plainSite, clock.now, slog.New(slog.DiscardHandler), nil)
	tb.Cleanup(func() { _ = l.db.Close() })
	rules, problems := content.ReadAssist(embedded.Files(), "wallet", "zh", "en")
	if rules == nil {
		tb.Fatal(problems)
	}
	box := liveKeys.Box("records")
	trail := store.NewAudit(l.db, audit.NewChain(liveKeys.Hash("audit")), box)
	p := newPortalOn(tb, plainSite, clock, log, func(c *web.Config) {
		c.Recovery, c.Policy, c.Ready = l.service, l.policy, l.db.Ready
		c.Assist = recovery.NewAssistance(l.service, rules, l.cases)
		c.Links = support.NewLinks(support.LinkDeps{Store: store.NewShareLinks(l.db, trail.Append),
			Places: web.NewPlaces(realContent(), realWords(), true), Now: clock.now})
		c.Desk = support.NewDesk(support.Deps{Store: store.NewAgents(l.db, trail.Append), Hasher: quickHasher{}, Box: box,
			Index: liveKeys.Index("agents"), Now: clock.now, Operator: "云帆钱包", Public: c.PublicURL})
		more(l, c)
	})
	p.live = l
	return p
}

// helps takes an agent into a person's case.
func (a *staff) helps(tb testing.TB, one *person) (page string) {
	tb.Helper()
	code := recovery.ShowResume(a.portal.facts(tb, one.caseID()).Code)
	page = "/agent/cases/" + one.caseID()
	a.leads(tb, a.b.post("/agent/cases", values("resume", strings.ToLower(code))), page)
	return page
}

func TestAssist_theAgentSaysTheWordsThatTheCustomerSees(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	if strings.Contains(one.open(one.at).body, `data-assist`) {
		t.Fatal("the page speaks of help before anybody helps")
	}
	path := lin.helps(t, one)
	agent, customer := lin.b.get(path), one.open(one.at)
	word := parsed(t, customer.body).with("data-word")[0].text()
	if word == "" || parsed(t, agent.body).with("data-word")[0].text() != word {
		t.Fatalf("the customer sees %q", word)
	}
	for _, page := range []answer{agent, customer} {
		for _, secret := range []string{"19900000101", "199****0101", "all@demo", "a***@", "王", "梁"} {
			if strings.Contains(page.body, secret) {
				t.Errorf("a page shows %q", secret)
			}
		}
		if p.facts(t, one.caseID()).Helpers[0] != lin.id {
			t.Error("who helped is not remembered")
		}
		if page.status != 200 || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d, kept as %q", page.status, page.header.Get("Cache-Control"))
		}
	}
	if a := one.post("/case/"+one.caseID()+"/assist", values("do", "end")); a.status != 303 {
		t.Errorf("the customer cannot end it: %d", a.status)
	}
	if a := lin.b.get(path); a.status != 303 || a.location() != "/agent/cases?said=over" {
		t.Errorf("the agent still sees the case: %d %s", a.status, a.location())
	}
	if a := lin.b.get("/agent/cases?said=over"); a.status != 200 || !strings.Contains(a.body, "结束了") {
		t.Errorf("%d", a.status)
	}
}

func TestAssist_adviceStandsFirstAndChoosesNothing(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	one.proveSMS()
	path := lin.helps(t, one)
	lin.leads(t, lin.b.post(path, values("do", "suggest", "method", "mail")), path+"?said=suggested")
	page := one.open(one.at)
	if !strings.Contains(page.body, "客服建议这一步") || one.step() != "next" {
		t.Fatalf("at %s", one.at)
	}
	if one.do("choose", "method", "mail"); one.step() != "mail-code" {
		t.Errorf("the advice leads to %s", one.at)
	}
	if a := lin.b.post(path, values("do", "suggest")); a.status != 303 {
		t.Errorf("the advice cannot be taken back: %d", a.status)
	}
	if a := lin.b.post(path, values("do", "suggest", "method", "current")); a.status != 303 && a.status != 422 {
		t.Errorf("%d", a.status)
	}
}

func TestL16_theAgentSendsALinkToTheMailboxOnRecord(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("questions", "all@demo.example")
	path := lin.helps(t, one)
	lin.leads(t, lin.b.post(path, values("do", "link")), path+"?said=link")
	p.live.work()
	one.open(one.at)
	one.expect("mail-code")
	link := p.link(t, recovery.PurposeLink)
	one.follow(one.post(link, values("answer", "yes")))
	if f := p.facts(t, one.caseID()); len(f.Proofs) != 1 || f.Proofs[0].Class != recovery.ClassMailbox || f.Verdict != nil {
		t.Errorf("%+v", f.Proofs)
	}
}

func TestP1_theCheckIsFilledInOpenedAndTakenOver(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("mail", "all@demo.example")
	path := lin.helps(t, one)
	if a := lin.b.get(path); strings.Contains(a.body, `data-form="open"`) || strings.Contains(a.body, `data-form="check"`) {
		t.Error("records can be opened before anything was proved")
	}
	one.proveMail()
	if a := lin.b.post(path, values("do", "open")); a.status != 422 || !strings.Contains(a.body, `href="#reason"`) {
		t.Errorf("without a reason: %d", a.status)
	}
	lin.leads(t, lin.b.post(path, values("do", "open", "reason", "check")), path+"?said=opened")
	page := lin.b.get(path)
	if !strings.Contains(page.body, "中国工商银行") || strings.Contains(page.body, "19900000101") || strings.Contains(page.body, "1016") {
		t.Error("the records are missing, or whole")
	}
	number := ""
	for _, e := range parsed(t, page.body).all("input") {
		if e.attr("name") == "number" && e.attr("value") != "" {
			number = e.attr("value")
		}
	}
	lin.leads(t, lin.b.post(path, values("do", "number", "number", number)), path+"?said=number")
	if a := lin.b.get(path); !strings.Contains(a.body, "+8619900000101") {
		t.Error("the number to call is not shown")
	}
	answers := []string{"do", "check", "number", number, "reached", "yes", "answer-mailbox", "all@demo.example", "answer-card-end", "1016",
		"answer-phone", "199 0000 0101", "answer-name", "match", "answer-banks", "match"}
	if a := lin.b.post(path, values(answers...)); a.status != 422 || !strings.Contains(a.body, `href="#answer-age"`) {
		t.Errorf("an answer is missing: %d", a.status)
	}
	lin.leads(t, lin.b.post(path, values(append(answers, "answer-age", "unclear")...)), path+"?said=passed")
	if f := p.facts(t, one.caseID()); f.Verdict != nil || f.Vouched == nil {
		t.Fatal("it counts before the customer took it over")
	}
	before := one.key()
	if one.follow(one.post("/case/"+one.caseID()+"/assist", values("do", "accept"))); one.step() != "password" {
		t.Errorf("the customer is at %s", one.at)
	}
	if one.key() == before {
		t.Error("W4: the token is the same after rights were gained")
	}
	trail := column(t, p.live.db, `SELECT kind FROM audit_entry WHERE actor = 'agent:`+lin.id+`' AND case_id = '`+one.caseID()+`' ORDER BY seq`)
	if got := strings.Join(trail, " "); got != "assist-joined record-viewed record-viewed record-viewed record-viewed assist-check-passed" {
		t.Errorf("the trail has %s", got)
	}
	if lin.b.post(path, values("do", "leave")); !strings.Contains(lin.b.get("/agent/cases?said=left").body, "已经离开") {
		t.Error("leaving leads nowhere")
	}
}

func TestP1_whoMayNotHelpIsKeptOut(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	path := lin.helps(t, one)
	for role, want := range map[support.Role]int{support.RoleReviewer: 403, support.RoleAuditor: 403, support.RoleLead: 303} {
		other := p.hire(t, string(role), role)
		if a := other.b.get(path); a.status != want {
			t.Errorf("%s: %d", role, a.status)
		}
		if a := other.b.get(path + "/events"); a.status == 200 {
			t.Errorf("%s hears the case move", role)
		}
	}
	if a := p.browser().get("/case/" + one.caseID() + "/events"); a.status != 404 {
		t.Errorf("a stranger hears the case move: %d", a.status)
	}
	if a := lin.b.post("/agent/cases", values("resume", "7KM3-92QX")); a.status != 422 {
		t.Errorf("a code that is none: %d", a.status)
	}
}

func TestEvents_tellThatACaseMovedAndNothingElse(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("sms", "all@demo.example")
	path := lin.helps(t, one)
	server := httptest.NewServer(p.handler)
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/case/"+one.caseID()+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = p.config.PublicURL.Host
	for _, c := range one.cookies {
		request.AddCookie(c)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != 200 || kind != "text/event-stream" {
		t.Fatalf("%d %s", response.StatusCode, kind)
	}
	lines := bufio.NewScanner(response.Body)
	next := func() (version string) {
		for lines.Scan() {
			text := lines.Text()
			if v, ok := strings.CutPrefix(text, "data: "); ok {
				return v
			}
			if text != "" && text != "event: version" && !strings.HasPrefix(text, ":") {
				t.Fatalf("the stream says %q", text)
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
	first := next()
	if shown := parsed(t, one.open(one.at).body).with("data-version")[0].attr("data-version"); shown != first {
		t.Errorf("the page is of version %s, the stream says %s", shown, first)
	}
	lin.leads(t, lin.b.post(path, values("do", "link")), path+"?said=link")
	if again := next(); again == first {
		t.Error("the case moved and nothing was said")
	}
}

// When a hold ends, every page says the same full minute, and an agent reads what the customer waits for.
func TestR14_everyPageSaysTheSameEndOfAHold(t *testing.T) {
	p := newAssistPortal(t)
	one, lin := p.person(t), p.hire(t, "lin", support.RoleAgent)
	one.begin("identity", "all@demo.example")
	one.fill("name", "周晓岚", "id_number", "990001198802140526", "phone", "19900000101")
	one.fill("instead", "wait")
	p.clock.advance(61 * time.Second)
	one.fill()
	one.fill("method", "sms")
	one.proveSMS()
	one.expect("hold")
	hold := p.facts(t, one.caseID()).Hold
	if hold.Second() == 0 {
		t.Fatal("this hold ends at a full minute by itself")
	}
	p.clock.advance(5 * time.Minute)
	until, early := hold.UTC().Add(time.Minute).Format("15:04"), hold.UTC().Format("15:04")
	guest := p.person(t)
	guest.visit("/case")
	guest.fill("resume", recovery.ShowResume(p.facts(t, one.caseID()).Code))
	desk := lin.b.get(lin.helps(t, one)).body
	for name, body := range map[string]string{"its own page": one.open(one.at).body, "progress": one.open("/progress").body,
		"another device": guest.open(guest.at).body, "the agent's page": desk} {
		if !strings.Contains(body, until) || strings.Contains(body, early) && name != "its own page" {
			t.Errorf("%s does not say %s: %s", name, until, parsed(t, body).text())
		}
	}
	calendar := one.open("/case/" + one.caseID() + "/hold.ics").body
	if want := "DTSTART:" + hold.UTC().Add(time.Minute).Format("20060102T1504") + "00Z"; !strings.Contains(calendar, want) {
		t.Errorf("the calendar does not say %s", want)
	}
	for text, want := range map[string]bool{"正在等时间": true, "证明够了，只等时间到": true, ">hold<": false, "够了，可以设新密码": false} {
		if strings.Contains(desk, text) != want {
			t.Errorf("the agent reads %q: %v", text, !want)
		}
	}
}
