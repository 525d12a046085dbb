package web

import (
	"errors"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showAppealDoor asks for number and key of an appeal.
func (s *Site) showAppealDoor(v *visit) error {
	return s.fresh(v, 200, templates.AppealDoor(s.appealDoor(v, "", nil)))
}

// submitAppealDoor opens the page of an appeal in this browser for half an hour, so that the key never stands in an address.
// A wrong number and a wrong key are answered the same.
func (s *Site) submitAppealDoor(v *visit) error {
	form, err := v.form("number", "key")
	if err != nil {
		return err
	}
	number, key := form.Get("number"), typedKey(form.Get("key"))
	missing := map[string]string{}
	for field, value := range map[string]string{"number": strings.TrimSpace(number), "key": key} {
		if value == "" {
			missing[field] = "required"
		}
	}
	if len(missing) > 0 {
		return s.fresh(v, 422, templates.AppealDoor(s.appealDoor(v, number, missing)))
	}
	ticket, err := s.Tickets.Find(v.Request().Context(), number, key, recovery.NetworkOf(v.RealIP()))
	if errors.Is(err, problem.NotFound) {
		return s.fresh(v, 422, templates.AppealDoor(s.appealDoor(v, number, map[string]string{"": "unknown"})))
	}
	if err != nil {
		return err
	}
	if err := s.cases.showTicket(v.Response(), v.Request(), ticket.ID, s.Now()); err != nil {
		return err
	}
	return v.see(v.to("/appeal/status", ""))
}

// showAppealFound is how the appeal stands whose number and key were typed.
func (s *Site) showAppealFound(v *visit) error {
	id := s.cases.shownTicket(v.Request(), s.Now())
	if id == "" {
		return v.see(v.to("/appeal", ""))
	}
	ticket, err := s.Tickets.Ticket(v.Request().Context(), id)
	if errors.Is(err, problem.NotFound) || err == nil && ticket.State == support.TicketDraft {
		return v.see(v.to("/appeal", ""))
	}
	if err != nil {
		return err
	}
	kind, ok := s.Tickets.Kind(ticket.Kind)
	if !ok {
		return problem.NotFound
	}
	fate, err := s.Recovery.Fate(v.Request().Context(), ticket.Case)
	if err != nil && !errors.Is(err, problem.NotFound) { // a case is forgotten before the letters about it are
		return err
	}
	view := (&standing{Site: s, visit: v, ticket: ticket, kind: kind, fate: fate}).view("/appeal/status")
	view.KeyText = v.words.T("appeal.status.keep-short")
	view.Refresh = ui.Link{Text: v.words.T("appeal.status.refresh"), URL: v.to("/appeal/status", "")}
	view.Close = &templates.LiveForm{Action: v.to("/appeal/close", ""), Button: v.words.T("appeal.close.button")}
	view.CloseText = v.words.T("appeal.close.hint")
	return s.fresh(v, 200, templates.AppealStatus(view))
}

// typedKey reads a key as people type it: digits of either width, with anything between them.
func typedKey(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

// appealDoor keeps the number, never the key.
func (s *Site) appealDoor(v *visit, number string, mistakes map[string]string) templates.AppealDoorView {
	t := v.words.T
	view := templates.AppealDoorView{Page: s.frame(v, unbroken(t("appeal.door.title")), t("appeal.door.lead"), "/appeal", ""),
		Title: title(t("appeal.door.title")), Lead: []string{t("appeal.door.lead")}, Action: v.to("/appeal", ""),
		Button: t("appeal.door.button"), Lost: &templates.LiveHelp{Title: t("appeal.door.lost"), Text: t("appeal.door.lost-text")},
		Fields: []templates.LiveField{
			{Name: "number", Kind: "text", Label: t("appeal.door.number"), Hint: t("appeal.door.number-hint"), Value: number, Max: 24},
			{Name: "key", Kind: "text", Label: t("appeal.door.key"), Hint: t("appeal.door.key-hint"), InputMode: "numeric", Max: 24}}}
	if mistakes[""] != "" {
		view.Errors = []templates.FieldError{{Field: "number", Text: t("appeal.door.unknown")}}
	}
	for i, field := range view.Fields {
		if mistakes[field.Name] != "" {
			view.Fields[i].Error = t("live.error.required")
			view.Errors = append(view.Errors, templates.FieldError{Field: field.Name,
				Text: field.Label + t("appeal.error.colon") + t("live.error.required")})
		}
	}
	return view
}
