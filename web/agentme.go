package web

import (
	"net/url"
	"slices"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showMe is an agent's own page: where they are signed in, what they sign in with, their language.
func (s *Site) showMe(v *visit) error {
	view, err := s.meView(v)
	if err != nil {
		return err
	}
	if said := v.QueryParam("said"); slices.Contains([]string{"ended", "added", "removed", "language"}, said) {
		view.Notice = v.words.T("agent.me.said-" + said)
	}
	return s.fresh(v, 200, templates.AgentMe(view))
}

// submitMe does one of the things that the page offers.
func (s *Site) submitMe(v *visit) error {
	form, err := v.form("end", "lang", "remove", "passkey")
	if err != nil {
		return err
	}
	said, err := s.changeMe(v, form)
	if mistakes := wrong(err); len(mistakes) > 0 || problem.KindOf(err) == problem.KindConflict {
		view, failed := s.meView(v)
		if failed != nil {
			return failed
		}
		word := "agent.error.passkey-last"
		if mistakes["passkey"] != "" {
			word = "agent.error.passkey-wrong"
		}
		view.Errors = []templates.FieldError{{Text: v.words.T(word)}}
		return s.fresh(v, statusOf(err), templates.AgentMe(view))
	}
	if err != nil {
		return err
	}
	prefix := v.base()
	if said == "language" {
		prefix = s.prefixOf(form.Get("lang"), prefix)
	}
	return v.see(address(prefix, "/agent/me", url.Values{"said": {said}}.Encode()))
}

// changeMe hands the wish to the desk and names what is said afterwards.
func (s *Site) changeMe(v *visit, form url.Values) (said string, err error) {
	ctx, me := v.Request().Context(), v.agent
	switch {
	case form.Get("end") == "others":
		_, err := s.Desk.EndSessions(ctx, me.Agent.ID, me.Session, support.Actor(me.Agent.ID))
		return "ended", err
	case form.Get("end") != "":
		return "ended", s.Desk.EndSession(ctx, me.Agent.ID, form.Get("end"))
	case form.Get("lang") != "":
		if s.prefixOf(form.Get("lang"), "?") == "?" {
			return "", problem.Invalid{Fields: map[string]string{"form": "unknown-value"}}
		}
		return "language", s.Desk.Speak(ctx, me.Agent.ID, form.Get("lang"))
	case form.Get("remove") != "":
		return "removed", s.Desk.RemovePasskey(ctx, me.Agent.ID, form.Get("remove"))
	case form.Get("passkey") != "":
		_, err := s.Desk.FinishPasskey(ctx, s.agents.read(v.Request()), []byte(form.Get("passkey")))
		return "added", err
	}
	return "", problem.Invalid{Fields: map[string]string{"form": "unknown-value"}}
}

func (s *Site) meView(v *visit) (templates.AgentMeView, error) {
	t, me := v.words.T, v.agent.Agent
	view := templates.AgentMeView{AgentPage: s.console(v, t("agent.me.title"), "/agent/me"), Title: title(t("agent.me.title")),
		Action: v.to("/agent/me", ""),
		Facts: []ui.Fact{{Term: t("agent.me.shown"), Text: me.Shown}, {Term: t("agent.sign-in.name"), Text: me.Name},
			{Term: t("agent.me.roles"), Text: s.roles(v)}}}
	sessions, err := s.Desk.Sessions(v.Request().Context(), me.ID)
	if err != nil {
		return view, err
	}
	for _, one := range sessions {
		row := templates.AgentSession{ID: one.ID, Device: s.device(v, one.Client), This: one.ID == v.agent.Session,
			Since: t("agent.me.since", "Time", s.past(v, one.Started)), Seen: t("agent.me.seen", "Time", s.past(v, one.Seen))}
		view.Sessions = append(view.Sessions, row)
	}
	if len(sessions) > 1 {
		view.Others = t("agent.me.others")
	}
	for _, l := range s.Words.Languages() {
		view.Tongues = append(view.Tongues, templates.AgentTongue{Code: l.Code, Tag: l.Tag, Name: l.Name,
			Chosen: l.Code == me.Lang})
	}
	s.myPasskeys(v, &view)
	return view, nil
}

// myPasskeys are those of somebody who signs in here.
func (s *Site) myPasskeys(v *visit, view *templates.AgentMeView) {
	t, me := v.words.T, v.agent.Agent
	if !me.Local() || !s.Desk.Passkeys() {
		return
	}
	view.NoPasskey = t("agent.me.no-passkey")
	for _, k := range me.Passkeys {
		row := templates.AgentKeyRow{ID: k.ID, Added: t("agent.me.added", "Time", s.past(v, k.Added)),
			Used: t("agent.me.never-used")}
		if !k.Used.IsZero() {
			row.Used = t("agent.me.used", "Time", s.past(v, k.Used))
		}
		view.Passkeys = append(view.Passkeys, row)
	}
	view.Add = passkeyForm(v, "create", "/agent/me")
	view.Add.Button, view.Add.Hint = t("agent.me.add"), t("agent.me.add-hint")
}
