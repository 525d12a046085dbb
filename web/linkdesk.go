package web

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// linksOnPage is how many links a page lists; one more is read to know whether there are any older.
const linksOnPage = 50

// showLinks lists an agent's own links, the newest first.
func (s *Site) showLinks(v *visit) error {
	after, _ := support.ParseCode(v.QueryParam("after"))
	links, err := s.Links.Of(v.Request().Context(), v.agent.Agent.ID, after, linksOnPage+1)
	if err != nil {
		return fmt.Errorf("list links: %w", err)
	}
	t := v.words.T
	view := templates.LinkListView{AgentPage: s.linkConsole(v, t("link.list.title"), "/agent/links"), New: newLink(v)}
	if s.open(v, "/agent/links/retire") {
		view.Retire = ui.Link{Text: t("link.retire.title"), URL: v.to("/agent/links/retire", "")}
	}
	if v.QueryParam("said") == "revoke" {
		view.Notice = t("link.said.revoke")
	}
	if len(links) > linksOnPage {
		links = links[:linksOnPage]
		view.More = ui.Link{Text: t("link.list.more"),
			URL: v.to("/agent/links", "after="+strings.ToLower(links[linksOnPage-1].Code))}
	}
	for _, link := range links {
		view.Rows = append(view.Rows, s.linkRow(v, link))
		if view.Last.ID == "" && link.Ended(s.Now()) == "" && after == "" {
			view.Last = s.lastText(v, link)
		}
	}
	return s.fresh(v, 200, templates.LinkList(view))
}

// linkConsole is the frame of a page about links, with the keys that all of them know.
func (s *Site) linkConsole(v *visit, heading, path string) templates.AgentPage {
	p := s.console(v, heading, path)
	p.Keys = append(p.Keys, templates.AgentKey{Key: "n", Text: v.words.T("link.new.title")},
		templates.AgentKey{Key: "l", Text: v.words.T("link.key.last")})
	return p
}

func newLink(v *visit) ui.Link {
	return ui.Link{Text: v.words.T("link.new.title"), URL: v.to("/agent/links/new", "")}
}

// madePath is an agent's own page of a link.
func madePath(code string) string { return "/agent/links/" + strings.ToLower(support.ShowCode(code)) }

func (s *Site) linkRow(v *visit, link support.Link) templates.LinkRow {
	row := templates.LinkRow{Where: s.where(v, link), Lang: s.Words.Words(link.Lang).T("language.name"),
		Code: support.ShowCode(link.Code), URL: v.to(madePath(link.Code), ""), Made: s.past(v, link.Created),
		Until: s.clockTime(v, link.Expires), Reached: reached(link.Counts), Counted: counted(v, link.Counts),
		Stopped: s.stopped(v, link.Counts)}
	switch why := link.Ended(s.Now()); why {
	case "":
		row.Revoke = v.to(madePath(link.Code), "")
	default:
		row.Ended, row.Scam = v.words.T("link.ended."+why), why == support.WhyScam
	}
	return row
}

// where is what a link leads to, in the agent's language.
func (s *Site) where(v *visit, link support.Link) string {
	name := s.Links.Place(link.Target, v.words.Code()).Title
	switch link.Target.Kind {
	case support.ToArticle:
		return v.words.T("link.kind.article") + v.words.T("say.dot") + name
	case support.ToChooser:
		return name + v.words.T("say.dot") + v.words.T("link.kind.chooser")
	}
	return name
}

// past is a moment that is over: the hour today, else the day too.
func (s *Site) past(v *visit, at time.Time) string {
	if days := day(s.Now().In(s.Zone)) - day(at.In(s.Zone)); days == 1 {
		return v.words.T("say.yesterday") + " " + at.In(s.Zone).Format("15:04")
	}
	return s.clockTime(v, at)
}

// reached is how far anybody came with a link.
func reached(c support.Counts) int {
	switch {
	case c.Finished > 0:
		return 3
	case c.Started > 0:
		return 2
	case c.Opened > 0:
		return 1
	}
	return 0
}

// counted says it in words.
func counted(v *visit, c support.Counts) string {
	if c.Opened == 0 && c.Started == 0 {
		return v.words.T("link.count.none")
	}
	parts := []string{v.words.T("link.count.opened", "n", c.Opened)}
	for _, p := range []struct {
		word string
		n    int
	}{{"link.count.started", c.Started}, {"link.count.finished", c.Finished}, {"link.count.failed", c.Failed}} {
		if p.n > 0 {
			parts = append(parts, v.words.T(p.word, "n", p.n))
		}
	}
	return strings.Join(parts, v.words.T("say.comma"))
}

// stopsShown is how many steps are named.
const stopsShown = 3

// stopped names the steps where visits stand, most first.
func (s *Site) stopped(v *visit, c support.Counts) []string {
	var all []string
	for _, at := range c.Steps[:min(len(c.Steps), stopsShown)] {
		text := s.stepName(v, at.Step)
		if at.Count > 1 {
			text = v.words.T("link.count.at", "Step", text, "Count", at.Count)
		}
		all = append(all, text)
	}
	return all
}

// stepName is what a step is called, "platform/channel/step". One of a recovery has the name of its page where it needs no
// values.
func (s *Site) stepName(v *visit, at string) string {
	parts := strings.Split(at, "/")
	if len(parts) != 3 {
		return at
	}
	p, ok := s.known(parts[0])
	if !ok {
		return at
	}
	c, ok := p.Channel(parts[1])
	if !ok {
		return p.Texts[v.words.Code()].Name
	}
	t := c.Texts[v.words.Code()]
	if place, ok := c.Place(parts[2]); ok {
		return v.words.T("say.step", "Number", place.Number, "Title", unbroken(t.Steps[place.Step.ID].Title))
	}
	if heading := s.liveStep(v, parts[2]); heading != "" {
		return t.Name + v.words.T("say.dot") + heading
	}
	return t.Name
}

// liveStep is what a step of a recovery is called, every case's or a method's own; "" if its page needs values to say it.
func (s *Site) liveStep(v *visit, step string) string {
	keys := []string{"live." + step + ".title", "live.status." + step}
	if s.Policy != nil {
		for _, method := range slices.Sorted(maps.Keys(s.Policy.Methods)) {
			keys = append(keys, "method."+method+"."+step+".title")
		}
	}
	l := &live{Site: s, visit: v}
	for _, key := range keys {
		if heading := l.has(key); heading != "" && !strings.Contains(heading, "<no value>") {
			return unbroken(heading)
		}
	}
	return ""
}

// ownLink finds the link of the address if the agent may see it: their own, or any for who answers for the desk.
func (s *Site) ownLink(v *visit) (support.Link, error) {
	link, err := s.Links.Find(v.Request().Context(), v.Param("code"))
	if err != nil && !errors.Is(err, problem.Expired) {
		return link, fmt.Errorf("own link: %w", err)
	}
	if me := v.agent.Agent; !link.By(me.ID) && !me.May(support.RightLead) {
		return support.Link{}, fmt.Errorf("own link: of somebody else: %w", problem.NotFound)
	}
	return link, nil
}
