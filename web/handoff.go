package web

import (
	"fmt"

	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// A case on a second screen: the page with the link, and the page on the other screen.

// showHandoff takes the case to another screen. The link is shown in the answer itself and nowhere else.
func (s *Site) showHandoff(v *visit, key recovery.Key, client recovery.Client, sight recovery.Sight) error {
	handed, err := s.Recovery.HandOff(v.Request().Context(), key, client)
	if err != nil {
		return err
	}
	if handed.Token != "" {
		key.Token = handed.Token
		if err := s.cases.write(v.Response(), v.Request(), key); err != nil {
			return err
		}
	}
	if handed.Secret == "" {
		return v.see(v.to(s.pathAfter(v.Request().Context(), key, sight), ""))
	}
	path := "/case/" + key.Case
	link := s.absolute(v.to(path+"/join/"+handed.Secret, ""))
	t := v.words.T
	view := templates.HandoffView{Page: s.unlisted(v, t("live.handoff.title"), path), Title: title(t("live.handoff.title")),
		Lead: []string{t("live.handoff.lead")}, URL: link, Number: twoDigits(handed.Number),
		Compare: t("live.handoff.compare", "Number", twoDigits(handed.Number)),
		Until:   t("live.handoff.until", "Time", s.clockTime(v, s.Now().Add(s.Policy.Case.Idle))),
		Back:    ui.Link{Text: t("live.handoff.back"), URL: v.to(path, "")}}
	view.Languages = nil // the code is shown once: another language would be another code
	if view.QR, err = code(link, view.Title.String()); err != nil {
		return fmt.Errorf("hand-off: %w", err)
	}
	return s.fresh(v, 200, templates.Handoff(view))
}

func twoDigits(n int) string { return fmt.Sprintf("%02d", n) }

// showJoin is the other screen before it joins: the number is compared first.
func (s *Site) showJoin(v *visit) error {
	if own := s.joined(v); own != "" {
		return v.see(own)
	}
	sight, err := s.Recovery.LookHandoff(v.Request().Context(), v.Param("ref"), v.Param("token"))
	if err != nil {
		return err
	}
	t := v.words.T
	path := "/case/" + v.Param("ref") + "/join/" + v.Param("token")
	view := templates.HandoffView{Page: s.unlisted(v, t("live.handoff.phone-title"), "/case"), Phone: true,
		Title:  title(t("live.handoff.phone-title")),
		Lead:   []string{t("live.handoff.phone-what", "Time", s.clockTime(v, sight.Started), "Where", s.device(v, sight.Client))},
		Number: twoDigits(sight.Number), Compare: t("live.handoff.phone-compare"),
		Form: &templates.LiveForm{Action: v.to(path, ""), Button: t("live.handoff.same"), Hidden: namedPage()},
		Back: ui.Link{Text: t("live.handoff.differ"), URL: v.to("/stop/coached", "")}}
	return s.fresh(v, 200, templates.Handoff(view))
}

// joined is where the case of a hand-off stands in a browser that runs it already, "" in any other. A link that is opened on the
// screen that shows it must not make a companion of the owner, who could never choose a password again.
func (s *Site) joined(v *visit) string {
	own, err := s.look(v)
	if err != nil || own.ID != v.Param("ref") || own.Role == recovery.Guest {
		return ""
	}
	return v.to(s.casePath(own), "")
}

func (s *Site) submitJoin(v *visit) error {
	form, err := v.form(recovery.FieldPage)
	if err != nil {
		return err
	}
	if own := s.joined(v); own != "" {
		return v.see(own)
	}
	key, err := s.Recovery.Join(v.Request().Context(), v.Param("ref"), v.Param("token"), s.pressedBy(v, form.Get(recovery.FieldPage)))
	if err != nil {
		return err
	}
	if err := s.cases.write(v.Response(), v.Request(), key); err != nil {
		return err
	}
	return v.see(v.to("/case/"+key.Case, ""))
}
