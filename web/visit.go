package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"zhaohui/internal/guide"
	"zhaohui/internal/i18n"
	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

// visit is one request of a person: who reads in which language, and how far they got.
type visit struct {
	echo.Context
	words    i18n.Words
	progress guide.Progress
	ticks    ticksOf           // the step whose ticks the page shows
	agent    *support.Presence // who is signed in, on a page of the console
	observe  func(status int, took time.Duration)
}

// base is the prefix of every address in the visit's language.
func (v *visit) base() string { return v.words.Prefix() }

// path is the page's own path without the language's prefix.
func (v *visit) path() string {
	path := strings.TrimPrefix(v.Request().URL.Path, v.base())
	if path == "" {
		return "/"
	}
	return path
}

// to is the address of another page in the same language.
func (v *visit) to(path, query string) string { return address(v.base(), path, query) }

// see sends the browser on after a POST.
func (v *visit) see(location string) error { return v.Redirect(http.StatusSeeOther, location) }

// platform finds the platform that the address names.
func (s *Site) platform(v *visit) (*guide.Platform, error) {
	p, ok := s.known(v.Param("platform"))
	if !ok {
		return nil, fmt.Errorf("platform: %w", problem.NotFound)
	}
	return p, nil
}

// channel finds the platform and the channel that the address names.
func (s *Site) channel(v *visit) (*guide.Platform, *guide.Channel, error) {
	p, err := s.platform(v)
	if err != nil {
		return nil, nil, err
	}
	c, ok := p.Channel(v.Param("channel"))
	if !ok {
		return p, nil, fmt.Errorf("channel: %w", problem.NotFound)
	}
	return p, c, nil
}

// answers reads what was said from the query; pages drop what they do not know.
func (v *visit) answers(p *guide.Platform) guide.Answers {
	raw := v.Request().URL.RawQuery
	if raw == "" {
		return p.None()
	}
	query, _ := url.ParseQuery(raw)
	answers, _ := p.Parse(query)
	return answers
}

// form reads a POST strictly: only the named fields, each once but for what can be ticked (requirement W5).
func (v *visit) form(fields ...string) (url.Values, error) {
	r := v.Request()
	unreadable := problem.Invalid{Fields: map[string]string{"form": "unreadable"}}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		kind != "application/x-www-form-urlencoded" {
		return nil, unreadable
	}
	var tooLarge *http.MaxBytesError
	body, err := io.ReadAll(http.MaxBytesReader(v.Response(), r.Body, maxBody))
	if errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("form: %w", err)
	}
	form, malformed := url.ParseQuery(string(body))
	if err != nil || malformed != nil { // what they say may quote the visitor
		return nil, unreadable
	}
	for name, values := range form {
		switch {
		case !slices.Contains(fields, name):
			return nil, problem.Invalid{Fields: map[string]string{"form": "unknown-field"}}
		case len(values) > 1 && name != "tick":
			return nil, problem.Invalid{Fields: map[string]string{name: "twice"}}
		}
		for _, value := range values {
			if !utf8.ValidString(value) || len(value) > maxValue {
				return nil, problem.Invalid{Fields: map[string]string{name: "unreadable"}}
			}
		}
	}
	return form, nil
}

// posted reads a form whose fields are not known any more: for comparing it with one that was sent before, and for nothing
// else.
func (v *visit) posted() (map[string]string, error) {
	body, err := io.ReadAll(http.MaxBytesReader(v.Response(), v.Request().Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, problem.Invalid{Fields: map[string]string{"form": "unreadable"}}
	}
	form := map[string]string{}
	for name := range values {
		form[name] = values.Get(name)
	}
	return form, nil
}

// ours rebuilds an address of this site out of checked parts, and falls back to the home page: nothing that a
// visitor sends is ever redirected to as it came (requirement W6). Answers are words; only what was searched for and
// what a leaving notice names may be text, which comes back escaped.
func ours(back, fallback string) string {
	u, err := url.Parse(back)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.RawPath != "" || !strings.HasPrefix(back, "/") {
		return fallback
	}
	for _, part := range strings.Split(strings.TrimPrefix(u.Path, "/"), "/") {
		if !isSlug(part) && u.Path != "/" {
			return fallback
		}
	}
	query := u.Query()
	for key, values := range query {
		text := key == "q" || key == "to"
		if !isSlug(key) || len(values) != 1 || !text && !isSlug(values[0]) {
			query.Del(key)
		}
	}
	return address("", u.Path, query.Encode())
}

func isSlug(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
