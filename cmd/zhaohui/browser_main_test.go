package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"

	embedded "zhaohui/content"
	"zhaohui/internal/chromium"
	"zhaohui/internal/store/postgrestest"
)

// theBrowser is one process for the whole package; every test opens its own window with its own cookies in it.
var theBrowser struct {
	sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := postgrestest.Run(m)
	if theBrowser.stop != nil {
		theBrowser.stop()
	}
	if theSite.stop != nil {
		theSite.stop()
	}
	os.Exit(code)
}

// browser starts the browser. Where there is none the test is skipped and says so; in CI that is a failure.
func browser(t *testing.T) context.Context {
	t.Helper()
	theBrowser.Do(func() { theBrowser.ctx, theBrowser.stop, theBrowser.err = chromium.Start(context.Background()) })
	if theBrowser.err != nil {
		missing(t, theBrowser.err)
	}
	return theBrowser.ctx
}

// missing skips a test whose tools are not there; CI has to have them.
func missing(t *testing.T, why error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("CI must be able to run this: %v", why)
	}
	fmt.Printf("SKIPPED %s: %v\n", t.Name(), why)
	t.Skip(why)
}

// theSite is one demo that all tests share which neither restart it nor look at what it counted.
var theSite struct {
	sync.Once
	url  string
	stop func()
	err  error
}

func site(t *testing.T) string {
	t.Helper()
	theSite.Do(func() {
		folder, err := os.MkdirTemp("", "zhaohui-test-")
		if err != nil {
			theSite.err = err
			return
		}
		url, stop, err := serveDemo(folder)
		theSite.url, theSite.err = url, err
		theSite.stop = func() { stop(); _ = os.RemoveAll(folder) }
	})
	if theSite.err != nil {
		t.Fatal(theSite.err)
	}
	return theSite.url
}

// ownSite is a demo of the test's own over a data folder, until stop is called.
func ownSite(t *testing.T, folder string) (url string, stop func()) {
	t.Helper()
	url, stop, err := serveDemo(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return url, stop
}

// serveDemo builds the whole portal and serves it on a free port of this machine.
func serveDemo(folder string) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr := listener.Addr().String()
	p, err := open(settings{Addr: addr, LogLevel: "error", databaseSettings: databaseSettings{Data: folder}}, embedded.Demo(), newDemonstration())
	if err != nil {
		p.shut()
		_ = listener.Close()
		return "", nil, err
	}
	for _, start := range p.start {
		if err := start(context.Background()); err != nil {
			p.shut()
			_ = listener.Close()
			return "", nil, err
		}
	}
	server := newServer(p.site.Handler(), p.log)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // it ends with the server's Close
	}()
	return "http://" + addr, sync.OnceFunc(func() {
		_ = server.Close()
		<-ended
		p.shut()
	}), nil
}

// get reads a page without a browser.
func get(t *testing.T, url string, cookies ...*http.Cookie) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		request.AddCookie(c)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, text.String()
}
