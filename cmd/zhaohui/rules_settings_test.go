package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhaohui/internal/vault"
)

func TestSettings_allProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("c2VjcmV0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(settings{Addr: "nonsense", PublicURL: "ftp://x.example/path", Content: "/does/not/exist",
		TrustedProxies: []string{"10.0.0.0/8", "nobody"},
		AdminAddr:      "nonsense", LogLevel: "loud", TimeZone: "Mars/North",
		databaseSettings: databaseSettings{KeyFile: file, PepperFile: file, Data: t.TempDir(),
			Database: "mysql://user:canary-word@host/x"},
		messageSettings: messageSettings{SMTPURL: "smtp://user:canary-word@host", SMS: "webhook:https://sms.example/canary-word",
			SMSSecret: "canary-word"},
		alertSettings: alertSettings{Alerts: "webhook:https://alerts.example/canary-word", AlertsSecret: "canary-word"}}, nil, nil)
	if err == nil {
		t.Fatal("it opens")
	}
	for _, setting := range []string{"ADDR", "PUBLIC_URL", "CONTENT", "TRUSTED_PROXIES", "ADMIN_ADDR", "KEY_FILE", "PEPPER_FILE",
		"LOG_LEVEL", "TIME_ZONE", "DATABASE", "SMTP_URL", "SMS_SECRET", "ALERTS_SECRET"} {
		if !strings.Contains(err.Error(), "ZHAOHUI_"+setting) {
			t.Errorf("nothing about %s in:\n%v", setting, err)
		}
	}
	if strings.Contains(err.Error(), "c2VjcmV0") || strings.Contains(err.Error(), "canary-word") {
		t.Errorf("the message repeats a secret:\n%v", err)
	}
}

// TestSettings_besidePostgreSQLNoSecretIsMade: each portal would make another one.
func TestSettings_besidePostgreSQLNoSecretIsMade(t *testing.T) {
	t.Parallel()
	h := aHousehold(t, "ZHAOHUI_DATABASE=postgres://nobody:canary-word@127.0.0.1:1/none")
	for _, command := range []string{"serve", "account show x", "audit verify", "keys reseal"} {
		out, err := h.try(strings.Fields(command)...)
		if err == nil || !strings.Contains(out, "ZHAOHUI_KEY_FILE") || !strings.Contains(out, "ZHAOHUI_PEPPER_FILE") ||
			strings.Contains(out, "canary-word") {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
	if made, _ := filepath.Glob(filepath.Join(h.data, "*")); len(made) > 0 {
		t.Errorf("it made %v", made)
	}
	folder := t.TempDir()
	if _, _, err := vault.Pepper(filepath.Join(folder, "pepper")); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "ZHAOHUI_KEYSET="+strings.Split(vault.Generate().String(), "\n")[1],
		"ZHAOHUI_PEPPER_FILE="+filepath.Join(folder, "pepper"))
	for _, command := range []string{"serve", "migrate"} {
		if out, err := h.try(command); err == nil || !strings.Contains(out, "ZHAOHUI_DATABASE") ||
			strings.Contains(out, "canary-word") || strings.Contains(out, "KEY") {
			t.Errorf("%s, and the database is away: %v\n%s", command, err, out)
		}
	}
}

// TestSettings_theKeysetOfTheEnvironment opens what it sealed, is written nowhere, and is not changed by us.
func TestSettings_theKeysetOfTheEnvironment(t *testing.T) {
	t.Parallel()
	key := strings.Split(vault.Generate().String(), "\n")[1]
	h := aHousehold(t, "ZHAOHUI_KEYSET="+key)
	h.Keyset = key
	who := h.settle(1)[0]
	if _, err := os.Stat(filepath.Join(h.data, "keys")); !os.IsNotExist(err) {
		t.Error("there is a file of keys too:", err)
	}
	if out, err := h.try("keys", "rotate"); err == nil || !strings.Contains(out, "ZHAOHUI_KEYSET") {
		t.Errorf("rotate: %v\n%s", err, out)
	}
	newer := strings.Split(vault.Generate().String(), "\n")[1]
	h.env = append(h.env, "ZHAOHUI_KEYSET="+newer+","+key)
	if out := h.run("keys", "reseal"); !strings.Contains(out, "key 2: nothing in the database needs it") {
		t.Error(out)
	}
	h.env = append(h.env, "ZHAOHUI_KEYSET="+newer)
	if out := h.run("account", "show", who.ID); !strings.Contains(out, who.ID) {
		t.Error(out)
	}
	h.env = append(h.env, "ZHAOHUI_KEYSET=nonsense")
	if out, err := h.try("serve"); err == nil || !strings.Contains(out, "ZHAOHUI_KEYSET") || strings.Contains(out, "nonsense") {
		t.Errorf("a keyset that is none: %v\n%s", err, out)
	}
}

// TestR7_withoutSendersNoCaseBegins: nobody could be told of a reset. The guided half and the help work.
func TestR7_withoutSendersNoCaseBegins(t *testing.T) {
	t.Parallel()
	h := aHousehold(t, "ZHAOHUI_MAIL=", "ZHAOHUI_SMS=")
	portal := h.serve()
	if !strings.Contains(portal.said(), "ZHAOHUI_SMTP_URL") {
		t.Error("the log does not say what is missing")
	}
	c := aCaller(h, portal, person{})
	for _, path := range []string{"/", "/p/wallet", "/p/alipay/face", "/p/alipay/choose?safety=none", "/help", "/readyz"} {
		if c.get(path); c.status != http.StatusOK {
			t.Errorf("%s: %d", path, c.status)
		}
	}
	for _, channel := range []string{"sms", "mail", "authenticator", "card"} {
		c.get("/p/wallet/" + channel)
		if c.status != http.StatusOK || !strings.Contains(c.body, "暂时") || strings.Contains(c.body, "/p/wallet/"+channel+"/safety") {
			t.Errorf("%s can be begun, or does not say why not: %d", channel, c.status)
		}
		if err := c.ask(http.MethodPost, "/p/wallet/"+channel+"/safety", url.Values{"safety": {"none"}}); err != nil ||
			c.status == http.StatusSeeOther || c.status >= 500 ||
			strings.HasSuffix(c.at, "/account") {
			t.Errorf("%s begins: %v %d %s", channel, err, c.status, c.at)
		}
	}
	portal.stop(t)
}

// TestDemo_staysHereAndSaysSo: it shows everybody its secrets.
func TestDemo_staysHereAndSaysSo(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "[::]:80", "demo.example:80"} {
		out, err := program(t, []string{"ZHAOHUI_ADDR=" + addr, "ZHAOHUI_PUBLIC_URL=http://localhost"}, "demo").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "ZHAOHUI_ADDR") {
			t.Errorf("%s: %v\n%s", addr, err, out)
		}
	}
	if out, err := program(t, []string{"ZHAOHUI_DATABASE=postgres://localhost/x"}, "demo").CombinedOutput(); err == nil ||
		!strings.Contains(string(out), "ZHAOHUI_DATABASE") {
		t.Errorf("%v\n%s", err, out)
	}
	r := start(t, nil, "demo")
	for _, path := range []string{"/", "/en", "/p/wallet", "/p/wallet/sms", "/p/wallet/sms/safety", "/p/alipay/face", "/help",
		"/en/help/coached", "/case", "/demo", "/progress", "/nothing-here"} {
		if _, body := get(t, r.url+path); !strings.Contains(body, `class="demo noprint"`) || !strings.Contains(body, `/demo"`) {
			t.Errorf("%s does not say that it is a demo", path)
		}
	}
	r.stop(t)
	for _, command := range []string{"serve"} {
		h := aHousehold(t)
		portal := start(t, h.env[:1], command)
		if status, body := get(t, portal.url+"/"); status != 200 || strings.Contains(body, `class="demo noprint"`) {
			t.Errorf("%s says that it is a demo: %d", command, status)
		}
		for _, path := range []string{"/demo", "/demo/accounts.json", "/demo/outbox.json"} {
			if status, _ := get(t, portal.url+path); status != http.StatusNotFound {
				t.Errorf("%s has %s: %d", command, path, status)
			}
		}
		portal.stop(t)
	}
}

