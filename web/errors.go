package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
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

// answerUnrouted answers what no route took, and counts it; all others are counted by their guard.
func (s *Site) answerUnrouted(err error, c echo.Context) {
	s.answerError(err, c)
	s.metrics.count("unmatched", c.Response().Status)
}

// answerError turns an error into a page that says what to do. What went wrong inside goes to the log only.
func (s *Site) answerError(err error, c echo.Context) {
	status := statusOf(err)
	s.logError(err, c, status)
	if c.Response().Committed {
		return
	}
	if walkedAway(c) { // nobody waits for a page any more, but it must not count as done
		c.Response().WriteHeader(status)
		return
	}
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		_ = answerProblem(c, status, http.StatusText(status), "")
		return
	}
	v := &visit{Context: c, words: s.wordsOf(c.Request().URL.Path), progress: s.progress.read(c.Request())}
	if err := s.fresh(v, status, s.errorPage(v, err, status)); err != nil && !c.Response().Committed {
		s.Log.Error("error page failed", "status", status, "error", err)
		http.Error(c.Response(), http.StatusText(status), status)
	}
}

// errorPage is the page of an error: of the console, or of the portal.
func (s *Site) errorPage(v *visit, err error, status int) templ.Component {
	if s.atDesk(v) {
		return templates.AgentStop(s.troubleView(v, err, status))
	}
	view := s.errorView(v, status)
	s.comeBack(v, err, &view)
	return templates.Error(view)
}

// crowded is a problem.Unavailable that knows how soon it may be over, such as a queue that is full (requirement R9).
type crowded interface {
	error
	After() time.Duration
}

// shortly is when to come back where nobody knows better.
const shortly = 5 * time.Second

// comeBack says when to try again, in words and as a header.
func (s *Site) comeBack(v *visit, err error, view *templates.ErrorView) {
	header := v.Response().Header()
	if until, ok := errors.AsType[problem.Throttled](err); ok && view.Status == http.StatusTooManyRequests &&
		!until.Until.IsZero() {
		header.Set("Retry-After", until.Until.UTC().Format(http.TimeFormat))
		view.Text = v.words.T("error.too-many-until", "Time", s.clockTime(v, until.Until.Add(time.Minute-1)))
	}
	if view.Status != http.StatusServiceUnavailable || header.Get("Retry-After") != "" {
		return
	}
	after := shortly
	if busy, ok := errors.AsType[crowded](err); ok {
		after = max(time.Second, busy.After())
		view.Title, view.Text = v.words.T("error.busy"), v.words.T("live.error.busy", "Time",
			v.words.T("say.span-minutes", "n", 1))
	}
	header.Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
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
	case 404:
		key = "error.not-found"
	case 410:
		key = "error.over"
	case 403:
		key = "error.denied"
	case 405:
		key = "error.not-allowed"
	case 409:
		key = "error.moved-on"
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
	view := templates.ErrorView{Status: status, Title: v.words.T(key), Text: v.words.T(key + "-text"),
		Platforms: s.platformRows(v),
		Contacts:  s.contacts(v.words.Code())}
	if s.Maintenance { // every way would lead back to this page
		view.Platforms = nil
	}
	if s.Recovery != nil && status < 500 && s.inCase(v.path()) {
		view.Platforms = append(s.caseRows(v), view.Platforms...)
	}
	view.Page = s.frame(v, view.Title, "", "/", "")
	view.NoIndex = true
	return view
}

// inCase says whether an address belongs to a recovery.
func (s *Site) inCase(path string) bool {
	return strings.HasPrefix(path, "/case") || strings.HasPrefix(path, "/mail/") ||
		strings.HasPrefix(path, platformPath(s.livePlatform().ID)+"/")
}

// caseRows lead back into a recovery: the one that this browser runs, and the number of any.
func (s *Site) caseRows(v *visit) []templates.PlatformRow {
	rows := []templates.PlatformRow{{Name: v.words.T("live.start.resume"), URL: v.to("/case", "")}}
	if sight, err := s.look(v); err == nil {
		rows[0] = templates.PlatformRow{Name: v.words.T("progress.go"), URL: v.to(s.casePath(sight), "")}
	}
	return rows
}
