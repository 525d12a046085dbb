package web

import (
	"errors"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// A link out of a message shows a button and changes nothing, however often it is opened: mail scanners open links too
// (requirement W2). The token is in the address only until the button is pressed.

func (s *Site) showMail(v *visit) error {
	sight, err := s.Recovery.Mail(v.Request().Context(), v.Param("token"), s.cases.read(v.Request()))
	switch {
	case errors.Is(err, problem.NotFound) || errors.Is(err, problem.Expired):
		return s.showSpent(v)
	case err != nil:
		return err
	case sight.Stop != nil:
		return s.fresh(v, 200, templates.MailStop(s.stopLinkView(v, *sight.Stop, false)))
	case sight.Over || sight.Used && !sight.Here: // it proves nothing any more, but it still stops
		return s.showSpent(v)
	}
	return s.fresh(v, 200, templates.MailLink(s.mailView(v, sight)))
}

// showSpent is a mailed link that was used, or is too late: what is left is "this was not me".
func (s *Site) showSpent(v *visit) error {
	if token, _ := s.cases.answered(v.Request()); token != "" && token == v.Param("token") { // by this browser: what came of it
		return v.see(v.to("/mail", ""))
	}
	stop, err := s.Recovery.StopLink(v.Request().Context(), v.Param("token"))
	if err != nil {
		return s.fresh(v, 410, templates.MailStop(s.overView(v)))
	}
	view := s.stopLinkView(v, stop, false)
	if view.Form != nil && len(view.Does.Items) > 0 {
		over := s.overView(v)
		view.Does.Title = joined(view.Title)
		view.Page, view.Title, view.Lead = over.Page, over.Title, append(over.Lead, view.Lead...)
	}
	return s.fresh(v, 410, templates.MailStop(view))
}

// submitMail takes one of two answers: it was me, or it was not.
func (s *Site) submitMail(v *visit) error {
	form, err := v.form("answer", recovery.FieldPage)
	if err != nil {
		return err
	}
	token := v.Param("token")
	switch form.Get("answer") {
	case "stop":
		return s.stopByLink(v, token)
	case "yes":
		return s.followLink(v, token, s.pressedBy(v, form.Get(recovery.FieldPage)))
	}
	return problem.Invalid{Fields: map[string]string{"answer": "required"}}
}

// followLink says yes: the mailbox is proved where the case began; elsewhere there is a code to type there.
func (s *Site) followLink(v *visit, token string, client recovery.Client) error {
	key := s.cases.read(v.Request())
	followed, err := s.Recovery.Follow(v.Request().Context(), token, key, client)
	switch {
	case errors.Is(err, problem.NotFound) || errors.Is(err, problem.Expired):
		return s.showSpent(v)
	case err != nil:
		return err
	case followed.Token != "":
		if err := s.cases.write(v.Response(), v.Request(), recovery.Key{Case: key.Case, Token: followed.Token}); err != nil {
			return err
		}
		return v.see(v.to("/case/"+key.Case, ""))
	case followed.Code != "":
		return s.answeredWith(v, token, followed.Code)
	case followed.Sight.Here: // a second click: the case went on
		return v.see(v.to("/case/"+key.Case, ""))
	}
	return s.showSpent(v)
}

// What came of "this was not me", beside a code of six digits.
const (
	wasStopped = "stopped"
	wasFrozen  = "frozen"
	wasNoted   = "noted" // by an address that cannot stop alone
)

func (s *Site) stopByLink(v *visit, token string) error {
	sight, err := s.Recovery.Stop(v.Request().Context(), token)
	if errors.Is(err, problem.NotFound) || errors.Is(err, problem.Expired) {
		return s.fresh(v, 410, templates.MailStop(s.overView(v)))
	}
	if err != nil {
		return err
	}
	switch {
	case sight.Alone:
		return s.answeredWith(v, token, wasNoted)
	case sight.Frozen:
		return s.answeredWith(v, token, wasFrozen)
	}
	return s.answeredWith(v, token, wasStopped)
}

// answeredWith swaps the token in the address for a cookie.
func (s *Site) answeredWith(v *visit, token, outcome string) error {
	if err := s.cases.answer(v.Response(), v.Request(), token, outcome); err != nil {
		return err
	}
	return v.see(v.to("/mail", ""))
}

// showAnswered is what came of the link that this browser answered.
func (s *Site) showAnswered(v *visit) error {
	token, outcome := s.cases.answered(v.Request())
	if token == "" {
		return s.fresh(v, 410, templates.MailStop(s.overView(v)))
	}
	ctx := v.Request().Context()
	if outcome != wasStopped && outcome != wasFrozen && outcome != wasNoted {
		sight, err := s.Recovery.Mail(ctx, token, recovery.Key{})
		if err != nil || len(outcome) != 6 {
			return s.fresh(v, 410, templates.MailStop(s.overView(v)))
		}
		return s.fresh(v, 200, templates.MailCode(s.mailCodeView(v, recovery.Followed{Sight: sight, Code: outcome})))
	}
	sight, err := s.Recovery.StopLink(ctx, token)
	if err != nil && !errors.Is(err, problem.NotFound) && !errors.Is(err, problem.Expired) { // links end with their case
		return err
	}
	sight.Alone, sight.Frozen = outcome == wasNoted, outcome == wasFrozen
	if !sight.Frozen {
		sight.State = recovery.Stopped
	}
	return s.fresh(v, 200, templates.MailStop(s.stopLinkView(v, sight, true)))
}

// submitAnswered is "this was not me" after all, on the page with the code.
func (s *Site) submitAnswered(v *visit) error {
	form, err := v.form("answer")
	if err != nil {
		return err
	}
	token, _ := s.cases.answered(v.Request())
	if token == "" || form.Get("answer") != "stop" {
		return problem.Invalid{Fields: map[string]string{"answer": "required"}}
	}
	return s.stopByLink(v, token)
}

// when says when a case was begun and on what, so that the owner can tell whether it was them.
func (s *Site) when(v *visit, sight recovery.MailSight) []ui.Fact {
	if sight.Started.IsZero() { // nothing is known of it any more
		return nil
	}
	facts := []ui.Fact{{Term: v.words.T("live.mail.when"), Text: s.clockTime(v, sight.Started)},
		{Term: v.words.T("live.mail.where"), Text: s.device(v, sight.Client)}}
	if !sight.Until.IsZero() {
		facts = append(facts, ui.Fact{Term: v.words.T("live.mail.until"), Text: s.clockTime(v, sight.Until)})
	}
	return facts
}

func (s *Site) device(v *visit, kind string) string {
	if kind != "phone" && kind != "computer" {
		kind = "unknown"
	}
	return v.words.T("live.mail." + kind)
}

func (s *Site) mailView(v *visit, sight recovery.MailSight) templates.MailLinkView {
	t := v.words.T
	return templates.MailLinkView{Page: s.unlisted(v, t("live.mail.title"), v.path()), Title: title(t("live.mail.title")),
		Lead: []string{t("live.mail.lead")}, Facts: s.when(v, sight), Action: v.to(v.path(), ""), Name: "answer",
		Hidden:  namedPage(),
		Yes:     templates.MailButton{Value: "yes", Text: t("live.mail.yes"), Hint: t("live.mail.yes-hint")},
		No:      templates.MailButton{Value: "stop", Text: t("live.mail.no"), Hint: t("live.mail.no-hint")},
		Warning: ui.Note{Title: t("live.mail.warning-title"), Text: t("live.mail.warning-text")}}
}

// mailCodeView is for another browser: the case moves only where it began.
func (s *Site) mailCodeView(v *visit, f recovery.Followed) templates.MailCodeView {
	t := v.words.T
	return templates.MailCodeView{Page: s.unlisted(v, t("live.mail.code-title"), v.path()),
		Title: title(t("live.mail.code-title")),
		Lead:  []string{t("live.mail.code-lead")}, Code: f.Code[:3] + " " + f.Code[3:], Facts: s.when(v, f.Sight),
		Warning: ui.Note{Title: t("live.mail.code-warning-title"), Text: t("live.mail.code-warning-text")},
		Stop: &templates.LiveCard{Title: unbroken(t("live.veto.title")), Text: t("live.veto.lead"),
			Form: *notMe(v, t("live.veto.button"))}}
}

// notMe is the form of "this was not me".
func notMe(v *visit, button string) *templates.LiveForm {
	return &templates.LiveForm{Action: v.to(v.path(), ""), Button: button, Bad: true,
		Hidden: []templates.Field{{Name: "answer", Value: "stop"}}}
}

// overView is a link that cannot be used any more.
func (s *Site) overView(v *visit) templates.MailStopView {
	t := v.words.T
	return templates.MailStopView{Page: s.unlisted(v, t("live.mail.over-title"), v.path()),
		Title: title(t("live.mail.over-title")),
		Lead:  []string{t("live.mail.over-lead")}, Done: true, Contacts: s.ownContacts(v.words.Code())}
}

// stopLinkView is "this was not me", before and after the click.
func (s *Site) stopLinkView(v *visit, sight recovery.StopSight, done bool) templates.MailStopView {
	t := v.words.T
	after := sight.State == recovery.Done || sight.State == recovery.Applying || sight.State == recovery.Replaced ||
		sight.Freezes || sight.Frozen
	key := "live.veto."
	view := templates.MailStopView{Facts: s.when(v, recovery.MailSight{Started: sight.Started, Client: sight.Client}),
		Contacts: s.ownContacts(v.words.Code()), Done: done}
	next := *(&live{Site: s, visit: v}).list("live.veto.next", 3)
	switch {
	case sight.Alone:
		view.Title, view.Lead = title(t(key+"noted-title")), []string{t(key + "noted-lead")}
		if !done {
			view.Title, view.Lead = title(t(key+"alone-title")), []string{t(key + "alone-lead")}
			view.Form = notMe(v, t(key+"alone-button"))
		}
	case done && sight.Frozen:
		view.Title, view.Lead, view.Next = title(t(key+"frozen-title")), []string{t(key + "frozen-lead")}, next
	case done || sight.State == recovery.Stopped && sight.Used:
		view.Done = true
		view.Title, view.Lead, view.Next = title(t(key+"done-title")), []string{t(key + "done-lead")}, next
	default:
		button, does := "button", "does"
		view.Title, view.Lead = title(t(key+"title")), []string{t(key + "lead")}
		if after {
			button, does = "freeze-button", "freeze"
			view.Title, view.Lead = title(t(key+"freeze-title")), []string{t(key + "freeze-lead")}
			if sight.State == recovery.Open { // another case set it
				view.Lead = []string{t(key + "freeze-also")}
			}
		}
		view.Does = templates.LiveList{Title: t(key + "does"), Items: []string{t(key + does + "-1"), t(key + does + "-2")}}
		view.Form = notMe(v, t(key+button))
		view.Keep = ui.Link{Text: t(key + "keep"), URL: v.to("/", "")}
	}
	view.Page = s.unlisted(v, joined(view.Title), v.path())
	return view
}
