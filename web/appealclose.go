package web

import (
	"errors"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// submitAppealClose ends what number and key opened in this browser, before its half hour is over: the computer may be
// somebody else's. It closes what is closed already, too. A recovery that this browser runs stays: it was begun here.
func (s *Site) submitAppealClose(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	s.cases.hideTicket(v.Response())
	return v.see(v.to("/appeal/closed", ""))
}

// showAppealClosed says whether anything is left in this browser. It never says that it is closed while it is not.
func (s *Site) showAppealClosed(v *visit) error {
	if s.cases.shownTicket(v.Request(), s.Now()) != "" {
		return v.see(v.to("/appeal/status", ""))
	}
	own, err := s.look(v)
	if err != nil && !errors.Is(err, problem.NotFound) {
		return err
	}
	t := v.words.T
	view := templates.AppealClosedView{Title: title(t("appeal.close.title")), Lead: []string{t("appeal.close.lead")},
		Again: ui.Link{Text: t("appeal.close.again"), URL: v.to("/appeal", "")}}
	if err == nil && own.Role != recovery.Nobody {
		view.Lead = append(view.Lead, t("appeal.close.running"))
		view.Clear = ui.Link{Text: t("appeal.close.clear"), URL: v.to("/progress", "")}
	}
	view.Page = s.unlisted(v, joined(view.Title), "/appeal/closed")
	return s.fresh(v, 200, templates.AppealClosed(view))
}
