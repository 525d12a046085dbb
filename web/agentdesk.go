package web

import (
	"fmt"

	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// linksOnDesk is how many of their last links an agent sees at once.
const linksOnDesk = 5

// showDesk is the first page of the console: what is here for whoever is signed in, and the links they sent last.
func (s *Site) showDesk(v *visit) error {
	t := v.words.T
	view := templates.AgentDeskView{AgentPage: s.console(v, t("agent.desk.title"), "/agent"),
		Title: title(t("agent.desk.hello", "Name", v.agent.Agent.Shown)),
		Lead:  []string{t("agent.desk.lead", "Roles", s.roles(v), "Time", s.clockTime(v, v.agent.Until))}}
	for _, place := range s.places(v) {
		if place.URL != view.DeskURL {
			view.Here = append(view.Here, place)
		}
	}
	view.Here = append(view.Here, templates.AgentPlace{Text: t("agent.me.title"), Hint: t("agent.me.hint"), URL: view.MeURL})
	var err error
	if view.Wrong, err = s.alertRows(v); err != nil {
		return err
	}
	if s.open(v, "/agent/links") {
		if err := s.lastLinks(v, &view); err != nil {
			return err
		}
	}
	return s.fresh(v, 200, templates.AgentDesk(view))
}

// lastLinks adds the links that the agent sent last.
func (s *Site) lastLinks(v *visit, view *templates.AgentDeskView) error {
	links, err := s.Links.Of(v.Request().Context(), v.agent.Agent.ID, "", linksOnDesk)
	if err != nil {
		return fmt.Errorf("last links: %w", err)
	}
	view.AgentPage = s.linkConsole(v, view.Page.Title, "/agent")
	view.New, view.None = newLink(v), v.words.T("agent.desk.no-links")
	for _, link := range links {
		view.Links = append(view.Links, s.linkRow(v, link))
		if view.Last.ID == "" && link.Ended(s.Now()) == "" {
			view.Last = s.lastText(v, link)
		}
	}
	if len(links) > 0 {
		view.More = ui.Link{Text: v.words.T("agent.desk.all-links"), URL: v.to("/agent/links", "")}
	}
	return nil
}
