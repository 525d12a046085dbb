package web

import (
	"strconv"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showAuditEntry is one entry with its place in the chain. Personal data stands there only for who opened it just now.
func (s *Site) showAuditEntry(v *visit) error {
	view, err := s.auditEntryView(v)
	if err != nil {
		return err
	}
	return s.fresh(v, 200, templates.AuditEntry(view))
}

// submitAuditEntry opens the personal data of an entry, for a reason that the trail keeps (requirement P1).
func (s *Site) submitAuditEntry(v *visit) error {
	seq, err := entryNumber(v)
	if err != nil {
		return err
	}
	form, err := v.form("reason")
	if err != nil {
		return err
	}
	err = s.Trail.OpenPerson(v.Request().Context(), seq, v.agent.Agent.ID, form.Get("reason"))
	if len(wrong(err)) > 0 {
		view, failed := s.auditEntryView(v)
		if failed != nil {
			return failed
		}
		view.Errors = []templates.FieldError{{Field: "reason", Text: v.words.T("audit.person.missing")}}
		return s.fresh(v, statusOf(err), templates.AuditEntry(view))
	}
	if err != nil {
		return err
	}
	return v.see(v.to(entryPath(seq), ""))
}

func entryNumber(v *visit) (int64, error) {
	seq, err := strconv.ParseInt(v.Param("seq"), 10, 64)
	if err != nil || seq < 1 || strconv.FormatInt(seq, 10) != v.Param("seq") {
		return 0, problem.NotFound
	}
	return seq, nil
}

func (s *Site) auditEntryView(v *visit) (view templates.AuditEntryView, err error) {
	seq, err := entryNumber(v)
	if err != nil {
		return view, err
	}
	e, proof, err := s.Trail.Entry(v.Request().Context(), seq)
	if err != nil {
		return view, err
	}
	people, _, err := s.people(v)
	if err != nil {
		return view, err
	}
	t := v.words.T
	row := s.auditRow(v, e, people)
	view = templates.AuditEntryView{AgentPage: s.console(v, t("audit.entry.title", "Number", row.Number, "Kind", row.Kind), "/agent/audit"),
		Title: row.Kind, Back: ui.Link{Text: t("audit.title"), URL: v.to("/agent/audit", "")}, Action: v.to(entryPath(seq), ""), Data: pairsOf(e.Data),
		Facts: []ui.Fact{{Term: t("audit.col.number"), Text: row.Number}, {Term: t("audit.col.at"), Text: row.At},
			{Term: t("audit.col.actor"), Text: row.Actor}, {Term: t("audit.col.kind"), Text: e.Kind}}}
	if e.Case != "" {
		view.Facts = append(view.Facts, ui.Fact{Term: t("audit.col.case"), Text: e.Case})
	}
	if row.CaseURL != "" {
		view.CaseURL = ui.Link{Text: t("audit.entry.case"), URL: row.CaseURL}
	}
	s.auditProof(v, e, proof, &view)
	return view, s.auditPerson(v, e, &view)
}

// auditProof says what the chain says of an entry, and leads to its neighbours.
func (s *Site) auditProof(v *visit, e support.TrailEntry, proof support.Proof, view *templates.AuditEntryView) {
	t := v.words.T
	view.Sum, view.Sound, view.Wrong, view.Proof = e.Sum, proof.Sound, proof.What, t("audit.entry.broken")
	if proof.Sound {
		view.Proof = t("audit.entry.proved")
	}
	if proof.Before > 0 && !proof.Anchor {
		view.Before = ui.Link{Text: t("audit.entry.before", "Number", proof.Before), URL: v.to(entryPath(proof.Before), "")}
	}
	if _, _, err := s.Trail.Entry(v.Request().Context(), e.Seq+1); err == nil {
		view.After = ui.Link{Text: t("audit.entry.after", "Number", e.Seq+1), URL: v.to(entryPath(e.Seq+1), "")}
	}
	view.Keys = append(view.Keys, templates.AgentKey{Key: "p", Text: t("audit.key.before")}, templates.AgentKey{Key: "n", Text: t("audit.key.after")})
}

// auditPerson shows personal data to who opened it, or asks why they want to see it.
func (s *Site) auditPerson(v *visit, e support.TrailEntry, view *templates.AuditEntryView) error {
	t := v.words.T
	switch e.Person {
	case support.PersonNone:
		view.Person = t("audit.person.none")
		return nil
	case support.PersonErased:
		view.Person = t("audit.person.erased")
		return nil
	}
	opened, until, err := s.Trail.Person(v.Request().Context(), e.Seq, v.agent.Agent.ID)
	if err != nil {
		return err
	}
	if opened != nil {
		view.Opened, view.Person = pairsOf(opened), t("audit.person.open", "Time", s.clockTime(v, until))
		return nil
	}
	view.Person = t("audit.person.kept")
	for _, reason := range support.TrailReasons {
		view.Ask = append(view.Ask, templates.LinkChoice{Value: reason, Text: t("audit.person.reason-" + reason)})
	}
	return nil
}
