package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

type apiLink struct {
	Code    string            `json:"code"`
	URL     string            `json:"url"`
	Text    map[string]string `json:"text"`
	Expires time.Time         `json:"expires"`
}

// makeLink makes a link for a chat tool, in the name of the agent whose token it has. No page of another site can: no
// browser sends the header without asking first, and nobody answers.
func (s *Site) makeLink(c echo.Context) error {
	agent, err := s.tokenHolder(c)
	if errors.Is(err, problem.NotFound) {
		c.Response().Header().Set("WWW-Authenticate", "Bearer")
		return answerProblem(c, http.StatusUnauthorized, "No token", "Send the header Authorization: Bearer and a token.")
	}
	if err != nil {
		return err
	}
	fields, err := readFields(c)
	if err != nil {
		return err
	}
	if fields == nil {
		return answerProblem(c, http.StatusBadRequest, "Unreadable body", "The body has to be one JSON object, as application/json.")
	}
	order, err := s.order(fields)
	if err == nil {
		order.Agent = support.TokenPrefix + agent.ID
		return s.answerLink(c, order)
	}
	return s.refuseLink(c, err)
}

// tokenHolder is whose token a request has; problem.NotFound, problem.Denied.
func (s *Site) tokenHolder(c echo.Context) (*support.Agent, error) {
	scheme, token, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, problem.NotFound
	}
	agent, err := s.Desk.ByToken(c.Request().Context(), token)
	if err == nil && !agent.May(support.RightShare) {
		err = problem.Denied
	}
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return agent, nil
}

func (s *Site) answerLink(c echo.Context, order support.NewLink) error {
	link, err := s.Links.Make(c.Request().Context(), order)
	if err != nil {
		return s.refuseLink(c, err)
	}
	out := apiLink{Code: link.Code, URL: s.absolute(linkPath(link.Code)), Text: map[string]string{}, Expires: link.Expires.UTC()}
	for _, language := range s.Words.Languages() {
		out.Text[language.Code] = s.linkText(link, s.Words.Words(language.Code))
	}
	c.Response().Header().Set("Location", out.URL)
	return c.JSON(http.StatusCreated, out)
}

// refuseLink says which fields are wrong, or when to come back.
func (s *Site) refuseLink(c echo.Context, err error) error {
	if until, ok := errors.AsType[problem.Throttled](err); ok && !until.Until.IsZero() {
		wait := math.Ceil(until.Until.Sub(s.Now()).Seconds())
		c.Response().Header().Set("Retry-After", strconv.Itoa(max(1, int(wait))))
	}
	invalid, ok := errors.AsType[problem.Invalid](err)
	if !ok || problem.KindOf(err) != problem.KindInvalid {
		return err
	}
	wrong := map[string]string{}
	for field, code := range invalid.Fields {
		if name, ok := map[string]string{"slug": "article", "expires": "expires_hours", "max-uses": "max_uses"}[field]; ok {
			field = name
		}
		wrong[field] = code
	}
	return answerFields(c, wrong)
}

// answerFields answers in the form of RFC 9457 with what is wrong: field → code.
func answerFields(c echo.Context, wrong map[string]string) error {
	body, err := json.Marshal(struct {
		Type   string            `json:"type"`
		Title  string            `json:"title"`
		Status int               `json:"status"`
		Detail string            `json:"detail"`
		Errors map[string]string `json:"errors"`
	}{"about:blank", "Invalid link", http.StatusUnprocessableEntity,
		"Wrong fields: " + strings.Join(slices.Sorted(maps.Keys(wrong)), ", ") + ".", wrong})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusUnprocessableEntity, "application/problem+json", body)
}

// readFields reads a JSON object, each field as it came; nil if it is none.
func readFields(c echo.Context) (map[string]json.RawMessage, error) {
	kind, _, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	raw, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("order of a link: %w", err)
	}
	var fields map[string]json.RawMessage
	if kind == "application/json" {
		_ = json.Unmarshal(raw, &fields) // what is no object leaves nothing behind
	}
	return fields, nil
}

// order reads what link is asked for; problem.Invalid with "type" of a value that is none of its kind, "unknown" of a field
// that there is not, "required" and "alone" of fields that need or exclude others.
func (s *Site) order(fields map[string]json.RawMessage) (support.NewLink, error) {
	var n support.NewLink
	var article string
	var answers map[string]string
	var hours *int
	into := map[string]any{"platform": &n.Target.Platform, "channel": &n.Target.Channel, "step": &n.Target.Step, "article": &article,
		"answers": &answers, "case": &n.Target.Case, "lang": &n.Lang, "expires_hours": &hours, "max_uses": &n.MaxUses}
	wrong := map[string]string{}
	for name, raw := range fields {
		place, known := into[name]
		switch {
		case !known && repeatable(name):
			wrong[name] = "unknown"
		case !known:
			wrong["?"] = "unknown" // its name may be a number that somebody typed in the wrong place
		case json.Unmarshal(raw, place) != nil:
			wrong[name] = "type"
		}
	}
	if hours != nil && wrong["expires_hours"] == "" {
		if *hours < 1 || *hours > int(support.LinkLongest.Hours()) {
			wrong["expires_hours"] = "range"
		}
		n.Expires = s.Now().Add(time.Duration(*hours) * time.Hour)
	}
	n.Target.Slug = article
	said := url.Values{}
	for question, value := range answers {
		if value == "" { // a page leaves an untouched question out, a program means something
			wrong["answers"] = "unknown"
		}
		said.Set(question, value)
	}
	n.Target.Query = said.Encode()
	aimed(&n.Target, wrong)
	if len(wrong) > 0 {
		return n, fmt.Errorf("order of a link: %w", problem.Invalid{Fields: wrong})
	}
	return n, nil
}

// aimed finds out which kind of target the fields mean, and what does not go together.
func aimed(t *support.Target, wrong map[string]string) {
	if len(wrong) > 0 {
		return
	}
	alone := func(field string) {
		if t.Platform+t.Channel+t.Step+t.Query != "" || t.Slug != "" && t.Case != "" {
			wrong[field] = "alone"
		}
	}
	switch {
	case t.Slug != "":
		t.Kind = support.ToArticle
		alone("article")
	case t.Case != "":
		t.Kind = support.ToCase
		alone("case")
	case t.Platform == "":
		wrong["platform"] = "required"
	case t.Step != "" && t.Channel == "":
		wrong["channel"] = "required"
	case t.Step != "":
		t.Kind = support.ToStep
	case t.Channel != "":
		t.Kind = support.ToChannel
	default:
		t.Kind = support.ToChooser
	}
}
