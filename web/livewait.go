package web

import (
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// Every wait says who acts, until when by the clock, what to do and how to pay meanwhile, and that closing the page loses
// nothing.

// wait is a hold, a bank that takes its time, or a pause instead of a puzzle.
func (l *live) wait() templates.LiveWaitView {
	w := *l.sight.Place.Wait
	view := l.waiting(w)
	if l.sight.Place.ID == recovery.StepHold {
		l.hold(&view, w)
	} else {
		view.Title, view.Lead = title(l.said("title")), []string{l.said("lead", "Card", l.sight.Place.Shown["card"])}
		if w.Who == "bank" {
			view.Lead = append(view.Lead, l.t("live.wait.bank-lead", "Time", l.clock(w.Until)))
		}
		if !l.Now().Before(w.Until) {
			view.Ready.Button = l.said("button")
		}
		from := l.t("live.wait.from")
		if w.Who == "bank" {
			from = l.t("live.wait.from-bank")
		}
		if w.Until.Sub(w.From) > short {
			view.Events = l.scale(w, from, l.t("live.wait.latest"))
		}
	}
	view.Page = l.frame(joined(view.Title))
	return view
}

// short is a wait that is counted in seconds and not drawn.
const short = 3 * time.Minute

// waiting is what all waits say.
func (l *live) waiting(w recovery.Wait) templates.LiveWaitView {
	who := l.t("live.wait." + w.Who + "-who")
	gone, left := l.Now().Sub(w.From), w.Until.Sub(l.Now())
	until, every := l.clock(w.Until), 10
	scale := title(l.t("live.wait.left", "Left", l.span(left)))
	switch {
	case left <= 0:
		scale = title(l.t("live.wait.over"))
	case w.Until.Sub(w.From) <= short:
		until, every = w.Until.In(l.Zone).Format("15:04:05"), 3
		scale = title(l.t("live.wait.left", "Left", l.t("say.span-seconds", "n", int((left+time.Second-1)/time.Second))))
	case gone >= time.Minute:
		scale = title(l.t("live.wait.passed", "Gone", l.span(gone.Truncate(time.Minute)), "Left", l.span(left)))
	}
	return templates.LiveWaitView{Platform: l.platform.ID, Channel: l.channel.ID, StepID: l.sight.Place.ID, Watch: ui.Watch{Every: every, Turn: max(0, int(left.Seconds())+1)},
		Facts:      []ui.Fact{{Term: l.t("live.hold.who"), Text: who}, {Term: l.t("live.hold.until"), Text: until}},
		ScaleTitle: scale, Ready: &templates.LiveForm{Action: l.visit.to(l.path, ""), Button: l.t("live.wait.refresh")},
		AsOf: l.t("live.wait.as-of", "Time", l.Now().In(l.Zone).Format("15:04:05")), Meanwhile: l.list("live.wait.meanwhile", 3),
		Leave: l.t("live.wait.leave"), Proofs: l.proofs(), Another: l.another(), Resume: l.resume(),
		Handoff: l.handoff(), Stop: l.giveUp()}
}

// hold is the wait that is left to the true owner.
func (l *live) hold(view *templates.LiveWaitView, w recovery.Wait) {
	view.Title, view.Lead = title(l.t("live.hold.title", "Time", l.clock(w.Until))), []string{l.t("live.hold.lead")}
	for _, reason := range l.sight.Environment.Reasons {
		if reason == recovery.ReasonRecent {
			view.Lead = append(view.Lead, l.t("live.hold.lead-recent"))
		}
	}
	view.Facts = append(view.Facts, ui.Fact{Term: l.t("live.hold.then"), Text: l.t("live.hold.then-text")})
	view.Calendar = ui.Link{Text: l.t("live.hold.calendar"), URL: l.visit.to("/case/"+l.sight.ID+"/hold.ics", "")}
	view.Events = l.scale(w, l.t("live.hold.event-start"), l.t("live.hold.event-end"))
	view.Events[0].Note = l.t("live.hold.event-told")
}

// scale is the way from the beginning over now to the end, to scale.
func (l *live) scale(w recovery.Wait, from, until string) []templates.WaitEvent {
	now, whole := l.Now(), w.Until.Sub(w.From)
	first := templates.WaitEvent{Time: l.clock(w.From), Text: from, State: "done"}
	last := templates.WaitEvent{Time: l.clock(w.Until), Text: until, State: "ahead"}
	if !now.Before(w.Until) || whole <= 0 {
		first.Share, last.State = 100, "here"
		return []templates.WaitEvent{first, last}
	}
	first.Share = max(0, int(now.Sub(w.From)*100/whole))
	here := templates.WaitEvent{Time: l.clock(now), Text: l.t("live.wait.now"), State: "here", Share: 100 - first.Share}
	return []templates.WaitEvent{first, here, last}
}

// setting is while the wallet is told; mostly nobody sees it.
func (l *live) setting() templates.LiveWaitView {
	w := *l.sight.Place.Wait
	view := l.waiting(w)
	view.Title, view.Lead = title(l.t("live.setting.title")), []string{l.t("live.setting.lead")}
	if l.Now().Sub(w.From) > 20*time.Second {
		view.Lead = append(view.Lead, l.t("live.setting.slow"))
	}
	view.Watch = ui.Watch{Every: 2}
	view.Facts, view.ScaleTitle, view.Events, view.Meanwhile, view.Another, view.Stop = view.Facts[:1], nil, nil, nil, nil, nil
	view.Page = l.frame(joined(view.Title))
	return view
}

func joined(t ui.Title) string {
	out := ""
	for _, part := range t {
		out += part
	}
	return out
}

// done says what changed, what is limited until when, and what to do next (coverage L20).
func (l *live) done(codes []string) templates.LiveDoneView {
	view := templates.LiveDoneView{Platform: l.platform.ID, Channel: l.channel.ID, Title: title(l.t("live.done.title")), Lead: []string{l.t("live.done.lead")},
		Changed: *l.list("live.done.changed", 4), Next: *l.list("live.done.next", 3), CheckTitle: title(l.t("live.done.check")),
		CheckText: l.t("live.done.check-text"), Home: ui.Link{Text: l.t("live.done.home"), URL: l.visit.to("/", "")}}
	after := l.Policy.After
	if !l.sight.Limits.IsZero() {
		view.Limited = templates.LiveList{Title: l.t("live.done.limited", "Time", l.clock(l.sight.Limits)), Items: []string{
			l.t("live.done.limited-single", "Yuan", after.Single/100), l.t("live.done.limited-daily", "Yuan", after.Daily/100)}}
		if v := l.sight.Verdict; v != nil && v.Limited > 0 {
			view.Limited.Items = append(view.Limited.Items, l.t("live.done.limited-first", "Time", l.clock(l.sight.Ended.Add(v.Limited)), "Yuan", after.Limited/100))
		}
	}
	if len(codes) > 0 {
		view.Codes = &templates.CodesView{Title: unbroken(l.t("live.done.codes")), Text: l.t("live.done.codes-text"), Codes: codes}
	}
	for _, name := range recovery.Ready {
		if l.sight.Has == nil {
			break
		}
		row := templates.CheckRow{Text: l.t("live.done.check-" + name), Yes: l.sight.Has[name], Word: l.t("live.done.check-yes")}
		if !row.Yes {
			row.Word, row.Advice = l.t("live.done.check-no"), l.t("live.done.advice-"+name)
		}
		view.Checks = append(view.Checks, row)
	}
	if aside, ok := l.platform.Channel("prevention"); ok {
		view.NextLinks = append(view.NextLinks, ui.Link{Text: aside.Texts[l.visit.words.Code()].Name, URL: l.visit.to(channelPath(l.platform.ID, aside.ID), "")})
	}
	view.Page = l.frame(joined(view.Title))
	return view
}

// ended is a case that is over without a new password.
func (l *live) ended() templates.CaseEndedView {
	kind := string(l.sight.Place.State)
	view := templates.CaseEndedView{Kind: kind, Title: title(l.t("live." + kind + ".title")), Lead: []string{l.t("live." + kind + ".lead")},
		Safe: l.has("live." + kind + ".safe"), AgainURL: l.visit.to(channelPath(l.platform.ID, l.channel.ID), ""), AgainText: l.t("live.again.button"),
		Contacts: l.ownContacts(l.visit.words.Code())}
	if l.sight.Frozen {
		view.Safe = l.t("live.stopped.frozen")
	}
	if l.has("live."+kind+".do") != "" {
		view.Do = *l.list("live."+kind+".do", 2)
	}
	view.Page = l.frame(joined(view.Title))
	return view
}
