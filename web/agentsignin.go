package web

import (
	"zhaohui/internal/problem"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showSignIn is where agents begin; whoever is signed in already goes on.
func (s *Site) showSignIn(v *visit) error {
	if s.Demo != nil {
		s.Demo.Opened()
	}
	next := v.QueryParam("next")
	token := s.agents.read(v.Request())
	if token == "" {
		return s.fresh(v, 200, templates.AgentDoor(s.signInView(v, next, "")))
	}
	_, err := s.Desk.Who(v.Request().Context(), token)
	switch problem.KindOf(err) {
	case problem.KindExpired:
		view := s.signInView(v, next, "")
		view.Notice = v.words.T("agent.sign-in.ended")
		return s.fresh(v, 200, templates.AgentDoor(view))
	case problem.KindNotFound:
		return s.fresh(v, 200, templates.AgentDoor(s.signInView(v, next, "")))
	}
	if err != nil {
		return err
	}
	return v.see(s.entrance(v, token, next))
}

// submitSignIn is the first of two steps: what it gives opens the second and nothing else.
func (s *Site) submitSignIn(v *visit) error {
	form, err := v.form("name", "password", "next")
	if err != nil {
		return err
	}
	token := ""
	if err = filled(form, "name", "password"); err == nil {
		token, err = s.Desk.SignIn(v.Request().Context(), form.Get("name"), form.Get("password"), s.agentClient(v))
	}
	if err != nil {
		return s.showMistake(v, s.signInView(v, form.Get("next"), form.Get("name")), err)
	}
	if err := s.agents.write(v.Response(), v.Request(), token); err != nil {
		return err
	}
	return v.see(v.to("/agent/sign-in/second", s.nextQuery(form.Get("next"))))
}

func (s *Site) signInView(v *visit, next, name string) templates.AgentDoorView {
	t := v.words.T
	view := s.door(v, "sign-in", "/agent/sign-in")
	view.Hidden = s.nextField(next)
	view.Lead = []string{t("agent.sign-in.lead", "Operator", s.Content.Operator.Name.In(v.words.Code()))}
	view.Fields = []templates.LiveField{
		{Name: "name", Kind: "text", Label: t("agent.sign-in.name"), AutoComplete: "username", Value: name},
		{Name: "password", Kind: "secret", Label: t("agent.sign-in.password"), AutoComplete: "current-password", Max: maxTyped},
	}
	view.Warning = neverAsked(v)
	if s.OpenID != nil {
		view.Other = ui.Link{Text: t("agent.sign-in.openid", "Operator", s.Content.Operator.Name.In(v.words.Code())),
			URL: v.to("/agent/sign-in/openid", s.nextQuery(next))}
		view.OtherHint = t("agent.sign-in.openid-hint")
	}
	return view
}

// maxTyped is how much of a password a field takes: more than is allowed, so that what is too long is said and not cut.
const maxTyped = 256

// submitSignOut ends the session on the server; the cookie is only tidied up.
func (s *Site) submitSignOut(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	if err := s.Desk.SignOut(v.Request().Context(), s.agents.read(v.Request())); err != nil {
		return err
	}
	s.agents.forget(v.Response())
	return v.see(v.to("/agent/sign-in", ""))
}
