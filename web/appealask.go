package web

import (
	"slices"

	"zhaohui/internal/support"
	"zhaohui/templates"
)

// showAppealAsk is one question of an appeal.
func (s *Site) showAppealAsk(v *visit) error {
	return s.writing(v, func(f *filing) error {
		ask, ok := f.ask(v.Param("ask"))
		if !ok {
			return v.see(v.to(appealPath(f.sight.ID), ""))
		}
		if pictures(ask) {
			return s.fresh(v, 200, templates.Upload(f.uploadView(ask, nil)))
		}
		return s.fresh(v, 200, templates.AppealAsk(f.askView(ask, f.given(ask), nil)))
	})
}

// submitAppealAsk keeps the answer to a question; "I do not know" takes back what was written before. A form that comes when
// it is not the customer's turn any more changes nothing.
func (s *Site) submitAppealAsk(v *visit) error {
	return s.writing(v, func(f *filing) error {
		ask, ok := f.ask(v.Param("ask"))
		if !ok {
			return v.see(v.to(appealPath(f.sight.ID), ""))
		}
		form, err := v.form(append(inputs(ask), "do")...)
		if err != nil {
			return err
		}
		typed := map[string]string{}
		for _, name := range inputs(ask) {
			if form.Get("do") != "skip" && form.Get(name) != "" {
				typed[name] = form.Get(name)
			}
		}
		_, err = s.Tickets.Save(v.Request().Context(), f.sight.ID, f.form.Ticket.ID, ask.ID, typed)
		if mistakes := wrong(err); len(mistakes) > 0 {
			return s.fresh(v, 422, templates.AppealAsk(f.askView(ask, typed, mistakes)))
		}
		if err != nil {
			return err
		}
		return v.see(f.goOn(ask.ID))
	})
}

// ask finds a question that can be answered now.
func (f *filing) ask(id string) (support.Ask, bool) {
	asks := f.asks()
	i := slices.IndexFunc(asks, func(a support.Ask) bool { return a.ID == id })
	if i < 0 {
		return support.Ask{}, false
	}
	return asks[i], true
}

// inputs are the fields of a question.
func inputs(ask support.Ask) []string {
	var names []string
	for i := range max(1, ask.Many) {
		for _, p := range ask.Parts {
			names = append(names, support.Input(p.ID, i))
		}
	}
	return names
}

// given is what was answered before, by field.
func (f *filing) given(ask support.Ask) map[string]string {
	typed := map[string]string{}
	for i, entry := range f.form.Answers[ask.ID] {
		for part, value := range entry {
			typed[support.Input(part, i)] = value
		}
	}
	return typed
}