func TestSettings_thePublicAddressIsWhatABrowserSends(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ public, addr, want string }{
		{"", "localhost:8080", "http://localhost:8080"},
		{"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", ":8080", ""}, // every address of the machine is none that people come to
		{"", "0.0.0.0:8080", ""},
		{"", "[::]:8080", ""},
		{"", "localhost:80", "http://localhost"}, // no browser names the usual port
		{"https://help.example", ":8080", "https://help.example"},
		{"https://help.example/", ":8080", "https://help.example"},
		{"https://help.example:443", ":8080", "https://help.example"},
		{"https://help.example:8443", ":8080", "https://help.example:8443"},
		{"http://[::1]:80/", ":8080", "http://[::1]"},
		{"https://help.example/path", ":8080", ""},
		{"https://help.example/?q", ":8080", ""},
		{"help.example", ":8080", ""},
		{"ftp://help.example", ":8080", ""},
		{"https://", ":8080", ""},
		{"https://HELP.example", ":8080", "https://HELP.example"},
		{"https://user@help.example", ":8080", ""}, // what would be left out in silence is refused
		{"https://help.example#x", ":8080", ""},
		{"https://帮助.example", ":8080", ""}, // browsers send xn--…
		{"https://:8443", ":8080", ""},
		{"https://help.example:", ":8080", ""},
		{`https://help"x`, ":8080", ""},
	} {
		got, err := publicURL(settings{PublicURL: c.public, Addr: c.addr})
		if c.want == "" {
			if err == nil {
				t.Errorf("%q is taken as %s", c.public, got)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("%q on %q: %v (%v), want %s", c.public, c.addr, got, err, c.want)
		}
	}
}

