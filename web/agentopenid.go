package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// OpenID is the operator's own sign-in (OpenID Connect).
type OpenID interface {
	// Begin is where to send the browser, and what has to be kept in it meanwhile; problem.Unavailable.
	Begin(ctx context.Context) (address, kept string, err error)
	// Finish says who came back with a query. problem.Denied if it does not fit what was kept; problem.Unavailable.
	Finish(ctx context.Context, kept string, query url.Values) (support.Identity, error)
}

// OpenIDBack is where the operator's own sign-in sends the browser back to.
const OpenIDBack = "/agent/sign-in/openid/back"

// showOpenID leads to the operator's own sign-in. It changes nothing here; what it keeps, it keeps in the browser.
func (s *Site) showOpenID(v *visit) error {
	if s.OpenID == nil {
		return problem.NotFound
	}
	address, kept, err := s.OpenID.Begin(v.Request().Context())
	if err != nil {
		return err
	}
	kept = v.words.Code() + " " + s.consolePath(v.QueryParam("next")) + " " + kept
	if err := s.agents.leave(v.Response(), v.Request(), kept); err != nil {
		return err
	}
	return v.see(address)
}

// openIDSays is what the operator's own sign-in sends back with the browser.
var openIDSays = []string{"code", "state", "iss", "error"}

// showOpenIDBack is where the browser comes back to. A GET signs nobody in (design.md, rule 6): the page has a form with what
// came back, which goes on by itself with script and by a button without.
func (s *Site) showOpenIDBack(v *visit) error {
	if s.OpenID == nil {
		return problem.NotFound
	}
	lang, _, ok := strings.Cut(s.agents.kept(v.Request()), " ")
	if !ok { // opened later, or in another browser
		return v.see(v.to("/agent/sign-in", ""))
	}
	v.words = s.Words.Words(lang)
	t := v.words.T
	view := templates.AgentStopView{AgentPage: s.console(v, t("agent.openid-back.title"), "/agent/sign-in"),
		Title: title(t("agent.openid-back.title")), Lead: []string{t("agent.openid-back.lead")},
		Form:  &templates.LiveForm{Action: OpenIDBack, Button: t("agent.openid-back.button")},
		Other: ui.Link{Text: t("agent.openid-back.leave"), URL: v.to("/agent/sign-in", "")}}
	for _, name := range openIDSays {
		if value := v.QueryParam(name); value != "" {
			view.Form.Hidden = append(view.Form.Hidden, templates.Field{Name: name, Value: value})
		}
	}
	view.Languages = nil // the address is good once, and in the language that was chosen
	return s.fresh(v, http.StatusOK, templates.AgentStop(view))
}

// submitOpenIDBack signs in: what came back is good once, and only together with what this browser kept.
func (s *Site) submitOpenIDBack(v *visit) error {
	if s.OpenID == nil {
		return problem.NotFound
	}
	form, err := v.form(openIDSays...)
	if err != nil {
		return err
	}
	lang, rest, _ := strings.Cut(s.agents.back(v.Response(), v.Request()), " ")
	next, kept, ok := strings.Cut(rest, " ")
	if !ok { // sent twice
		return v.see(v.to("/agent/sign-in", ""))
	}
	v.words = s.Words.Words(lang)
	ctx := v.Request().Context()
	who, err := s.OpenID.Finish(ctx, kept, form)
	token := ""
	if err == nil {
		token, err = s.Desk.SignInBy(ctx, who, s.agentClient(v))
	}
	if problem.KindOf(err) == problem.KindDenied {
		s.Log.Info("sign-in of an agent refused", "error", err)
		return s.fresh(v, http.StatusForbidden, templates.AgentStop(s.openIDDenied(v)))
	}
	if err != nil {
		return err
	}
	return s.enter(v, token, next)
}

func (s *Site) openIDDenied(v *visit) templates.AgentStopView {
	t := v.words.T
	return templates.AgentStopView{AgentPage: s.console(v, t("agent.openid-denied.title"), "/agent/sign-in"),
		Title: title(t("agent.openid-denied.title")), Lead: []string{t("agent.openid-denied.lead")},
		Go: ui.Link{Text: unbroken(t("agent.sign-in.title")), URL: v.to("/agent/sign-in", "")}}
}
