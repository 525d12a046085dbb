package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
)

// What the buttons of the page send: a channel, "channel/step", or one of these.
const (
	toChooser = "choose"
	toArticle = "help:"
)

// submitNewLink makes the link of a button: on the page of the console, or on that of a public share.
func (s *Site) submitNewLink(v *visit) error {
	form, err := v.form("platform", "lang", "answers", "to", "share", "expires", "uses")
	if err != nil {
		return err
	}
	wish, ok, err := s.wish(v, form)
	if err != nil {
		return err
	}
	if !ok {
		return s.showUnmade(v, form)
	}
	link, err := s.Links.Make(v.Request().Context(), wish)
	if problem.KindOf(err) == problem.KindInvalid {
		return s.showUnmade(v, form)
	}
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return v.see(v.to(madePath(link.Code), "said=made"))
}

// wish is the link that a form asks for; ok is false if it asks for what no page offers.
func (s *Site) wish(v *visit, form url.Values) (wish support.NewLink, ok bool, err error) {
	wish = support.NewLink{Agent: v.agent.Agent.ID, Lang: form.Get("lang"), Target: s.target(form)}
	if path := form.Get("share"); path != "" {
		if wish.Target, err = s.sharedTarget(path, form.Get("answers")); err != nil {
			return wish, false, err
		}
	}
	days, known := chosen(linkDays, form.Get("expires"))
	uses, offered := chosen(linkUses, form.Get("uses"))
	wish.Expires, wish.MaxUses = s.Now().Add(time.Duration(days)*24*time.Hour), uses
	return wish, known && offered, nil
}

// chosen is one of the numbers that a page offers; the first if none was chosen.
func chosen(offered []int, text string) (n int, ok bool) {
	if text == "" {
		return offered[0], true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && slices.Contains(offered, n)
}

// target is what a button of the page for new links leads to. Whether it exists is the links' to say.
func (s *Site) target(form url.Values) support.Target {
	to := form.Get("to")
	if slug, ok := strings.CutPrefix(to, toArticle); ok {
		return support.Target{Kind: support.ToArticle, Slug: slug}
	}
	t := support.Target{Kind: support.ToChannel, Platform: form.Get("platform"), Query: form.Get("answers")}
	if to == toChooser {
		t.Kind = support.ToChooser
		return t
	}
	var deeper bool
	if t.Channel, t.Step, deeper = strings.Cut(to, "/"); deeper {
		t.Kind = support.ToStep
	}
	return t
}

// showUnmade shows the page again, with what was said: somebody sent what no button does.
func (s *Site) showUnmade(v *visit, form url.Values) error {
	query, _ := url.ParseQuery(form.Get("answers")) // what cannot be read was not said
	query.Set("platform", form.Get("platform"))
	query.Set("lang", form.Get("lang"))
	view, err := s.newLinkView(v, s.draft(v, query))
	if err != nil {
		return err
	}
	view.Errors = []templates.FieldError{{Text: v.words.T("link.new.wrong")}}
	return s.fresh(v, 422, templates.LinkNew(view))
}
