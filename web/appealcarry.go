package web

import (
	"errors"
	"slices"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// here offers to go on in this browser with what people decided, to whoever came with number and key: the one that wrote the
// appeal may be gone. It is not offered where no address can be told of it (see recovery.Carry).
func (st *standing) here(view *templates.AppealStatusView) {
	until := st.ticket.Decided.Add(st.kind.Hold + st.Policy.Case.Collect)
	if slices.Contains(st.ticket.Detail.Flags, recovery.RiskUnreachable) || !st.Now().Before(until) {
		return
	}
	view.Lead = append(view.Lead, st.t("appeal.here.lead"))
	view.Form = &templates.LiveForm{Action: st.visit.to("/appeal/status", ""), Button: st.t("appeal.here.button"), Hidden: namedPage()}
}

// submitAppealHere takes the case of the appeal that this browser was shown along to it. A hurried second press is the same one:
// its form has the same name.
func (s *Site) submitAppealHere(v *visit) error {
	form, err := v.form(recovery.FieldPage)
	if err != nil {
		return err
	}
	id := s.cases.shownTicket(v.Request(), s.Now())
	if id == "" {
		return v.see(v.to("/appeal", ""))
	}
	ctx := v.Request().Context()
	ticket, err := s.Tickets.Ticket(ctx, id)
	if err != nil {
		return err
	}
	if ticket.State != support.TicketApproved {
		return v.see(v.to("/appeal/status", ""))
	}
	if own, err := s.look(v); err == nil && own.ID == ticket.Case && own.Role == recovery.Owner {
		return v.see(v.to(s.casePath(own), ""))
	}
	key, err := s.Recovery.Carry(ctx, ticket.Case, form.Get(recovery.FieldPage), s.client(v))
	if kind := problem.KindOf(err); kind == problem.KindDenied || kind == problem.KindExpired {
		return s.showNotHere(v, err)
	}
	if err != nil {
		return err
	}
	if err := s.cases.write(v.Response(), v.Request(), key); err != nil {
		return err
	}
	return v.see(v.to("/case/"+key.Case, ""))
}

// showNotHere says why the case stays where it is, and what can be done.
func (s *Site) showNotHere(v *visit, err error) error {
	t, why := v.words.T, "over"
	if errors.Is(err, problem.Denied) {
		why = "nobody-told"
	}
	view := templates.AppealStatusView{State: "approved", Title: title(t("appeal.here.not")), Lead: []string{t("appeal.here." + why)},
		Never: s.neverNote(v), People: s.ownContacts(v.words.Code()),
		Go: ui.Link{Text: t("appeal.here.new"), URL: v.to(channelPath(s.livePlatform().ID, appealKind), "")}}
	view.Page = s.unlisted(v, joined(view.Title), "/appeal/status")
	return s.fresh(v, 409, templates.AppealStatus(view))
}
