package web

import (
	"net/http"
	"strings"

	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// signedIn is where a request keeps who is signed in, for the page that says what went wrong.
const signedIn = "agent"

// atDesk says whether a request is for a page of the console, and gives the visit who is signed in.
func (s *Site) atDesk(v *visit) bool {
	v.agent, _ = v.Get(signedIn).(*support.Presence)
	path := v.path()
	return s.Desk != nil && (path == "/agent" || strings.HasPrefix(path, "/agent/"))
}

// troubleView is a page of the console that could not be shown.
func (s *Site) troubleView(v *visit, err error, status int) templates.AgentStopView {
	t := v.words.T
	view := templates.AgentStopView{AgentPage: s.console(v, t("agent.trouble.title"), "/agent"),
		Title: title(t("agent.trouble.title")), Lead: []string{t("agent.trouble.again")},
		Go: ui.Link{Text: t("agent.denied.desk"), URL: v.to("/agent", "")}}
	said := templates.ErrorView{Status: status}
	s.comeBack(v, err, &said)
	switch {
	case said.Text != "":
		view.Lead = []string{said.Text}
	case status == http.StatusNotFound || status == http.StatusGone:
		view.Lead = []string{t("agent.trouble.not-found")}
	case status >= http.StatusInternalServerError:
		view.Lead = []string{t("agent.trouble.later")}
	case status == http.StatusForbidden && v.agent == nil:
		view.Lead = []string{t("agent.sign-in.ended")}
		view.Go = ui.Link{Text: unbroken(t("agent.sign-in.title")), URL: v.to("/agent/sign-in", "")}
	}
	return view
}
