package web

import (
	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showSecond asks for the second thing: a code, or a passkey by script.
func (s *Site) showSecond(v *visit) error {
	half, err := s.Desk.Half(v.Request().Context(), s.agents.read(v.Request()))
	if gone(err) {
		return v.see(v.to("/agent/sign-in", s.nextQuery(v.QueryParam("next"))))
	}
	if err != nil {
		return err
	}
	return s.fresh(v, 200, templates.AgentDoor(s.secondView(v, half.Agent, v.QueryParam("next"))))
}

// submitSecond opens the console.
func (s *Site) submitSecond(v *visit) error {
	form, err := v.form("code", "passkey", "next")
	if err != nil {
		return err
	}
	ctx, token := v.Request().Context(), s.agents.read(v.Request())
	half, err := s.Desk.Half(ctx, token)
	if gone(err) {
		return v.see(v.to("/agent/sign-in", s.nextQuery(form.Get("next"))))
	}
	if err != nil {
		return err
	}
	whole := ""
	if answer := form.Get("passkey"); answer != "" {
		whole, err = s.Desk.FinishPasskey(ctx, token, []byte(answer))
	} else if err = filled(form, "code"); err == nil {
		whole, err = s.Desk.Second(ctx, token, form.Get("code"))
	}
	if gone(err) {
		return v.see(v.to("/agent/sign-in", s.nextQuery(form.Get("next"))))
	}
	if err != nil {
		return s.showMistake(v, s.secondView(v, half.Agent, form.Get("next")), err)
	}
	return s.enter(v, whole, form.Get("next"))
}

// gone says that the browser's session is not one for this door any more.
func gone(err error) bool {
	kind := problem.KindOf(err)
	return kind == problem.KindNotFound || kind == problem.KindExpired
}

func (s *Site) secondView(v *visit, a *support.Agent, next string) templates.AgentDoorView {
	t := v.words.T
	view := s.door(v, "second", "/agent/sign-in/second")
	view.Back = ui.Link{Text: t("agent.second.back"), URL: v.to("/agent/sign-in", s.nextQuery(next))}
	view.Hidden, view.Lost = s.nextField(next), t("agent.second.lost")
	view.Lead = []string{t("agent.second.lead", "Name", a.Shown)}
	if len(a.TOTP) > 0 {
		view.Fields = []templates.LiveField{codeField(v)}
	} else {
		view.Lead, view.Button = []string{t("agent.second.only-passkey", "Name", a.Shown)}, ""
	}
	if len(a.Passkeys) > 0 && s.Desk.Passkeys() {
		view.Passkey = passkeyForm(v, "get", "/agent/sign-in/second")
		view.Passkey.Button, view.Passkey.Hidden = t("agent.second.passkey"), view.Hidden
	}
	return view
}

// codeField is the one field for a code of six digits (requirement A2).
func codeField(v *visit) templates.LiveField {
	return templates.LiveField{Name: "code", Kind: "code", Label: v.words.T("agent.second.code"),
		Hint: v.words.T("agent.second.code-hint")}
}
