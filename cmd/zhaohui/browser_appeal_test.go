package main

import (
	"context"
	"database/sql"
	"log/slog"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

// tickets is the desk's side of a demo, beside it on the same database.
func (s *liveSite) tickets() *support.Tickets {
	s.t.Helper()
	r, b := s.records(), demoContent()
	policy := b.content.Rules["wallet"].Policy
	// What it writes stays unsent: letters have tests of their own.
	cases := r.cases(func(recovery.Letter) (string, string, error) { return "", "", nil },
		func(context.Context, *sql.Tx, string, string) error { return nil }, policy)
	service, err := recovery.New(recovery.Deps{Store: cases, Wallet: r.accounts, Policy: policy, Methods: methods(),
		Channels: map[string]recovery.Channel{}, Box: r.box, Index: r.keys.Index("cases"), Hash: r.keys.Hash("codes"), Now: s.now,
		Address: func(path, _ string) string { return path }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	return r.tickets(b.content.Tickets["wallet"], b.content.Calendar, service, cases, s.now)
}

// refuse is a no of somebody at the desk.
func (s *liveSite) refuse(desk *support.Tickets, name, id string) {
	s.t.Helper()
	agent := &support.Agent{ID: name, Name: name, Roles: []support.Role{support.RoleReviewer}}
	_, err := desk.Claim(s.t.Context(), agent, id)
	if err == nil {
		_, _, err = desk.View(s.t.Context(), agent, id, "decide")
	}
	j := support.Judgement{Checks: map[string]string{}}
	kind, _ := desk.Kind("appeal")
	for _, c := range kind.Checks {
		j.Checks[c.ID] = support.CheckUnclear
	}
	if err == nil {
		_, err = desk.Refuse(s.t.Context(), agent, id, support.Refusing{Judgement: j, Reason: "too-little",
			Remedies: []string{"answer-more"}, Papers: []string{"identity-card"}})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestBrowserAppeal_fromNothingLeftToOnceMore: somebody who has nothing left writes what they remember, chooses a call and
// sends it; is asked for more and answers; is refused, sees why and what helps, and sends it once more. Each page is gone over
// as a phone and a desk show it, and the same is walked without script.
func TestBrowserAppeal_fromNothingLeftToOnceMore(t *testing.T) {
	t.Parallel()
	for _, d := range append([]dress{{prefix: "no script"}}, dresses...) {
		name, script := d.String(), d.prefix != "no script"
		if !script {
			name, d.prefix = "no script", ""
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openLiveSite(t)
			b := openScreen(t, s)
			if !script {
				b.withoutScript()
			}
			w := &writing{screen: b, s: s, d: d, looked: map[string]bool{}}
			if script {
				d.put(b.tab)
				w.see = func(name string) {
					if !w.looked[name] {
						w.looked[name] = true
						b.do("open every fold", openFolds)
						b.fits(d, name)
						b.axeOnAPhone(d, name)
						b.size(phone, 800)
					}
				}
			}
			w.walk()
		})
	}
}

// writing is somebody at their appeal.
type writing struct {
	screen
	s      *liveSite
	d      dress
	see    func(name string)
	looked map[string]bool
	page   string // of the appeal
}

func (w *writing) note(name string) {
	if w.see != nil {
		w.see(name)
	}
}

// says fails unless the page says all of it, in Chinese: the other languages walk the same way.
func (w *writing) says(all ...string) {
	w.t.Helper()
	for _, text := range all {
		if w.d.prefix == "" && !strings.Contains(w.text("main"), text) {
			w.t.Errorf("%s does not say %q: %s", w.address(), text, w.text("main"))
		}
	}
}

// answer types into a question and keeps it; pairs of field and value.
func (w *writing) answer(pairs ...string) {
	w.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		w.unfold(`[name="` + pairs[i] + `"]`)
		w.put(pairs[i], pairs[i+1])
	}
	w.pick("do", "save")
}

func (w *writing) walk() {
	c := newCustomer(w.t, w.s, w.screen, "nothing@demo.example")
	c.prefix = w.d.prefix
	c.begin("appeal")
	c.fill(map[string]string{"account": c.name})
	w.page = w.url().Path
	if !strings.HasSuffix(w.page, "/appeal") {
		w.t.Fatalf("the case leads to %s", w.page)
	}
	w.note("start")
	w.press(`form[data-step="appeal"] .btn`)
	w.tellAll()
	desk := w.s.tickets()
	ticket := w.sent(desk)
	w.askedForMore(desk, ticket)
	w.refusedOnce(desk, ticket)
	w.anywhere()
}

// tellAll goes through the questions, with a mistake on the way, and chooses a call.
func (w *writing) tellAll() {
	w.answer("model", "华为，密码 123456")
	w.says("去掉这串数字")
	w.note("a mistake")
	w.answer("model", "iPhone 12 2021", "since", "2021-05")
	w.answer("place", "扬州", "place-2", "南京")
	w.pick("do", "skip")
	w.answer("month", "201903")
	w.note("several entries")
	w.answer("day", "2026-11-03", "yuan", "200")
	w.note("a long answer")
	w.answer("use", "买菜，交电费")
	w.pick("do", "skip")
	w.note("pictures")
	w.press(`form[data-step="papers"] .btn`)
	w.at(w.page + "/check")
	w.says("iPhone 12 2021", "跳过了", "完整度 64%")
	w.note("check")
	w.press(`a[href="` + w.page + `/phones"]`)
	w.answer("phone", "199 0000 0105")
	w.at(w.page + "/check")
	w.says("19900000105", "完整度 74%")
	w.press(`a[href$="/appeal/call"]`)
	w.note("call")
	slot := w.attribute("optgroup option", "value")
	w.put("slot", slot)
	w.pick("do", "call")
	w.at(w.page + "/check")
	w.says("约好了")
	w.press(`form[data-step="check"] .btn`)
	w.at(w.page)
}

// sent is the receipt.
func (w *writing) sent(desk *support.Tickets) *support.Ticket {
	w.t.Helper()
	w.says("收到了", "工单号", "查询码", "您交上来了", "不收一分钱")
	w.note("receipt")
	_, rest, _ := strings.Cut(w.page, "/case/")
	id, _, _ := strings.Cut(rest, "/")
	t, err := desk.OfCase(w.t.Context(), id, "appeal")
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(w.text("main"), support.ShowTicketNumber(t.Number)) {
		w.t.Errorf("the receipt has no number: %s", w.text("main"))
	}
	return t
}

func (w *writing) askedForMore(desk *support.Tickets, ticket *support.Ticket) {
	w.t.Helper()
	agent := &support.Agent{ID: "one", Name: "one", Roles: []support.Role{support.RoleReviewer}}
	_, err := desk.Claim(w.t.Context(), agent, ticket.ID)
	if err == nil {
		_, _, err = desk.View(w.t.Context(), agent, ticket.ID, "decide")
	}
	if err == nil {
		_, err = desk.AskMore(w.t.Context(), agent, ticket.ID, []string{"mail-prefix"}, nil)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.visit(w.page)
	w.says("还要请您", "邮箱 @ 前面是什么")
	w.note("asked for more")
	w.press(`a[href$="/appeal/mail-prefix"]`)
	w.answer("prefix", "nothing@demo.example")
	w.at(w.page + "/check")
	w.note("check of what was asked for")
	w.press(`form[data-step="check"] .btn`)
	w.says("您补好了")
}

func (w *writing) refusedOnce(desk *support.Tickets, ticket *support.Ticket) {
	w.t.Helper()
	w.s.refuse(desk, "two", ticket.ID)
	w.visit(w.page)
	w.says("写得太少", "多写几题", "身份证", "再交一次", "400")
	w.note("refused")
	w.press(`form[data-step="appeal"] .btn`)
	w.note("opened once more")
	w.press(`a.btn[href$="/appeal/check"]`)
	w.press(`a[href="` + w.page + `/registered"]`)
	w.answer("month", "2019-04")
	w.press(`form[data-step="check"] .btn`)
	w.says("收到了", "您要再交一次")
	w.s.advance(8 * 24 * time.Hour) // nobody came
	w.visit(w.page)
	w.says("我们晚了")
	w.note("late")
}

// anywhere looks with number and key from another browser.
func (w *writing) anywhere() {
	w.t.Helper()
	shown := look[[]string](w.tab, `[...document.querySelectorAll('.card .big')].map((e) => e.innerText)`)
	if len(shown) != 2 {
		w.t.Fatalf("number and key are %q", shown)
	}
	other := openScreen(w.t, w.s)
	other.visit(w.d.prefix + "/appeal")
	other.put("number", shown[0])
	other.put("key", "1")
	other.press(`form[data-step="appeal"] .btn`)
	if !other.has(".sum") {
		w.t.Error("a wrong key opens something")
	}
	other.put("key", shown[1])
	other.press(`form[data-step="appeal"] .btn`)
	other.at(w.d.prefix + "/appeal/status")
	if text := other.text("main"); !strings.Contains(text, shown[0]) || strings.Contains(text, shown[1]) {
		w.t.Errorf("number and key show %s", text)
	}
}
