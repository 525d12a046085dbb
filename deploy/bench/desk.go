package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/store"
	"zhaohui/internal/support"
	"zhaohui/internal/vault"
	"zhaohui/internal/wallet"
)

const (
	manyTickets = 100_000
	manyEntries = 1_000_000
	deskDays    = 365
	deskViews   = 60 // of each page
	deskAgents  = 40
)

// desk is how long the pages of the support desk take when there are many tickets and a long trail. One person looks at one page
// after the other; the slowest page of each kind counts.
func (c *runCommand) desk() ([]row, error) {
	ctx := context.Background()
	s, err := openScratch(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	begun := time.Now()
	made, err := s.fillDesk(ctx)
	if err != nil {
		return nil, err
	}
	say("%d tickets and %d entries of the trail are there after %.0f s", manyTickets, manyEntries, time.Since(begun).Seconds())
	authenticators := map[string]string{}
	for name, role := range people {
		if authenticators[name], err = s.hire(ctx, name, role); err != nil {
			return nil, fmt.Errorf("%s is let in: %w", name, err)
		}
	}
	portal, err := c.serve(s.folder)
	if err != nil {
		return nil, err
	}
	defer portal.stop()
	if err := portal.rest(time.Minute); err != nil {
		return nil, err
	}
	browsers := map[string]*http.Client{}
	for name, key := range authenticators {
		if browsers[name], err = signIn(portal.url, name, key); err != nil {
			return nil, fmt.Errorf("%s signs in: %w", name, err)
		}
	}
	var rows []row
	for _, page := range made.pages() {
		worst, name := 0.0, ""
		for _, path := range page.paths {
			before, err := portal.ticks()
			if err != nil {
				return nil, err
			}
			took, usual, err := views(browsers[page.who], portal.url+path)
			if err != nil {
				return nil, err
			}
			after, err := portal.ticks()
			if err != nil {
				return nil, err
			}
			say("%-12s p99 %.1f ms, half within %.1f ms, %.1f ms of work: %s", page.name, took, usual, float64(after-before)*10/deskViews, path)
			if took > worst {
				worst, name = took, path
			}
		}
		if name, err = url.QueryUnescape(name); err != nil {
			return nil, err
		}
		rows = append(rows, row{measure: "desk p99 at 100,000 tickets and a million entries: " + page.name, value: worst, must: 200, aim: 50, format: "%.0f ms",
			from: fmt.Sprintf("worst of %d pages: `%s`", len(page.paths), name)})
	}
	return rows, nil
}

type deskPage struct {
	name, who string
	paths     []string
}

// pages are what is measured: first, last and emptiest pages, and searches that find much, little and nothing.
func (d deskMade) pages() []deskPage {
	long, short := time.Now().AddDate(0, 0, -deskDays), time.Now()
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	return []deskPage{
		{"queue", "reviewer", []string{"/agent", "/agent/tickets", "/agent/tickets?show=mine", "/agent/tickets?show=overdue", "/agent/tickets?kind=appeal"}},
		{"ticket", "reviewer", []string{"/agent/tickets/" + d.tickets[0], "/agent/tickets/" + d.tickets[len(d.tickets)-1]}},
		{"insight", "lead", []string{"/agent/insight", "/agent/insight?days=90"}},
		{"audit search", "auditor", []string{"/agent/audit", "/agent/audit?kind=switched-off", "/agent/audit?kind=audit-exported", "/agent/audit?kind=case-started",
			"/agent/audit?actor=job", "/agent/audit?actor=" + url.QueryEscape(d.agent), "/agent/audit?kind=evidence-viewed&actor=" + url.QueryEscape(d.agent),
			"/agent/audit?kind=case-started&actor=job", "/agent/audit?actor=customer&kind=switched-off", "/agent/audit?from=" + day(long) + "&until=" + day(long),
			"/agent/audit?from=" + day(long) + "&until=" + day(short) + "&kind=switched-off", "/agent/audit?below=500000", "/agent/audit?case=" + d.cases[0],
			"/agent/audit?case=" + d.cases[len(d.cases)-1], "/agent/audit?ticket=" + d.numbers[len(d.numbers)/2], "/agent/audit/500000",
			"/agent/audit/retention"}},
	}
}

// views opens a page again and again: the slowest but one of a hundred, and the one in the middle, in milliseconds.
func views(browser *http.Client, address string) (slow, usual float64, err error) {
	var times []time.Duration
	for range deskViews {
		begun := time.Now()
		response, err := browser.Get(address)
		if err != nil {
			return 0, 0, err
		}
		_, err = io.Copy(io.Discard, response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return 0, 0, err
		}
		if response.StatusCode != http.StatusOK {
			return 0, 0, fmt.Errorf("%s: %s", address, response.Status)
		}
		times = append(times, time.Since(begun))
	}
	slow = p99(times) / 1000 // it sorts them
	return slow, float64(times[len(times)/2]) / float64(time.Millisecond), nil
}

// rest waits until a server has nothing to do: jobs of its start look at everything that is new to them.
func (s *server) rest(most time.Duration) error {
	before, idle := -1, 0
	for deadline := time.Now().Add(most); idle < 2; time.Sleep(time.Second) {
		now, err := s.ticks()
		if err != nil {
			return err
		}
		if idle++; before < 0 || now-before > ticksAtRest {
			idle = 0
		}
		before = now
		if time.Now().After(deadline) {
			say("the portal is still busy after %s", most)
			return nil
		}
	}
	return nil
}

// ticks is how long the process worked, in hundredths of a second.
func (s *server) ticks() (int, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Pid))
	if err != nil {
		return 0, err
	}
	var user, system int
	fields := strings.Fields(string(stat))
	if len(fields) < 15 {
		return 0, fmt.Errorf("the status of the process has %d fields", len(fields))
	}
	_, err = fmt.Sscan(fields[13]+" "+fields[14], &user, &system)
	return user + system, err
}

