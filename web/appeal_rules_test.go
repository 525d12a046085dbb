package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

func TestP2_aRefusalSaysWhyWhatHelpsWhichPapersAndHowToGoOn(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	p.refuses(t, one)
	a := one.open(page)
	contains(t, a, "写得太少，看不出是您", "不是机器", "多写几题", "当面或视频核对", "身份证", "再交一次", "400", "12 月 23 日")
	one.fill("do", "reopen")
	contains(t, one.open(page), "改好了，", "另外的同事")
	one.open(page + "/registered")
	one.fill("month", "2019-03", "do", "save")
	one.open(page + "/check")
	one.fill()
	p.refuses(t, one)
	if a := one.open(page); strings.Contains(a.body, `value="reopen"`) || !strings.Contains(a.body, "热线") {
		t.Error("it can be opened a second time, or ends without a way on")
	}
	if a := one.post(page, values("do", "reopen")); a.status != 303 || p.ticket(t, one).State != support.TicketRefused {
		t.Errorf("it opens a second time: %d", a.status)
	}
}

func TestL15_aCallIsChosenChangedAndTakenBack(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	a := one.open(page + "/call")
	contains(t, a, "11 月 23 日 星期一", "也不问密码")
	options := parsed(t, a.body).all("option")
	if len(options) < 10 {
		t.Fatalf("%d calls", len(options))
	}
	if a := one.fill("do", "call", "slot", ""); a.status != 422 || !strings.Contains(a.body, "请选一个时间") {
		t.Errorf("no time is a time: %d", a.status)
	}
	if a := one.fill("do", "call", "slot", "1764000000000"); a.status != 422 {
		t.Errorf("a time that is not offered is taken: %d", a.status)
	}
	one.fill("do", "call", "slot", options[1].attr("value"))
	first := p.ticket(t, one).Slot
	one.open(page + "/call")
	one.fill("do", "call", "slot", options[2].attr("value"))
	second := p.ticket(t, one).Slot
	if first.IsZero() || !second.After(first) {
		t.Errorf("chosen %s, then %s", first, second)
	}
	contains(t, one.open(page+"/call"), "约好了")
	one.fill("do", "cancel")
	if !p.ticket(t, one).Slot.IsZero() {
		t.Error("it cannot be taken back")
	}
}

// Number and key show how an appeal stands, in any browser; neither alone does, and what is wrong is not told.
func TestW5_numberAndKeyShowHowItStandsAndNothingElse(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "华为 P40", "do", "save")
	one.open(page + "/check")
	one.fill()
	number := support.ShowTicketNumber(p.ticket(t, one).Number)
	shown := parsed(t, one.open(page).body).class("big")
	if len(shown) < 2 || strings.TrimSpace(shown[0].text()) != number {
		t.Fatalf("the receipt shows no number and key: %d", len(shown))
	}
	key := strings.TrimSpace(shown[1].text())
	other := p.person(t)
	unknown := other.post("/appeal", values("number", "T-7KM3-92QX", "key", key))
	for _, wrong := range [][2]string{{number, "111 111 111"}, {"T-AAAA-AAAA", key}, {"1", key}, {number, "9"}} {
		a := other.post("/appeal", values("number", wrong[0], "key", wrong[1]))
		if a.status != 422 || unknown.status != 422 ||
			strings.ReplaceAll(a.body, `value="`+wrong[0]+`"`, `value="T-7KM3-92QX"`) != unknown.body {
			t.Errorf("%v is answered in another way: %d", wrong, a.status)
		}
		if strings.Contains(a.body, key) {
			t.Error("the key comes back")
		}
	}
	p.clock.advance(time.Hour)
	typed := strings.ToLower(strings.ReplaceAll(number, "-", " "))
	a := other.post("/appeal", values("number", typed, "key", " １"+key[1:]))
	if key[0] != '1' {
		a = other.post("/appeal", values("number", typed, "key", key))
	}
	if a.status != 303 || a.location() != "/appeal/status" {
		t.Fatalf("number and key open %d %s", a.status, a.location())
	}
	a = other.get("/appeal/status")
	contains(t, a, number, "前答复", "您交上来了")
	for _, secret := range []string{"P40", "nothing@", key, one.caseID(), "<form method=\"post\" action=\"/case"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	if a := other.get(page); a.status != 303 {
		t.Errorf("the key opens the form: %d", a.status)
	}
	for range 9 {
		a = other.post("/appeal", values("number", number, "key", "222222222"))
	}
	if a.status != 429 {
		t.Errorf("keys can be tried without end: %d", a.status)
	}
}

// An account that does not exist writes the same appeal on the same pages (requirement R15).
func TestR15_anUnknownAccountWritesTheSameAppeal(t *testing.T) {
	p := newAppeals(t)
	var seen [2][]string
	for i, account := range []string{"nothing@demo.example", "nobody@demo.example"} {
		one, page := p.appeals(t, account)
		own := strings.NewReplacer(one.caseID(), "", recovery.ShowResume(p.facts(t, one.caseID()).Code), "")
		note := func(a answer) {
			seen[i] = append(seen[i], fmt.Sprint(a.status, own.Replace(parsed(t, a.body).all("main")[0].text())))
		}
		note(one.open(one.at))
		note(one.fill("model", "华为 P40", "do", "save"))
		note(one.open(page + "/call"))
		note(one.open(page + "/check"))
		one.fill()
		if p.ticket(t, one).State != support.TicketOpen {
			t.Errorf("%s: it is not sent", account)
		}
	}
	for i := range seen[0] {
		if seen[0][i] != seen[1][i] {
			t.Errorf("page %d differs:\n%s\n%s", i, seen[0][i], seen[1][i])
		}
	}
}

// Nothing that is written stands in an address, a log or a column that can be read.
func TestW9_whatIsWrittenIsNowhereInClear(t *testing.T) {
	p := newAppeals(t)
	one, page := p.appeals(t, "nothing@demo.example")
	one.fill("model", "Kanarienvogel 9", "do", "save")
	one.open(page + "/phones")
	one.fill("phone", "199 5555 4321", "do", "save")
	one.open(page + "/usual-use")
	one.fill("use", "geheim 748213", "do", "save")
	one.open(page + "/check")
	one.fill()
	everything := p.log.String() + p.live.rows(t) + strings.Join(one.visited, " ")
	for _, secret := range []string{"Kanarienvogel", "4321", "748213", "geheim"} {
		if strings.Contains(everything, secret) {
			t.Errorf("%q is kept or logged in clear", secret)
		}
	}
}
