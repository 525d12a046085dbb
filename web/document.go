package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"zhaohui/internal/problem"
	"zhaohui/templates"
)

// showDocument shows a page of prose: how to know that this is genuine, privacy.
func (s *Site) showDocument(v *visit) error {
	slug := strings.TrimPrefix(v.path(), "/")
	page, ok := s.Content.Pages[slug][v.words.Code()]
	if !ok {
		return fmt.Errorf("document: %w", problem.NotFound)
	}
	return s.cached(v, "/"+slug, func() templ.Component {
		html := "<p>" + templ.EscapeString(page.Lead) + "</p>" + page.HTML
		if slug == "genuine" {
			html += s.genuineHosts(v)
		}
		view := templates.DocView{Page: s.frame(v, unbroken(page.Title), page.Lead, "/"+slug, ""), Title: title(page.Title),
			HTML: html}
		view.ShareURL = v.to("/share/"+slug, "")
		return templates.Doc(view)
	})
}

// genuineHosts lists the addresses that are really this portal.
func (s *Site) genuineHosts(v *visit) string {
	var b strings.Builder
	b.WriteString("<h2>" + templ.EscapeString(v.words.T("say.genuine-hosts")) + "</h2><ul><li><code>" +
		templ.EscapeString(s.absolute("/")) + "</code></li>")
	for _, host := range s.Content.Operator.Hosts {
		if host != s.PublicURL.Host {
			b.WriteString("<li><code>https://" + templ.EscapeString(host) + "/</code></li>")
		}
	}
	b.WriteString("</ul>")
	return b.String()
}

// showLeaving names the host before a person leaves (requirement G2). Only listed hosts can be left to.
func (s *Site) showLeaving(v *visit) error {
	to := v.QueryParam("to")
	if !s.Content.Outward(to) {
		return fmt.Errorf("leave: %w", problem.NotFound)
	}
	u, err := url.Parse(to)
	if err != nil {
		return fmt.Errorf("leave: %w", problem.NotFound)
	}
	view := templates.LeavingView{Page: s.frame(v, v.words.T("leaving.title"), "", "/leave", "to="+url.QueryEscape(to)),
		Host: u.Host,
		URL:  u.String(), Back: v.to("/", "")}
	view.NoIndex = true
	return s.fresh(v, 200, templates.Leaving(view))
}
