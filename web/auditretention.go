package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// retentionGrace is how long something may be over before it counts as late: it is erased every hour.
const retentionGrace = 24 * time.Hour

// runsOnPage is how many runs the page lists.
const runsOnPage = 30

// showRetention says what is kept how long and why, what is due, and what was erased when (requirement P3).
func (s *Site) showRetention(v *visit) error {
	kept, runs, err := s.Retention.Report(v.Request().Context())
	if err != nil {
		return err
	}
	t := v.words.T
	view := templates.RetentionView{AgentPage: s.console(v, t("retention.title"), "/agent/audit/retention")}
	auditor := s.open(v, "/agent/audit")
	if auditor {
		view.Back = ui.Link{Text: t("audit.title"), URL: v.to("/agent/audit", "")}
	}
	for _, k := range kept {
		view.Rows = append(view.Rows, s.retentionRow(v, k))
	}
	for _, r := range runs[:min(len(runs), runsOnPage)] {
		run := templates.RetentionRun{At: s.auditTime(r.At), Text: retentionText(v, r)}
		if auditor {
			run.URL = v.to(entryPath(r.Seq), "")
		}
		view.Runs = append(view.Runs, run)
	}
	return s.fresh(v, 200, templates.Retention(view))
}

func (s *Site) retentionRow(v *visit, k support.Kept) templates.RetentionRow {
	t := v.words.T
	row := templates.RetentionRow{ID: k.ID, What: t("retention.what." + k.ID), Why: t("retention.why." + k.ID),
		Keep: t("say.span-days", "n", int(k.Keep.Hours()/24)), Oldest: "—", Due: "—", Erased: "—",
		Late: k.Over > retentionGrace}
	if k.Erased >= 0 {
		row.Erased = strconv.Itoa(k.Erased)
	} else {
		row.Last = t("retention.one-by-one")
	}
	if !k.Oldest.IsZero() {
		row.Oldest = k.Oldest.In(s.Zone).Format(time.DateOnly)
	}
	if k.Due >= 0 {
		row.Due = strconv.Itoa(k.Due)
	}
	if k.More {
		row.Due += "+"
	}
	if !k.Last.IsZero() {
		row.Last = t("retention.last", "Time", s.auditTime(k.Last))
	}
	return row
}

// retentionText is what a run erased, in words.
func retentionText(v *visit, r support.RetentionRun) string {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(r.Erased)) {
		parts = append(parts, v.words.T("retention.what."+id)+" "+strconv.Itoa(r.Erased[id]))
	}
	return strings.Join(parts, v.words.T("say.comma"))
}
