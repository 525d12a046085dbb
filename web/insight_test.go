package web_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/insight"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/web"
)

// today is the day of the tests' clock.
func (p *portal) today() string { return p.clock.now().UTC().Format("2006-01-02") }

// addCounts puts counts into the database.
func (p *portal) addCounts(tb testing.TB, counts insight.Counts) {
	tb.Helper()
	if err := store.NewInsight(p.live.db).AddInsight(tb.Context(), counts, nil, insight.SumOf{}); err != nil {
		tb.Fatal(err)
	}
}

// someCounts are of every measure.
func (p *portal) someCounts() insight.Counts {
	day, counts := p.today(), insight.Counts{}
	for i, step := range insight.LiveSteps {
		counts[insight.Key{Day: day, Measure: insight.Reached, Platform: "wallet", A: "sms", B: step}] = int64(118 - 11*i)
		counts[insight.Key{Day: day, Measure: insight.Reached, Platform: "wallet", A: "mail", B: step}] = 3
	}
	for key, n := range map[[4]string]int64{
		{insight.Took, "wallet", "sms", "38"}: 63, {insight.Ended, "wallet", "done", ""}: 63, {insight.Ended, "wallet", "expired", "named"}: 12,
		{insight.Tried, "wallet", "sms", "begun"}: 90, {insight.Tried, "wallet", "sms", "passed"}: 71, {insight.Tried, "wallet", "sms", "locked"}: 4,
		{insight.Letter, "", "sms", "accepted"}: 33, {insight.Letter, "", "sms", "dead"}: 2,
		{insight.Ticket, "wallet", "appeal", "sent"}: 22, {insight.Promise, "wallet", "appeal", "kept"}: 18, {insight.Promise, "wallet", "appeal", "broken"}: 3,
		{insight.Refused, "wallet", "appeal", "too-little"}: 7,
		{insight.Walked, "alipay", "face", "finished"}:      41, {insight.Walked, "alipay", "face", "failed"}: 9,
		{insight.StepDone, "alipay", "face", "open-me"}: 58, {insight.StopShown, "alipay", "coached", ""}: 16,
		{insight.Vote, "", "no-card", "yes"}: 26, {insight.Vote, "", "no-card", "no"}: 1,
		{insight.Link, "alipay", "step", "made"}: 30, {insight.Link, "alipay", "step", "opened"}: 21,
		{"search", "", "h1", ""}: 8, {"search-phrase", "", "h1", "lost phone"}: 1, {"search", "", "h2", ""}: 3,
	} {
		counts[insight.Key{Day: day, Measure: key[0], Platform: key[1], A: key[2], B: key[3]}] = n
	}
	return counts
}

// cells are the rows of a table of the page, its head first.
func cells(tb testing.TB, page document, id string) [][]string {
	tb.Helper()
	for _, section := range page.with("data-insight") {
		if section.attr("data-insight") != id {
			continue
		}
		var rows [][]string
		for _, row := range section.all("tr") {
			var cells []string
			for _, cell := range row.all("th", "td") {
				cells = append(cells, strings.TrimSpace(cell.text()))
			}
			rows = append(rows, cells)
		}
		return rows
	}
	tb.Fatalf("there is no table %s", id)
	return nil
}

