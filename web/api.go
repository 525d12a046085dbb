package web

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"zhaohui/internal/guide"
	"zhaohui/internal/help"
)

//go:embed openapi.yaml
var openAPI []byte

func (s *Site) showOpenAPI(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", openAPI)
}

type apiPlatform struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (s *Site) listPlatforms(c echo.Context) error {
	words, err := s.apiWords(c)
	if err != nil {
		return nil //nolint:nilerr // apiWords has answered
	}
	list := []apiPlatform{}
	for _, p := range s.platforms() {
		list = append(list, apiPlatform{p.ID, p.Texts[words.Code()].Name,
			s.absolute(address(words.Prefix(), platformPath(p.ID), ""))})
	}
	return c.JSON(http.StatusOK, map[string]any{"platforms": list})
}

type apiRecommendation struct {
	Platform string            `json:"platform"`
	Answers  map[string]string `json:"answers"`
	Next     *apiQuestion      `json:"next"`
	Channels []apiChannel      `json:"channels"`
	Stop     *apiStop          `json:"stop"`
}

type apiQuestion struct {
	ID      string      `json:"id"`
	Text    string      `json:"text"`
	Options []apiOption `json:"options"`
}

type apiOption struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

type apiChannel struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Rank      int      `json:"rank"`
	Fit       string   `json:"fit"`
	Reasons   []string `json:"reasons"`
	With      []string `json:"with"`
	Minutes   [2]int   `json:"minutes"`
	HoldHours int      `json:"holdHours"`
	URL       string   `json:"url"`
}

type apiStop struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// showRecommendation answers from the same function as the pages. Unlike pages it refuses what it does not know.
func (s *Site) showRecommendation(c echo.Context) error {
	words, err := s.apiWords(c)
	if err != nil {
		return nil //nolint:nilerr // apiWords has answered
	}
	p, ok := s.known(c.Param("platform"))
	if !ok {
		return answerProblem(c, http.StatusNotFound, "Unknown platform",
			"There is no platform of that id; GET /api/v1/platforms lists them.")
	}
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return answerProblem(c, http.StatusBadRequest, "Unreadable query", "The query string cannot be read.")
	}
	query.Del("lang")
	answers, refused := p.Parse(query)
	for _, key := range slices.Sorted(maps.Keys(query)) { // in a stable order
		if _, known := p.Question(key); known && (len(query[key]) > 1 || query[key][0] == "") {
			refused = append(refused, &guide.Refused{Question: key, Value: query[key][0], Known: true})
		}
	}
	if len(refused) > 0 {
		return answerProblem(c, http.StatusBadRequest, "Unknown answer", refusal(p, refused[0]))
	}
	v := &visit{Context: c, words: words}
	return c.JSON(http.StatusOK, s.recommendation(v, p, answers))
}

// refusal names what is not known without repeating what may be somebody's secret.
func refusal(p *guide.Platform, r *guide.Refused) string {
	if !r.Known {
		ids := make([]string, len(p.Questions))
		for i, q := range p.Questions {
			ids[i] = q.ID
		}
		name := "The question"
		if repeatable(r.Question) {
			name = fmt.Sprintf("The question %q", r.Question)
		}
		return fmt.Sprintf("%s is not known on %s. Known: %v.", name, p.ID, ids)
	}
	q, _ := p.Question(r.Question)
	value := "that value"
	if repeatable(r.Value) {
		value = fmt.Sprintf("the value %q", r.Value)
	}
	return fmt.Sprintf("The question %q does not have %s, or was answered twice. Known: %v.", r.Question, value, q.Values)
}

// repeatable says whether what was sent is a word, and no number that somebody typed in the wrong place.
func repeatable(text string) bool {
	return isSlug(text) && len(text) <= 40 && !help.Secretive(text)
}

func (s *Site) recommendation(v *visit, p *guide.Platform, answers guide.Answers) apiRecommendation {
	lang := v.words.Code()
	r := answers.Recommend()
	out := apiRecommendation{Platform: p.ID, Answers: map[string]string{}, Channels: []apiChannel{}}
	for _, a := range answers.All() {
		out.Answers[a.Question] = a.Value
	}
	if r.Stop != "" {
		out.Stop = &apiStop{ID: r.Stop, Title: unbroken(s.Content.Stops[r.Stop].Texts[lang].Title),
			URL: s.absolute(v.to(resultPath(p.ID), answers.Query()))}
		return out
	}
	if r.Next != nil {
		t := p.Texts[lang].Questions[r.Next.ID]
		out.Next = &apiQuestion{ID: r.Next.ID, Text: unbroken(t.Text)}
		for _, value := range r.Next.Values {
			out.Next.Options = append(out.Next.Options, apiOption{value, t.Values[value].Text})
		}
	}
	for _, c := range r.Channels {
		reasons := s.reasons(v, p, c)
		if reasons == nil {
			reasons = []string{}
		}
		with, hold := s.combined(answers, c.Channel)
		if with == nil {
			with = []string{}
		}
		out.Channels = append(out.Channels, apiChannel{ID: c.ID, Title: unbroken(c.Texts[lang].Title), Rank: c.Rank,
			Fit: c.Fit.String(), Reasons: reasons,
			With: with, Minutes: c.Minutes, HoldHours: int(hold.Hours()),
			URL: s.absolute(v.to(channelPath(p.ID, c.ID), answers.WithoutSafety().Query()))})
	}
	return out
}

// apiWords picks the language of an API answer from lang=; an unknown one is answered with a problem.
func (s *Site) apiWords(c echo.Context) (words, error) {
	lang := s.Words.Languages()[0].Code
	given := c.QueryParams()["lang"]
	if len(given) > 1 {
		return words{}, errors400(c, "The parameter lang was given twice.")
	}
	if len(given) == 1 {
		lang = given[0]
	}
	codes := []string{}
	for _, l := range s.Words.Languages() {
		codes = append(codes, l.Code)
	}
	if !slices.Contains(codes, lang) {
		return words{}, errors400(c, fmt.Sprintf("The value of lang is not known. Known: %v.", codes))
	}
	return s.Words.Words(lang), nil
}

func errors400(c echo.Context, detail string) error {
	if err := answerProblem(c, http.StatusBadRequest, "Unknown answer", detail); err != nil {
		return err
	}
	return fmt.Errorf("answered")
}

// answerProblem answers in the form of RFC 9457.
func answerProblem(c echo.Context, status int, title, detail string) error {
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"about:blank", title, status, detail})
	if err != nil {
		return err
	}
	return c.Blob(status, "application/problem+json", body)
}
