package web

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"zhaohui/internal/support"
	"zhaohui/templates"
)

// auditFields are what the trail is searched by; the address of a search holds nothing else.
var auditFields = []string{"kind", "actor", "from", "until", "case", "ticket"}

var (
	kindShape  = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	actorShape = regexp.MustCompile(`^[a-z]+(:[a-zA-Z0-9]+)?$`)
	caseShape  = regexp.MustCompile(`^[0-9a-v]{26}$`)
)

// auditFilter reads a search; wrong says what cannot be one, by field.
func (s *Site) auditFilter(typed url.Values) (f support.TrailFilter, wrong map[string]string) {
	get := func(field string) string { return strings.TrimSpace(typed.Get(field)) }
	wrong = map[string]string{}
	shaped := func(field, value string, shape *regexp.Regexp) string {
		if len(value) > 64 || value != "" && !shape.MatchString(value) {
			wrong[field] = "format"
			return ""
		}
		return value
	}
	f.Kind, f.Actor = shaped("kind", get("kind"), kindShape), shaped("actor", get("actor"), actorShape)
	f.Case = shaped("case", strings.ToLower(get("case")), caseShape)
	f.From, f.Until = s.auditDay(get("from"), "from", wrong), s.auditDay(get("until"), "until", wrong)
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1) // the day itself is part of it
	}
	if !f.From.IsZero() && !f.Until.IsZero() && !f.From.Before(f.Until) {
		wrong["until"] = "before"
	}
	if number := get("ticket"); number != "" {
		var ok bool
		if f.Ticket, ok = support.ParseTicketNumber(number); !ok {
			wrong["ticket"] = "format"
		}
	}
	return f, wrong
}

func (s *Site) auditDay(text, field string, wrong map[string]string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateOnly, text, s.Zone)
	if err != nil {
		wrong[field] = "format"
	}
	return at
}

// auditQuery is a search as it stands in an address.
func auditQuery(typed url.Values) url.Values {
	query := url.Values{}
	for _, field := range auditFields {
		if value := strings.TrimSpace(typed.Get(field)); value != "" && len(value) <= 64 {
			query.Set(field, value)
		}
	}
	return query
}

// auditInputs fills the fields of the form.
func (s *Site) auditInputs(v *visit, typed url.Values, wrong map[string]string, view *templates.AuditListView) {
	t := v.words.T
	input := func(field string) templates.AuditField {
		in := templates.AuditField{Name: field, Label: t("audit.field." + field), Value: typed.Get(field)}
		if code := wrong[field]; code != "" {
			in.Error = t("audit.wrong." + field + "-" + code)
		}
		return in
	}
	view.From, view.Until, view.Case, view.Ticket = input("from"), input("until"), input("case"), input("ticket")
	for _, field := range auditFields {
		if code := wrong[field]; code != "" {
			key := "audit.wrong." + field + "-" + code
			if field == "kind" || field == "actor" {
				key = "audit.wrong.choice"
			}
			view.Errors = append(view.Errors, templates.FieldError{Field: field, Text: t("audit.field."+field) + t("say.dot") + t(key)})
		}
	}
	for _, group := range auditKinds {
		g := templates.AuditGroup{Name: t("audit.group." + group.name)}
		for _, kind := range group.kinds {
			g.Kinds = append(g.Kinds, templates.LinkChoice{Value: kind, Text: t("audit.kind." + kind), Chosen: typed.Get("kind") == kind})
		}
		view.Kinds = append(view.Kinds, g)
	}
}
