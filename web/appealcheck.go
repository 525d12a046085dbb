package web

import (
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showAppealCheck shows all answers before they are sent.
func (s *Site) showAppealCheck(v *visit) error {
	return s.writing(v, func(f *filing) error { return s.fresh(v, 200, templates.AppealCheck(f.checkView())) })
}

// submitAppealCheck sends the appeal, or what was asked for. Sent twice is sent once.
func (s *Site) submitAppealCheck(v *visit) error {
	return s.writing(v, func(f *filing) error {
		if _, err := v.form(); err != nil {
			return err
		}
		_, err := s.Tickets.Send(v.Request().Context(), f.sight.ID, f.form.Ticket.ID)
		if problem.KindOf(err) == problem.KindInvalid {
			view := f.checkView()
			view.Errors = []templates.FieldError{{Text: f.t("appeal.error.empty")}}
			return s.fresh(v, 422, templates.AppealCheck(view))
		}
		if err != nil {
			return err
		}
		return v.see(f.to())
	})
}

func (f *filing) checkView() templates.AppealCheckView {
	key := "appeal.check."
	if f.form.Ticket.State == support.TicketAsked {
		key = "appeal.again."
	}
	view := templates.AppealCheckView{Page: f.unlisted(f.visit, f.t(key+"title"), f.path("check")), Title: title(f.t(key + "title")),
		Lead: []string{f.t(key + "lead")}, Heading: f.t("appeal.check.answers"), Meter: f.meter(), Never: f.neverNote(f.visit),
		Form: templates.LiveForm{Action: f.to("check"), Button: f.t(key + "button")}, Sent: f.list("appeal.sent", 3),
		Keep: f.t("appeal.check.keep", "Days", int(f.kind.Keep/(24*time.Hour))), Call: f.callLink(), CallAt: f.callText()}
	for _, a := range f.asks() {
		name := f.t("appeal.ask." + a.ID + ".name")
		view.Answers = append(view.Answers, templates.AppealSaid{Given: len(f.form.Answers[a.ID]) > 0,
			Said: ui.Said{Question: name, Answer: f.said(a), ChangeURL: f.to(a.ID), ChangeLabel: name}})
	}
	view.Assist = f.live().assisted()
	if next := f.next(""); next != "" {
		view.GoOn = ui.Link{Text: f.t("appeal.check.go-on"), URL: f.to(next)}
	}
	if round := f.form.Ticket.Waiting(); round != nil {
		view.Papers = papers(f.visit, round.Papers)
		view.Back = ui.Link{Text: f.t("appeal.again.back"), URL: f.to()}
	}
	return view
}

// said is an answer in one text; an answer with several parts reads like a line of a form.
func (f *filing) said(a support.Ask) string {
	var entries []string
	if _, pictures := a.Pictures(); pictures && len(f.form.Answers[a.ID]) > 0 {
		return f.t("appeal.check.pictures", "n", len(f.form.Answers[a.ID]))
	}
	for _, entry := range f.form.Answers[a.ID] {
		var parts []string
		for _, p := range a.Parts {
			switch value := entry[p.ID]; {
			case value == "":
			case p.Kind == support.PartYuan:
				parts = append(parts, f.t("appeal.check.yuan", "Yuan", value))
			default:
				parts = append(parts, value)
			}
		}
		entries = append(entries, strings.Join(parts, f.t("say.comma")))
	}
	if len(entries) == 0 && f.seen(a.ID) {
		return f.t("appeal.ask.left-out")
	}
	if len(entries) == 0 {
		return f.t("appeal.ask.not-yet")
	}
	return strings.Join(entries, f.t("appeal.check.and"))
}

// listed is a list of what people chose, in words; nil if they chose nothing.
func listed(heading string, ids []string, say func(id string) string) *templates.LiveList {
	if len(ids) == 0 {
		return nil
	}
	list := &templates.LiveList{Title: heading}
	for _, id := range ids {
		list.Items = append(list.Items, say(id))
	}
	return list
}

// papers are those to bring.
func papers(v *visit, ids []string) *templates.LiveList {
	return listed(v.words.T("appeal.status.papers"), ids, func(id string) string { return v.words.T("appeal.paper." + id) })
}
