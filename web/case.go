package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// showCase is a case by its address: whoever runs it is sent to its step, whoever came with the resume code sees how it
// stands, and everybody else is asked for the code.
func (s *Site) showCase(v *visit) error {
	sight, err := s.look(v)
	if errors.Is(err, problem.NotFound) || err == nil && sight.ID != v.Param("ref") {
		return v.see(v.to("/case", ""))
	}
	if err != nil {
		return err
	}
	if sight.Role != recovery.Guest {
		return v.see(v.to(s.casePath(sight), ""))
	}
	if sight.Place.Method != "" {
		return s.showPlace(v, sight, mistake{})
	}
	return s.fresh(v, 200, templates.CaseStatus(s.statusView(v, sight)))
}

// submitCase does something with a case beside answering its step; for a guest also that.
func (s *Site) submitCase(v *visit) error {
	key := s.cases.read(v.Request())
	sight, err := s.look(v)
	if errors.Is(err, problem.NotFound) || err == nil && sight.ID != v.Param("ref") {
		return v.see(v.to("/case", ""))
	}
	if err != nil {
		return err
	}
	if sight.Late { // a second click, the first answer of which was lost: nothing is done for it
		return s.showLate(v, key, sight)
	}
	form, err := v.form(append(names(sight.Place), "do", "method", recovery.FieldPage)...)
	if err != nil {
		return err
	}
	ctx, client := v.Request().Context(), s.client(v)
	switch form.Get("do") {
	case "resend":
		err = s.Recovery.Resend(ctx, key, client)
	case "choose":
		if form.Get("method") == "" {
			err = s.Recovery.Switch(ctx, key, client)
		} else {
			err = s.Recovery.Choose(ctx, key, form.Get("method"), client)
		}
	case "more":
		err = s.Recovery.More(ctx, key, client)
	case "cancel":
		err = s.Recovery.Cancel(ctx, key, client)
	case "again":
		err = s.Recovery.Again(ctx, key, form.Get("method"), client)
	case "hand-off":
		return s.showHandoff(v, key, s.pressedBy(v, form.Get(recovery.FieldPage)), sight)
	case "":
		if sight.Role != recovery.Guest || sight.Place.Method == "" {
			return problem.Invalid{Fields: map[string]string{"do": "required"}}
		}
		return s.answer(v, key, sight, form)
	default:
		return problem.Invalid{Fields: map[string]string{"do": "unknown"}}
	}
	if err != nil {
		return err
	}
	return s.goOnLive(v, key, sight)
}

// showLate answers a press beside a step that comes with the token of before, as showCurrent does.
func (s *Site) showLate(v *visit, key recovery.Key, sight recovery.Sight) error {
	posted, err := v.posted()
	if err != nil {
		return err
	}
	if posted["do"] == "hand-off" { // the link is shown once more
		return s.showHandoff(v, key, s.pressedBy(v, posted[recovery.FieldPage]), sight)
	}
	return s.leadOn(v, key, sight, posted)
}

// pressedBy is the browser that pressed a button of a page with a name.
func (s *Site) pressedBy(v *visit, page string) recovery.Client {
	client := s.client(v)
	client.Page = page
	return client
}

// showResume asks for the resume code.
func (s *Site) showResume(v *visit) error {
	return s.fresh(v, 200, templates.CaseResume(s.resumeView(v, "", "")))
}

// submitResume opens the case of a resume code: to look at, no more.
func (s *Site) submitResume(v *visit) error {
	form, err := v.form("resume", recovery.FieldPage)
	if err != nil {
		return err
	}
	typed := form.Get("resume")
	code, ok := recovery.ParseResume(typed)
	if !ok {
		return s.fresh(v, 422, templates.CaseResume(s.resumeView(v, typed, v.words.T("live.resume.wrong"))))
	}
	if own, err := s.look(v); err == nil && own.Resume == code { // the browser that began needs no code, and turns nobody out
		return v.see(v.to(s.casePath(own), ""))
	}
	key, err := s.Recovery.Resume(v.Request().Context(), code, s.pressedBy(v, form.Get(recovery.FieldPage)))
	if errors.Is(err, problem.NotFound) {
		return s.fresh(v, 422, templates.CaseResume(s.resumeView(v, typed, v.words.T("live.resume.wrong"))))
	}
	if err != nil {
		return err
	}
	if err := s.cases.write(v.Response(), v.Request(), key); err != nil {
		return err
	}
	return v.see(v.to("/case/"+key.Case, ""))
}

