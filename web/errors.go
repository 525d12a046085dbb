package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"zhaohui/internal/problem"
	"zhaohui/templates"
)

// statusOf is the one place where a kind of error becomes a status.
func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	var http *echo.HTTPError
	switch problem.KindOf(err) {
	case problem.KindNotFound:
		return 404
	case problem.KindInvalid:
		return 422
	case problem.KindConflict:
		return 409
	case problem.KindDenied:
		return 403
	case problem.KindExpired:
		return 410
	case problem.KindThrottled:
		return 429
	case problem.KindUnavailable:
		return 503
	}
	switch {
	case errors.As(err, &tooLarge):
		return 413
	case errors.As(err, &http):
		return http.Code
	}
	return 500
}

// answerError turns an error into a page that says what to do. What went wrong inside goes to the log only.
func (s *Site) answerError(err error, c echo.Context) {
	status := statusOf(err)
	if status >= 500 && !s.Maintenance {
		s.Log.Error("request failed", "route", c.Path(), "method", c.Request().Method, "status", status, "error", err)
	} else {
		s.Log.Debug("request refused", "route", c.Path(), "method", c.Request().Method, "status", status)
	}
	if c.Response().Committed {
		return
	}
	if c.Request().Context().Err() != nil { // nobody waits for a page any more, but it must not count as done
		c.Response().WriteHeader(status)
		return
	}
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		_ = answerProblem(c, status, http.StatusText(status), "")
		return
	}
	var until problem.Throttled
	if errors.As(err, &until) {
		c.Response().Header().Set("Retry-After", until.Until.UTC().Format(http.TimeFormat))
	}
	v := &visit{Context: c, words: s.wordsOf(c.Request().URL.Path), progress: s.progress.read(c.Request())}
	if err := s.fresh(v, status, templates.Error(s.errorView(v, status))); err != nil && !c.Response().Committed {
		s.Log.Error("error page failed", "status", status, "error", err)
		http.Error(c.Response(), http.StatusText(status), status)
	}
}

// wordsOf finds the language of an address that no route matched.
func (s *Site) wordsOf(path string) words {
	for _, l := range s.Words.Languages() {
		if l.Prefix != "" && (path == l.Prefix || strings.HasPrefix(path, l.Prefix+"/")) {
			return s.Words.Words(l.Code)
		}
	}
	return s.Words.Words(s.Words.Languages()[0].Code)
}

// errorView is a useful page for a status: what it means, what to do, the chooser and the official lines.
func (s *Site) errorView(v *visit, status int) templates.ErrorView {
	key := "error.bad-request"
	switch status {
	case 404, 410:
		key = "error.not-found"
	case 403, 405:
		key = "error.not-allowed"
	case 413:
		key = "error.too-large"
	case 429:
		key = "error.too-many"
	default:
		if s.Maintenance {
			key = "error.closed"
		} else if status >= 500 {
			key = "error.failed"
		}
	}
	view := templates.ErrorView{Status: status, Title: v.words.T(key), Text: v.words.T(key + "-text"), Platforms: s.platformRows(v),
		Contacts: s.contacts(v.words.Code())}
	if s.Maintenance { // every way would lead back to this page
		view.Platforms = nil
	}
	view.Page = s.frame(v, view.Title, "", "/", "")
	view.NoIndex = true
	return view
}
