package web_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/audit"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// auditDesk is a desk with somebody who looks after it, and its trail.
func auditDesk(t *testing.T) (p *portal, auditor *staff, trail *store.Trail) {
	t.Helper()
	p = newDesk(t, plainSite)
	trail = store.NewTrail(store.NewAudit(p.live.db, audit.NewChain(liveKeys.Hash("audit")), liveKeys.Box("records")))
	return p, p.hire(t, "auditor", support.RoleAuditor), trail
}

// sampleRetained is one kind of thing, of which every run erases seven and some should be gone already, and another that is over
// since a minute.
func sampleRetained(now func() time.Time) []support.Retained {
	return []support.Retained{{ID: "cases", Keep: 30 * 24 * time.Hour,
		Erase: func(context.Context, time.Time, int) (int, error) { return 7, nil },
		Due:   func(context.Context, time.Time, int) (int, time.Time, error) { return 2, now().AddDate(0, 0, -40), nil }},
		{ID: "evidence", Keep: 30 * 24 * time.Hour, // another job erases it
			Due: func(context.Context, time.Time, int) (int, time.Time, error) {
				return 1, now().Add(-30*24*time.Hour - time.Minute), nil
			}}}
}

// newest are the newest entries of the trail that match.
func (p *portal) newest(t *testing.T, f support.TrailFilter) []support.TrailEntry {
	t.Helper()
	found, _, err := p.config.Trail.Search(t.Context(), f, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func rowsOn(t *testing.T, got answer) []string {
	t.Helper()
	var all []string
	for _, row := range parsed(t, got.body).with("data-entry") {
		all = append(all, row.text())
	}
	return all
}

func TestP4_theTrailIsSearched(t *testing.T) {
	p, auditor, trail := auditDesk(t)
	case1 := strings.Repeat("a", 26)
	for i := range 60 {
		e := recovery.Event{At: p.clock.now(), Kind: "try-wrong", Case: case1, Actor: "customer", Data: map[string]string{"method": "sms"}}
		if i == 5 {
			e = recovery.Event{At: p.clock.now().AddDate(0, 0, -3), Kind: "switched-off", Actor: "operator", Data: map[string]string{"id": "sms"}}
		}
		if err := trail.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	day := p.clock.now().AddDate(0, 0, -3).Format(time.DateOnly)
	for query, want := range map[string]struct {
		rows int
		has  string
	}{"kind=switched-off": {1, "关掉一种办法"}, "from=" + day + "&until=" + day: {1, "运营方"}, "case=" + strings.ToUpper(case1): {50, "答错一次"},
		"actor=" + url.QueryEscape(support.Actor(auditor.id)): {2, auditor.shown}, "kind=switched-off&actor=customer": {0, ""}} {
		rows := rowsOn(t, auditor.b.get("/agent/audit?"+query))
		if len(rows) != want.rows || want.rows > 0 && !strings.Contains(strings.Join(rows, "\n"), want.has) {
			t.Errorf("%s: %d rows, want %d with %q: %.200q", query, len(rows), want.rows, want.has, rows)
		}
	}
	page := auditor.b.get("/agent/audit?kind=try-wrong")
	more := regexp.MustCompile(`href="(/agent/audit\?below=\d+&amp;kind=try-wrong)"`).FindStringSubmatch(page.body)
	if more == nil || len(rowsOn(t, auditor.b.get(strings.ReplaceAll(more[1], "&amp;", "&")))) != 9 {
		t.Errorf("the other 9 of 59 are not on the next page: %q", more)
	}
	for query, field := range map[string]string{"from=2026-13-01": "from", "case=short": "case", "ticket=AAAA": "ticket", "kind=NO%20KIND": "kind",
		"from=2026-11-22&until=2026-11-01": "until"} {
		got := auditor.b.get("/agent/audit?" + query)
		if got.status != 422 || !strings.Contains(got.body, `href="#`+field+`"`) {
			t.Errorf("%s: %d, no word about %s", query, got.status, field)
		}
	}
}

func TestP1_personalDataOfTheTrailIsShownForAReasonThatIsKept(t *testing.T) {
	p, auditor, trail := auditDesk(t)
	other := p.hire(t, "other", support.RoleAuditor)
	if err := trail.Record(t.Context(), recovery.Event{At: p.clock.now(), Kind: "agent-added", Actor: "command", Person: map[string]string{"shown": "沈秘密"}}); err != nil {
		t.Fatal(err)
	}
	seq := p.newest(t, support.TrailFilter{Kind: "agent-added"})[0].Seq
	path := fmt.Sprintf("/agent/audit/%d", seq)
	hidden := func(who *staff, when string) {
		t.Helper()
		if got := who.b.get(path); got.status != 200 || strings.Contains(got.body, "沈秘密") {
			t.Errorf("%s, %s: %d, and the name may be there", who.name, when, got.status)
		}
	}
	hidden(auditor, "at first")
	if got := auditor.b.post(path, nil); got.status != 422 || strings.Contains(got.body, "沈秘密") {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := auditor.b.post(path, values("reason", "curious")); got.status != 422 {
		t.Errorf("a reason that is none: %d", got.status)
	}
	if n := len(p.newest(t, support.TrailFilter{Kind: support.KindPersonViewed})); n != 0 {
		t.Errorf("%d views are recorded of none", n)
	}
	auditor.leads(t, auditor.b.post(path, values("reason", "incident")), path)
	if got := auditor.b.get(path); !strings.Contains(got.body, "沈秘密") {
		t.Error("it was opened and is not shown")
	}
	viewed := p.newest(t, support.TrailFilter{Kind: support.KindPersonViewed})
	if len(viewed) != 1 || viewed[0].Actor != support.Actor(auditor.id) || viewed[0].Data["reason"] != "incident" || viewed[0].Data["entry"] != fmt.Sprint(seq) {
		t.Errorf("the trail keeps %+v", viewed)
	}
	hidden(other, "when somebody else opened it")
	p.clock.advance(14 * time.Minute)
	auditor.b.get("/agent")
	p.clock.advance(time.Minute + time.Second)
	hidden(auditor, "a quarter of an hour later")
}

func TestP4_anExportIsAFileThatTheTrailKnowsOf(t *testing.T) {
	p, auditor, trail := auditDesk(t)
	for i := range 1203 {
		e := recovery.Event{At: p.clock.now(), Kind: "try-wrong", Actor: "customer", Data: map[string]string{"n": fmt.Sprint(i)}}
		if i == 700 {
			e.Actor = "=cmd()"
		}
		if err := trail.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	got := auditor.b.post("/agent/audit/export", values("format", "csv", "kind", "try-wrong"))
	if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Disposition"), `attachment; filename="audit-`) ||
		got.header.Get("Content-Type") != "text/csv; charset=utf-8" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", got.status, got.header)
	}
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 1204 || rows[0][0] != "seq" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if formulas := strings.Count(got.body, "'=cmd()"); formulas != 1 || strings.Contains(got.body, ",=cmd()") {
		t.Errorf("%d cells are kept from being a formula", formulas)
	}
	exported := p.newest(t, support.TrailFilter{Kind: support.KindExported})
	if len(exported) != 1 || exported[0].Data["rows"] != "1203" || exported[0].Data["whole"] != "yes" || exported[0].Data["kind"] != "try-wrong" ||
		exported[0].Actor != support.Actor(auditor.id) {
		t.Errorf("the trail keeps %+v", exported)
	}
	if begun := p.newest(t, support.TrailFilter{Kind: support.KindExporting}); len(begun) != 1 {
		t.Errorf("that it was begun stands there %d times", len(begun))
	}
	lines := strings.Split(strings.TrimSpace(auditor.b.post("/agent/audit/export", values("format", "jsonl", "kind", "audit-exported")).body), "\n")
	var entry struct {
		Kind string            `json:"kind"`
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal([]byte(lines[0]), &entry); err != nil || len(lines) != 1 || entry.Kind != support.KindExported || entry.Data["rows"] != "1203" {
		t.Errorf("%d lines, %+v, %v", len(lines), entry, err)
	}
	if got := auditor.b.post("/agent/audit/export", values("format", "xls")); got.status != 422 {
		t.Errorf("another format: %d", got.status)
	}
	if got := auditor.b.get("/agent/audit/export"); got.status == 200 {
		t.Error("a look takes the trail, though looks are not recorded")
	}
}

func TestP4_theTrailIsVerifiedOnRequest(t *testing.T) {
	p, auditor, _ := auditDesk(t)
	if got := auditor.b.get("/agent/audit"); !strings.Contains(got.body, `data-check="none"`) {
		t.Error("it says that the trail was verified")
	}
	auditor.leads(t, auditor.b.post("/agent/audit", values("do", "verify")), "/agent/audit")
	if got := auditor.b.get("/agent/audit"); !strings.Contains(got.body, `data-check="sound"`) {
		t.Error("a sound trail is not said to be sound")
	}
	if _, err := p.live.db.SQL().Exec(`UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2`); err != nil {
		t.Fatal(err)
	}
	auditor.leads(t, auditor.b.post("/agent/audit", values("do", "verify")), "/agent/audit")
	if got := auditor.b.get("/agent/audit"); !strings.Contains(got.body, `data-check="broken"`) || !strings.Contains(got.body, "entry 2") {
		t.Error("a trail that was changed is not said to be broken")
	}
	if got := auditor.b.get("/agent/audit/2"); strings.Contains(got.body, "data-proved") {
		t.Error("the entry that was changed is said to be proved")
	}
	if got := auditor.b.get("/agent/audit/4"); !strings.Contains(got.body, "data-proved") {
		t.Error("another entry is not proved")
	}
}

func TestP3_retentionIsReportedToAuditorAndLead(t *testing.T) {
	p, auditor, _ := auditDesk(t)
	if err := p.config.Retention.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	lead := p.hire(t, "lead", support.RoleLead)
	for _, who := range []*staff{auditor, lead} {
		got := who.b.get("/agent/audit/retention")
		page := parsed(t, got.body)
		row := page.with("data-kept")[0].text()
		if got.status != 200 || !strings.Contains(row, "30 天") || !strings.Contains(row, "2") || !strings.Contains(got.body, "结束了的找回 7") {
			t.Errorf("%s: %d %q", who.name, got.status, row)
		}
		if n := strings.Count(got.body, `class="tag warn"`); n != 1 {
			t.Errorf("%s is told of %d things that they should be gone", who.name, n)
		}
		if other := page.with("data-kept")[1].all("td"); !strings.HasPrefix(strings.TrimSpace(other[3].text()), "— 各自到期就删") {
			t.Errorf("%s: of what another job erases, %q were erased", who.name, other[3].text())
		}
	}
	if got := lead.b.get("/agent/audit"); got.status != 403 {
		t.Errorf("the lead may search the trail: %d", got.status)
	}
}

func TestFilters_areKeptOneClickAway(t *testing.T) {
	p, auditor, _ := auditDesk(t)
	keep := func(name, kind string) answer {
		return auditor.b.post("/agent/filters", values("page", "audit", "name", name, "kind", kind))
	}
	auditor.leads(t, keep("登录", "agent-signed-in"), "/agent/audit?kind=agent-signed-in")
	page := auditor.b.get("/agent/audit?kind=agent-signed-in").body
	if !strings.Contains(page, `href="/agent/audit?kind=agent-signed-in" aria-current="true"`) || strings.Contains(page, `data-form="filter"`) {
		t.Error("the search that is shown is not marked, or can be kept twice")
	}
	for name, word := range map[string]string{"": "取名字", "登录": "已经有", strings.Repeat("长", 25): "24", "13800138000": "号码"} {
		got := keep(name, "case-done")
		if got.status != 422 || !strings.Contains(mistakesOn(t, got), word) || !strings.Contains(got.body, `value="case-done"`) || name == "13800138000" &&
			strings.Contains(got.body, name) {
			t.Errorf("%q: %d %s", name, got.status, mistakesOn(t, got))
		}
	}
	for i := range 19 {
		keep(fmt.Sprint("第", i, "个"), "case-done")
	}
	if got := keep("太多", "case-done"); got.status != 422 || !strings.Contains(mistakesOn(t, got), "20") {
		t.Errorf("the 21st: %d", got.status)
	}
	if got := auditor.b.post("/agent/filters", values("page", "links", "name", "x", "kind", "y")); got.status != 403 {
		t.Errorf("a search of a page that is not the auditor's: %d", got.status)
	}
	id := regexp.MustCompile(`name="drop" value="([^"]+)"`).FindStringSubmatch(page)[1]
	stranger := p.hire(t, "stranger", support.RoleAuditor)
	stranger.b.post("/agent/filters", values("page", "audit", "drop", id))
	if got := auditor.b.get("/agent/audit"); !strings.Contains(got.body, id) {
		t.Error("somebody else dropped it")
	}
	auditor.leads(t, auditor.b.post("/agent/filters", values("page", "audit", "drop", id)), "/agent/audit")
	if got := auditor.b.get("/agent/audit"); strings.Contains(got.body, id) {
		t.Error("it is still there")
	}
}

// Every kind that the program records has words in every language.
func TestP4_everyKindOfEntryHasWords(t *testing.T) {
	recorded := regexp.MustCompile(`(?:[rR]ecord|recordBy|event|noted|told)\((?:[^"\n]{0,50}[ (,])?"([a-z]+(?:-[a-z]+)+)"|Event\{At: [^"\n]*Kind: "([a-z]+(?:-[a-z]+)+)"|` +
		`[kK]ind[A-Z][A-Za-z]* += "([a-z]+(?:-[a-z]+)+)"`)
	found := 0
	for _, folder := range []string{"../internal/recovery", "../internal/support", "../internal/store", "../internal/audit", "../cmd/zhaohui"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(file)
			_ = file.Close()
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range recorded.FindAllStringSubmatch(string(raw), -1) {
				kind := m[1] + m[2] + m[3]
				found++
				for _, l := range realWords().Languages() {
					if text := realWords().Words(l.Code).T("audit.kind." + kind); text == "" || strings.Contains(text, "audit.kind.") {
						t.Errorf("%s: %q has no words in %s", name, kind, l.Code)
					}
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d kinds were found: the test looks in the wrong place", found)
	}
}
