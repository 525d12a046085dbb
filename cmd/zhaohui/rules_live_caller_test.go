package main

import (
	"context"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// publicHost of all portals of these tests: whichever process answers, people and letters know one address.
const testHost = "portal.test"

// caller is a person at a portal: it has cookies, and reads pages as far as a tool has to.
type caller struct {
	t      *testing.T
	house  *household
	portal *running // who answers; may be changed between two requests
	client *http.Client
	who    person
	sent   string // the password that was chosen

	status int
	at     string
	body   string
}

func aCaller(h *household, portal *running, who person) *caller {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := &caller{t: h.t, house: h, portal: portal, who: who}
	c.client = &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, c.portal.addr)
		}}}
	return c
}

// ask sends one request and follows where it leads.
func (c *caller) ask(method, path string, form url.Values) error {
	request, err := http.NewRequestWithContext(c.t.Context(), method, "http://"+testHost+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	c.status, c.at, c.body = answer.StatusCode, answer.Request.URL.RequestURI(), string(body)
	if location := answer.Header.Get("Location"); location != "" {
		c.at = location
	}
	return err
}

func (c *caller) get(path string) {
	c.t.Helper()
	if err := c.ask(http.MethodGet, path, nil); err != nil {
		c.t.Fatal(err)
	}
}

var (
	stepForm  = regexp.MustCompile(`<form[^>]*data-step="([^"]+)"[^>]*>`)
	actionOf  = regexp.MustCompile(` action="([^"]*)"`)
	codeIn    = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)
	linkTo    = regexp.MustCompile(`http://` + regexp.QuoteMeta(testHost) + `(\S+)`)
	caseField = regexp.MustCompile(`action="(/case/[^"/]+)"`)
)

// step is the step whose form the page shows, "" if it shows none.
func (c *caller) step() string {
	if found := stepForm.FindStringSubmatch(c.body); found != nil {
		return found[1]
	}
	return ""
}

// fill sends the form of the step: names and values in turn.
func (c *caller) fill(pairs ...string) {
	c.t.Helper()
	form := stepForm.FindString(c.body)
	action := actionOf.FindStringSubmatch(form)
	if action == nil {
		c.t.Fatalf("%d %s has no form of a step:\n%.600s", c.status, c.at, c.body)
	}
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	if err := c.ask(http.MethodPost, html.UnescapeString(action[1]), values); err != nil {
		c.t.Fatal(err)
	}
}

// beside does something with the case that is not its step.
func (c *caller) beside(pairs ...string) {
	c.t.Helper()
	found := caseField.FindStringSubmatch(c.body)
	if found == nil {
		c.t.Fatalf("%s names no case", c.at)
	}
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	if err := c.ask(http.MethodPost, found[1], values); err != nil {
		c.t.Fatal(err)
	}
}

// begin opens a channel and says that nothing is wrong.
func (c *caller) begin(channel string) {
	c.t.Helper()
	c.get("/p/wallet/" + channel + "/safety")
	c.fill("safety", "none")
}

// answer does what the step asks, rightly, by SMS first and then by mail. It says whether there was anything to do.
func (c *caller) answer() bool {
	c.t.Helper()
	switch step := c.step(); step {
	case "account":
		c.fill("account", c.who.Phone)
	case "sms-code":
		c.fill("code", codeIn.FindStringSubmatch(c.house.letter("code", c.who.Phone).Text)[1])
	case "first":
		c.fill("method", "sms")
	case "next":
		c.fill("method", "mail")
	case "mail-code":
		c.fill("code", codeIn.FindStringSubmatch(c.house.letter("link", c.who.Mail).Text)[1])
	case "password":
		c.sent = "739184"
		c.fill("new_password", c.sent, "new_password_again", c.sent)
	case "":
		return false
	default:
		c.t.Fatalf("%s: nobody told me what to do at step %s", c.at, step)
	}
	return true
}

// until goes on to a step.
func (c *caller) until(step string) {
	c.t.Helper()
	for range 12 {
		if c.step() == step {
			return
		}
		if !c.answer() {
			break
		}
	}
	c.t.Fatalf("did not come to %s but to %d %s:\n%.600s", step, c.status, c.at, c.body)
}

// finished looks at the page again until the wallet has answered.
func (c *caller) finished() {
	c.t.Helper()
	for range 40 { // the page itself waits a little for the wallet
		if strings.HasSuffix(c.at, "/done") && c.status == http.StatusOK {
			return
		}
		if c.status != http.StatusOK && c.status != http.StatusSeeOther {
			break
		}
		c.get(c.at)
	}
	c.t.Fatalf("not done but %d %s:\n%.600s", c.status, c.at, c.body)
}

// stay makes the caller take an answer and go no further.
func (c *caller) stay(on bool) {
	c.client.CheckRedirect = nil
	if on {
		c.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
}

// opens says whether a payment password is right.
func opens(t *testing.T, r *records, id, password string) bool {
	t.Helper()
	ok, err := r.accounts.CheckPassword(t.Context(), id, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}
