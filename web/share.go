package web

import (
	"fmt"
	"strings"

	"zhaohui/internal/guide"
	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"

	"rsc.io/qr"
)

// showShare gives the link, the QR code and a ready text for a page, without storing anything. What is shared never
// carries the answer to the safety question (requirement G4).
func (s *Site) showShare(v *visit) error {
	name, path, query, err := s.shared(v, v.Param("*"))
	if err != nil {
		return err
	}
	own := v.to(path, query)
	link := s.absolute(own)
	code, err := code(link, v.words.T("say.qr", "Name", name))
	if err != nil {
		return err
	}
	view := templates.ShareView{Page: s.frame(v, v.words.T("share.title"), "", "/share"+path, query), Title: name, URL: link,
		QR:   code,
		Text: v.words.T("share.message", "Title", name, "URL", link),
		Back: own, BackText: v.words.T("share.back"), Stored: s.storedShare(v, path, query)}
	view.NoIndex = true
	return s.fresh(v, 200, templates.Share(view))
}

// storedShare offers to an agent who is signed in a link that says what became of it; nil for everybody else.
func (s *Site) storedShare(v *visit, path, query string) *templates.ShareStored {
	token := s.agents.read(v.Request())
	if token == "" || s.Desk == nil || s.Links == nil {
		return nil
	}
	here, err := s.Desk.Who(v.Request().Context(), token)
	if err != nil || !here.Agent.May(support.RightShare) {
		return nil
	}
	t := v.words.T
	return &templates.ShareStored{Title: t("link.share.title"), Text: t("link.share.text"), Button: t("link.share.go"),
		Action: v.to("/agent/links", ""),
		Hidden: []templates.Field{{Name: "share", Value: path}, {Name: "answers", Value: query}, {Name: "lang", Value: v.words.Code()}}}
}

// sharedTarget is the page of a public share as the target of a link. Whether there is one is the links' to say.
func (s *Site) sharedTarget(path, answers string) (support.Target, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	first, last := parts[0], parts[len(parts)-1]
	platform := support.Target{Kind: support.ToPlatform, Query: answers}
	if len(parts) > 1 {
		platform.Platform = parts[1]
	}
	switch {
	case first == "stop" && len(parts) == 2:
		return support.Target{Kind: support.ToStop, Slug: last}, nil
	case first == "help" && len(parts) == 2:
		return support.Target{Kind: support.ToArticle, Slug: last}, nil
	case first == "help" && len(parts) == 1:
		return support.Target{Kind: support.ToHelp}, nil
	case len(parts) == 1:
		return support.Target{Kind: support.ToPage, Slug: first}, nil
	case first != "p" || len(parts) > 4:
		return support.Target{}, fmt.Errorf("share: %w", problem.NotFound)
	case len(parts) == 3 && (last == "choose" || last == "result"):
		platform.Kind = support.ToChooser
	case len(parts) == 3:
		platform.Kind, platform.Channel = support.ToChannel, last
	case len(parts) == 4:
		platform.Kind, platform.Channel, platform.Step = support.ToStep, parts[2], last
	}
	return platform, nil
}

