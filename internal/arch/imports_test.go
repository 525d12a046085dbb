package arch

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "zhaohui/"

// rule is what the files of a folder may import besides the standard library.
type rule struct {
	own  []string // folders of this module; "*" is all of them
	libs []string // libraries, each with everything below it; "*" is all of them
}

// rules are the import rules of design.md ("Imports go one way"), by folder; the longest matching folder counts. A
// folder below internal/ that is not named is a domain package. A folder that no line covers is a breach.
var rules = map[string]rule{
	"cmd":    {own: []string{"*"}, libs: []string{"*"}},
	"deploy": {own: []string{"*"}, libs: []string{"*"}}, // programs for operators and measurements, cmd by another name
	"web": {own: []string{"templates", "templates/ui", "static", "internal/guide", "internal/help", "internal/content", "internal/i18n",
		"internal/vault", "internal/problem", "internal/recovery", "internal/message", "internal/support", "internal/insight", "internal/alert", "internal/picture"}, libs: []string{"*"}},
	"templates":          {own: []string{"templates/ui", "internal/i18n"}, libs: []string{"github.com/a-h/templ"}},
	"templates/ui":       {own: []string{"internal/i18n"}, libs: []string{"github.com/a-h/templ"}},
	"templates/fixtures": {own: []string{"templates", "templates/ui", "internal/i18n"}, libs: []string{"github.com/a-h/templ"}},
	"static":             {libs: []string{"github.com/andybalholm/brotli", "github.com/klauspost/compress"}}, // compresses once
	"content":            {},
	"internal":           {own: []string{"internal/problem"}},
	// The reader of content makes domain types out of files, so it knows both.
	"internal/content": {own: []string{"internal/guide", "internal/help", "internal/recovery", "internal/support", "internal/alert", "internal/problem"},
		libs: []string{"go.yaml.in/yaml", "github.com/yuin/goldmark"}},
	// The store keeps domain types; drivers and what turns a text into an index are its business alone.
	"internal/store": {own: []string{"internal/guide", "internal/help", "internal/recovery", "internal/support",
		"internal/wallet", "internal/message", "internal/insight", "internal/audit", "internal/alert", "internal/vault", "internal/throttle", "internal/problem", "internal/store"},
		libs: []string{"modernc.org/sqlite", "github.com/jackc/pgx", "github.com/pressly/goose", "github.com/riverqueue"}},
	// Makes a table of the dictionary, so that the server does without the library.
	"internal/store/pinyingen": {libs: []string{"github.com/mozillazg/go-pinyin"}},
	"internal/jobs":            {libs: []string{"github.com/riverqueue/river"}}, // the queue's own words go no further
	// A recovery speaks of the operator's accounts and of limits in their own words (decision 0009).
	"internal/recovery": {own: []string{"internal/wallet", "internal/throttle", "internal/problem"}},
	"internal/throttle": {own: []string{"internal/problem"}},
	// Who signs in at the desk, by code or passkey, and what they share.
	// The operator's own sign-in of agents speaks through the libraries for it; nobody else does.
	"internal/support/oidc":          {own: []string{"internal/support", "internal/problem"}, libs: []string{"github.com/coreos/go-oidc", "golang.org/x/oauth2"}},
	"internal/support/oidc/oidctest": {libs: []string{"github.com/go-jose/go-jose"}},
	"internal/support": {own: []string{"internal/recovery", "internal/throttle", "internal/problem"},
		libs: []string{"github.com/pquerna/otp", "github.com/go-webauthn/webauthn", "golang.org/x/text"}},
	// The embedded wallet hashes, checks numbers and folds text by libraries.
	"internal/wallet":            {own: []string{"internal/problem"}, libs: []string{"golang.org/x/crypto", "golang.org/x/text", "github.com/pquerna/otp"}},
	"internal/wallet/wallettest": {own: []string{"internal/wallet", "internal/problem"}, libs: []string{"github.com/pquerna/otp", "github.com/google/go-cmp"}},
	// Letters are written by recovery and delivered over the libraries of each way.
	"internal/message": {own: []string{"internal/recovery", "internal/problem"}, libs: []string{"github.com/BurntSushi/toml", "github.com/wneessen/go-mail",
		"github.com/standard-webhooks/standard-webhooks"}},
	"internal/picture":  {own: []string{"internal/problem"}, libs: []string{"golang.org/x/image"}}, // another kind of picture
	"internal/audit":    {own: []string{"internal/recovery", "internal/vault", "internal/problem"}},
	"internal/i18n":     {libs: []string{"github.com/nicksnyder/go-i18n", "github.com/BurntSushi/toml", "golang.org/x/text"}}, // plurals are not ours to invent
	"internal/vault":    {libs: []string{"golang.org/x/crypto", "github.com/tink-crypto"}},                                    // neither is cryptography
	"internal/chromium": {libs: []string{"github.com/chromedp"}},                                                              // drives the tests' browser
	"internal/recovery/method": {own: []string{"internal/recovery", "internal/recovery/method/identity/slider", "internal/wallet", "internal/throttle",
		"internal/problem"}, libs: []string{"github.com/wenlng/go-captcha"}}, // the slider's picture
}

