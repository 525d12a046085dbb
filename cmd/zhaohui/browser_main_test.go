package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/chromium"
	"zhaohui/internal/content"
	"zhaohui/internal/i18n"
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
	// Most tests wait for the browser or for a portal that is another process; -parallel still says otherwise.
	if err := flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)+1)); err != nil {
		panic(err)
	}
	code := postgrestest.Run(m)
	for _, stop := range []func(){theBrowser.stop, theSite.stop, forgetFilledFolder} {
		if stop != nil {
			stop()
		}
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

// demoContent is read once for all demos: nobody writes to it, and reading is most of what a start takes.
var demoContent = sync.OnceValue(func() building {
	files := contentFiles("", embedded.Demo())
	loaded, _ := content.Load(files, time.Now()) // whether it is sound is `check`'s to say
	words, _ := i18n.Load(files)
	zone, _ := time.LoadLocation("Asia/Shanghai")
	return building{files: files, content: loaded, words: words, zone: zone}
})

// serveDemo builds the whole portal and serves it on a free port of this machine.
func serveDemo(folder string) (url string, stop func(), err error) {
	return serveDemoAs("127.0.0.1", folder)
}

// serveDemoAs has people come to this machine by a name: browsers know no passkeys for a bare address. change sets what no
// other demo has.
func serveDemoAs(host, folder string, change ...func(*settings)) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	b, demo := demoContent(), newDemonstration()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	b.settings = settings{Addr: net.JoinHostPort(host, port), databaseSettings: databaseSettings{Data: folder}}
	for _, set := range change {
		set(&b.settings)
	}
	b.demo, b.now, b.senders = demo, demo.now, demo.senders()
	p := &portal{log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
	if b.public, err = publicURL(b.settings); err == nil {
		err = p.build(b)
	}
	for _, start := range p.start {
		if err == nil {
			err = start(context.Background())
		}
	}
	if err != nil {
		p.shut()
		_ = listener.Close()
		return "", nil, err
	}
	demo.past.prepare = nil // its history would take a core, and no browser looks at it
	server := newServer(p.site.Handler(), p.log)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // it ends with the server's Close
	}()
	return b.public.String(), sync.OnceFunc(func() {
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
