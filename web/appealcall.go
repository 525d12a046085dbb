package web

import (
	"strconv"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showAppealCall offers the calls that can be chosen now.
func (s *Site) showAppealCall(v *visit) error {
	return s.calling(v, func(f *filing) error { return f.showCalls(200, "") })
}

// submitAppealCall chooses a call, another one, or none.
func (s *Site) submitAppealCall(v *visit) error {
	return s.calling(v, func(f *filing) error {
		form, err := v.form("do", "slot")
		if err != nil {
			return err
		}
		slot, ok := slotOf(form.Get("slot"))
		switch do := form.Get("do"); {
		case do == "cancel":
			slot = time.Time{}
		case do != "call":
			return problem.Invalid{Fields: map[string]string{"do": "unknown"}}
		case !ok:
			return f.showCalls(422, f.t("appeal.call.required"))
		}
		_, err = s.Tickets.Call(v.Request().Context(), f.sight.ID, f.form.Ticket.ID, slot)
		switch problem.KindOf(err) {
		case problem.KindConflict:
			return f.showCalls(422, f.t("appeal.call.taken"))
		case problem.KindInvalid:
			return f.showCalls(422, f.t("appeal.call.gone"))
		}
		if err != nil {
			return err
		}
		if f.form.Ticket.State == support.TicketDraft {
			return v.see(f.to("check"))
		}
		return v.see(f.to())
	})
}

// calling is begun while somebody can still be called.
func (s *Site) calling(v *visit, page func(*filing) error) error {
	return s.begun(v, func(f *filing) error {
		if !f.turn() && f.form.Ticket.State != support.TicketOpen {
			return v.see(f.to())
		}
		return page(f)
	})
}

// slotOf reads a call as the page names it.
func slotOf(text string) (time.Time, bool) {
	ms, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMilli(ms), err == nil && ms > 0
}

func (f *filing) showCalls(status int, mistake string) error {
	slots, err := f.Tickets.Slots(f.visit.Request().Context())
	if err != nil {
		return err
	}
	chosen := f.form.Ticket.Slot
	view := templates.AppealCallView{Page: f.unlisted(f.visit, f.t("appeal.call.title"), f.path("call")),
		Title: title(f.t("appeal.call.title")),
		Lead:  []string{f.t("appeal.call.lead"), f.t("appeal.call.record")}, Action: f.to("call"), Label: f.t("appeal.call.label"),
		Hint: f.t("appeal.call.hint"), None: f.t("appeal.call.choose"), Button: f.t("appeal.call.button"), Error: mistake,
		Notice: f.callText(), Never: ui.Note{Title: f.t("appeal.call.never-title"), Text: f.t("appeal.call.never-text")},
		Back: ui.Link{Text: f.t("appeal.again.back"), URL: f.to()}}
	if !chosen.IsZero() {
		view.Button = f.t("appeal.call.change")
		view.Cancel = &templates.LiveForm{Action: f.to("call"), Button: f.t("appeal.call.cancel"),
			Hidden: []templates.Field{{Name: "do", Value: "cancel"}}}
	}
	if len(slots) == 0 {
		view.Notice = f.t("appeal.call.none")
	}
	if mistake != "" {
		view.Errors = []templates.FieldError{{Field: "slot", Text: mistake}}
	}
	for _, slot := range slots {
		at := slot.In(f.Zone)
		date := f.t("appeal.call.day", "Month", int(at.Month()), "MonthName", at.Format("January"), "Day", at.Day(), "Weekday",
			f.t("appeal.weekday."+strings.ToLower(at.Weekday().String())))
		if n := len(view.Days); n == 0 || view.Days[n-1].Text != date {
			view.Days = append(view.Days, templates.AppealDay{Text: date})
		}
		last := &view.Days[len(view.Days)-1]
		last.Slots = append(last.Slots, templates.LiveOption{Value: strconv.FormatInt(slot.UnixMilli(), 10), Text: at.Format("15:04"),
			Chosen: slot.Equal(chosen)})
	}
	return f.fresh(f.visit, status, templates.AppealCall(view))
}

// callLink leads to the calls, while there can be one.
func (f *filing) callLink() ui.Link {
	if !f.turn() && f.form.Ticket.State != support.TicketOpen {
		return ui.Link{}
	}
	text := "appeal.call.want"
	if !f.form.Ticket.Slot.IsZero() {
		text = "appeal.call.move"
	}
	return ui.Link{Text: f.t(text), URL: f.to("call")}
}

// callText says when they are called, "" if they are not.
func (f *filing) callText() string {
	if at := f.form.Ticket.Slot; !at.IsZero() {
		return f.t("appeal.call.at", "Time", f.clock(at))
	}
	return ""
}
