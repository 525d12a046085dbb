package web

import (
	"net/url"
	"strconv"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// An agent is let in for the first time: the address that the operator handed over shows a button, the button swaps the
// token in it for a session (requirement W2), and two pages follow: a password, then a second thing.

// showEnrolment is the address; opening it changes nothing.
func (s *Site) showEnrolment(v *visit) error {
	a, err := s.Desk.Enrolment(v.Request().Context(), v.Param("token"))
	if gone(err) {
		return s.fresh(v, 410, templates.AgentStop(s.enrolOverView(v)))
	}
	if err != nil {
		return err
	}
	view := s.door(v, "enrol", v.path())
	view.Lead = []string{v.words.T("agent.enrol.lead", "Name", a.Shown)}
	view.Facts = s.enrolFacts(v, a)
	view.Warning = neverAsked(v)
	return s.fresh(v, 200, templates.AgentDoor(view))
}

// submitEnrolment takes the token out of the address.
func (s *Site) submitEnrolment(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	session, err := s.Desk.BeginEnrol(v.Request().Context(), v.Param("token"), s.agentClient(v))
	if gone(err) {
		return s.fresh(v, 410, templates.AgentStop(s.enrolOverView(v)))
	}
	if err != nil {
		return err
	}
	if err := s.agents.write(v.Response(), v.Request(), session); err != nil {
		return err
	}
	return v.see(v.to("/agent/enrol", ""))
}

// showEnrol is the page that the enrolment stands at.
func (s *Site) showEnrol(v *visit) error {
	e, err := s.Desk.Enrolling(v.Request().Context(), s.agents.read(v.Request()))
	if gone(err) {
		return s.fresh(v, 410, templates.AgentStop(s.enrolOverView(v)))
	}
	if err != nil {
		return err
	}
	view, err := s.enrolView(v, e)
	if err != nil {
		return err
	}
	return s.fresh(v, 200, templates.AgentDoor(view))
}

// submitEnrol takes the password, or the first code or passkey, which opens the console.
func (s *Site) submitEnrol(v *visit) error {
	form, err := v.form("password", "again", "code", "passkey")
	if err != nil {
		return err
	}
	ctx, session := v.Request().Context(), s.agents.read(v.Request())
	e, err := s.Desk.Enrolling(ctx, session)
	if gone(err) {
		return s.fresh(v, 410, templates.AgentStop(s.enrolOverView(v)))
	}
	if err != nil {
		return err
	}
	whole, err := s.enrolStep(v, session, e, form)
	switch {
	case err == nil && whole != "":
		return s.enter(v, whole, "")
	case err == nil:
		return v.see(v.to("/agent/enrol", ""))
	}
	view, drawn := s.enrolView(v, e)
	if drawn != nil {
		return drawn
	}
	return s.showMistake(v, view, err)
}

// enrolStep hands to the desk what was typed.
func (s *Site) enrolStep(v *visit, session string, e *support.Enrolling, form url.Values) (whole string, err error) {
	ctx := v.Request().Context()
	switch {
	case form.Get("passkey") != "":
		return s.Desk.FinishPasskey(ctx, session, []byte(form.Get("passkey")))
	case !e.Password && form.Has("code"): // the page of the next step, kept in another tab
		return "", problem.Invalid{Fields: map[string]string{"password": "required"}}
	case form.Has("code"):
		if err := filled(form, "code"); err != nil {
			return "", err
		}
		return s.Desk.ConfirmCode(ctx, session, form.Get("code"))
	}
	if err := filled(form, "password", "again"); err != nil {
		return "", err
	}
	if form.Get("password") != form.Get("again") {
		return "", problem.Invalid{Fields: map[string]string{"again": "different"}}
	}
	return "", s.Desk.ChoosePassword(ctx, session, form.Get("password"))
}

// enrolView is the password first, then the second thing.
func (s *Site) enrolView(v *visit, e *support.Enrolling) (templates.AgentDoorView, error) {
	if e.Password {
		return s.enrolSecondView(v, e)
	}
	t := v.words.T
	view := s.door(v, "enrol-password", "/agent/enrol")
	view.Lead = []string{t("agent.enrol-password.lead")}
	for n := range 4 {
		view.Rules = append(view.Rules, t("agent.enrol-password.rule-"+strconv.Itoa(n+1)))
	}
	view.Fields = []templates.LiveField{
		{Name: "password", Kind: "secret", Label: t("agent.enrol-password.new"), AutoComplete: "new-password", Max: maxTyped},
		{Name: "again", Kind: "secret", Label: t("agent.enrol-password.again"), AutoComplete: "new-password", Max: maxTyped},
	}
	return view, nil
}

func (s *Site) enrolSecondView(v *visit, e *support.Enrolling) (templates.AgentDoorView, error) {
	t := v.words.T
	view := s.door(v, "enrol-second", "/agent/enrol")
	view.Lead = []string{t("agent.enrol-second.lead")}
	picture, err := code(e.Authenticator.Address, t("agent.enrol-second.qr"))
	if err != nil {
		return view, err
	}
	view.Scan = &templates.AgentScan{QR: picture, Key: inFours(e.Authenticator.Key), ScanLabel: t("agent.enrol-second.scan"),
		KeyLabel: t("agent.enrol-second.key"), KeyHint: t("agent.enrol-second.key-hint")}
	for n := range 3 {
		view.Scan.Steps = append(view.Scan.Steps, t("agent.enrol-second.step-"+strconv.Itoa(n+1)))
	}
	view.Fields = []templates.LiveField{codeField(v)}
	if s.Desk.Passkeys() {
		view.Passkey = passkeyForm(v, "create", "/agent/enrol")
		view.Passkey.Button, view.Passkey.Hint = t("agent.enrol-second.passkey"), t("agent.enrol-second.passkey-hint")
	}
	return view, nil
}

// inFours is a key in groups that can be typed.
func inFours(key string) string {
	var b strings.Builder
	for i, sign := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(sign)
	}
	return b.String()
}

func (s *Site) enrolFacts(v *visit, a *support.Agent) []ui.Fact {
	var roles []string
	for _, r := range a.Roles {
		roles = append(roles, v.words.T("agent.role."+string(r)))
	}
	return []ui.Fact{{Term: v.words.T("agent.sign-in.name"), Text: a.Name},
		{Term: v.words.T("agent.me.roles"), Text: strings.Join(roles, v.words.T("say.pause"))}}
}

// enrolOverView is an address that was used, or is too old.
func (s *Site) enrolOverView(v *visit) templates.AgentStopView {
	t := v.words.T
	return templates.AgentStopView{AgentPage: s.console(v, t("agent.enrol-over.title"), "/agent/sign-in"),
		Title: title(t("agent.enrol-over.title")), Lead: []string{t("agent.enrol-over.lead")},
		Go: ui.Link{Text: unbroken(t("agent.sign-in.title")), URL: v.to("/agent/sign-in", "")}}
}
