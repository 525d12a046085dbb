package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// admit lets those in whose role has the right of a route, and answers all others. Nobody is let in by default.
func (s *Site) admit(v *visit, right support.Right) (let bool, err error) {
	v.Response().Header()["Cache-Control"] = neverKept // what a page of the console says to one is for nobody else
	token := s.agents.read(v.Request())
	if s.Desk == nil || right == "" {
		return false, problem.Denied
	}
	if token == "" {
		return false, s.stranger(v)
	}
	presence, err := s.Desk.Who(v.Request().Context(), token)
	switch kind := problem.KindOf(err); {
	case kind == problem.KindNotFound || kind == problem.KindExpired:
		return false, v.see(s.signInPath(v))
	case err != nil:
		return false, err
	}
	v.agent = presence
	v.Set(signedIn, presence)
	if !presence.Agent.May(right) {
		return false, s.fresh(v, http.StatusForbidden, templates.AgentStop(s.deniedView(v)))
	}
	return true, nil
}

// stranger answers a browser that brings no session.
func (s *Site) stranger(v *visit) error {
	r := v.Request()
	switch {
	case r.Method != http.MethodGet:
		return problem.Denied
	case r.Header.Get("Sec-Fetch-Site") == "cross-site": // a link elsewhere: the browser keeps the cookie back this once
		return s.goOn(v, cmp.Or(s.consolePath(r.URL.RequestURI()), v.to("/agent", "")))
	}
	return v.see(s.signInPath(v))
}

// signInPath leads to the sign-in, and from there back to the page that was asked for.
func (s *Site) signInPath(v *visit) string {
	if v.Request().Method != http.MethodGet || v.path() == "/agent" {
		return v.to("/agent/sign-in", "")
	}
	return v.to("/agent/sign-in", s.nextQuery(v.Request().URL.RequestURI()))
}

// consolePath is the address of a page of the console, rebuilt out of checked parts, or nothing: what comes as next is never
// followed as it is (requirement W6).
func (s *Site) consolePath(next string) string {
	address := ours(next, "")
	path, _, _ := strings.Cut(address, "?")
	if prefix := s.wordsOf(path).Prefix(); prefix != "" {
		path = strings.TrimPrefix(path, prefix)
	}
	for _, door := range []string{"/agent/sign-in", "/agent/sign-out", "/agent/enrol", "/agent/passkey"} {
		if path == door || strings.HasPrefix(path, door+"/") {
			return ""
		}
	}
	if path != "/agent" && !strings.HasPrefix(path, "/agent/") {
		return ""
	}
	return address
}

// nextQuery carries the page that was asked for through the doors.
func (s *Site) nextQuery(next string) string {
	if next = s.consolePath(next); next == "" {
		return ""
	}
	return url.Values{"next": {next}}.Encode()
}

// nextField is the same as a field of a form.
func (s *Site) nextField(next string) []templates.Field {
	if next = s.consolePath(next); next == "" {
		return nil
	}
	return []templates.Field{{Name: "next", Value: next}}
}

// goOn answers with a page of ours that leads on by itself: a browser that comes from another site brings no cookie of the
// console along until it goes from one of our own pages to the next (requirement W4).
func (s *Site) goOn(v *visit, to string) error {
	t := v.words.T
	v.Response().Header().Set("Refresh", "0; url="+to)
	view := templates.AgentStopView{AgentPage: s.console(v, t("agent.on.title"), v.path()), Title: title(t("agent.on.title")),
		Lead: []string{t("agent.on.lead")}, Go: ui.Link{Text: t("agent.on.button"), URL: to}}
	return s.fresh(v, http.StatusOK, templates.AgentStop(view))
}

// deniedView says that a page is there, but not for this agent.
func (s *Site) deniedView(v *visit) templates.AgentStopView {
	t := v.words.T
	return templates.AgentStopView{AgentPage: s.console(v, t("agent.denied.title"), "/agent"),
		Title: title(t("agent.denied.title")), Lead: []string{t("agent.denied.lead", "Roles", s.roles(v))},
		Go: ui.Link{Text: t("agent.denied.desk"), URL: v.to("/agent", "")}}
}
