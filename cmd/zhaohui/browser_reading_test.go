package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// openFolds opens everything that is folded, so that what lies inside is looked at too.
var openFolds = send(runtime.Evaluate, runtime.EvaluateParams{
	Expression: `document.querySelectorAll('details').forEach((d) => { d.open = true; })`})

// smallTargets lists what can be pressed and is smaller than a size: buttons, rows and lists of links. Links inside
// running text are as high as their line (WCAG 2.5.8 lets them).
const smallTargets = `((size) => [...document.querySelectorAll('button, .btn, .row, summary, input:not([type=hidden]),' +
	'.ticks label, .pill label, .links a, .topics a, header nav a, .back, .dials a')]
	.filter((e) => e.getClientRects().length && !e.matches('.pill input, .ticks input, .pick input, .pill label input'))
	.map((e) => ({r: e.getBoundingClientRect(), e}))
	.filter(({r}) => r.height < size - 0.5)
	.map(({r, e}) => Math.round(r.height) + ' px: ' + e.outerHTML.slice(0, 80)))(%d)`

func TestA3_ElderModeComesInTheMiddleAndStays(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.begin("alipay", "forgot")
	b.press(`button[name="safety"][value="none"]`)
	question, answers := b.attribute("main [data-question]", "data-question"), b.answers()
	b.press(`button[name="elder"][value="on"]`)
	if got := b.attribute("main [data-question]", "data-question"); got != question || b.answers() != answers {
		t.Errorf("switching the text size led from %s with %s to %s with %s", question, answers, got, b.answers())
	}
	b.choose(s1.answers)
	b.press(".first .btn")
	for range 3 {
		if size := look[string](b, `getComputedStyle(document.querySelector('main .prose')).fontSize`); size != "24px" {
			t.Errorf("text is %s on %s, want 24px", size, b.address())
		}
		for _, small := range look[[]string](b, fmt.Sprintf(smallTargets, 60)) {
			t.Errorf("%s: %s", b.address(), small)
		}
		if !look[bool](b, `(() => { const r = document.querySelector('.phone .tap').getBoundingClientRect();
			const bar = document.querySelector('.stick').getBoundingClientRect();
			return scrollY === 0 && r.top >= 0 && r.bottom <= Math.min(innerHeight, bar.top > r.top ? bar.top : innerHeight); })()`) {
			t.Errorf("the ringed row is not on the first screen of %s", b.address())
		}
		b.press(`form[data-step] button[value="done"]`)
	}
	b.visit("/help/phone-suspended")
	if b.shown(`button[name="elder"][value="off"]`) != 1 {
		t.Error("elder mode did not stay")
	}
	b.press(`button[name="elder"][value="off"]`)
	b.at("/help/phone-suspended")
	if b.attribute("[data-mode]", "data-mode") == "elder" {
		t.Error("elder mode did not go")
	}
}

func TestA5_TheLanguageSwitchKeepsAnswersAndPlace(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.begin("alipay", "forgot")
	b.press(`button[name="safety"][value="none"]`)
	question, answers := b.attribute("main [data-question]", "data-question"), b.answers()
	other := func(prefix, lang string) {
		t.Helper()
		b.press(`header nav a[hreflang]`)
		if !strings.HasPrefix(b.url().Path, prefix+"/p/alipay") || b.attribute("html", "lang") != lang {
			t.Fatalf("the switch led to %s in %s", b.address(), b.attribute("html", "lang"))
		}
	}
	other("/en", "en")
	if got := b.attribute("main [data-question]", "data-question"); got != question || b.answers() != answers {
		t.Errorf("%s with %s became %s with %s", question, answers, got, b.answers())
	}
	b.choose(s1.answers)
	b.at("/en/p/alipay/result")
	b.press(".first .btn")
	b.press(`form[data-step] button[value="done"]`)
	step, answers := b.attribute("form[data-step]", "data-step"), b.answers()
	other("", "zh-CN")
	if got := b.attribute("form[data-step]", "data-step"); got != step || b.answers() != answers {
		t.Errorf("step %s with %s became %s with %s", step, answers, got, b.answers())
	}
	b.walk()
	b.at("/p/alipay/face/done")
	b.visit("/en/progress")
	if b.shown(`article[data-channel="face"]`) != 1 {
		t.Error("the walk begun in English and ended in Chinese is not one walk")
	}
}

// wide lists what is wider than the window.
const wide = `(() => {
	const out = [], w = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > w) {
		for (const e of document.querySelectorAll('body *')) {
			const r = e.getBoundingClientRect();
			if (r.right > w + 0.5 && r.width && !e.closest('.sr')) out.push(Math.round(r.right) + ' px: ' + e.outerHTML.slice(0, 80));
		}
		out.push('scrolls to ' + document.documentElement.scrollWidth + ' of ' + w + ' px');
	}
	return out.slice(0, 4);
})()`

// fits looks whether the page scrolls sideways where room is short, and whether what is pressed is large enough.
func (b *tab) fits(d dress, name string) {
	b.t.Helper()
	for _, s := range []struct {
		name          string
		width, height int64
	}{{"1280 px at 200 %", 640, 400}, {"320 px", 320, 568}} {
		b.size(s.width, s.height)
		for _, w := range look[[]string](b, wide) {
			b.t.Errorf("%s (%s, %s): %s", name, d, s.name, w)
		}
	}
	b.size(375, 667)
	size := 48
	if d.elder {
		size = 60
	}
	for _, small := range look[[]string](b, fmt.Sprintf(smallTargets, size)) {
		b.t.Errorf("%s (%s): %s", name, d, small)
	}
}

func TestPrint_TheSheetHasStepsNumbersAndTheWayBack(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/p/alipay/face/print?safety=none")
	b.media("print", "dark")
	for _, hidden := range []string{".head nav", ".foot nav", "button"} {
		if b.shown(hidden) != 0 {
			t.Errorf("%s is printed", hidden)
		}
	}
	if b.shown(".steps > li") != 8 || b.shown("svg.qr") != 1 || b.shown(`a[href="tel:95188"]`) == 0 {
		t.Error("the sheet lacks steps, the code back to the page or the official number")
	}
	if ink := look[string](b, `getComputedStyle(document.querySelector('main h1')).color`); !strings.HasPrefix(ink, "rgb(0, 0, 0") &&
		ink != "rgb(27, 33, 38)" {
		t.Errorf("a reader in dark mode would print in %s", ink)
	}
	sheet, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	if err != nil || len(sheet) < 5000 {
		t.Errorf("printing gave %d bytes: %v", len(sheet), err)
	}
	b.visit("/p/alipay/face/open-me?safety=none")
	if b.shown(".stick, .back, .head nav") != 0 || !strings.Contains(b.text("main"), "支付宝") && b.shown(".phone") == 0 {
		t.Error("a printed step still shows what can only be pressed")
	}
}

// prefixed puts a language's prefix in front of a page's address.
func prefixed(prefix, path string) string {
	if u, err := url.Parse(path); err == nil && u.Path == "/" && prefix != "" {
		return prefix + strings.TrimPrefix(path, "/")
	}
	return prefix + path
}
