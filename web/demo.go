package web

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhaohui/internal/message"
	"zhaohui/internal/problem"
	"zhaohui/templates"
	"zhaohui/templates/ui"
)

// Demonstration is what the demo shows of itself: made-up accounts with their secrets, what was sent to them, and a clock
// that can be moved forward. It exists nowhere else.
type Demonstration interface {
	Accounts() []DemoAccount
	Outbox() []message.Record
	Advance(ctx context.Context, by time.Duration) error
	Agents(ctx context.Context) ([]DemoAgent, error)
	// Opened says that somebody looks at what the demo shows of its past: it begins to be written then.
	Opened()
	// Past is how much of it is written.
	Past() DemoPast
}

// DemoPast is how many days of the past are written, of how many. Ended says that no more will be.
type DemoPast struct {
	Written, Days int
	Ended         bool
}

// DemoAgent is one of the made-up people at the desk, as /demo/agents.json gives it. Code is one that they can sign in with.
type DemoAgent struct {
	Name     string   `json:"name"`
	Shown    string   `json:"shown"`
	Roles    []string `json:"roles"`
	Password string   `json:"password"`
	Key      string   `json:"authenticator_key"`
	Code     string   `json:"code"`
}

// DemoAccount is a made-up account, as /demo/accounts.json gives it.
type DemoAccount struct {
	ID              string         `json:"-"`
	Name            string         `json:"name"`
	Phone           string         `json:"phone"`
	Email           string         `json:"email"`
	IDNumber        string         `json:"id_number"`
	CurrentPassword string         `json:"current_password"`
	Questions       []DemoQuestion `json:"questions"`
	BackupPassword  string         `json:"backup_password"`
	TOTPSecret      string         `json:"totp_secret"`
	RecoveryCodes   []string       `json:"recovery_codes"`
	Cards           []DemoCard     `json:"cards"`
}

// DemoQuestion is a security question with its answer.
type DemoQuestion struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// DemoCard is a bank card.
type DemoCard struct {
	ID            string `json:"id"`
	Bank          string `json:"bank"`
	Class         string `json:"class"`
	Number        string `json:"number"`
	Last4         string `json:"last4"`
	Expiry        string `json:"expiry"`
	Kind          string `json:"kind"`
	ReservedPhone string `json:"reserved_phone"`
	State         string `json:"state"`
}

// demo adds the addresses of the demo.
func (s *Site) demo(e *echo.Echo) {
	for _, language := range s.Words.Languages() {
		words := s.Words.Words(language.Code)
		e.GET(address(language.Prefix, "/demo", ""), s.page(route{"GET", "/demo", everyone, (*Site).showDemo}, words))
		clock := route{"POST", "/demo/clock", everyone, (*Site).submitClock}
		e.POST(address(language.Prefix, clock.path, ""), s.page(clock, words))
	}
	e.GET("/demo/accounts.json", s.guard("demo", func(c echo.Context) error {
		accounts := map[string]DemoAccount{}
		for _, a := range s.Demo.Accounts() {
			accounts[a.ID] = a
		}
		return plainJSON(c, accounts)
	}))
	e.GET("/demo/agents.json", s.guard("demo", func(c echo.Context) error {
		agents, err := s.Demo.Agents(c.Request().Context())
		if err != nil {
			return err
		}
		byName := map[string]DemoAgent{}
		for _, a := range agents {
			byName[a.Name] = a
		}
		return plainJSON(c, byName)
	}))
	e.GET("/demo/outbox.json", s.guard("demo", func(c echo.Context) error {
		records := s.Demo.Outbox()
		if records == nil {
			records = []message.Record{}
		}
		return plainJSON(c, records)
	}))
}

func plainJSON(c echo.Context, value any) error {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "application/json; charset=utf-8", append(body, '\n'))
}

// submitClock moves the demo's clock forward: advance=90m. It never goes back.
func (s *Site) submitClock(v *visit) error {
	form, err := v.form("advance")
	if err != nil {
		return err
	}
	by, err := time.ParseDuration(form.Get("advance"))
	if err != nil || by <= 0 || by > 400*24*time.Hour {
		return problem.Invalid{Fields: map[string]string{"advance": "format"}}
	}
	if err := s.Demo.Advance(v.Request().Context(), by); err != nil {
		return err
	}
	return v.see(v.to("/demo", ""))
}

var (
	sixDigits = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)
	linkIn    = regexp.MustCompile(`https?://[^\s，。！？）]+`)
)

