package web

import (
	"strings"

	"zhaohui/internal/recovery"
	"zhaohui/templates"
)

// fields makes the fields of the step, with what is wrong in them. Nothing secret comes back.
func (l *live) fields(view *templates.LiveStepView) {
	place := l.sight.Place
	if place.ID == recovery.StepPassword && l.sight.Role == recovery.Companion {
		return
	}
	for _, f := range place.Fields {
		if f.Name == "method" || view.Slider != nil {
			continue
		}
		if l.sight.Over != "" { // no answer can be right any more
			if text := l.wrong(f); text != "" {
				if l.mistake.wrong[f.Name] == "wrong" { // and there is nothing to look at again
					text = l.t("live.over.wrong")
				}
				view.Errors = append(view.Errors, templates.FieldError{Text: text})
			}
			continue
		}
		field := templates.LiveField{Name: f.Name, Kind: kinds[f.Kind], Label: l.label(f), Hint: l.hint(f), Error: l.wrong(f)}
		if !secretKinds[f.Kind] {
			field.Value = l.mistake.typed[f.Name]
		}
		if f.Name == "current_password" {
			field.AutoComplete = "off"
		}
		if f.Kind == recovery.FieldChoice {
			l.options(&field, f)
		}
		view.Fields = append(view.Fields, field)
		if field.Error != "" {
			view.Errors = append(view.Errors, templates.FieldError{Field: f.Name, Text: field.Error})
		}
	}
	for _, whole := range []string{"method", "form", "slide"} { // what is wrong with the step and not with one field
		if code := l.mistake.wrong[whole]; code != "" && (whole != "slide" || view.Slider != nil) {
			view.Errors = append(view.Errors, templates.FieldError{Text: l.errorText(recovery.Field{Name: whole}, code)})
		}
	}
	if l.mistake.left != nil && len(view.Errors) > 0 {
		view.ErrorNote = l.t("live.left", "n", *l.mistake.left)
		if *l.mistake.left == 0 {
			view.ErrorNote = l.t("live.failed.no-tries")
		}
	}
}

// kinds are how templates call the kinds of field.
var kinds = map[recovery.FieldKind]string{recovery.FieldAccount: "email-or-phone", recovery.FieldCode: "code",
	recovery.FieldPassword: "password",
	recovery.FieldSecret:   "secret", recovery.FieldAnswer: "text", recovery.FieldSaved: "text", recovery.FieldName: "text",
	recovery.FieldID:    "id-number",
	recovery.FieldPhone: "tel", recovery.FieldLast4: "digits4", recovery.FieldExpiry: "expiry", recovery.FieldChoice: "radio"}

// secretKinds never come back after a mistake (requirement A4).
var secretKinds = map[recovery.FieldKind]bool{recovery.FieldCode: true, recovery.FieldPassword: true, recovery.FieldSecret: true,
	recovery.FieldAnswer: true, recovery.FieldSaved: true, recovery.FieldLast4: true, recovery.FieldExpiry: true,
	recovery.FieldID: true, recovery.FieldHidden: true}

func (l *live) label(f recovery.Field) string {
	switch {
	case f.Label != "":
		return f.Label
	case f.Name == "new_password":
		return l.t("live.password.new")
	case f.Name == "new_password_again":
		return l.t("live.password.again")
	case l.sight.Place.Method != "":
		return l.t("method." + l.sight.Place.Method + ".field." + f.Name + ".label")
	}
	return l.t("live." + l.sight.Place.ID + ".label")
}

func (l *live) hint(f recovery.Field) string {
	name := f.Name
	if strings.HasPrefix(name, "answer_") {
		name = "answer"
	}
	if l.sight.Place.Method != "" {
		return l.has("method." + l.sight.Place.Method + ".field." + name + ".hint")
	}
	return l.has("live." + l.sight.Place.ID + ".hint")
}

func (l *live) wrong(f recovery.Field) string {
	code := l.mistake.wrong[f.Name]
	if code == "" {
		return ""
	}
	return l.errorText(f, code)
}

// errorText says what is wrong: the method's own words, those for the kind of field, then those for all.
func (l *live) errorText(f recovery.Field, code string) string {
	for _, key := range []string{"method." + l.sight.Place.Method + ".error." + code, "live.error." + string(f.Kind) + "-" + code,
		"live.error." + code} {
		if text := l.has(key); text != "" {
			return text
		}
	}
	return l.t("live.error.format")
}

// bank is a bank's name with the one that it goes by in the reader's language: what is printed on the card is Chinese.
func (l *live) bank(o recovery.Option) string {
	if known := l.has("method.card.bank." + o.Hint); o.Hint != "" && known != "" && known != o.Text {
		return known + " " + o.Text
	}
	return o.Text
}

// options are the choices of a field: cards with their class, banks in a list.
func (l *live) options(field *templates.LiveField, f recovery.Field) {
	if f.Name == "bank" {
		field.Kind = "select"
		field.Options = append(field.Options, templates.LiveOption{Text: l.t("live.field.bank")})
	}
	for _, o := range f.Options {
		option := templates.LiveOption{Value: o.Value, Text: o.Text, Chosen: l.mistake.typed[f.Name] == o.Value}
		switch {
		case f.Name == "bank":
			option.Text = l.bank(o)
		case o.Hint != "":
			option.Hint = l.t("method.card.class."+o.Hint+".name") + l.t("say.dot") + l.t("method.card.class."+o.Hint+".hint")
		}
		if o.Off != "" {
			option.Disabled = l.errorText(f, o.Off)
		}
		field.Options = append(field.Options, option)
	}
}
