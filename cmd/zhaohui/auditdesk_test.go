package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

func trailRecords(t *testing.T) *records {
	t.Helper()
	r, err := openRecords(t.Context(), databaseSettings{Data: t.TempDir()}, time.Now, quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.db.Close() })
	return r
}

func TestP4_contentAndSettingsAreRecordedWhenTheyChange(t *testing.T) {
	t.Parallel()
	r := trailRecords(t)
	trail := store.NewTrail(r.trail)
	files := fstest.MapFS{"platforms/wallet/policy.yaml": {Data: []byte("a: 1")}, "words/zh.toml": {Data: []byte("b = 1")}}
	b := building{settings: settings{Addr: "localhost:8080", databaseSettings: databaseSettings{Keyset: "topsecretkeys", Database: "postgres://me:topsecret@db.example/zh"},
		messageSettings: messageSettings{SMTPURL: "smtps://user:topsecret@mail.example:465?from=x@y", SMS: "webhook:https://sms.example/topsecret", SMSSecret: "whsec_topsecret"}},
		files: files, now: time.Now}
	kinds := func() (content, settings []support.TrailEntry) {
		t.Helper()
		if err := b.recordVersions(t.Context(), trail); err != nil {
			t.Fatal(err)
		}
		for kind, into := range map[string]*[]support.TrailEntry{kindContent: &content, kindSettings: &settings} {
			found, _, err := trail.Search(t.Context(), support.TrailFilter{Kind: kind}, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			*into = found
		}
		return content, settings
	}
	kinds()
	if content, settings := kinds(); len(content) != 1 || len(settings) != 1 {
		t.Fatalf("the same twice is recorded %d and %d times", len(content), len(settings))
	}
	files["platforms/wallet/policy.yaml"] = &fstest.MapFile{Data: []byte("a: 2")}
	parts, set := kinds()
	if len(parts) != 2 || len(set) != 1 || parts[0].Data["words"] != parts[1].Data["words"] || parts[0].Data["all"] == parts[1].Data["all"] ||
		parts[0].Data["platforms/wallet"] == parts[1].Data["platforms/wallet"] {
		t.Errorf("a policy that changed: %+v, %d settings", parts, len(set))
	}
	b.Maintenance = true
	if _, set = kinds(); len(set) != 2 || set[0].Data["ZHAOHUI_MAINTENANCE"] != "true" || set[1].Data["ZHAOHUI_ADDR"] != "localhost:8080" {
		t.Errorf("a setting that changed: %+v", set)
	}
	raw, err := json.Marshal(set)
	if err != nil || strings.Contains(string(raw), "topsecret") {
		t.Errorf("a secret stands in the trail: %s", raw)
	}
	for name, want := range map[string]string{"ZHAOHUI_KEYSET": "set", "ZHAOHUI_DATABASE": "postgres://db.example", "ZHAOHUI_SMTP_URL": "smtps://mail.example:465",
		"ZHAOHUI_SMS_SECRET": "set", "ZHAOHUI_SMS": "webhook:https://sms.example"} {
		if got := set[0].Data[name]; got != want {
			t.Errorf("%s is recorded as %q, want %q", name, got, want)
		}
	}
}

func TestP4_auditExportSaysHowManyAndIsRecorded(t *testing.T) {
	t.Parallel()
	r := trailRecords(t)
	b := building{files: fstest.MapFS{"home.yaml": {Data: []byte("x")}}, now: time.Now}
	if err := b.recordVersions(t.Context(), store.NewTrail(r.trail)); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	trail := support.NewTrail(store.NewTrail(r.trail), time.Now)
	if err := exportAudit(t.Context(), trail, support.TrailFilter{Kind: kindContent}, "csv", &out, &said); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "seq,at,kind") || !strings.Contains(lines[1], kindContent) {
		t.Errorf("%q", lines)
	}
	if said.String() != "entries exported: 1\n" {
		t.Errorf("it says %q", said.String())
	}
	done, _, err := trail.Search(t.Context(), support.TrailFilter{Kind: support.KindExported}, 0, 5)
	if err != nil || len(done) != 1 || done[0].Actor != support.Command || done[0].Data["rows"] != "1" {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestP3 of the report itself: what a portal keeps has words, a time, and for the trail at least the 180 days of the law.
func TestP3_theTrailIsKeptAtLeast180Days(t *testing.T) {
	t.Parallel()
	if least := 180 * 24 * time.Hour; keepTrail < least || keepPerson > keepTrail {
		t.Errorf("the trail is kept %v and its personal data %v", keepTrail, keepPerson)
	}
	r := trailRecords(t)
	loaded, _ := content.Load(embedded.Files(), time.Now())
	policy := loaded.Rules["wallet"].Policy
	report := r.retention(store.NewCases(r.db, store.CaseDeps{Seal: r.box, Record: r.trail.Append, DueAt: policy.DueAt}), policy, loaded.Tickets["wallet"], time.Now)
	if err := report.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, _, err := report.Report(t.Context())
	if err != nil || len(kept) != 8 {
		t.Fatalf("%d kinds of things are kept, %v", len(kept), err)
	}
	for _, k := range kept {
		if k.Keep < 24*time.Hour {
			t.Errorf("%s is kept for %v", k.ID, k.Keep)
		}
	}
	var out bytes.Buffer
	if err := printRetention(t.Context(), report, 5, &out); err != nil || !strings.Contains(out.String(), "trail") || !strings.Contains(out.String(), "730 days") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
