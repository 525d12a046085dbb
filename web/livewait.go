package web

import (
	"strings"
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
	until, every := l.from(w.Until), 10
	scale := title(l.t("live.wait.left", "Left", l.span(left)))
	switch {
	case left <= 0:
		scale = title(l.t("live.wait.over"))
	case w.Until.Sub(w.From) <= short:
		until, every = w.Until.In(l.Zone).Format("15:04:05"), 3
		scale = title(l.t("live.wait.left", "Left", l.t("say.span-seconds", "n", int((left+time.Second-1)/time.Second))))
	case gone >= time.Minute:
		scale = title(l.t("live.wait.passed", "Gone", l.hours(gone.Truncate(time.Minute), 0), "Left", l.hours(left, time.Hour-1)))
	}
	return templates.LiveWaitView{Assist: l.assisted(), Platform: l.platform.ID, Channel: l.channel.ID, StepID: l.sight.Place.ID,
		Watch:      ui.Watch{Every: every, Turn: max(0, int(left.Seconds())+1)},
		Facts:      []ui.Fact{{Term: l.t("live.hold.who"), Text: who}, {Term: l.t("live.hold.until"), Text: until}},
		ScaleTitle: scale, Ready: &templates.LiveForm{Action: l.visit.to(l.path, ""), Hidden: namedPage(), Button: l.t("live.wait.refresh")},
		AsOf: l.t("live.wait.as-of", "Time", l.Now().In(l.Zone).Format("15:04:05")), Meanwhile: l.list("live.wait.meanwhile", 3),
		Leave: l.t("live.wait.leave"), Proofs: l.proofs(), Another: l.another(), Resume: l.resume(),
		Handoff: l.handoff(), Stop: l.giveUp()}
}

// hold is the wait that is left to the true owner.
func (l *live) hold(view *templates.LiveWaitView, w recovery.Wait) {
	view.Title, view.Lead = title(l.t("live.hold.title", "Time", l.from(w.Until))), []string{l.t("live.hold.lead")}
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
	last := templates.WaitEvent{Time: l.from(w.Until), Text: until, State: "ahead"}
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

// joined is a title in one piece.
func joined(t ui.Title) string { return strings.Join(t, "") }
