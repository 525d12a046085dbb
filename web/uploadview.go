package web

import (
	"crypto/sha256"
	"encoding/hex"

	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// uploadView is a question that takes pictures, with those that are there.
func (f *filing) uploadView(ask support.Ask, mistakes []unread) templates.UploadView {
	view := templates.UploadView{AppealAskView: f.askView(ask, nil, nil),
		Good: f.t("upload.good"), Bad: f.t("upload.bad"), Examples: f.t("upload.examples"),
		GoOn: templates.LiveForm{Action: f.to(ask.ID), Button: f.t("upload.skip"), Hidden: []templates.Field{{Name: "do", Value: "save"}}}}
	view.Private = ui.Note{Title: f.t("upload.private.title"), Text: f.t("upload.private.text")}
	part, _ := ask.Pictures()
	sent, all := f.form.Sent[ask.ID], f.form.Answers[ask.ID]
	if sent > 0 {
		view.Sent = f.t("upload.sent", "n", sent)
	}
	for i, entry := range all[min(sent, len(all)):] {
		view.Pictures = append(view.Pictures, templates.UploadPicture{Name: f.t("upload.numbered", "Number", i+1),
			URL:    f.visit.to(ownPicturePath(f.sight.ID, ask.ID, entry[part]), ""),
			Remove: templates.LiveForm{Action: f.visit.to(ownPicturePath(f.sight.ID, ask.ID, entry[part]), ""), Button: f.t("upload.remove")}})
	}
	if len(view.Pictures) > 0 {
		view.Have, view.GoOn.Button = f.t("upload.have", "n", len(view.Pictures)), f.t("upload.go-on")
	}
	if room := ask.Many - len(view.Pictures); room > 0 {
		view.Add = f.addPictures(ask, room)
	} else {
		view.Full = f.t("upload.full", "n", ask.Many)
	}
	f.notKept(&view, mistakes)
	return view
}

// addPictures is the form that takes more; consent is asked for once, and never ticked by us (requirement P3).
func (f *filing) addPictures(ask support.Ask, room int) *templates.UploadForm {
	form := &templates.UploadForm{Action: f.visit.to(picturesPath(f.sight.ID, ask.ID), ""), Label: f.t("upload.label"),
		Hint: f.t("upload.hint", "n", room), Button: f.t("upload.button"), Several: room > 1}
	if !f.form.Ticket.Agreed(ask.ID, f.consentVersion(ask)) {
		form.Consent = &templates.UploadConsent{Title: f.t("upload.consent.title"), Label: f.t("upload.consent.label")}
		for _, line := range []string{"purpose", "who", "days", "free"} {
			form.Consent.Text = append(form.Consent.Text, f.t("upload.consent."+line, "n", f.kind.KeptDays()))
		}
	}
	return form
}

// consentVersion names the text that is agreed to, in the language in which it is read: another text is another consent.
func (f *filing) consentVersion(support.Ask) string {
	sum := sha256.New()
	for _, line := range []string{"title", "label", "purpose", "who", "days", "free"} {
		sum.Write([]byte(f.t("upload.consent."+line, "n", f.kind.KeptDays()) + "\n"))
	}
	return f.visit.words.Code() + "-" + hex.EncodeToString(sum.Sum(nil))[:12]
}

// notKept says which pictures were not kept and why.
func (f *filing) notKept(view *templates.UploadView, mistakes []unread) {
	for _, m := range mistakes {
		text := f.has("upload.error." + m.field + "-" + m.code)
		if text == "" {
			text = f.t("upload.error.picture-broken")
		}
		if m.field == "picture" && m.number > 0 {
			text = f.t("upload.error.which", "Number", m.number) + text
		}
		view.Errors = append(view.Errors, templates.FieldError{Field: m.field, Text: text})
		if view.Add == nil {
			continue
		}
		if m.field == "consent" && view.Add.Consent != nil {
			view.Add.Consent.Error = text
		} else if view.Add.Error == "" {
			view.Add.Error = text
		}
	}
	if view.Add == nil { // the field that the summary would lead to is not there
		for i := range view.Errors {
			view.Errors[i].Field = ""
		}
	}
}
