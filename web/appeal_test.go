package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/picture"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/web"
)

// reach leads from decisions to cases, as the program connects them.
type reach struct {
	*store.CaseTx
	cases *recovery.Rulings
}

func (r reach) About(caseID string) (support.About, error) {
	stakes, err := r.cases.Stakes(caseID)
	return support.About{Helpers: stakes.Helpers, Yuan: stakes.Yuan, Flags: stakes.Risks, Others: stakes.Others}, err
}

func (r reach) Await(caseID string, until time.Time, theirs bool) error {
	return r.cases.Await(caseID, until, theirs)
}

func (r reach) Prove(caseID string, g support.Grant) error {
	ruling := recovery.Ruling{Ticket: g.Ticket, Number: g.Number, Hold: g.Hold}
	for _, p := range g.Proofs {
		ruling.Proofs = append(ruling.Proofs, recovery.Ruled{Class: recovery.Class(p.Class), By: p.By})
	}
	return r.cases.Prove(caseID, ruling)
}

func (r reach) Tell(caseID string, n support.Notice) error {
	purpose := map[support.TicketState]recovery.Purpose{support.TicketAsked: recovery.PurposeTicketAsked,
		support.TicketRefused: recovery.PurposeTicketRefused}[n.State]
	return r.cases.Tell(caseID, recovery.News{Purpose: purpose, Number: n.Number, Until: n.Until})
}

// newAppeals is a live portal at which people decide. It is Monday morning in Yangzhou.
func newAppeals(tb testing.TB) *portal {
	tb.Helper()
	clock, log := newClock(), &record{}
	clock.at = time.Date(2026, 11, 23, 1, 30, 0, 0, time.UTC)
	l := copyLiving(fmt.Sprintf("appeal-%d.db", time.Now().UnixNano()), plainSite, clock.now,
		slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), nil)
	tb.Cleanup(func() { _ = l.db.Close() })
	p := newPortalOn(tb, plainSite, clock, log, func(c *web.Config) {
		c.Recovery, c.Policy, c.Ready = l.service, l.policy, l.db.Ready
		c.Zone = time.FixedZone("+08:00", 8*3600)
		c.Tickets = appealsOf(l, clock.now)
	})
	p.live = l
	return p
}

// appealsOf is the desk of a live portal.
func appealsOf(l *living, now func() time.Time) *support.Tickets {
	box := liveKeys.Box("records")
	trail := store.NewAudit(l.db, audit.NewChain(liveKeys.Hash("audit")), box)
	in := func(ctx context.Context, tx *sql.Tx) support.Cases {
		cases := l.cases.In(ctx, tx)
		return reach{cases, l.service.Rulings(ctx, cases)}
	}
	return support.NewTickets(support.TicketDeps{Store: store.NewTickets(l.db, in, trail.Append), Box: box,
		Index: liveKeys.Index("tickets"), Kinds: realContent().Tickets["wallet"], Calendar: realContent().Calendar,
		Pictures: picture.NewCleaner(1, 8), Now: now})
}

// appeals is somebody who has nothing left, with the first question before them.
func (p *portal) appeals(t *testing.T, account string) (one *person, page string) {
	t.Helper()
	one = p.person(t)
	one.begin("appeal", account)
	if one.step() == "first" {
		one.fill("method", "appeal")
	}
	page = "/case/" + one.caseID() + "/appeal"
	if one.at != page {
		t.Fatalf("the case leads to %s, not to the appeal", one.at)
	}
	one.fill("do", "begin")
	return one, page
}

