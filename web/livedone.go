package web

import (
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// done says what changed, what is limited until when, and what to do next (coverage L20).
func (l *live) done(codes []string) templates.LiveDoneView {
	view := templates.LiveDoneView{Platform: l.platform.ID, Channel: l.channel.ID, Title: title(l.t("live.done.title")),
		Lead: []string{l.t("live.done.lead")}, Changed: *l.list("live.done.changed", 4), Next: *l.list("live.done.next", 3),
		CheckTitle: title(l.t("live.done.check")),
		CheckText:  l.t("live.done.check-text"), Home: ui.Link{Text: l.t("live.done.home"), URL: l.visit.to("/", "")}}
	after := l.Policy.After
	if !l.sight.Limits.IsZero() {
		view.Limited = templates.LiveList{Title: l.t("live.done.limited", "Time", l.clock(l.sight.Limits)), Items: []string{
			l.t("live.done.limited-single", "Yuan", after.Single/100), l.t("live.done.limited-daily", "Yuan", after.Daily/100)}}
		if v := l.sight.Verdict; v != nil && v.Limited > 0 {
			first := l.t("live.done.limited-first", "Time", whole(l.clock(l.sight.Ended.Add(v.Limited))), "Yuan", after.Limited/100)
			view.Limited.Items = append(view.Limited.Items, first)
		}
	}
	if len(codes) > 0 {
		view.Codes = &templates.CodesView{Title: unbroken(l.t("live.done.codes")), Text: l.t("live.done.codes-text"),
			Codes: codes}
	}
	for _, name := range recovery.Ready {
		if l.sight.Has == nil {
			break
		}
		row := templates.CheckRow{Text: l.t("live.done.check-" + name), Yes: l.sight.Has[name], Word: l.t("live.done.check-yes")}
		if !row.Yes {
			row.Word, row.Advice = l.t("live.done.check-no"), l.t("live.done.advice-"+name)
			if l.sight.Has[name+recovery.Useless] {
				row.Word = l.t("live.done.check-useless")
			}
		}
		view.Checks = append(view.Checks, row)
	}
	if aside, ok := l.platform.Channel("prevention"); ok {
		view.NextLinks = append(view.NextLinks, ui.Link{Text: aside.Texts[l.visit.words.Code()].Name,
			URL: l.visit.to(channelPath(l.platform.ID, aside.ID), "")})
	}
	view.Page = l.frame(joined(view.Title))
	return view
}

// ended is a case that is over without a new password.
func (l *live) ended() templates.CaseEndedView {
	kind := string(l.sight.Place.State)
	view := templates.CaseEndedView{Kind: kind, Title: title(l.t("live." + kind + ".title")),
		Lead: []string{l.t("live." + kind + ".lead")},
		Safe: l.has("live." + kind + ".safe"), AgainURL: l.visit.to(channelPath(l.platform.ID, l.channel.ID), ""),
		AgainText: l.t("live.again.button"),
		Contacts:  l.ownContacts(l.visit.words.Code())}
	if l.sight.Frozen {
		view.Safe = l.t("live.stopped.frozen")
	}
	if l.has("live."+kind+".do") != "" {
		view.Do = *l.list("live."+kind+".do", 2)
	}
	view.Page = l.frame(joined(view.Title))
	return view
}
