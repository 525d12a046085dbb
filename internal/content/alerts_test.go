package content_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/alert"
	"zhaohui/internal/content"
)

const alertsFile = "alerts.yaml"

// What would never be told, or told so often that nobody reads it, is refused at its line.
func TestAlerts_whatCannotBeIsRefusedWithItsLine(t *testing.T) {
	for _, c := range []struct{ old, with, line, text string }{
		{"repeat: 6h", "repeat: 1m", "repeat:", "30m at least"},
		{"calm: 15m", "calm: 7h", "calm:", "less than repeat"},
		{"calm: 15m", "calm: 0m", "calm:", "more than nothing"},
		{"tickets-overdue:", "tickets-late:", "tickets-late:", "nothing that is looked at"},
		{"tickets-overdue: {limit: 1}", "", "kinds:", "tickets-overdue is missing"},
		{"sends-used: {limit: 100}", "sends-used: {limit: 101}", "sends-used:", "100 percent"},
		{"sends-nearly-used: {limit: 80}", "sends-nearly-used: {limit: 100}", "sends-nearly-used:", "less than"},
		{"{limit: 20, within: 1h} ", "{limit: 20, within: 25h} ", "accounts-blocked:", "24h at most"},
		{"{limit: 20, within: 1h, least: 20}", "{limit: 20, within: 1h}", "letters-failing:", "least"},
		{"tickets-overdue: {limit: 1}", "tickets-overdue: {limit: -1}", "tickets-overdue:", "0 or more"},
		{"tickets-overdue: {limit: 1}", "tickets-overdue: {limit: 1, within: 1h}", "tickets-overdue:", "no such setting"},
		{"tickets-overdue: {limit: 1}", "tickets-overdue: {above: 1}", "tickets-overdue:", "not known"},
	} {
		files := spoiled(t, alertsFile, c.old, c.with)
		loaded, problems := content.Load(files, time.Time{})
		found := slices.ContainsFunc(problems, func(p content.Problem) bool {
			return p.File == alertsFile && strings.Contains(p.Text, c.text) && p.Line == lineWith(t, files, alertsFile, c.line)
		})
		if loaded.Alerts != nil || !found {
			t.Errorf("%s: %v", c.with, problems)
		}
	}
}

func TestAlerts_everyKindHasALimit(t *testing.T) {
	loaded, _ := content.Load(embedded.Files(), time.Time{})
	for _, kind := range alert.Kinds() {
		if loaded.Alerts == nil || loaded.Alerts.Kinds[kind].Limit < 1 {
			t.Errorf("%s has none", kind)
		}
	}
}
