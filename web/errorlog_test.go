package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"zhaohui/internal/picture"
	"zhaohui/internal/problem"
	"zhaohui/internal/wallet"
	"zhaohui/web"
)

// troubleless fails the test if the log calls something an error, and says how it was told instead.
func (p *portal) troubleless(t *testing.T, what, said string) {
	t.Helper()
	if log := p.log.String(); strings.Contains(log, "level=ERROR") || !strings.Contains(log, said) {
		t.Errorf("%s: want %q and no error: %s", what, said, log)
	}
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.log.text.Reset()
}

// More pictures at once than there are places for break nothing: no error is logged.
func TestR9_aFullHouseIsNoError(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	for range 4 { // as many as one network may send at once
		near, its := p.papers(t)
		slow := &slowBody{reading: make(chan struct{}), on: make(chan struct{})}
		done := make(chan struct{})
		t.Cleanup(func() { close(slow.on); <-done })
		go func() {
			defer close(done)
			near.raw(its+"/pictures", "multipart/form-data; boundary=b", slow)
		}()
		<-slow.reading
	}
	if a := one.multi(page+"/pictures", filed(photo(t, 40))...); a.status != 503 || a.header.Get("Retry-After") != "10" {
		t.Errorf("the fifth of a network: %d", a.status)
	}
	p.troubleless(t, "a full house", "level=WARN msg=\"no place for a request just now\"")
}

// slowBody is sent no further until it may go on, and is cut off then.
type slowBody struct {
	reading, on chan struct{}
	begun       bool
}

func (s *slowBody) Read([]byte) (int, error) {
	if !s.begun {
		s.begun = true
		close(s.reading)
		<-s.on
	}
	return 0, io.ErrUnexpectedEOF
}

// The same of a browser that closes its connection while its picture is looked at.
func TestR9_whoLeavesDuringAnUploadIsNoError(t *testing.T) {
	p := newAppeals(t)
	one, page := p.papers(t)
	ctx, leave := context.WithCancel(t.Context())
	r := one.request("POST", page+"/pictures", nil)
	form := "--b\r\nContent-Disposition: form-data; name=\"consent\"\r\n\r\nyes\r\n--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"x\"\r\n\r\n"
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(form+string(photo(t, 1))), leaving(leave), strings.NewReader("\r\n--b--\r\n")))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range one.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r.WithContext(ctx))
	if w.Code != 503 {
		t.Errorf("it counts as %d", w.Code)
	}
	p.troubleless(t, "a browser that left", "level=INFO msg=\"a browser did not wait for its answer\"")
	contains(t, one.open(page), "还能加 4 张")
}

// leaving is where a body is when its browser goes.
type leaving func()

func (l leaving) Read([]byte) (int, error) { l(); return 0, io.EOF }

// What is broken stays an error, also where nobody waited for it.
func TestErrors_weighWhatIsBroken(t *testing.T) {
	for name, c := range map[string]struct {
		err         error
		left, begun bool
		want        string
	}{
		"our own mistake":                   {errors.New("panic: x"), false, false, "ERROR"},
		"our own mistake, nobody there":     {errors.New("panic: x"), true, false, "ERROR"},
		"a database that is away":           {fmt.Errorf("read: %w", problem.Unavailable), false, false, "ERROR"},
		"work called off without a reason":  {fmt.Errorf("read: %w", context.Canceled), false, false, "ERROR"},
		"work called off":                   {fmt.Errorf("read: %w: %w", problem.Unavailable, context.Canceled), true, false, "INFO"},
		"a database in its own words":       {fmt.Errorf("read: %w", problem.Unavailable), true, false, "WARN"},
		"an answer that was not taken":      {fmt.Errorf("write: %w", syscall.EPIPE), false, true, "INFO"},
		"a connection that nobody has seen": {fmt.Errorf("dial: %w", syscall.ECONNRESET), false, false, "ERROR"},
		"too many pictures":                 {fmt.Errorf("clean: %w", picture.Busy{}), false, false, "WARN"},
		"too many passwords":                {fmt.Errorf("hash: %w", wallet.Busy{}), false, false, "WARN"},
	} {
		if level, _ := web.Weight(c.err, c.left, c.begun); level.String() != c.want {
			t.Errorf("%s is a %s, want %s", name, level, c.want)
		}
	}
}

// The address of a browser is somebody's: what a broken connection says of itself stays out of the log (requirement W9).
func TestW9_noAddressOfABrowserReachesTheLog(t *testing.T) {
	broken := &net.OpError{Op: "write", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(203, 0, 113, 77), Port: 55773}, Err: syscall.ECONNRESET}
	if said := web.Faceless(fmt.Errorf("GET /p/:platform: %w", broken)).Error(); strings.Contains(said, "203.0.113.77") ||
		!strings.Contains(said, "connection reset") {
		t.Errorf("the log says %q", said)
	}
	if said := web.Faceless(errors.New("no database")).Error(); said != "no database" {
		t.Errorf("another error became %q", said)
	}
}