func (s *Site) resumeView(v *visit, typed, wrong string) templates.CaseResumeView {
	t := v.words.T
	view := templates.CaseResumeView{Page: s.frame(v, unbroken(t("live.resume.title")), t("live.resume.lead"), "/case", ""),
		Title: title(t("live.resume.title")), Lead: []string{t("live.resume.lead")}, Action: v.to("/case", ""),
		Hidden: namedPage(), Button: t("live.resume.button"),
		Field: templates.LiveField{Name: "resume", Kind: "text", Label: t("live.resume.label"), Hint: t("live.resume.hint"),
			Value: typed, Error: wrong},
		Lost: &templates.LiveHelp{Title: t("live.resume.lost"), Text: t("live.resume.lost-text")}}
	if wrong != "" {
		view.Errors = []templates.FieldError{{Field: "resume", Text: wrong}}
	}
	return view
}

// statusView is how a case stands, without anything of the person.
func (s *Site) statusView(v *visit, sight recovery.Sight) templates.CaseStatusView {
	t := v.words.T
	l := &live{Site: s, visit: v, platform: s.livePlatform(), sight: sight, path: "/case/" + sight.ID}
	state := "open"
	switch {
	case sight.Place.State == recovery.Applying:
		state = "applying"
	case sight.Hold.After(s.Now()):
		state = "hold"
	case sight.Place.State != recovery.Open:
		state = string(sight.Place.State)
	}
	view := templates.CaseStatusView{Page: l.frame(t("live.status.title")), Title: title(t("live.status.title")),
		Lead:    []string{t("live.status.lead")},
		Facts:   []ui.Fact{{Term: t("live.status.state"), Text: t("live.status." + state)}},
		Refresh: ui.Link{Text: t("live.wait.refresh"), URL: v.to(l.path, "")},
		AsOf:    t("live.wait.as-of", "Time", s.Now().In(s.Zone).Format("15:04:05"))}
	if state == "hold" {
		view.Facts = append(view.Facts, ui.Fact{Term: t("live.hold.until"), Text: l.from(sight.Hold)})
	}
	if len(sight.Again) > 0 && (state == "open" || state == "hold") {
		view.Prove = &templates.LiveAnother{Title: t("live.status.again"), Text: t("live.status.again-text"),
			Action: v.to(l.path, ""),
			Hidden: []templates.Field{{Name: "do", Value: "again"}}}
		for _, method := range sight.Again {
			view.Prove.Choices = append(view.Prove.Choices, l.choice(method))
		}
	}
	return view
}

// showCalendar is the end of a hold for a calendar (RFC 5545). It names nobody.
func (s *Site) showCalendar(v *visit) error {
	sight, err := s.look(v)
	if err != nil {
		return err
	}
	if sight.ID != v.Param("ref") || sight.Hold.IsZero() {
		return problem.NotFound
	}
	const stamp = "20060102T150405Z"
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//zhaohui//hold//" + strings.ToUpper(v.words.Code()),
		"BEGIN:VEVENT", "UID:" + sight.ID,
		"DTSTAMP:" + s.Now().UTC().Format(stamp), "DTSTART:" + fullMinute(sight.Hold).UTC().Format(stamp), "DURATION:PT15M",
		"SUMMARY:" + v.words.T("live.hold.calendar-title"), "URL:" + s.absolute(v.to("/case/"+sight.ID, "")),
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT0S", "DESCRIPTION:" + v.words.T("live.hold.calendar-title"), "END:VALARM",
		"END:VEVENT", "END:VCALENDAR", ""}
	body := []byte(strings.Join(lines, "\r\n"))
	h := v.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `attachment; filename="zhaohui.ics"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return v.Blob(http.StatusOK, "text/calendar; charset=utf-8", body)
}
