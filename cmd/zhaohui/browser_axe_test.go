package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// tools is where deploy/test-tools.sh puts the page checkers.
const tools = "../../deploy/test-tools"

var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(filepath.Join(tools, "node_modules/axe-core/axe.min.js"))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("axe is not installed (deploy/test-tools.sh installs it): %w", err)
	}
	return string(source), err
})

// runAxe runs every rule of WCAG 2.2 AA and the best practices, and returns what they find.
const runAxe = `axe.run(document, {
	resultTypes: ['violations'],
	runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']},
}).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ': ' +
	v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + ' ' +
		n.any.concat(n.all).map((c) => c.message).join(' ').slice(0, 160)).join(' | ')))`

// axe looks at the page as it stands.
func (b *tab) axe(name string) {
	b.t.Helper()
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("axe on %s: %v", name, err)
	}
	for _, f := range found {
		b.t.Errorf("%s: %s", name, f)
	}
}

// wholePage is a window in which no page has to be scrolled: the bar at the foot of a step then covers nothing, as it
// covers nothing that a reader has scrolled to (TestA1_FocusIsNeverUnderTheBarOfAStep).
const wholePage = 6000

// dress is how a page is worn: in a language, for an elder, and what it is looked at in.
type dress struct {
	prefix string // of the language
	elder  bool
	looks  []sight
}

type sight struct {
	scheme string
	width  int64
}

// dresses cover every pair of language, elder, light or dark, and phone or desk; the first look of each covers every pair
// without the width. All sixteen of each page took minutes and never found what a pair did not.
var dresses = []dress{
	{"", false, []sight{{"light", phone}}},
	{"", true, []sight{{"dark", desk}}},
	{"/en", false, []sight{{"dark", desk}}},
	{"/en", true, []sight{{"light", desk}, {"dark", phone}}},
}

const phone, desk = 375, 1280

func (d dress) String() string {
	name := "zh"
	if d.prefix != "" {
		name = "en"
	}
	if d.elder {
		name += " elder"
	}
	return name
}

// put asks for large text if the dress is an elder's.
func (d dress) put(b *tab) {
	b.t.Helper()
	if d.elder {
		b.visit("/")
		b.press(`button[name="elder"][value="on"]`)
	}
}

// axeIn checks the page in a dress. The debugging protocol carries the checker in, since the page's policy lets no script in.
func (b *tab) axeIn(d dress, name string) {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		missing(b.t, err)
	}
	look[bool](b, source+";true")
	for _, s := range d.looks {
		b.media("screen", s.scheme)
		b.size(s.width, wholePage)
		b.axe(fmt.Sprintf("%s (%s, %s, %d px)", name, d, s.scheme, s.width))
	}
}

// TestA1_A3_EveryKindOfPage is gone over once in every dress: axe finds nothing, nothing scrolls sideways (at 320 px, nor on a
// desk at 200 %), and what is pressed is large enough.
func TestA1_A3_EveryKindOfPage(t *testing.T) {
	t.Parallel()
	for _, d := range dresses {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			b := openTab(t, site(t))
			d.put(b)
			check := func(name string) {
				b.do("open every fold", openFolds)
				b.fits(d, name)
				b.axeIn(d, name)
			}
			for _, p := range pageKinds {
				b.visit(prefixed(d.prefix, p.path))
				check(p.name)
			}
			b.visit(d.prefix + "/p/alipay/face/open-me?safety=none")
			b.press(`form[data-step] button[value="done"]`)
			b.visit(d.prefix + "/progress")
			check("progress")
		})
	}
}

// htmlPages are the addresses whose HTML is validated: every kind of page, in both languages.
func htmlPages() []pageKind {
	pages := slices.Clone(pageKinds)
	for _, p := range pageKinds {
		pages = append(pages, pageKind{"en " + p.name, prefixed("/en", p.path)})
	}
	return pages
}

func TestHTML_EveryKindOfPageIsValid(t *testing.T) {
	t.Parallel()
	checker, err := filepath.Abs(filepath.Join(tools, "node_modules/.bin/html-validate"))
	if err == nil {
		_, err = os.Stat(checker)
	}
	if err != nil {
		missing(t, fmt.Errorf("html-validate is not installed (deploy/test-tools.sh installs it): %w", err))
	}
	folder := t.TempDir()
	for _, p := range htmlPages() {
		_, body := get(t, site(t)+p.path)
		name := strings.NewReplacer(" ", "-", ",", "").Replace(p.name) + ".html"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := validate(t, checker, folder)
	if err != nil {
		t.Errorf("html-validate: %v\n%s", err, out)
	}
}

func validate(t *testing.T, checker, folder string) (string, error) {
	t.Helper()
	config, err := filepath.Abs(filepath.Join(tools, ".htmlvalidate.json"))
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), checker, "--config", config, "--formatter", "text", "--max-warnings", "0",
		folder+"/*.html")
	out, err := run.CombinedOutput()
	return string(out), err
}
