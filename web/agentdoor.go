package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// door is a page with one thing to do before the console opens.
func (s *Site) door(v *visit, word, path string) templates.AgentDoorView {
	t := v.words.T
	return templates.AgentDoorView{AgentPage: s.console(v, t("agent."+word+".title"), path),
		Title: title(t("agent." + word + ".title")), StepID: word, Action: v.to(path, ""), Button: t("agent." + word + ".button")}
}

// showMistake shows a page of one thing again with what is wrong with it, if that is for the reader to mend or to wait for.
// Any other error is returned as it came.
func (s *Site) showMistake(v *visit, view templates.AgentDoorView, err error) error {
	status := statusOf(err)
	if problem.KindOf(err) == problem.KindThrottled {
		view.Errors = []templates.FieldError{{Text: s.throttled(v, err)}}
		return s.fresh(v, status, templates.AgentDoor(view))
	}
	fields := wrong(err)
	if len(fields) == 0 {
		return err
	}
	for i, f := range view.Fields {
		if code := fields[f.Name]; code != "" {
			view.Fields[i].Error = v.words.T("agent.error." + f.Name + "-" + code)
			view.Errors = append(view.Errors, templates.FieldError{Field: f.Name, Text: view.Fields[i].Error})
			delete(fields, f.Name)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) { // of no field that the page has
		view.Errors = append(view.Errors, templates.FieldError{Text: v.words.T("agent.error." + field + "-" + fields[field])})
	}
	return s.fresh(v, status, templates.AgentDoor(view))
}

// wrong is which fields are wrong and how, in a copy of its own; empty if the error is of another kind. What a browser would
// never have sent is nothing that a page could explain.
func wrong(err error) map[string]string {
	invalid, ok := errors.AsType[problem.Invalid](err)
	if !ok || invalid.Fields["form"] != "" {
		return nil
	}
	return maps.Clone(invalid.Fields)
}

// throttled says when the next try counts, in words and as a header.
func (s *Site) throttled(v *visit, err error) string {
	throttled, _ := errors.AsType[problem.Throttled](err)
	until := throttled.Until
	if until.IsZero() {
		until = s.Now().Add(time.Minute)
	}
	v.Response().Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
	return v.words.T("agent.error.too-many", "Time", s.clockTime(v, until.Add(time.Minute-1)))
}

// filled says which of some fields were left empty.
func filled(form url.Values, fields ...string) error {
	empty := map[string]string{}
	for _, field := range fields {
		if strings.TrimSpace(form.Get(field)) == "" {
			empty[field] = "required"
		}
	}
	if len(empty) > 0 {
		return problem.Invalid{Fields: empty}
	}
	return nil
}

// enter keeps the token of a new whole session and leads to the page that was asked for, or to the desk in the agent's own
// language. The token is a new one, so a session that somebody knew before opens nothing (requirement W4).
func (s *Site) enter(v *visit, token, next string) error {
	if err := s.agents.write(v.Response(), v.Request(), token); err != nil {
		return err
	}
	return v.see(s.entrance(v, token, next))
}

func (s *Site) entrance(v *visit, token, next string) string {
	if next = s.consolePath(next); next != "" {
		return next
	}
	prefix := v.base()
	if here, err := s.Desk.Who(v.Request().Context(), token); err == nil {
		prefix = s.prefixOf(here.Agent.Lang, prefix)
	}
	return address(prefix, "/agent", "")
}

// prefixOf is the prefix of a language, or another one if the portal does not have it.
func (s *Site) prefixOf(lang, other string) string {
	for _, l := range s.Words.Languages() {
		if l.Code == lang {
			return l.Prefix
		}
	}
	return other
}

// agentClient is what the desk is told of a browser.
func (s *Site) agentClient(v *visit) support.Client {
	c := s.client(v)
	return support.Client{Network: c.Network, Kind: c.Kind}
}

// neverAsked is what nobody may ask of an agent.
func neverAsked(v *visit) ui.Note {
	return ui.Note{Title: v.words.T("agent.warning.title"), Text: v.words.T("agent.warning.text")}
}
