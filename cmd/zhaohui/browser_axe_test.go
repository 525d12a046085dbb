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
}).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + ' ' + n.any.concat(n.all).map((c) => c.message).join(' ').slice(0, 160)).join(' | ')))`

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

// axeEverywhere checks the page in light and dark, on a phone and on a desk. The debugging protocol carries the checker
// in, since the page's policy lets no script in.
func (b *tab) axeEverywhere(name string) {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		missing(b.t, err)
	}
	b.do("load axe", openFolds)
	look[bool](b, source+";true")
	for _, scheme := range []string{"light", "dark"} {
		b.media("screen", scheme)
		for _, width := range []int64{375, 1280} {
			b.size(width, wholePage)
			b.axe(fmt.Sprintf("%s (%s, %d px)", name, scheme, width))
		}
	}
}

func TestA1_AxeFindsNothing(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", "/en"} {
		for _, elder := range []bool{false, true} {
			t.Run(fmt.Sprintf("lang %s elder %v", map[string]string{"": "zh", "/en": "en"}[prefix], elder), func(t *testing.T) {
				t.Parallel()
				b := openTab(t, site(t))
				if elder {
					b.visit("/")
					b.press(`button[name="elder"][value="on"]`)
				}
				for _, p := range pageKinds {
					b.visit(prefixed(prefix, p.path))
					b.axeEverywhere(p.name)
				}
				b.visit(prefix + "/p/alipay/face/open-me?safety=none")
				b.press(`form[data-step] button[value="done"]`)
				b.visit(prefix + "/progress")
				b.axeEverywhere("progress")
			})
		}
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
	run := exec.CommandContext(t.Context(), checker, "--config", config, "--formatter", "text", "--max-warnings", "0", folder+"/*.html")
	out, err := run.CombinedOutput()
	return string(out), err
}
