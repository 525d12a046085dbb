package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// asProgram makes the test binary behave as the program itself: the same code, with the same instruments.
const asProgram = "ZHAOHUI_TEST_AS_PROGRAM"

func init() {
	if os.Getenv(asProgram) != "" {
		_ = os.Unsetenv(asProgram)
		main()
		os.Exit(0)
	}
}

// program prepares a run of zhaohui with only the given environment.
func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...)
	c.Dir = t.TempDir()
	c.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}, env...)
	return c
}

// running is a zhaohui that serves.
type running struct {
	*exec.Cmd
	addr, url string
	temp      string

	mu    sync.Mutex
	log   bytes.Buffer
	lines chan string
}

// start runs zhaohui and returns once it serves.
func start(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	r := &running{Cmd: program(t, append(env, "ZHAOHUI_ADDR="+addr), args...), addr: addr, url: "http://" + addr,
		lines: make(chan string, 4096)}
	r.temp = strings.TrimPrefix(r.Env[2], "TMPDIR=")
	stderr, err := r.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Process.Kill() }) // it has ended already unless the test failed
	go func() {
		defer close(r.lines)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			r.mu.Lock()
			r.log.WriteString(lines.Text() + "\n")
			r.mu.Unlock()
			r.lines <- lines.Text()
		}
	}()
	r.until(t, "msg=serving")
	return r
}

// until waits for a line of the log.
func (r *running) until(t *testing.T, text string) {
	t.Helper()
	for line := range r.lines {
		if strings.Contains(line, text) {
			return
		}
	}
	t.Fatalf("it ended before it said %q:\n%s", text, r.said())
}

func (r *running) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

// end waits until it has stopped by itself.
func (r *running) end(t *testing.T) {
	t.Helper()
	for range r.lines {
	}
	if err := r.Wait(); err != nil {
		t.Errorf("it ended with %v:\n%s", err, r.said())
	}
}

func TestStop_aRequestThatRunsIsFinished(t *testing.T) {
	t.Parallel()
	r := start(t, nil, "demo")
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn,
		"POST /p/alipay/face/open-me HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n"+
			"Sec-Fetch-Site: same-origin\r\nExpect: 100-continue\r\n\r\n", r.addr)
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the form is not being read: %q %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	r.until(t, "msg=stopping")
	fmt.Fprint(conn, "did=done")
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatalf("the running request was cut: %v", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) != 1 {
		t.Errorf("%s, %d cookies", answer.Status, len(answer.Cookies()))
	}
	r.end(t)
	if _, err := net.Dial("tcp", r.addr); err == nil {
		t.Error("it still listens")
	}
	if left, err := os.ReadDir(r.temp); err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %v behind (%v)", left, err)
	}
}

// TestW9_nothingTypedIsKept goes on a whole journey with a telephone number and a word in every place that takes
// anything, and looks for both wherever something could be kept.
func TestW9_nothingTypedIsKept(t *testing.T) {
	t.Parallel()
	const number, word = "13800138000", "kanarienvogel"
	data := t.TempDir()
	r := start(t, []string{"ZHAOHUI_LOG_LEVEL=debug", "ZHAOHUI_DATA=" + data}, "serve")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	ask := func(method, path, body string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"User-Agent": word + number, "Referer": r.url + "/?" + number + word,
			"X-Forwarded-For": number, "Accept-Language": word,
			"X-Request-Id": number, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"} {
			request.Header.Set(name, value)
		}
		request.AddCookie(&http.Cookie{Name: "other", Value: number + word})
		answer, err := client.Do(request)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		var head bytes.Buffer
		_ = answer.Header.Write(&head)
		if answer.StatusCode >= 500 || strings.Contains(head.String()+string(text), number) {
			t.Errorf("%s %.60s: %d, or the number comes back", method, path, answer.StatusCode)
		}
	}
	for _, prefix := range []string{"", "/en"} {
		for _, path := range []string{"/help/search?q=" + number, "/help/search?q=1-3-8-0-0-1-3-8-0-0-0", "/help/search?q=" + word,
			"/help/search?q=" + word + url.QueryEscape(`" OR *`),
			"/p/alipay/choose?safety=none&phone=" + number, "/p/alipay/result?safety=none&" + word + "=" + number,
			"/p/alipay/face?after=" + number, "/p/alipay/face/open-me?" + number,
			"/p/" + number, "/p/alipay/" + number, "/p/alipay/face/" + number + word, "/help/" + number, "/share/" + number,
			"/share/p/alipay/face?" + word + "=" + number, "/leave?to=https://" + number + ".example/" + word,
			"/stop/" + number, "/help/no-card?useful=" + number, "/" + number + "/" + word, "/progress?" + number,
			"/p/alipay/face/print?x=" + number} {
			ask("GET", prefix+path, "")
		}
		for path, body := range map[string]string{"/p/alipay/face/open-me?safety=none&phone=suspended&x=" + number: "did=done",
			"/p/alipay/face/open-settings": "did=" + number,
			"/p/alipay/face/open-security": "did=done&" + number + "=" + word, "/p/alipay/hotline/" + number: "did=done",
			"/progress":  "remove=" + number + "/" + word,
			"/text-size": "elder=on&back=/" + number, "/help/no-card": "useful=yes", "/help/coached": "useful=" + number,
			"/help/blind": "useful=%" + number, "/p/alipay/email/" + word: word + number} {
			ask("POST", prefix+path, body)
		}
		ask("POST", prefix+"/text-size", strings.Repeat(number, 2000))
	}
	for _, path := range []string{"/api/v1/platforms/alipay/recommendation?phone=" + number,
		"/api/v1/platforms/alipay/recommendation?" + number + "=" + word, "/api/v1/platforms/" + number + "/recommendation",
		"/api/v1/platforms?lang=" + number, "/api/" + number} {
		ask("GET", path, "")
	}
	ask("DELETE", "/p/alipay/"+number, number)
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	r.end(t)
	kept := 0
	look := func(where, text string) {
		kept++
		for _, typed := range []string{number, word} {
			if at := strings.Index(text, typed); at >= 0 {
				t.Errorf("%s is kept in %s: …%s…", typed, where, text[max(0, at-200):min(len(text), at+60)])
			}
		}
	}
	look("the log", r.said())
	for _, folder := range []string{data, r.Dir, r.temp} {
		err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(name)
			look(name, name+string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if kept < 3 || !strings.Contains(r.said(), "level=DEBUG") {
		t.Errorf("only %d places were looked at: votes, keys and the log should be there", kept)
	}
}
