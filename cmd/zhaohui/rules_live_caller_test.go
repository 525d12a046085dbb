package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/message"
)

// publicHost of all portals of these tests: whichever process answers, people and letters know one address.
const testHost = "portal.test"

// household is what a portal of a test lives on: a folder, perhaps a shared database, and the file that letters go to.
type household struct {
	t       *testing.T
	data    string
	letters string
	env     []string
	databaseSettings
}

// aHousehold has a folder of its own and writes letters to a file. env comes last, so that it may say otherwise.
func aHousehold(t *testing.T, env ...string) *household {
	t.Helper()
	h := &household{t: t, data: filepath.Join(t.TempDir(), "data"), letters: filepath.Join(t.TempDir(), "letters")}
	h.databaseSettings = databaseSettings{Data: h.data}
	h.env = append([]string{"ZHAOHUI_DATA=" + h.data, "ZHAOHUI_PUBLIC_URL=http://" + testHost, "ZHAOHUI_MAIL=file:" + h.letters,
		"ZHAOHUI_SMS=file:" + h.letters}, env...)
	return h
}

// serve starts a portal of the household.
func (h *household) serve(env ...string) *running {
	h.t.Helper()
	return start(h.t, slices.Concat(h.env, env), "serve")
}

// run runs a command of the program beside whatever serves, and gives what it printed.
func (h *household) run(args ...string) string {
	h.t.Helper()
	out, err := h.try(args...)
	if err != nil {
		h.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (h *household) try(args ...string) (string, error) {
	h.t.Helper()
	out, err := program(h.t, h.env, args...).CombinedOutput()
	return string(out), err
}

// person is a made-up account holder with everything that these tests type.
type person struct {
	ID, Name, Phone, Mail, IDNumber, Password, Backup, Answer, Code string
}

func somebody(n int) person {
	// a region that does not exist, so that the number is nobody's
	digits := fmt.Sprintf("99000119880214%03d", n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(digits[i]-'0') * w
	}
	return person{ID: fmt.Sprintf("acct-%d", n), Name: "欧阳" + string([]rune("晓岚云舒青禾若水")[n%8]), Phone: fmt.Sprintf("1990000%04d", n),
		Mail: fmt.Sprintf("someone-%d@mail.example", n), IDNumber: digits + "10X98765432"[sum%11:sum%11+1], Password: "604817",
		Backup: fmt.Sprintf("Camellia-%d-Teapot", n), Answer: "扬州瘦西湖边", Code: fmt.Sprintf("7KDMH-W3QRX-9A%dTE", n%10)}
}

// settle imports accounts and gives the people who own them.
func (h *household) settle(most int) []person {
	h.t.Helper()
	var people []person
	var accounts []map[string]any
	for n := range most {
		p := somebody(n)
		people = append(people, p)
		accounts = append(accounts, map[string]any{"id": p.ID, "lang": "zh", "name": p.Name, "id_number": p.IDNumber, "real_named": true,
			"phone": map[string]any{"number": p.Phone, "since": "-900d"}, "email": map[string]any{"address": p.Mail, "since": "-900d"},
			"password": p.Password, "questions": []map[string]string{{"question": "出生在哪座城市？", "answer": p.Answer}},
			"backup_password": p.Backup, "recovery_codes": []string{p.Code}, "networks": []string{"127.0.0.0/8"}})
	}
	raw, err := json.Marshal(map[string]any{"accounts": accounts})
	if err != nil {
		h.t.Fatal(err)
	}
	file := filepath.Join(h.t.TempDir(), "accounts.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		h.t.Fatal(err)
	}
	if out := h.run("account", "import", file); !strings.Contains(out, fmt.Sprintf("imported %d accounts", most)) {
		h.t.Fatal(out)
	}
	return people
}

// posted are the letters in the file, the oldest first.
func (h *household) posted() []message.Record {
	h.t.Helper()
	raw, err := os.ReadFile(h.letters)
	if err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	var list []message.Record
	for line := range bytes.Lines(raw) {
		var r message.Record
		if err := json.Unmarshal(line, &r); err != nil {
			h.t.Fatalf("half a letter: %q %v", line, err)
		}
		list = append(list, r)
	}
	return list
}

// letter waits for the newest letter of a purpose to an address.
func (h *household) letter(purpose, to string) message.Record {
	h.t.Helper()
	var found message.Record
	eventually(h.t, "letter "+purpose+" to "+to, func() bool {
		list := h.posted()
		slices.Reverse(list)
		i := slices.IndexFunc(list, func(r message.Record) bool { return r.Purpose == purpose && strings.HasSuffix(r.To, to) })
		if i >= 0 {
			found = list[i]
		}
		return i >= 0
	})
	return found
}

// records opens the database beside what serves.
func (h *household) records() *records {
	h.t.Helper()
	r, err := openRecords(h.t.Context(), h.databaseSettings, time.Now, quietLog())
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { r.db.Close() })
	return r
}

// number asks the database for a number.
func number(t *testing.T, r *records, query string, args ...any) (n int) {
	t.Helper()
	if err := r.db.SQL().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// eventually waits for what another process does. It looks again and again, as that process cannot tell us.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	end, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	for !done() {
		select {
		case <-look.C:
		case <-end.Done():
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// kill ends a portal as a power cut does.
func (r *running) kill(t *testing.T) {
	t.Helper()
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for range r.lines {
	}
	_ = r.Wait() // it says that it was killed
}

// stop ends a portal in peace.
func (r *running) stop(t *testing.T) {
	t.Helper()
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	r.end(t)
}

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