func TestInsight_aFewPeopleAreNeverShown(t *testing.T) {
	p := newDesk(t, plainSite)
	p.addCounts(t, p.someCounts())
	auditor := p.hire(t, "auditor", support.RoleAuditor)
	page := parsed(t, auditor.b.get("/en/agent/insight").body)
	for id, want := range map[string]string{"funnel": "Begun 120 100%; Account named 110 92%", "channels": "<5 <5 <5 <5 <5 <5 — —", "tries": "90 70 0 0 <5",
		"tickets": "Appeal 20 0 0 0 20 <5", "letters": "SMS 35 35 0 <5 0", "articles": " 25 <5 ", "links": "A step 30 20 0 0 0 0",
		"searches": "lost phone 10", "refusals": " 5", "walks": " 40 10 80%", "stops": " 15", "times": " 65", "ends": "Done 65"} {
		var all []string
		for _, row := range cells(t, page, id)[1:] {
			all = append(all, strings.Join(row, " "))
		}
		if got := strings.Join(all, "; "); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if sums := page.class("sums")[0].text(); strings.Contains(sums, "100%") || !strings.Contains(sums, "80% or more") {
		t.Errorf("all promises were kept, and a few were not: %s", sums)
	}
	for _, section := range page.with("data-insight") {
		if id := section.attr("data-insight"); slices.Contains([]string{"tickets", "articles"}, id) && strings.Contains(section.text(), "100%") {
			t.Errorf("%s: all of it, and a few not", id)
		}
		for _, cell := range section.all("td") {
			if text := strings.TrimSpace(cell.text()); slices.Contains([]string{"1", "2", "3", "4", "63", "71", "121"}, text) {
				t.Errorf("%s shows %q", section.attr("data-insight"), text)
			}
		}
	}
}

func TestInsight_theFileHasTheTableAndNoFormulas(t *testing.T) {
	p := newDesk(t, plainSite)
	p.addCounts(t, p.someCounts())
	lead := p.hire(t, "lead", support.RoleLead)
	page := parsed(t, lead.b.get("/agent/insight?days=90").body)
	for _, section := range page.with("data-insight") {
		id := section.attr("data-insight")
		got := lead.b.get("/agent/insight/" + id + ".csv?days=90")
		if got.status != 200 || got.header.Get("Content-Type") != "text/csv; charset=utf-8" || got.header.Get("Cache-Control") != "no-store" ||
			!strings.Contains(got.header.Get("Content-Disposition"), "insight-"+id) {
			t.Errorf("%s: %d %v", id, got.status, got.header)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff"))).ReadAll()
		if err != nil || len(section.all("tr")) > 0 && fmt.Sprint(rows) != fmt.Sprint(cells(t, page, id)) {
			t.Errorf("%s: the file has %v, the page %v, %v", id, rows, cells(t, page, id), err)
		}
	}
	for _, path := range []string{"/agent/insight/funnel", "/agent/insight/nothing.csv"} {
		if got := lead.b.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	file, err := web.Spreadsheet(templates.InsightSection{Head: []string{"词", "次"}, Rows: [][]string{{"=1+1", "<5"}, {"@x", "120"}}})
	if want := "\ufeff词,次\r\n'=1+1,<5\r\n'@x,120\r\n"; err != nil || string(file) != want {
		t.Errorf("words that calculate are written %q, %v", file, err)
	}
}

func TestInsight_periodAndPlatformChooseWhatIsCounted(t *testing.T) {
	p := newDesk(t, plainSite)
	old, today := p.clock.now().UTC().AddDate(0, 0, -20).Format("2006-01-02"), p.today()
	walked := func(day, platform string, n int64) {
		p.addCounts(t, insight.Counts{{Day: day, Measure: insight.StopShown, Platform: platform, A: "coached"}: n})
	}
	walked(old, "alipay", 100)
	walked(today, "alipay", 30)
	walked(today, "wechatpay", 10)
	lead := p.hire(t, "lead", support.RoleLead)
	for query, want := range map[string]string{"": "130 10", "?days=7": "30 10", "?days=90": "130 10", "?days=1000": "130 10",
		"?platform=alipay": "130", "?platform=wechatpay&days=7": "10", "?platform=nothing": "130 10"} {
		var got []string
		for _, row := range cells(t, parsed(t, lead.b.get("/agent/insight"+query).body), "stops")[1:] {
			got = append(got, row[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q shows %q, want %q", query, got, want)
		}
	}
	page := parsed(t, lead.b.get("/agent/insight?platform=alipay").body)
	for _, section := range page.with("data-insight") {
		if id := section.attr("data-insight"); slices.Contains([]string{"funnel", "letters", "tickets", "searches", "articles"}, id) {
			t.Errorf("%s is not of this platform", id)
		}
	}
}

// Links that were reported as a scam are counted by pattern, on the day of the report, for the platform that they lead to.
func TestInsight_scamsAreCountedByPatternAndDay(t *testing.T) {
	p := newDesk(t, plainSite)
	lead := p.hire(t, "lead", support.RoleLead)
	links := p.config.Links
	report := func(n int, platform, pattern string) {
		t.Helper()
		for range n {
			link, err := links.Make(t.Context(), support.NewLink{Agent: lead.id, Lang: "zh",
				Target: support.Target{Kind: support.ToPlatform, Platform: platform}})
			if err == nil {
				err = links.Scam(t.Context(), link.Code, pattern, support.Actor(lead.id))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	shown := func(query string) string {
		t.Helper()
		var all []string
		for _, row := range cells(t, parsed(t, lead.b.get("/agent/insight?"+query).body), "scams") {
			all = append(all, strings.Join(row, " "))
		}
		return strings.Join(all, "; ")
	}
	if none := shown("days=90"); none != "" {
		t.Errorf("before any report: %s", none)
	}
	report(6, "alipay", "fee")
	p.clock.advance(10 * 24 * time.Hour)
	lead.comes(t, lead.b)
	report(3, "alipay", "caller")
	report(12, "wechatpay", "screen")
	for query, want := range map[string]string{
		"days=30":                     "骗法 链接数; 让客户共享屏幕 10; 要先交钱 5; 电话里有人指挥 <5",
		"days=7":                      "骗法 链接数; 让客户共享屏幕 10; 电话里有人指挥 <5",
		"days=30&platform=alipay":     "骗法 链接数; 要先交钱 5; 电话里有人指挥 <5",
		"days=7&platform=wechatpay":   "骗法 链接数; 让客户共享屏幕 10",
		"days=90&platform=cloudqueue": "骗法 链接数; 让客户共享屏幕 10; 要先交钱 5; 电话里有人指挥 <5",
	} {
		if got := shown(query); got != want {
			t.Errorf("%s shows %q, want %q", query, got, want)
		}
	}
	if file := lead.b.get("/en/agent/insight/scams.csv?days=7").body; file != "\ufeffKind of scam,Links\r\nThe screen is shared,10\r\nA caller gives orders,<5\r\n" {
		t.Errorf("the file has %q", file)
	}
}

func TestInsight_guidedStepsAreCountedWithoutAnybody(t *testing.T) {
	p := newDesk(t, plainSite)
	b := p.browser()
	for range 3 {
		b.post("/p/alipay/face/open-me", url.Values{"did": {"done"}})
		b.post("/p/alipay/face/open-me", url.Values{"did": {"failed"}})
		b.post("/p/alipay/face/open-me", url.Values{"did": {"save"}})
		b.get("/help/search?q=zzzz")
		b.get("/stop/coached")
		b.post("/help/no-card", url.Values{"useful": {"perhaps"}})
	}
	if err := p.config.Insight.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts, err := store.NewInsight(p.live.db).Insight(t.Context(), p.today(), p.today())
	if err != nil {
		t.Fatal(err)
	}
	for k, n := range counts {
		if k.Measure == "search" {
			k.A = ""
		}
		if want := (insight.Counts{{Measure: insight.StepDone, Platform: "alipay", A: "face", B: "open-me"}: 3,
			{Measure: insight.StepFailed, Platform: "alipay", A: "face", B: "open-me"}: 3,
			{Measure: insight.Walked, Platform: "alipay", A: "face", B: "failed"}:      3,
			{Measure: "search"}: 3, {Measure: insight.StopShown, A: "coached"}: 3})[k]; want != n {
			t.Errorf("%+v is counted %d times, want %d", k, n, want)
		}
	}
	if len(counts) != 5 {
		t.Errorf("counted %v", counts)
	}
}

func TestInsight_anEmptyPageSaysSo(t *testing.T) {
	p := newDesk(t, plainSite)
	lead := p.hire(t, "lead", support.RoleLead)
	for _, path := range []string{"/agent/insight", "/en/agent/insight?days=7&platform=alipay"} {
		got := lead.b.get(path)
		if page := parsed(t, got.body); got.status != 200 || len(page.with("data-insight")) == 0 || len(page.all("table")) > 0 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// BenchmarkInsight is the page with ninety full days behind it.
func BenchmarkInsight(b *testing.B) {
	p := newDesk(b, plainSite)
	for day := range 90 {
		counts := insight.Counts{}
		for k, n := range p.someCounts() {
			k.Day = p.clock.now().UTC().AddDate(0, 0, -day).Format("2006-01-02")
			counts[k] = n
			for i := range 20 {
				k.A = fmt.Sprintf("%s-%d", k.A, i)
				counts[k] = n
			}
		}
		p.addCounts(b, counts)
	}
	lead := p.hire(b, "lead", support.RoleLead)
	for b.Loop() {
		if got := lead.b.get("/agent/insight?days=90"); got.status != 200 {
			b.Fatal(got.status)
		}
	}
}
