package main

import (
	"regexp"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/recovery"
)

var (
	pastCode = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)
	pastStop = regexp.MustCompile(`/mail/([a-z0-9]{20,})`)
)

// can says whether somebody has what a method asks for.
func (v *visitor) can(method string) bool {
	switch method {
	case "sms":
		return !v.who.lost
	case "mail":
		return v.who.mailbox != ""
	case "backup":
		return v.who.backup != ""
	case "authenticator":
		return v.who.totp != ""
	case "recoverycodes":
		return len(v.who.codes) > 0
	case "questions":
		return len(v.who.questions) > 0
	}
	return method == "identity"
}

// answers fills a step in; able is false if somebody has nothing for it.
func (v *visitor) answers(sight recovery.Sight) (form map[string]string, able bool) {
	form = map[string]string{}
	wrong := v.random.IntN(100) < v.careless && sight.Place.Method != ""
	for _, f := range sight.Place.Fields {
		value := v.answer(sight, f)
		if value == "" && !f.Optional {
			return nil, false
		}
		if wrong && value != "" && f.Kind != recovery.FieldChoice {
			value = spoil(value)
		}
		form[f.Name] = value
	}
	return form, true
}

// answer is what somebody types into a field, "" if they cannot.
func (v *visitor) answer(sight recovery.Sight, f recovery.Field) string {
	switch f.Kind {
	case recovery.FieldAccount:
		if v.wandered {
			return "1990002" + v.who.phone[7:]
		}
		return v.who.phone
	case recovery.FieldChoice:
		return v.choice(f)
	case recovery.FieldCode:
		return v.code(sight.Place.Method)
	case recovery.FieldSaved:
		if len(v.who.codes) == 0 {
			return ""
		}
		code := v.who.codes[0]
		v.who.codes = v.who.codes[1:]
		return code
	case recovery.FieldSecret:
		return v.who.backup
	case recovery.FieldName:
		return v.who.name
	case recovery.FieldID:
		return v.who.idNumber
	case recovery.FieldPhone:
		return v.who.phone
	case recovery.FieldAnswer:
		for _, q := range v.who.questions {
			if q.Question == f.Label {
				return q.Answer
			}
		}
	case recovery.FieldPassword:
		if f.Name == "new_password" {
			v.who.password = v.sixDigits()
		}
		return v.who.password
	}
	return ""
}

// choice takes what completes the way soonest, as pages suggest; nobody solves puzzles.
func (v *visitor) choice(f recovery.Field) string {
	for _, o := range f.Options {
		if f.Name != "method" || v.can(o.Value) {
			return o.Value
		}
	}
	return ""
}

// code is the code that somebody sees now.
func (v *visitor) code(method string) string {
	if method == "authenticator" {
		code, err := totp.GenerateCode(v.who.totp, v.now())
		v.gone(err)
		return code
	}
	to := v.who.phone
	if method == "mail" {
		to = v.who.mailbox
	}
	if found := pastCode.FindStringSubmatch(v.inbox[to].Text); found != nil && !(method != "mail" && v.who.lost) {
		return found[1]
	}
	if v.wandered || v.thief { // somebody who has to guess
		return v.sixDigits()
	}
	return ""
}

// spoil makes a mistake that people make: two signs swapped, or one wrong.
func spoil(value string) string {
	signs := []rune(value)
	last := len(signs) - 1
	switch {
	case last > 0 && signs[last] != signs[last-1]:
		signs[last], signs[last-1] = signs[last-1], signs[last]
	case signs[last] == '7':
		signs[last] = '1'
	default:
		signs[last] = '7'
	}
	return string(signs)
}