func TestSettings_aFlagGoesBeforeTheEnvironment(t *testing.T) {
	t.Parallel()
	out, err := program(t, []string{"ZHAOHUI_ADDR=from-environment", "ZHAOHUI_PUBLIC_URL=wrong-environment",
		"ZHAOHUI_TRUSTED_PROXIES=one,two"},
		"serve", "--public-url", "wrong-flag", "--admin-addr", "from-flag").CombinedOutput()
	text := string(out)
	if err == nil {
		t.Fatal("it serves")
	}
	for _, want := range []string{"ZHAOHUI_ADDR", `"wrong-flag"`, `"one"`, `"two"`, "ZHAOHUI_ADMIN_ADDR"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "wrong-environment") {
		t.Error("the environment went before the flag")
	}
}

// write makes an overlay folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		name = filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Whose portal it is stands in operator.yaml: who serves without one is told so.
func TestSettings_aMissingOperatorIsToldAtStart(t *testing.T) {
	t.Parallel()
	named := write(t, map[string]string{"operator.yaml": "name: 星河银行\nsite: 帮助\n"})
	for folder, told := range map[string]bool{"": true, t.TempDir(): true, named: false} {
		var env []string
		if folder != "" {
			env = append(env, "ZHAOHUI_CONTENT="+folder)
		}
		portal := aHousehold(t, env...).serve()
		if strings.Contains(portal.said(), "operator.yaml is missing") != told {
			t.Errorf("with %q the log says:\n%s", folder, portal.said())
		}
		portal.stop(t)
	}
}

func TestOverlay_theOperatorsNameLogoAndThemeAreShown(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{
		"operator.yaml": "name: {zh: 星河银行, en: Galaxy Bank}\nsite: {zh: 帮助, en: help}\n" +
			"logo: logo.svg\ntheme: galaxy.css\nhotline: 400-820-0000\nhosts: [www.galaxy.example]\n",
		"logo.svg":   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>`,
		"galaxy.css": ":root{--brand:#123456}",
	})
	p, err := open(settings{Addr: "help.example:8080", LogLevel: "error", Content: folder,
		databaseSettings: databaseSettings{Data: t.TempDir()}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.shut()
	fetch := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		p.site.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://help.example:8080"+path, nil))
		return w
	}
	home := fetch("/").Body.String()
	for _, want := range []string{"星河银行", "400-820-0000"} {
		if !strings.Contains(home, want) {
			t.Errorf("the first page lacks %s", want)
		}
	}
	if english := fetch("/en").Body.String(); !strings.Contains(english, "Galaxy Bank") || strings.Contains(english, "星河银行") {
		t.Error("the English page does not use the English name")
	}
	for name, kind := range map[string]string{"/logo.": "image/svg+xml", "/galaxy.": "text/css"} {
		at := strings.Index(home, name)
		if at < 0 {
			t.Errorf("the page links to no %s", name)
			continue
		}
		from, to := strings.LastIndexByte(home[:at], '"')+1, at+strings.IndexByte(home[at:], '"')
		asset := fetch(home[from:to])
		if asset.Code != 200 || !strings.HasPrefix(asset.Header().Get("Content-Type"), kind) ||
			asset.Header().Get("Content-Security-Policy") == "" || asset.Body.Len() == 0 {
			t.Errorf("%s: %d %s, %d bytes", home[from:to], asset.Code, asset.Header().Get("Content-Type"), asset.Body.Len())
		}
	}
}

// TestBadContent_stopsServeWithTheMessageOfCheck: whoever breaks a file reads the same line from both.
func TestBadContent_stopsServeWithTheMessageOfCheck(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{
		"help/blind/article.yaml": "colour: red\n",
		"pages/privacy/zh.md":     "---\ntitle: 隐私\nlead: 半角,逗号\n---\n字\n",
		"operator.yaml":           "name: 星河\nlogo: nothing.svg\n",
	})
	checked, err := program(t, []string{"ZHAOHUI_CONTENT=" + folder}, "check").Output()
	if err == nil {
		t.Error("check is content")
	}
	out, err := program(t, []string{"ZHAOHUI_ADDR=127.0.0.1:0"}, "serve", "--content", folder).CombinedOutput()
	if err == nil {
		t.Error("serve begins")
	}
	lines := 0
	for line := range strings.SplitSeq(strings.TrimSpace(string(checked)), "\n") {
		if !strings.HasPrefix(line, "content/") || strings.Contains(line, "warning: ") {
			continue
		}
		lines++
		if !strings.Contains(string(out), line) {
			t.Errorf("serve does not say %q", line)
		}
	}
	for _, want := range []string{"content/help/blind/article.yaml:1: field colour is not known here",
		"content/pages/privacy/zh.md:3: half-width", "content/operator.yaml:1: nothing.svg"} {
		if !strings.Contains(string(checked), want) {
			t.Errorf("check does not say %q but\n%s", want, checked)
		}
	}
	if lines < 3 || strings.Contains(string(out), "goroutine") {
		t.Errorf("%d problems:\n%s", lines, out)
	}
}