// shared checks that a path is a page worth sharing and says what it is called.
func (s *Site) shared(v *visit, rest string) (name, path, query string, err error) {
	lang := v.words.Code()
	parts := strings.Split(rest, "/")
	notFound := fmt.Errorf("share %d parts: %w", len(parts), problem.NotFound)
	if len(parts) == 2 && parts[0] == "help" {
		a, ok := s.Content.Help.Article(parts[1])
		if !ok {
			return "", "", "", notFound
		}
		return unbroken(a.Texts[lang].Title), articlePath(a.Slug), "", nil
	}
	if stop, ok := s.Content.Stops[parts[len(parts)-1]]; ok && len(parts) == 2 && parts[0] == "stop" {
		return unbroken(stop.Texts[lang].Title), "/stop/" + stop.ID, "", nil
	}
	if page, ok := s.Content.Pages[rest]; ok {
		return unbroken(page[lang].Title), "/" + rest, "", nil
	}
	if rest == "help" {
		return v.words.T("help.title"), "/help", "", nil
	}
	if len(parts) < 2 || len(parts) > 4 || parts[0] != "p" {
		return "", "", "", notFound
	}
	p, ok := s.known(parts[1])
	if !ok {
		return "", "", "", notFound
	}
	answers := v.answers(p).WithoutSafety().Query()
	switch {
	case len(parts) == 2:
		return p.Texts[lang].Name, platformPath(p.ID), "", nil
	case len(parts) == 3 && parts[2] == "choose":
		return p.Texts[lang].Name, choosePath(p.ID), answers, nil
	case len(parts) == 3 && parts[2] == "result":
		return p.Texts[lang].Name, resultPath(p.ID), answers, nil
	}
	c, ok := p.Channel(parts[2])
	if !ok {
		return "", "", "", notFound
	}
	if len(parts) == 3 {
		return p.Texts[lang].Name + v.words.T("say.dot") + c.Texts[lang].Name, channelPath(p.ID, c.ID), "", nil
	}
	step, ok := c.Texts[lang].Steps[parts[3]]
	if !ok {
		return "", "", "", notFound
	}
	return c.Texts[lang].Name + v.words.T("say.dot") + unbroken(step.Title), stepPath(p.ID, c.ID, parts[3]), "", nil
}

// code draws an address as a QR code: one path of unit squares with the quiet zone of four around it.
func code(text, label string) (ui.QR, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return ui.QR{}, fmt.Errorf("draw code: %w", err)
	}
	var path strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			run := 0
			for x+run < c.Size && c.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+4, y+4, run, run)
				x += run
			}
		}
	}
	return ui.QR{Size: c.Size + 8, Path: path.String(), Label: label}, nil
}

// showPrint is a whole walk on one sheet, with the official lines and a code back to the page.
func (s *Site) showPrint(v *visit) error {
	p, c, err := s.channel(v)
	if err != nil {
		return err
	}
	if c.Live != nil { // a recovery is no sheet of paper
		return v.see(v.to(channelPath(p.ID, c.ID), v.answers(p).Query()))
	}
	answers := v.answers(p)
	if stop := answers.Recommend().Stop; stop != "" {
		return s.fresh(v, 200, templates.Stop(s.stopView(v, p, answers, stop)))
	}
	view, err := s.printView(v, p, c, answers)
	if err != nil {
		return err
	}
	return s.fresh(v, 200, templates.WalkPrint(view))
}

func (s *Site) printView(v *visit, p *guide.Platform, c *guide.Channel, answers guide.Answers) (templates.WalkPrintView, error) {
	lang := v.words.Code()
	t := c.Texts[lang]
	link := s.absolute(v.to(channelPath(p.ID, c.ID), ""))
	qr, err := code(link, v.words.T("say.qr", "Name", t.Name))
	view := templates.WalkPrintView{Page: s.frame(v, unbroken(t.Title), t.Summary, channelPath(p.ID, c.ID)+"/print",
		answers.Query()),
		Platform: p.ID,
		Safety:   s.safety(v, p, answers, channelPath(p.ID, c.ID)+"/print"),
		Channel:  c.ID, Title: title(t.Title), Have: t.Have, QR: qr, Contacts: s.platformContacts(p, lang), URL: link}
	view.NoIndex = true
	for i, step := range c.Steps {
		st := t.Steps[step.ID]
		ps := templates.PrintStep{Number: i + 1, Title: unbroken(st.Title), HTML: st.HTML, SeeHTML: st.SeeHTML,
			Checklist: st.List}
		for _, label := range step.Path {
			ps.Path = append(ps.Path, p.Label(c, lang, label))
		}
		view.Steps = append(view.Steps, ps)
	}
	return view, err
}
