package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/web"
)

func TestW8_everyLimitOfTheServerIsSet(t *testing.T) {
	t.Parallel()
	p, err := open(settings{Addr: "127.0.0.1:8080", LogLevel: "error", databaseSettings: databaseSettings{Data: t.TempDir()}},
		embedded.Demo(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.shut)
	limits := newServer(p.site.Handler(), p.log)
	if limits.ReadHeaderTimeout <= 0 || limits.ReadTimeout <= 0 || limits.WriteTimeout <= 0 || limits.IdleTimeout <= 0 ||
		limits.MaxHeaderBytes != web.MaxHeader {
		t.Errorf("%+v", limits)
	}

	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(p.site.Handler(), p.log)
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout = 50*time.Millisecond, 100*time.Millisecond
	server.Start()
	defer server.Close()
	for name, sent := range map[string]string{
		"half a header": "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-Slow: ",
		"nothing":       "",
		"half a form": "POST /p/alipay/face/open-me HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" +
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\ndid=",
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, sent)
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		if answer, err := io.ReadAll(conn); err != nil || strings.Contains(string(answer), " 5") &&
			strings.HasPrefix(string(answer), "HTTP/1.1 5") {
			t.Errorf("%s holds the server, or is taken for our mistake: %q %v", name, answer, err)
		}
		_ = conn.Close()
	}
	for name, header := range map[string]string{"one huge header": "X: " + strings.Repeat("a", 64<<10) + "\r\n",
		"many headers":  strings.Repeat("X: y\r\n", 8<<10),
		"a huge cookie": "Cookie: zh_progress=" + strings.Repeat("A", 64<<10) + "\r\n"} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"+header+"\r\n") }()
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: %v %v", name, answer, err)
		}
		_ = conn.Close()
	}
}
