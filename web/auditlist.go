package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// auditOnPage is how many entries a page lists.
const auditOnPage = 50

// showAudit searches the trail, the newest entries first.
func (s *Site) showAudit(v *visit) error {
	query := v.Request().URL.Query()
	f, wrong := s.auditFilter(query)
	var found []support.TrailEntry
	var next int64
	if len(wrong) == 0 {
		below, _ := strconv.ParseInt(query.Get("below"), 10, 64)
		var err error
		found, next, err = s.Trail.Search(v.Request().Context(), f, max(below, 0), auditOnPage)
		if problem.KindOf(err) == problem.KindInvalid {
			wrong["ticket"], err = "unknown", nil
		}
		if err != nil {
			return err
		}
	}
	view, err := s.auditView(v, query, wrong, found, next)
	if err != nil {
		return err
	}
	status := 200
	if len(wrong) > 0 {
		status = 422
	}
	return s.fresh(v, status, templates.AuditList(view))
}

// auditView is the page with what was found.
func (s *Site) auditView(v *visit, typed url.Values, wrong map[string]string, found []support.TrailEntry, next int64) (templates.AuditListView, error) {
	t := v.words.T
	view := templates.AuditListView{AgentPage: s.console(v, t("audit.title"), "/agent/audit"), Title: title(t("audit.title")),
		Action: v.to("/agent/audit", ""), Export: v.to("/agent/audit/export", ""), None: t("audit.none"),
		Retained: ui.Link{Text: t("retention.title"), URL: v.to("/agent/audit/retention", "")}}
	query := auditQuery(typed)
	s.auditInputs(v, typed, wrong, &view)
	people, all, err := s.people(v)
	if err != nil {
		return view, err
	}
	view.Actors = s.actorChoices(v, all, typed.Get("actor"))
	for _, e := range found {
		view.Rows = append(view.Rows, s.auditRow(v, e, people))
	}
	if next > 0 {
		further := auditQuery(typed)
		further.Set("below", strconv.FormatInt(next, 10))
		view.More = ui.Link{Text: t("audit.more"), URL: v.to("/agent/audit", further.Encode())}
		if len(found) == 0 {
			view.None = t("audit.none-yet")
		}
	}
	if len(query) > 0 || typed.Get("below") != "" {
		view.Clear = ui.Link{Text: t("audit.clear"), URL: v.to("/agent/audit", "")}
	}
	for _, field := range auditFields {
		if query.Has(field) {
			view.Fields = append(view.Fields, templates.Field{Name: field, Value: query.Get(field)})
		}
	}
	if view.Check, err = s.auditCheck(v); err != nil {
		return view, err
	}
	if len(wrong) == 0 {
		view.Kept, err = s.filterBar(v, "audit", query)
	}
	return view, err
}

func (s *Site) auditRow(v *visit, e support.TrailEntry, people map[string]string) templates.AuditRow {
	row := templates.AuditRow{Number: strconv.FormatInt(e.Seq, 10), URL: v.to(entryPath(e.Seq), ""), At: s.auditTime(e.At), Kind: kindText(v, e.Kind),
		Actor: s.actorText(v, e.Actor, people), Data: dataText(e.Data)}
	if caseShape.MatchString(e.Case) {
		row.Case, row.CaseURL = e.Case[:10], v.to("/agent/audit", url.Values{"case": {e.Case}}.Encode())
	}
	if e.Person != support.PersonNone {
		row.Person = v.words.T("audit.person." + string(e.Person) + "-tag")
	}
	return row
}

func entryPath(seq int64) string { return "/agent/audit/" + strconv.FormatInt(seq, 10) }

// actorChoices are everybody who can have done something.
func (s *Site) actorChoices(v *visit, people []*support.Agent, chosen string) []templates.LinkChoice {
	choice := func(value, text string) templates.LinkChoice {
		return templates.LinkChoice{Value: value, Text: text, Chosen: value == chosen}
	}
	all := []templates.LinkChoice{choice("", v.words.T("audit.field.anybody"))}
	for _, actor := range auditActors {
		all = append(all, choice(actor, v.words.T("audit.actor."+actor)))
	}
	for _, a := range people {
		text := a.Shown
		if a.Name != a.Shown {
			text = fmt.Sprintf("%s (%s)", a.Shown, a.Name)
		}
		all = append(all, choice(support.Actor(a.ID), text))
	}
	return all
}

// auditCheck says how the trail was found last.
func (s *Site) auditCheck(v *visit) (templates.AuditCheck, error) {
	t := v.words.T
	c := templates.AuditCheck{State: "none", Text: t("audit.check.none"), Again: t("audit.check.go"),
		Refresh: ui.Link{Text: t("live.wait.refresh"), URL: v.to("/agent/audit", "")}}
	r, err := s.Trail.Result(v.Request().Context())
	switch {
	case err != nil:
		return c, err
	case r.Running:
		c.State, c.Text, c.Done, c.Of = "running", t("audit.check.running"), r.Done, max(r.Of, 1)
		c.Detail = t("audit.check.running-text", "Done", r.Done, "Of", r.Of)
	case r.At.IsZero():
	case r.Sound:
		c.State, c.Text, c.Detail = "sound", t("audit.check.sound"), t("audit.check.sound-text", "Time", s.auditTime(r.At), "Entry", r.Through)
	default:
		c.State, c.Text = "broken", t("audit.check.broken")
		c.Detail = t("audit.check.broken-text", "Time", s.auditTime(r.At), "Entry", r.Through, "What", r.What)
	}
	return c, nil
}

// auditPatience is how long a verification that somebody asked for may take; the daily one has no end.
const auditPatience = 10 * time.Minute

// submitAudit verifies the trail beside the page, which says how far that is.
func (s *Site) submitAudit(v *visit) error {
	form, err := v.form("do")
	if err != nil {
		return err
	}
	if form.Get("do") != "verify" {
		return problem.Invalid{Fields: map[string]string{"form": "unknown-value"}}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.Request().Context()), auditPatience)
	done, actor := make(chan struct{}), support.Actor(v.agent.Agent.ID)
	go func() {
		defer close(done)
		defer cancel()
		if err := s.Trail.Verify(ctx, actor); err != nil {
			s.Log.Error("verify the audit trail", "error", err)
		}
	}()
	select { // a short trail is done before anybody can read that it is not
	case <-done:
	case <-time.After(500 * time.Millisecond):
	}
	return v.see(v.to("/agent/audit", ""))
}