// ticket is the ticket of a person.
func (p *portal) ticket(t *testing.T, one *person) *support.Ticket {
	t.Helper()
	ticket, err := p.config.Tickets.OfCase(t.Context(), one.caseID(), "appeal")
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// judge is somebody of the desk who has the ticket.
func (p *portal) judge(t *testing.T, id, name string) *support.Agent {
	t.Helper()
	agent := &support.Agent{ID: name, Name: name, Roles: []support.Role{support.RoleReviewer}}
	if _, err := p.config.Tickets.Claim(t.Context(), agent, id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.config.Tickets.View(t.Context(), agent, id, "decide"); err != nil {
		t.Fatal(err)
	}
	return agent
}

func (p *portal) refuses(t *testing.T, one *person) {
	t.Helper()
	ticket := p.ticket(t, one)
	kind, _ := p.config.Tickets.Kind("appeal")
	checks := map[string]string{}
	for _, c := range kind.Checks {
		checks[c.ID] = support.CheckUnclear
	}
	_, err := p.config.Tickets.Refuse(t.Context(), p.judge(t, ticket.ID, fmt.Sprint("r", len(ticket.Detail.Refusals))), ticket.ID,
		support.Refusing{Judgement: support.Judgement{Checks: checks}, Reason: "too-little",
			Remedies: []string{"answer-more", "bring-papers"},
			Papers:   []string{"identity-card"}})
	if err != nil {
		t.Fatal(err)
	}
}

func contains(t *testing.T, a answer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

func TestL15_oneQuestionAPageEachMayBeLeftOut(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	kind, _ := p.config.Tickets.Kind("appeal")
	for i, ask := range kind.Asks {
		if want := page + "/" + ask.ID; one.at != want {
			t.Fatalf("question %d is %s, want %s", i+1, one.at, want)
		}
		a := one.open(one.at)
		contains(t, a, fmt.Sprintf("第 %d 题，共 %d 题", i+1, len(kind.Asks)))
		if _, pictures := ask.Pictures(); !pictures {
			contains(t, a, "从来不收钱", "不要写密码", "完整度 0%")
		}
		if forms := parsed(t, a.body).with("data-step"); len(forms) != 1 || forms[0].attr("data-step") != ask.ID {
			t.Error("the page has more or other steps than its question")
		}
		one.fill("do", "skip")
	}
	if one.at != page+"/check" {
		t.Fatalf("after the last question comes %s", one.at)
	}
	if a := one.fill(); a.status != 422 || !strings.Contains(a.body, "至少写一题") {
		t.Errorf("an empty form is sent: %d", a.status)
	}
	one.open(page + "/registered")
	one.fill("month", "2019年3月", "do", "save")
	if one.at != page+"/check" {
		t.Errorf("a change leads to %s", one.at)
	}
	contains(t, one.open(one.at), "2019-03", "完整度 15%", "已答 1 项")
	one.fill()
	if one.at != page || p.ticket(t, one).State != support.TicketOpen {
		t.Errorf("sent, it is %s at %s", p.ticket(t, one).State, one.at)
	}
}

// The more complete, the sooner: what is promised follows what is written, by the working calendar.
func TestL15_theMeterAndThePromiseFollowTheAnswers(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	for _, step := range []struct {
		ask   string
		form  []string
		says  []string
		score int
	}{
		{"first-device", []string{"model", "iPhone 12 2021"}, []string{"完整度 15%", "11 月 26 日 09:30 前有人答复", "到 50%，48 小时内答复"}, 15},
		{"places", []string{"place", "扬州", "place-2", "南京", "when-2", "2019 年"}, []string{"完整度 30%"}, 30},
		{"phones", []string{"phone", "199 0000 0105"}, []string{"完整度 40%"}, 40},
		{"registered", []string{"month", "201903"}, []string{"完整度 55%", "11 月 25 日 09:30 前有人答复", "到 80%，24 小时内答复"}, 55},
		{"top-ups", []string{"day", "2026-11-03", "yuan", "200", "day-2", "2026-10", "yuan-2", "50",
			"day-3", "2026-9-1", "yuan-3", "80"},
			[]string{"完整度 79%"}, 79},
		{"usual-use", []string{"use", "买菜，交电费"}, []string{"完整度 90%", "明天 09:30 前有人答复"}, 90},
	} {
		if one.at != page+"/"+step.ask {
			t.Fatalf("at %s, want %s", one.at, step.ask)
		}
		contains(t, one.fill(append(step.form, "do", "save")...), step.says...)
		if got := p.ticket(t, one).Score; got != step.score {
			t.Errorf("after %s the ticket is %d %% complete", step.ask, got)
		}
	}
	one.open(page + "/check")
	one.fill()
	contains(t, one.open(page), "明天\u00a009:30 前答复", support.ShowTicketNumber(p.ticket(t, one).Number), "您交上来了")
}

func TestW4_aMistakeGivesTheInputBackAndSaysWhatToMend(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	for _, c := range []struct {
		ask  string
		form []string
		says []string
	}{
		{"first-device", []string{"model", "华为，密码 123456"}, []string{"去掉这串数字", "华为，密码 123456", `href="#model"`}},
		{"first-device", []string{"since", "2019-03"}, []string{"不记得，就把这一组都空着", "2019-03", `href="#model"`}},
		{"first-device", []string{"model", "华为", "since", "去年"}, []string{"写成 2019-03", "去年", `href="#since"`}},
		{"top-ups", []string{"day", "2026-11-03", "yuan", "20", "day-3", "2027-01-01", "yuan-3", "x"},
			[]string{"还没到", "只写数字", `value="x"`, `href="#day-3"`, "第 3 次"}},
		{"phones", []string{"phone", "12345"}, []string{"位数不对", `value="12345"`}},
		{"mail-prefix", []string{"prefix", "张三"}, []string{"@ 前面的字母", "张三"}},
		{"usual-use", []string{"use", strings.Repeat("菜", 201)}, []string{"最多 200 个字", strings.Repeat("菜", 201)}},
	} {
		one.open(page + "/" + c.ask)
		a := one.fill(append(c.form, "do", "save")...)
		if a.status != 422 || !strings.Contains(a.body, "<title>错误：") {
			t.Errorf("%s %v: %d", c.ask, c.form, a.status)
		}
		contains(t, a, c.says...)
	}
	if score := p.ticket(t, one).Score; score != 0 {
		t.Errorf("mistakes are %d %% complete", score)
	}
	one.open(page + "/registered")
	if a := one.post(one.action, values("month", "2019-03", "do", "save", "password", "739184")); a.status != 422 {
		t.Errorf("a field of another form is taken: %d", a.status)
	}
}

func TestL15_whatWasWrittenStandsThereAndCanBeTakenBack(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "since", "2020年5月", "do", "save")
	contains(t, one.open(page+"/first-device"), `value="华为 P40"`, `value="2020-05"`)
	one.fill("model", "华为 P40", "do", "skip")
	if a := one.open(page + "/first-device"); strings.Contains(a.body, `value="华为 P40"`) {
		t.Error("what was taken back still stands there")
	}
	contains(t, one.open(page+"/check"), "跳过了")
	if score := p.ticket(t, one).Score; score != 0 {
		t.Errorf("nothing is %d %% complete", score)
	}
}

// Whoever writes slowly, goes shopping or loses the page loses nothing.
func TestR14_nothingThatWasWrittenIsLostWithTime(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	p.clock.advance(3 * 24 * time.Hour)
	one.open("/case/" + one.caseID())
	if one.at != page+"/check" {
		t.Errorf("three days later the case leads to %s", one.at)
	}
	contains(t, one.open(page+"/first-device"), `value="华为 P40"`)
	one.open(page + "/registered")
	p.clock.advance(2 * time.Hour)
	if a := one.fill("month", "2019-03", "do", "save"); a.status != 200 {
		t.Errorf("written slowly it is %d", a.status)
	}
	if score := p.ticket(t, one).Score; score != 30 {
		t.Errorf("both answers are %d %% complete", score)
	}
}

func TestW2_lookingChangesNothing(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	p.refuses(t, one)
	p.live.work() // the letter of it leaves
	before := p.live.rows(t)
	for _, below := range []string{"", "/check", "/call", "/first-device", "/no-such", "?do=reopen", "/check?do=send"} {
		if a := one.get(page + below); a.status != 200 && a.status != 303 ||
			a.header.Get("Cache-Control") != "no-store" && a.status == 200 {
			t.Errorf("%s is %d", below, a.status)
		}
	}
	one.get("/appeal")
	one.get("/appeal/status")
	if after := p.live.rows(t); after != before {
		t.Errorf("looking at an appeal changed %q", moved(before, after))
	}
}

// Only the browser that runs the case writes; nobody begins one out of order.
func TestW5_anAppealIsOnlyOfTheCaseThatAsksForIt(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	stranger, other := p.person(t), p.person(t)
	other.begin("sms", "all@demo.example")
	before := p.live.rows(t)
	for who, b := range map[string]*person{"a stranger": stranger, "somebody with another case": other} {
		for _, below := range []string{"", "/check", "/first-device", "/call"} {
			if a := b.get(page + below); a.status != 303 || strings.Contains(a.location(), "appeal") {
				t.Errorf("%s gets %d at %s", who, a.status, below)
			}
			if a := b.post(page+below, values("do", "begin")); a.status != 303 || strings.Contains(a.location(), "appeal") {
				t.Errorf("%s posts with %d to %s", who, a.status, below)
			}
		}
	}
	own := "/case/" + other.caseID() + "/appeal"
	if a := other.post(own, values("do", "begin")); a.status != 303 || strings.Contains(a.location(), "appeal") {
		t.Errorf("an appeal begins in the middle of another way: %d", a.status)
	}
	if p.live.rows(t) != before {
		t.Error("somebody else changed something")
	}
}

func TestL15_onlyWhatIsAskedForAgainCanBeAnswered(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	if a := one.post(page+"/places", values("place", "扬州", "do", "save")); a.status != 303 || a.location() != page ||
		p.ticket(t, one).Score != 15 {
		t.Error("it can be changed while people look at it")
	}
	ticket := p.ticket(t, one)
	if _, err := p.config.Tickets.AskMore(t.Context(), p.judge(t, ticket.ID, "r1"), ticket.ID,
		[]string{"registered", "top-ups"}, []string{"bank-proof"}); err != nil {
		t.Fatal(err)
	}
	contains(t, one.open(page), "还要请您", "哪年哪月开的账户", "最近三次怎么充的钱", "银行开的证明", "11 月 30 日", "去补")
	one.open(page + "/first-device")
	if one.at != page {
		t.Errorf("a question that was not asked again is open at %s", one.at)
	}
	one.open(page + "/registered")
	one.fill("month", "2019-03", "do", "save")
	if one.at != page+"/top-ups" {
		t.Fatalf("after the first comes %s", one.at)
	}
	one.fill("do", "skip")
	if one.at != page+"/papers" { // some are wanted
		t.Fatalf("after the second comes %s", one.at)
	}
	one.fill("do", "save")
	a := one.open(one.at)
	contains(t, a, "2019-03", "跳过了", "补好了")
	if strings.Contains(a.body, "P40") {
		t.Error("what was not asked again is asked again")
	}
	one.fill()
	if got := p.ticket(t, one); got.State != support.TicketOpen || got.Score != 30 {
		t.Errorf("answered, it is %s with %d %%", got.State, got.Score)
	}
	contains(t, one.open(page), "我们请您补一点", "您补好了")
}