// only names imports that a few places alone may know, by prefix of the import and of the file.
var only = []struct {
	imported string
	in       []string
}{
	{"github.com/gorilla/", []string{"web/session.go", "deploy/bench/"}},                       // the bench measures the usual codec against ours
	{"github.com/labstack/echo", []string{"web/", "deploy/bench/"}},                            // and the usual stack
	{"database/sql", []string{"internal/store/", "internal/jobs/", "cmd/", "deploy/bench/"}},   // SQL has one home; the bench compares
	{module + "templates/fixtures", []string{"web/gallery.go", "templates/", "deploy/bench/"}}, // made-up pages are for the gallery
}

var badNames = []string{"pkg", "util", "utils", "common", "helpers", "models", "services", "mocks"}

// breaches says what is wrong with a file: its path in the module, its package and what it imports.
func breaches(file, pkg string, imports []string) []string {
	var found []string
	folder := path.Dir(file)
	for _, name := range append(strings.Split(folder, "/"), strings.TrimSuffix(pkg, "_test")) {
		if slices.Contains(badNames, name) {
			found = append(found, fmt.Sprintf("%s: a package named %s says nothing", file, name))
		}
	}
	if strings.HasSuffix(file, "_test.go") { // a test may connect what it likes
		return found
	}
	r, ok := ruleOf(folder)
	if !ok {
		return append(found, fmt.Sprintf("%s: no import rule covers %s", file, folder))
	}
	for _, imported := range imports {
		if !r.allows(folder, imported) {
			found = append(found, fmt.Sprintf("%s: %s may not import %s", file, folder, imported))
		}
		for _, o := range only {
			if strings.HasPrefix(imported, o.imported) && !slices.ContainsFunc(o.in, func(p string) bool { return strings.HasPrefix(file, p) }) {
				found = append(found, fmt.Sprintf("%s: only %v may import %s", file, o.in, imported))
			}
		}
	}
	return found
}

func ruleOf(folder string) (rule, bool) {
	for ; folder != "."; folder = path.Dir(folder) {
		if r, ok := rules[folder]; ok {
			return r, true
		}
	}
	return rule{}, false
}

func (r rule) allows(folder, imported string) bool {
	if own, ok := strings.CutPrefix(imported, module); ok {
		fixtures := folder == "web" && own == "templates/fixtures" // `only` says in which file
		return fixtures || slices.Contains(r.own, "*") || slices.Contains(r.own, own)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(r.libs, func(lib string) bool {
		return lib == "*" || imported == lib || strings.HasPrefix(imported, lib+"/")
	})
}

// TestImports_goOneWay reads the files themselves, so that the test cache notices every change.
func TestImports_goOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch base := d.Name(); {
		case d.IsDir() && rel != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" || rel == "tools"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(base, ".go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		var imports []string
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, imported)
		}
		for _, breach := range breaches(rel, parsed.Name.Name, imports) {
			t.Error(breach)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d files were read: the test looks in the wrong place", files)
	}
}

// TestImports_aBreachIsFound proves that the test above can fail.
func TestImports_aBreachIsFound(t *testing.T) {
	for _, c := range []struct {
		file, pkg, imported string
		bad                 bool
	}{
		{"cmd/zhaohui/serve.go", "main", "zhaohui/internal/store", false},
		{"web/api.go", "web", "zhaohui/internal/guide", false},
		{"web/api.go", "web", "zhaohui/internal/store", true},
		{"web/api.go", "web", "zhaohui/internal/recovery/method/sms", true},
		{"web/api.go", "web", "database/sql", true},
		{"web/api.go", "web", "github.com/gorilla/sessions", true},
		{"web/session.go", "web", "github.com/gorilla/sessions", false},
		{"web/gallery.go", "web", "zhaohui/templates/fixtures", false},
		{"web/home.go", "web", "zhaohui/templates/fixtures", true},
		{"templates/step.templ.go", "templates", "zhaohui/internal/guide", true},
		{"templates/step.templ.go", "templates", "zhaohui/internal/i18n", false},
		{"templates/ui/frame.go", "ui", "zhaohui/templates", true},
		{"templates/ui/frame.go", "ui", "github.com/labstack/echo/v4", true},
		{"internal/help/help.go", "help", "zhaohui/internal/guide", true},
		{"internal/help/help.go", "help", "zhaohui/internal/problem", false},
		{"internal/guide/guide.go", "guide", "zhaohui/internal/content", true},
		{"internal/guide/guide.go", "guide", "go.yaml.in/yaml/v3", true},
		{"internal/guide/guide_test.go", "guide_test", "zhaohui/internal/content", false},
		{"internal/recovery/case.go", "recovery", "zhaohui/internal/store", true},
		{"internal/recovery/method/sms/sms.go", "sms", "zhaohui/internal/recovery", false},
		{"internal/recovery/method/sms/sms.go", "sms", "zhaohui/internal/message", true},
		{"internal/content/yaml.go", "content", "go.yaml.in/yaml/v3", false},
		{"internal/content/yaml.go", "content", "zhaohui/internal/store", true},
		{"internal/store/votes.go", "store", "zhaohui/internal/help", false},
		{"internal/store/votes.go", "store", "zhaohui/web", true},
		{"internal/store/votes.go", "store", "github.com/labstack/echo/v4", true},
		{"internal/util/text.go", "util", "strings", true},
		{"internal/text/text.go", "helpers", "strings", true},
		{"internal/text/text_test.go", "mocks_test", "strings", true},
		{"extra/extra.go", "extra", "strings", true},
	} {
		if found := breaches(c.file, c.pkg, []string{c.imported}); (len(found) > 0) != c.bad {
			t.Errorf("%s importing %s: breaches %v, want any: %v", c.file, c.imported, found, c.bad)
		}
	}
}
