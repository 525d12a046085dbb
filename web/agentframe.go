package web

import (
	"strings"

	"zhaohui/static"
	"zhaohui/templates"
)

// console fills the frame of a page of the console. Path is the page's own, without the language's prefix.
func (s *Site) console(v *visit, heading, path string) templates.AgentPage {
	t := v.words.T
	p := templates.AgentPage{Page: s.unlisted(v, heading, path), DeskURL: v.to("/agent", "")}
	p.SheetURL, p.CodeURL = static.URL("agent.css"), static.URL("agent.js")
	if v.agent == nil {
		p.DeskURL = v.to("/agent/sign-in", "")
		return p
	}
	p.Who, p.Role, p.MeURL, p.SignOut = v.agent.Agent.Shown, s.roles(v), v.to("/agent/me", ""), v.to("/agent/sign-out", "")
	p.Keys = []templates.AgentKey{{Key: "?", Text: t("agent.keys-this")}}
	for _, place := range s.places(v) {
		place.Here = place.URL == v.to(path, "") || place.URL != p.DeskURL && strings.HasPrefix(v.to(path, "")+"/", place.URL+"/")
		p.Places = append(p.Places, place)
		p.Keys = append(p.Keys, templates.AgentKey{Key: place.Key, Text: place.Text})
	}
	p.Keys = append(p.Keys, templates.AgentKey{Key: "m", Text: t("agent.me.title")})
	return p
}

// places are those of the menu that this agent may open.
func (s *Site) places(v *visit) []templates.AgentPlace {
	var all []templates.AgentPlace
	for _, p := range places {
		if s.open(v, p.path) {
			key := "agent.place." + p.word
			all = append(all, templates.AgentPlace{Text: v.words.T(key), Hint: v.words.T(key + "-hint"),
				URL: v.to(p.path, ""), Key: p.key, Count: s.waitingAt(v, p.path)})
		}
	}
	return all
}

// roles are what the agent is to the desk, in words.
func (s *Site) roles(v *visit) string {
	var all []string
	for _, r := range v.agent.Agent.Roles {
		all = append(all, v.words.T("agent.role."+string(r)))
	}
	return strings.Join(all, v.words.T("say.pause"))
}
