package web

import (
	"fmt"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showMadeLink is one link: what to read out and to send, and what became of it.
func (s *Site) showMadeLink(v *visit) error {
	link, err := s.ownLink(v)
	if err != nil {
		return err
	}
	view, err := s.madeView(v, link)
	if err != nil {
		return err
	}
	switch said := v.QueryParam("said"); said {
	case "made", "again", "revoke", "scam":
		view.Notice = v.words.T("link.said." + said)
	}
	return s.fresh(v, 200, templates.LinkMade(view))
}

func (s *Site) madeView(v *visit, link support.Link) (templates.LinkMadeView, error) {
	t, number := v.words.T, support.ShowCode(link.Code)
	url := s.absolute(linkAddress(link, s.Words.Words(link.Lang)))
	qr, err := code(url, t("link.qr", "Code", number))
	if err != nil {
		return templates.LinkMadeView{}, err
	}
	view := templates.LinkMadeView{AgentPage: s.linkConsole(v, t("link.made.title", "Code", number), madePath(link.Code)),
		Where: s.where(v, link), Code: number, Host: s.PublicURL.Host, Address: linkPath(link.Code), URL: url, Spoken: s.spoken(v, link), QR: qr,
		Texts: s.linkTexts(v, link), Reached: reached(link.Counts), Counted: counted(v, link.Counts),
		Stopped: s.stopped(v, link.Counts), Facts: s.madeFacts(v, link), See: s.seen(v, link),
		Action: v.to(madePath(link.Code), ""), Again: t("link.again"), New: newLink(v),
		List: ui.Link{Text: t("link.list.title"), URL: v.to("/agent/links", "")}}
	why := link.Ended(s.Now())
	view.Revoke, view.Scam = why == "", why == support.WhyScam
	if view.Scam {
		view.See = view.See[:1] // it leads nowhere else
	}
	if why != "" {
		view.Ended = t("link.ended." + why)
	} else {
		view.Keys = append(view.Keys, templates.AgentKey{Key: "a", Text: t("share.copy-link")})
	}
	if !view.Scam {
		for _, pattern := range support.Patterns {
			view.Pattern = append(view.Pattern, templates.LinkChoice{Value: pattern, Text: t("link.scam.is-" + pattern)})
		}
	}
	return view, nil
}

func (s *Site) madeFacts(v *visit, link support.Link) []ui.Fact {
	t := v.words.T
	uses := t("link.uses.0")
	if link.MaxUses > 0 {
		uses = t("link.uses.n", "n", link.MaxUses)
	}
	facts := []ui.Fact{{Term: t("link.list.made"), Text: s.past(v, link.Created)},
		{Term: t("link.list.until"), Text: s.clockTime(v, link.Expires)}, {Term: t("link.new.uses"), Text: uses},
		{Term: t("link.new.lang"), Text: s.Words.Words(link.Lang).T("language.name")}}
	if strings.HasPrefix(link.Agent, support.TokenPrefix) {
		facts = append(facts, ui.Fact{Term: t("link.made.by"), Text: t("link.made.by-token")})
	}
	if link.Pattern != "" {
		facts = append(facts, ui.Fact{Term: t("link.scam.which"), Text: t("link.scam.is-" + link.Pattern)})
	}
	return facts
}

// seen are the pages that the customer sees, in their language.
func (s *Site) seen(v *visit, link support.Link) []ui.Link {
	words := s.Words.Words(link.Lang)
	place := s.Links.Place(link.Target, link.Lang)
	return []ui.Link{{Text: v.words.T("link.made.see-first"), URL: linkAddress(link, words)},
		{Text: v.words.T("link.made.see-then", "Title", s.Links.Place(link.Target, v.words.Code()).Title),
			URL: address(words.Prefix(), place.Path, place.Query)}}
}

// submitMadeLink takes a link back, makes the same once more, or says that it is part of a scam.
func (s *Site) submitMadeLink(v *visit) error {
	form, err := v.form("do", "pattern", "from")
	if err != nil {
		return err
	}
	link, err := s.ownLink(v)
	if err != nil {
		return err
	}
	said := form.Get("do")
	after, err := s.changeLink(v, link, said, form.Get("pattern"))
	switch {
	case wrong(err)["pattern"] != "":
		return s.askPattern(v, link)
	case err != nil:
		return fmt.Errorf("change link: %w", err)
	case form.Get("from") == "list":
		return v.see(v.to("/agent/links", "said="+said))
	}
	return v.see(v.to(madePath(after.Code), "said="+said))
}

// changeLink does what an agent asks for, and gives the link to go on with.
func (s *Site) changeLink(v *visit, link support.Link, do, pattern string) (support.Link, error) {
	ctx, me := v.Request().Context(), v.agent.Agent.ID
	switch do {
	case "revoke":
		return link, s.Links.Revoke(ctx, link.Code, support.Actor(me))
	case "scam":
		return link, s.Links.Scam(ctx, link.Code, pattern, support.Actor(me))
	case "again":
		return s.Links.Make(ctx, support.NewLink{Agent: me, Lang: link.Lang, MaxUses: link.MaxUses,
			Target: s.Links.Place(link.Target, link.Lang).Target, Expires: s.Now().Add(link.Expires.Sub(link.Created))})
	}
	return link, problem.Invalid{Fields: map[string]string{"do": "unknown"}}
}

// askPattern shows the page again if nobody said what kind of scam it is.
func (s *Site) askPattern(v *visit, link support.Link) error {
	view, err := s.madeView(v, link)
	if err != nil {
		return err
	}
	view.Errors = []templates.FieldError{{Field: "pattern", Text: v.words.T("link.scam.missing")}}
	return s.fresh(v, 422, templates.LinkMade(view))
}
