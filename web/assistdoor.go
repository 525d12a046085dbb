package web

import (
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
)

// showAssistDoor asks for the number that the customer reads out.
func (s *Site) showAssistDoor(v *visit) error {
	view := s.assistDoor(v, "", "")
	if said := v.QueryParam("said"); said == "over" || said == "left" {
		view.Notice = v.words.T("assist.said." + said)
	}
	return s.fresh(v, 200, templates.AssistDoor(view))
}

// submitAssistDoor lets the agent into the case of a number.
func (s *Site) submitAssistDoor(v *visit) error {
	form, err := v.form("resume")
	if err != nil {
		return err
	}
	typed := form.Get("resume")
	code, ok := recovery.ParseResume(typed)
	if !ok { // miswritten: nothing is looked for, so nothing is counted
		return s.fresh(v, 422, templates.AssistDoor(s.assistDoor(v, typed, v.words.T("assist.door.miswritten"))))
	}
	ref, err := s.Assist.Join(v.Request().Context(), code, v.agent.Agent.ID)
	switch problem.KindOf(err) {
	case problem.KindNotFound:
		return s.fresh(v, 422, templates.AssistDoor(s.assistDoor(v, typed, v.words.T("assist.door.none"))))
	case problem.KindThrottled:
		return s.fresh(v, 429, templates.AssistDoor(s.assistDoor(v, typed, s.throttled(v, err))))
	}
	if err != nil {
		return err
	}
	return v.see(v.to(assistPath(ref), ""))
}

func (s *Site) assistDoor(v *visit, typed, wrong string) templates.AssistDoorView {
	t := v.words.T
	view := templates.AssistDoorView{AgentPage: s.console(v, t("assist.door.title"), "/agent/cases"), Title: title(t("assist.door.title")),
		Lead: []string{t("assist.door.lead"), t("assist.door.seen")}, Action: v.to("/agent/cases", ""), Button: t("assist.door.button"),
		Field: templates.LiveField{Name: "resume", Kind: "text", Label: t("assist.door.label"), Hint: t("live.resume.hint"),
			Value: typed, Error: wrong}}
	if wrong != "" {
		view.Errors = []templates.FieldError{{Field: "resume", Text: wrong}}
	}
	return view
}
