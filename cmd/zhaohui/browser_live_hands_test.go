package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"zhaohui/internal/recovery/method/identity/slider"
)

// hands are a person at a page: at a browser, or at one that knows no script.
type hands interface {
	visit(path string)
	path() string
	step() string                     // data-step of the main form, "" if there is none
	has(selector string) bool         // only what both kinds of hands understand: tag, [attribute], [attribute="value"]
	fill(values map[string]string)    // types into the main form and sends it
	pick(name, value string)          // presses a row of the main form
	beside(do string, rows ...string) // presses the button of a small form beside it, or one of its rows
	slide(s *liveSite)                // gets past the puzzle: with the piece, or by waiting
	caseID() string
	words(selector string) string
}

// screen is a person at a browser.
type screen struct{ *tab }

func openScreen(t *testing.T, s *liveSite) screen {
	t.Helper()
	return screen{openTab(t, s.url)}
}

func (b screen) path() string { return b.url().Path }

func (b screen) step() string { return b.attribute("form[data-step]", "data-step") }

func (b screen) has(selector string) bool {
	return look[bool](b.tab, fmt.Sprintf(`!!document.querySelector(%q)`, selector))
}

func (b screen) words(selector string) string { return b.text(selector) }

func (b screen) caseID() string {
	b.t.Helper()
	_, rest, _ := strings.Cut(b.attribute(`form[action*="/case/"]`, "action"), "/case/")
	id, _, _ := strings.Cut(rest, "/")
	if id == "" {
		b.t.Fatalf("%s does not name its case", b.address())
	}
	return id
}

// put types a value into a field of the main form, or picks it.
func (b screen) put(name, value string) {
	b.t.Helper()
	field := `form[data-step] [name="` + name + `"]`
	kind := look[string](b.tab, fmt.Sprintf(`(() => { const e = document.querySelector(%q); return e ? e.type : ''; })()`, field))
	switch kind {
	case "":
		b.t.Fatalf("%s has no field %s", b.address(), name)
	case "radio":
		b.touch(field + `[value="` + value + `"]`)
	case "select-one":
		look[bool](b.tab, fmt.Sprintf(`(() => {
			const e = document.querySelector(%q);
			e.value = %q;
			return e.value === %q;
		})()`, field, value, value))
	default:
		b.touch(field)
		look[bool](b.tab, fmt.Sprintf(`(() => { document.querySelector(%q).select(); return true; })()`, field))
		b.do("type "+name, send(input.InsertText, input.InsertTextParams{Text: value}))
	}
}

const sendButton = `form[data-step] button.btn:not([name]):not([type="button"])`

func (b screen) fill(values map[string]string) {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		b.put(name, values[name])
	}
	b.press(sendButton)
}

func (b screen) pick(name, value string) {
	b.t.Helper()
	b.press(`form[data-step] button[name="` + name + `"][value="` + value + `"]`)
}

// unfold opens the fold that something lies in, as a person would by pressing its heading.
func (b screen) unfold(selector string) {
	b.t.Helper()
	look[bool](b.tab, fmt.Sprintf(`(() => {
		const d = document.querySelector(%q)?.closest('details');
		if (d && !d.open) d.setAttribute('data-fold', '');
		return true;
	})()`, selector))
	if b.has("details[data-fold]") {
		b.touch("details[data-fold] > summary")
		look[bool](b.tab, `(() => {
			document.querySelectorAll('[data-fold]').forEach((e) => e.removeAttribute('data-fold'));
			return true;
		})()`)
	}
}

func (b screen) beside(do string, rows ...string) {
	b.t.Helper()
	mark := `input[name="do"][value="` + do + `"]`
	b.unfold(mark)
	if len(rows) > 0 {
		b.press(mark + ` ~ button[value="` + rows[0] + `"]`)
		return
	}
	b.press(mark + ` ~ button`)
}

// slide drags the piece into the gap as a hand does: slowly first, quicker, slowly again.
func (b screen) slide(s *liveSite) {
	b.t.Helper()
	if !b.has("fieldset[data-slide]") || b.shown("fieldset[data-slide]") == 0 {
		b.press(`form[data-step] button[name="instead"]`)
		return
	}
	b.drag(s.gap(b.caseID()))
}

// drag moves the piece of a puzzle to X.
func (b screen) drag(puzzle *slider.Puzzle) {
	b.t.Helper()
	box := look[struct{ X, Y, Scale float64 }](b.tab, `(() => {
		const e = document.querySelector('[data-slide] svg');
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const r = e.getBoundingClientRect();
		return {X: r.x, Y: r.y, Scale: r.width / e.viewBox.baseVal.width};
	})()`)
	y := box.Y + float64(puzzle.Y+slider.Tile/2)*box.Scale
	at := func(x float64) float64 { return box.X + (x+slider.Tile/2)*box.Scale }
	mouse := func(kind input.DispatchMouseEventType, x float64) {
		b.do("drag", send(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at(x), Y: y,
			Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1}))
	}
	mouse(input.DispatchMouseEventTypeMousePressed, float64(puzzle.Start))
	const moves = 24
	for i := 1; i <= moves; i++ {
		way := (1 - math.Cos(math.Pi*float64(i)/moves)) / 2
		mouse(input.DispatchMouseEventTypeMouseMoved, float64(puzzle.Start)+way*float64(puzzle.X-puzzle.Start))
		b.frames(1)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, float64(puzzle.X))
	b.press("[data-slide] .btn")
}

// frames waits until the page was drawn so often.
func (b screen) frames(n int) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`new Promise((done) => {
		let n = %d;
		const next = () => n-- ? requestAnimationFrame(next) : done(true);
		next();
	})`, n), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("wait for a frame: %v", err)
	}
}