// ticksAtRest is how much of a second's hundred ticks a process may use that has nothing to do.
const ticksAtRest = 8

// people work at the desk; what each signs in with besides the password is the key of an authenticator.
var people = map[string]support.Role{"reviewer": support.RoleReviewer, "lead": support.RoleLead, "auditor": support.RoleAuditor}

const deskPassword = "lamp river teapot 42"

// hire lets somebody in by the same way as everybody. The demo has people too, but writes a past for them meanwhile.
func (s *state) hire(ctx context.Context, name string, role support.Role) (key string, err error) {
	keys, _, err := vault.Source{File: filepath.Join(s.folder, "keys")}.Keys()
	if err != nil {
		return "", err
	}
	pepper, _, err := vault.Source{File: filepath.Join(s.folder, "pepper")}.Pepper()
	if err != nil {
		return "", err
	}
	desk := support.NewDesk(support.Deps{Store: store.NewAgents(s.db, s.trail.Append), Hasher: wallet.NewHasher(0, 0).Passwords(pepper, "agent-password"), Box: s.box,
		Index: keys.Index("agents"), Now: time.Now, Public: &url.URL{Scheme: "http", Host: "localhost"}})
	invitation, err := desk.Add(ctx, support.New{Name: name, Shown: name, Roles: []support.Role{role}, Lang: "zh"})
	if err != nil {
		return "", err
	}
	session, err := desk.BeginEnrol(ctx, invitation, support.Client{Kind: "computer"})
	if err != nil {
		return "", err
	}
	if err := desk.ChoosePassword(ctx, session, deskPassword); err != nil {
		return "", err
	}
	enrolling, err := desk.Enrolling(ctx, session)
	if err != nil {
		return "", err
	}
	code, err := totp.GenerateCode(enrolling.Authenticator.Key, time.Now().Add(-30*time.Second))
	if err == nil {
		_, err = desk.ConfirmCode(ctx, session, code)
	}
	return enrolling.Authenticator.Key, err
}

// signIn is somebody, signed in as they do it themselves.
func signIn(base, name, key string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	code, err := totp.GenerateCode(key, time.Now())
	if err != nil {
		return nil, err
	}
	for _, step := range []struct {
		path string
		form url.Values
	}{{"/agent/sign-in", url.Values{"name": {name}, "password": {deskPassword}}}, {"/agent/sign-in/second", url.Values{"code": {code}}}} {
		response, err := browser.PostForm(base+step.path, step.form)
		if err != nil {
			return nil, err
		}
		page, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return nil, err
		}
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s %s", step.path, response.Status, heading.Find(page))
		}
	}
	return browser, nil
}

var heading = regexp.MustCompile(`<h1>[^<]*`)
