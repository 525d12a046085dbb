package web

import (
	"net/url"
	"slices"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
)

// showAssist is a case as the agent sees it who helps in it: how it stands, and nothing of whom it is about.
func (s *Site) showAssist(v *visit) error {
	sight, err := s.Assist.Look(v.Request().Context(), v.Param("ref"), v.agent.Agent.ID)
	if problem.KindOf(err) == problem.KindNotFound {
		return v.see(v.to("/agent/cases", "said=over"))
	}
	if err != nil {
		return err
	}
	view, err := s.assistView(v, sight, nil)
	if err != nil {
		return err
	}
	switch said := v.QueryParam("said"); said {
	case "suggested", "link", "ticket", "opened", "number", "passed", "failed":
		view.Notice = v.words.T("assist.said." + said)
	}
	return s.fresh(v, 200, templates.AssistCase(view))
}

// submitAssist does one of the things that the page offers.
func (s *Site) submitAssist(v *visit) error {
	ctx, ref, me := v.Request().Context(), v.Param("ref"), v.agent.Agent.ID
	sight, err := s.Assist.Look(ctx, ref, me)
	if problem.KindOf(err) == problem.KindNotFound {
		return v.see(v.to("/agent/cases", "said=over"))
	}
	if err != nil {
		return err
	}
	form, err := v.form(append(checkFields(sight), "do", "method", "reason", "number", "reached")...)
	if err != nil {
		return err
	}
	said, err := s.assist(v, form, sight)
	if code, ok := strings.CutPrefix(said, sharedCode); ok && err == nil {
		return v.see(v.to(madePath(code), "said=made"))
	}
	switch {
	case problem.KindOf(err) == problem.KindNotFound || said == "left":
		return v.see(v.to("/agent/cases", "said="+map[bool]string{true: "left", false: "over"}[said == "left"]))
	case len(wrong(err)) > 0:
		view, failed := s.mistakenAssist(v, sight, form, wrong(err))
		if failed != nil {
			return failed
		}
		return s.fresh(v, 422, templates.AssistCase(view))
	case err != nil:
		return err
	}
	return v.see(v.to(assistPath(ref), "said="+said))
}

// checkFields are the fields of the check.
func checkFields(sight recovery.AssistSight) []string {
	var names []string
	for _, q := range sight.Questions {
		names = append(names, answerField(q.ID))
	}
	return names
}

func answerField(question string) string { return "answer-" + question }

// assist hands the wish to the case and names what is said afterwards.
func (s *Site) assist(v *visit, form url.Values, sight recovery.AssistSight) (said string, err error) {
	ctx, me := v.Request().Context(), v.agent.Agent.ID
	switch form.Get("do") {
	case "suggest":
		return "suggested", s.Assist.Suggest(ctx, sight.Case, me, form.Get("method"))
	case "link":
		return "link", s.Assist.SendLink(ctx, sight.Case, me)
	case "ticket":
		return "ticket", s.openTicket(v, sight)
	case "share":
		return s.shareCase(v, sight, form.Get("method"))
	case "open":
		return "opened", s.Assist.OpenRecords(ctx, sight.Case, me, form.Get("reason"))
	case "number":
		return "number", s.Assist.ShowNumber(ctx, sight.Case, me, form.Get("number"))
	case "leave":
		return "left", s.Assist.Leave(ctx, sight.Case, me)
	case "check":
		done, err := s.Assist.Check(ctx, sight.Case, me, saidIn(form, sight))
		return map[bool]string{true: "passed", false: "failed"}[done.Passed], err
	}
	return "", problem.Invalid{Fields: map[string]string{"form": "unknown-value"}}
}

// saidIn is a check as it was filled in.
func saidIn(form url.Values, sight recovery.AssistSight) recovery.Said {
	said := recovery.Said{Answers: map[string]string{}, Number: form.Get("number"), Reached: form.Get("reached") == "yes"}
	for _, q := range sight.Questions {
		said.Answers[q.ID] = form.Get(answerField(q.ID))
	}
	return said
}

// mistakenAssist is the page again, with what is wrong and what was filled in.
func (s *Site) mistakenAssist(v *visit, sight recovery.AssistSight, form url.Values, wrong map[string]string) (templates.AssistCaseView, error) {
	view, err := s.assistView(v, sight, form)
	if err != nil {
		return view, err
	}
	for i, q := range sight.Questions {
		if code := wrong[q.ID]; code != "" {
			text := v.words.T("assist.wrong." + code)
			view.Questions[i].Error = text
			view.Errors = append(view.Errors, templates.FieldError{Field: answerField(q.ID), Text: view.Questions[i].Ask + " " + text})
		}
	}
	for _, field := range []string{"reason", "method", "number"} {
		if slices.Contains([]string{"required", "not-offered"}, wrong[field]) {
			view.Errors = append(view.Errors, templates.FieldError{Field: field, Text: v.words.T("assist.wrong." + field)})
		}
	}
	return view, nil
}
