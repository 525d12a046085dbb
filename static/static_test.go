package static_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"zhaohui/static"
)

func get(t *testing.T, method, url, accept, etag string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	r.Header.Set("Accept-Encoding", accept)
	r.Header.Set("If-None-Match", etag)
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFilesAreServedForEverUnderHashedNames(t *testing.T) {
	for name, kind := range map[string]string{
		"zhaohui.css": "text/css; charset=utf-8", "zhaohui.js": "text/javascript; charset=utf-8",
		"agent.css": "text/css; charset=utf-8", "agent.js": "text/javascript; charset=utf-8",
		"icons.svg": "image/svg+xml", "icon.svg": "image/svg+xml",
	} {
		url := static.URL(name)
		if !regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{8}\.(css|js|svg)$`).MatchString(url) {
			t.Errorf("%s: address %s", name, url)
		}
		res := get(t, "GET", url, "", "")
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
}

func TestCompressedFormsSayTheSame(t *testing.T) {
	url := static.URL("zhaohui.css")
	plain := read(t, get(t, "GET", url, "identity", "").Body)
	br := get(t, "GET", url, "gzip, deflate, br", "")
	if br.Header.Get("Content-Encoding") != "br" || read(t, brotli.NewReader(br.Body)) != plain {
		t.Error("brotli differs")
	}
	gz := get(t, "GET", url, "gzip;q=1.0, br;q=0", "")
	if gz.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("coding %q", gz.Header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(gz.Body)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, z) != plain {
		t.Error("gzip differs")
	}
	if br.Header.Get("ETag") == gz.Header.Get("ETag") || br.Header.Get("Vary") != "Accept-Encoding" {
		t.Error("a cache could mix the two up")
	}
}

func TestETagSavesTheBody(t *testing.T) {
	url := static.URL("zhaohui.js")
	first := get(t, "GET", url, "br", "")
	again := get(t, "GET", url, "br", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || read(t, again.Body) != "" {
		t.Errorf("%d", again.StatusCode)
	}
}

func TestOtherNamesAndMethodsAreRefused(t *testing.T) {
	for _, url := range []string{"/static/zhaohui.css", "/static/", "/static/../static.go", "/static/zhaohui.00000000.css"} {
		if res := get(t, "GET", url, "", ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", url, res.StatusCode)
		}
	}
	if res := get(t, "POST", static.URL("icon.svg"), "", ""); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
	if res := get(t, "HEAD", static.URL("icon.svg"), "", ""); res.StatusCode != 200 || read(t, res.Body) != "" {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
}

func TestNewReadsAnOverlay(t *testing.T) {
	set, err := static.New(fstest.MapFS{"logo/mark.png": {Data: []byte("picture")}}, static.Prefix)
	if err != nil {
		t.Fatal(err)
	}
	if url := set.URL("logo/mark.png"); !strings.HasPrefix(url, "/static/logo/mark.") || !strings.HasSuffix(url, ".png") {
		t.Errorf("address %s", url)
	}
	if set.URL("nobody.png") != "" {
		t.Error("an unknown file has an address")
	}
}

// TestBudget keeps what blocks the first painting small (performance.md).
func TestBudget(t *testing.T) {
	for name, most := range map[string]int{"zhaohui.css": 8<<10 + 400, "zhaohui.js": 3 << 10, "icons.svg": 3 << 10, "agent.css": 3 << 10, "agent.js": 3 << 10} {
		if n := len(read(t, get(t, "GET", static.URL(name), "gzip", "").Body)); n > most {
			t.Errorf("%s: %d bytes gzip, at most %d", name, n, most)
		}
	}
}

// TestThemeHasTheTokensOfTheStyle proves that the sample theme is complete and
// changes nothing.
func TestThemeHasTheTokensOfTheStyle(t *testing.T) {
	colour := regexp.MustCompile(`--[a-z-]+:#[0-9a-f]+`)
	tokens := func(file string) map[string]int {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		before, _, _ := strings.Cut(string(text), "@media (min-width")
		for _, token := range colour.FindAllString(before, -1) {
			seen[token]++
		}
		return seen
	}
	style, theme := tokens("zhaohui.css"), tokens("theme.css")
	for token := range style {
		if theme[token] == 0 {
			t.Errorf("theme.css lacks %s", token)
		}
	}
	for token := range theme {
		if style[token] == 0 {
			t.Errorf("theme.css has %s, the style does not", token)
		}
	}
}

// TestNothingNeedsInlineStyleOrAnotherHost keeps the policy of W3.
func TestNothingNeedsInlineStyleOrAnotherHost(t *testing.T) {
	for _, file := range []string{"zhaohui.css", "zhaohui.js", "agent.css", "agent.js", "icons.svg", "icon.svg", "theme.css"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"http://", "https://", "@import", "style=", "url(", "eval(", "innerHTML"} {
			if strings.Contains(strings.ReplaceAll(string(text), `xmlns="http://www.w3.org/2000/svg"`, ""), bad) {
				t.Errorf("%s: %s", file, bad)
			}
		}
	}
}

// TestThePrintersClassesAreNoPartOfTheConsole keeps the console from naming a part like something that pages hide: pictures of
// papers once had the class of the line that only a printer shows, and no reviewer saw them.
func TestThePrintersClassesAreNoPartOfTheConsole(t *testing.T) {
	style, err := os.ReadFile("zhaohui.css")
	if err != nil {
		t.Fatal(err)
	}
	hidden := regexp.MustCompile(`(?m)^\.([a-z]+)\{display:none\}`).FindAllStringSubmatch(string(style), -1)
	if len(hidden) == 0 {
		t.Fatal("nothing is hidden: this test looks for the wrong thing")
	}
	for _, file := range []string{"agent.css", "agentinsight.css"} {
		console, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, class := range hidden {
			if regexp.MustCompile(`\.` + class[1] + `[{,. :]`).Match(console) {
				t.Errorf("%s dresses .%s, which zhaohui.css hides", file, class[1])
			}
		}
	}
}
