package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/message"
	"zhaohui/internal/recovery"
	"zhaohui/internal/recovery/method/identity/slider"
	"zhaohui/web"
)

// liveSite is a demo of one test's own: its accounts, its outbox, its clock.
type liveSite struct {
	t        *testing.T
	url      string
	folder   string
	accounts map[string]web.DemoAccount
	ahead    time.Duration // that the clock was moved
	taken    map[int]bool  // messages of the outbox that somebody has read
}

// filledFolder is a data folder with the demo's accounts; a test copies it, because hashing all their secrets takes seconds.
var filledFolder = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "zhaohui-live-")
	if err != nil {
		return "", err
	}
	forgetFilledFolder = func() { _ = os.RemoveAll(folder) }
	_, stop, err := serveDemo(folder)
	if err != nil {
		return "", err
	}
	stop()
	return folder, nil
})

var forgetFilledFolder func() // once there is one

func openLiveSite(t *testing.T) *liveSite {
	t.Helper()
	filled, err := filledFolder()
	if err != nil {
		t.Fatal(err)
	}
	s := &liveSite{t: t, folder: t.TempDir(), taken: map[int]bool{}}
	if err := os.CopyFS(s.folder, os.DirFS(filled)); err != nil {
		t.Fatal(err)
	}
	s.url, _ = ownSite(t, s.folder)
	s.read("/demo/accounts.json", &s.accounts)
	return s
}

// read reads JSON of the demo.
func (s *liveSite) read(path string, into any) {
	s.t.Helper()
	status, body := get(s.t, s.url+path)
	if err := json.Unmarshal([]byte(body), into); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %d %v", path, status, err)
	}
}

func (s *liveSite) outbox() []message.Record {
	s.t.Helper()
	var all []message.Record
	s.read("/demo/outbox.json", &all)
	return all
}

// next waits for the newest message of a purpose that nobody has read, to an address or to anybody.
func (s *liveSite) next(purpose, to string) message.Record {
	s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond) // delivery is another process's work: nothing here can wait on it
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for {
		all := s.outbox()
		for i := len(all) - 1; i >= 0; i-- {
			m := all[i]
			if s.taken[i] || m.Purpose != purpose || !strings.Contains(m.To, to) {
				continue
			}
			for ; i >= 0; i-- {
				s.taken[i] = s.taken[i] || all[i].Purpose == purpose && strings.Contains(all[i].To, to)
			}
			return m
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatalf("no %s to %q came; the outbox has %d messages", purpose, to, len(all))
		}
	}
}

// count is how many messages of a purpose were sent.
func (s *liveSite) count(purpose string) (n int) {
	for _, m := range s.outbox() {
		if m.Purpose == purpose {
			n++
		}
	}
	return n
}

var (
	sixInText     = regexp.MustCompile(`(?:^|\D)(\d{6})(?:\D|$)`)
	addressInText = regexp.MustCompile(`https?://[^\s，。]+`)
)

// code waits for a message and reads the six digits in it.
func (s *liveSite) code(purpose, to string) string {
	s.t.Helper()
	m := s.next(purpose, to)
	found := sixInText.FindStringSubmatch(m.Text)
	if found == nil {
		s.t.Fatalf("no code in %q", m.Text)
	}
	return found[1]
}

// link is the path of the nth address in a text.
func (s *liveSite) link(text string, path string) string {
	s.t.Helper()
	for _, l := range addressInText.FindAllString(text, -1) {
		u, err := url.Parse(l)
		if err == nil && strings.HasPrefix(l, s.url+"/") && strings.Contains(u.Path, path) {
			return u.Path
		}
	}
	s.t.Fatalf("no address with %s in %q", path, text)
	return ""
}

// advance moves the demo's clock.
func (s *liveSite) advance(by time.Duration) {
	s.t.Helper()
	answer, err := http.PostForm(s.url+"/demo/clock", url.Values{"advance": {by.String()}})
	if err != nil {
		s.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("the clock did not move: %s", answer.Status)
	}
	s.ahead += by
}

func (s *liveSite) now() time.Time { return time.Now().Add(s.ahead) }

// records opens the demo's database beside it, for what no page tells.
func (s *liveSite) records() *records {
	s.t.Helper()
	r, err := openRecords(s.t.Context(), databaseSettings{Data: s.folder}, s.now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = r.db.Close() })
	return r
}

// opens says whether a payment password is an account's.
func (s *liveSite) opens(name, password string) bool {
	s.t.Helper()
	r := s.records()
	a, err := r.accounts.Find(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	ok, err := r.accounts.CheckPassword(s.t.Context(), a.ID, password)
	if err != nil {
		s.t.Fatal(err)
	}
	return ok
}

func (s *liveSite) kept(id string) *recovery.Case {
	s.t.Helper()
	var rules *recovery.Policy
	c, err := s.records().cases(nil, nil, rules).Case(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// gap is where the piece of a case's puzzle belongs. A person sees it; here it is read from the case.
func (s *liveSite) gap(id string) *slider.Puzzle {
	s.t.Helper()
	var state struct{ Puzzle *slider.Puzzle }
	if err := json.Unmarshal(s.kept(id).Facts.Doing.State, &state); err != nil {
		s.t.Fatal(err)
	}
	return state.Puzzle
}