func (s *Site) showDemo(v *visit) error {
	t := v.words.T
	s.Demo.Opened()
	view := templates.DemoView{Page: s.frame(v, t("demo.title"), "", "/demo", ""), Lead: t("demo.lead"),
		Start:   ui.Link{Text: t("demo.start"), URL: v.to(platformPath(s.livePlatform().ID), "")},
		Clock:   templates.DemoClock{Now: s.Now().In(s.Zone).Format("2006-01-02 15:04:05"), Action: v.to("/demo/clock", "")},
		Past:    s.pastNote(v),
		Refresh: ui.Link{Text: t("demo.refresh"), URL: v.to("/demo", "")},
		Downloads: []ui.Link{{Text: "accounts.json", URL: "/demo/accounts.json"},
			{Text: "outbox.json", URL: "/demo/outbox.json"}, {Text: "agents.json", URL: "/demo/agents.json"}}}
	view.NoIndex, view.Canonical, view.Alternates = true, "", nil
	for _, step := range []string{"1m", "10m", "1h", "24h", "72h"} {
		view.Clock.Steps = append(view.Clock.Steps, templates.DemoStep{Value: step, Text: "+" + step})
	}
	for _, a := range s.Demo.Accounts() {
		view.Accounts = append(view.Accounts, demoAccount(v, a))
	}
	if err := s.demoStaff(v, &view); err != nil {
		return err
	}
	records := s.Demo.Outbox()
	slices.Reverse(records)
	for i, r := range records[:min(len(records), 12)] {
		view.Outbox = append(view.Outbox, s.demoMessage(v, "code-"+strconv.Itoa(len(records)-i), r))
	}
	return s.fresh(v, 200, templates.Demo(view))
}

// demoStaff adds the people at the desk, each with what they sign in with.
func (s *Site) demoStaff(v *visit, view *templates.DemoView) error {
	if s.Desk == nil {
		return nil
	}
	agents, err := s.Demo.Agents(v.Request().Context())
	if err != nil {
		return err
	}
	t := v.words.T
	view.Desk = ui.Link{Text: t("agent.demo.open"), URL: v.to("/agent", "")}
	for _, a := range agents {
		about := []string{a.Shown}
		for _, role := range a.Roles {
			about = append(about, t("agent.role."+role))
		}
		view.Staff = append(view.Staff, templates.DemoStaff{Name: a.Name, About: strings.Join(about, t("say.pause")),
			Password: a.Password, Code: a.Code, Key: inFours(a.Key)})
	}
	return nil
}

func demoAccount(v *visit, a DemoAccount) templates.DemoAccount {
	t := v.words.T
	out := templates.DemoAccount{Name: a.ID}
	if about := t("demo.about." + strings.Split(a.ID, "@")[0]); !strings.HasPrefix(about, "demo.about.") {
		out.About = about
	}
	fact := func(key string, values ...string) {
		values = slices.DeleteFunc(values, func(s string) bool { return s == "" })
		if len(values) > 0 {
			out.Facts = append(out.Facts, templates.DemoFact{Label: t("demo.fact." + key), Values: values})
		}
	}
	fact("name", a.Name)
	fact("phone", a.Phone)
	fact("email", a.Email)
	fact("id-number", a.IDNumber)
	fact("password", a.CurrentPassword)
	for _, q := range a.Questions {
		fact("question", q.Question+" "+q.Answer)
	}
	fact("backup", a.BackupPassword)
	fact("totp", a.TOTPSecret)
	fact("codes", a.RecoveryCodes...)
	for _, c := range a.Cards {
		out.Cards = append(out.Cards, templates.DemoCard{Bank: c.Bank, Kind: t("demo.card."+c.Class) + t("say.dot") +
			t("demo.card."+c.Kind),
			Number: c.Number, Expiry: c.Expiry, Reserved: c.ReservedPhone, State: t("demo.state." + c.State)})
	}
	return out
}

// demoMessage has its links beside it, not in its text: an address is nothing to read.
func (s *Site) demoMessage(v *visit, id string, r message.Record) templates.DemoMessage {
	m := templates.DemoMessage{ID: id, At: r.At.In(s.Zone).Format("15:04:05"), Channel: r.Channel, To: r.To, Purpose: r.Purpose}
	if found := sixDigits.FindStringSubmatch(r.Text); found != nil &&
		(r.Purpose == "code" || r.Purpose == "link" || r.Purpose == "card") {
		m.Code = found[1]
	}
	for _, link := range linkIn.FindAllString(r.Text, -1) {
		if rest, ok := strings.CutPrefix(link, s.absolute("")); ok {
			text := v.words.T("demo.stop-link")
			switch {
			case r.Purpose == "link" && len(m.Links) == 0:
				text = v.words.T("demo.open-link")
			case strings.HasSuffix(rest, "/appeal"):
				text = v.words.T("demo.appeal-link")
			}
			m.Links = append(m.Links, ui.Link{Text: text, URL: rest})
		}
	}
	for line := range strings.SplitSeq(linkIn.ReplaceAllString(r.Text, ""), "\n") {
		if line = strings.TrimSpace(line); line != "" && line != m.Code {
			m.Text = append(m.Text, line)
		}
	}
	return m
}
