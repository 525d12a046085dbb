package web

import (
	"time"

	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

func (f *filing) t(key string, pairs ...any) string { return f.visit.words.T(key, pairs...) }

// has is a text that may be missing.
func (f *filing) has(key string, pairs ...any) string {
	if text := f.t(key, pairs...); text != key {
		return text
	}
	return ""
}

func (f *filing) clock(at time.Time) string { return f.clockTime(f.visit, at) }

// until is the end of a promise by the clock; midnight is the end of the day before, as people say it.
func (s *Site) until(v *visit, at time.Time) string {
	if local := at.In(s.Zone); local.Hour() == 0 && local.Minute() == 0 {
		at = at.Add(-time.Minute)
	}
	return s.clockTime(v, at)
}

func (f *filing) path(below ...string) string { return appealPath(f.sight.ID, below...) }

func (f *filing) to(below ...string) string { return f.visit.to(f.path(below...), "") }

// list is a heading with its numbered lines.
func (f *filing) list(key string, n int, pairs ...any) templates.LiveList {
	return *numbered(f.visit, key, key, n, pairs...)
}

// never is what nobody asks of them here.
func (s *Site) neverNote(v *visit) ui.Note {
	return ui.Note{Title: v.words.T("appeal.never.title"), Text: v.words.T("appeal.never.text")}
}

func (f *filing) startView() templates.AppealStartView {
	view := templates.AppealStartView{Page: f.unlisted(f.visit, f.t("appeal.start.title"), f.path()),
		Title: title(f.t("appeal.start.title")),
		Lead:  []string{f.t("appeal.start.lead")},
		Back:  f.back(),
		Form: templates.LiveForm{Action: f.to(), Button: f.t("appeal.start.button"),
			Hidden: []templates.Field{{Name: "do", Value: "begin"}}},
		Before: f.list("appeal.start.before", 4, "Count", len(f.kind.Asks)), Never: f.neverNote(f.visit),
		People: f.ownContacts(f.visit.words.Code()),
		Asked:  templates.LiveList{Title: f.t("appeal.start.asked")},
		Sooner: templates.LiveList{Title: f.t("appeal.start.sooner")}}
	if f.opened() {
		view.Lead = []string{f.t("appeal.start.opened"), f.t("appeal.start.lead")}
	}
	view.Beside = f.beside()
	for _, a := range f.kind.Asks {
		view.Asked.Items = append(view.Asked.Items, f.t("appeal.ask."+a.ID+".name"))
	}
	for _, step := range f.kind.Promise.Steps {
		key := "appeal.start.from"
		if step.From == 0 {
			key = "appeal.start.less"
		}
		view.Sooner.Items = append(view.Sooner.Items, f.t(key, "Score", step.From, "Hours", int(step.Within/time.Hour)))
	}
	view.Sooner.Items = append(view.Sooner.Items, f.t("appeal.start.counts-"+string(f.kind.Promise.Counts)))
	return view
}

// live is the case of the appeal, as its other pages show it.
func (f *filing) live() *live {
	return &live{Site: f.Site, visit: f.visit, platform: f.livePlatform(), sight: f.sight, path: f.path()}
}

// beside is what every page of a case has. One that is over has nothing to stop.
func (f *filing) beside() templates.AppealBeside {
	l := f.live()
	b := templates.AppealBeside{Assist: l.assisted(), Resume: l.resume()}
	if f.sight.Place.State == recovery.Open {
		b.Another, b.Stop, b.Deadline = l.another(), l.giveUp(), l.deadline()
	}
	return b
}

// back leads to where the case stands, unless that is here.
func (f *filing) back() ui.Link {
	if at := f.casePath(f.sight); at != f.path() {
		return ui.Link{Text: f.t("appeal.back"), URL: f.visit.to(at, "")}
	}
	return ui.Link{}
}

// askView is a question with what was typed, and what is wrong with it.
func (f *filing) askView(ask support.Ask, typed, mistakes map[string]string) templates.AppealAskView {
	key := "appeal.ask." + ask.ID + "."
	asks := f.asks()
	view := templates.AppealAskView{Page: f.unlisted(f.visit, f.t(key+"title"), f.path(ask.ID)), AskID: ask.ID,
		Title: title(f.t(key + "title")), Action: f.to(ask.ID), Count: len(asks), Save: f.t("appeal.ask.save"),
		Skip: f.t("appeal.ask.skip"), Meter: f.meter(), Stations: f.stations(ask.ID),
		Private: ui.Note{Title: f.t("appeal.private.title"), Text: f.t("appeal.private.text")},
		Back:    ui.Link{Text: f.t("appeal.ask.list"), URL: f.to("check")}}
	view.Beside.Assist, view.Beside.Resume = f.live().assisted(), f.live().resume()
	if lead := f.has(key + "lead"); lead != "" {
		view.Lead = []string{lead}
	}
	for i, a := range asks {
		if a.ID == ask.ID {
			view.Number = i + 1
		}
	}
	view.Place = f.t("appeal.ask.place", "Number", view.Number, "Count", view.Count)
	for i := range max(1, ask.Many) {
		entry, errors := f.entry(ask, i, typed, mistakes)
		view.Entries = append(view.Entries, entry)
		view.Errors = append(view.Errors, errors...)
	}
	return view
}

// entry is the fields of one answer.
func (f *filing) entry(ask support.Ask, i int, typed, mistakes map[string]string) (templates.AppealEntry, []templates.FieldError) {
	e := templates.AppealEntry{Open: i == 0}
	if ask.Many > 1 {
		e.Legend = f.t("appeal.ask."+ask.ID+".entry", "Number", i+1)
	}
	var errors []templates.FieldError
	for _, p := range ask.Parts {
		name := support.Input(p.ID, i)
		field := f.field(ask, p, name, typed[name])
		if code := mistakes[name]; code != "" {
			field.Error = f.mistake(p, code)
			text := field.Label + f.t("appeal.error.colon") + field.Error
			if e.Legend != "" {
				text = e.Legend + f.t("say.dot") + text
			}
			errors = append(errors, templates.FieldError{Field: name, Text: text})
		}
		e.Open = e.Open || field.Value != "" || field.Error != ""
		e.Fields = append(e.Fields, field)
	}
	return e, errors
}

// longText is so many signs that one line does not show them.
const longText = 100

func (f *filing) field(ask support.Ask, p support.Part, name, value string) templates.LiveField {
	key := "appeal.ask." + ask.ID + "." + p.ID
	field := templates.LiveField{Name: name, Kind: "text", Label: f.t(key), Hint: f.has(key + "-hint"), Value: value, Optional: true,
		AutoComplete: "off", Max: 2 * p.Max} // what is pasted may be longer; it is told, not cut
	if p.Optional {
		field.Label += f.t("appeal.ask.optional")
	}
	switch {
	case p.Kind == support.PartPhone:
		field.Kind = "tel"
	case p.Kind == support.PartYuan:
		field.InputMode = "decimal"
	case p.Kind == support.PartText && p.Max >= longText:
		field.Kind = "long"
	}
	return field
}

// mistake is what is wrong with a field.
func (f *filing) mistake(p support.Part, code string) string {
	if text := f.has("appeal.error."+code+"-"+string(p.Kind), "Max", p.Max); text != "" {
		return text
	}
	return f.t("appeal.error."+code, "Max", p.Max)
}

// meter says how complete the appeal is and by when a person answers.
func (f *filing) meter() templates.AppealMeter {
	done := 0
	for _, entries := range f.form.Answers {
		if len(entries) > 0 {
			done++
		}
	}
	m := templates.AppealMeter{Score: f.form.Score, Title: title(f.t("appeal.meter.title", "Score", f.form.Score)),
		Text:  f.t("appeal.meter.text", "n", done, "Time", f.until(f.visit, f.form.Due)),
		Label: f.t("appeal.meter.label", "Score", f.form.Score)}
	if done == 0 {
		m.Text = f.t("appeal.meter.none")
	}
	for _, step := range f.kind.Promise.Steps {
		if step.From > 0 {
			m.Stages = append(m.Stages, step.From)
		}
		if step.From > f.form.Score { // the lowest that is still ahead comes last
			m.More = f.t("appeal.meter.more", "Score", step.From, "Hours", int(step.Within/time.Hour))
		}
	}
	if f.form.Ticket.State != support.TicketDraft { // the promise was given
		m.More = ""
	}
	return m
}

// stations are the questions that can be answered now.
func (f *filing) stations(here string) templates.AppealStations {
	line := templates.AppealStations{Title: f.t("appeal.ask.all")}
	for _, a := range f.asks() {
		stop := templates.AppealStop{Text: f.t("appeal.ask." + a.ID + ".name"), State: "ahead", URL: f.to(a.ID)}
		switch {
		case a.ID == here:
			stop.State, stop.URL = "here", ""
		case len(f.form.Answers[a.ID]) > 0:
			stop.State, stop.Note = "done", f.t("appeal.ask.answered")
		case f.seen(a.ID):
			stop.Note = f.t("appeal.ask.left-out")
		}
		line.Stops = append(line.Stops, stop)
	}
	return line
}
