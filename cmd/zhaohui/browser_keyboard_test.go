package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// focus describes what has the keyboard's focus, and what is wrong with how it is shown.
type focus struct {
	Here  bool   // the wanted element has it
	What  string // for messages
	Wrong string
}

// focused looks at the element with the focus: it must show a ring, and no bar may lie over it (WCAG 2.4.7, 2.4.11).
const focused = `((selector) => {
	const e = document.activeElement;
	if (!e || e === document.body) return {Here: false, What: 'nothing', Wrong: ''};
	const style = getComputedStyle(e), what = e.outerHTML.slice(0, 120), wrong = [];
	const ringed = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
	if (!ringed(style) && !(e.nextElementSibling && ringed(getComputedStyle(e.nextElementSibling)))) wrong.push('no ring');
	const r = [...e.getClientRects()].find((r) => r.width && r.height);
	if (!r) wrong.push('no size');
	else {
		const y = r.top + r.height / 2, x = r.left + r.width / 2;
		if (y < 0 || y > innerHeight || x < 0 || x > innerWidth)
			wrong.push('outside the window at ' + Math.round(x) + ',' + Math.round(y));
		else {
			const top = document.elementFromPoint(x, y);
			if (top && !e.contains(top) && !top.contains(e) && !(e.labels && [...e.labels].some((l) => l.contains(top))))
				wrong.push('hidden by ' + top.outerHTML.slice(0, 60));
		}
	}
	return {Here: e.matches(selector), What: what, Wrong: wrong.join(', ')};
})(%q)`

// tabTo presses Tab until what a selector names has the focus, and checks every stop on the way.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	var way []string
	for range 60 {
		b.keys(kb.Tab)
		at := look[focus](b, fmt.Sprintf(focused, selector))
		if at.Wrong != "" {
			b.t.Errorf("focus on %s: %s: %s", b.address(), at.What, at.Wrong)
		}
		if at.Here {
			return
		}
		way = append(way, at.What)
	}
	b.t.Fatalf("Tab never reaches %s on %s; it went over %v", selector, b.address(), slices.Compact(way))
}

func TestA1_TheWholeWayByKeyboard(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	by := func(selector string) {
		b.tabTo(selector)
		b.enter()
	}
	b.visit("/")
	by(`a[data-platform="alipay"]`)
	by(`nav.fork a[href*="trouble=forgot"]`)
	for range 6 {
		question := b.attribute("main [data-question]", "data-question")
		if question == "" {
			break
		}
		by(`button[name="` + question + `"][value="` + s1.answers[question] + `"]`)
	}
	b.at("/p/alipay/result")
	by(".first .btn")
	for step := 1; b.attribute("form[data-step]", "data-step") != ""; step++ {
		if step > 8 {
			t.Fatalf("the walk does not end: %s", b.address())
		}
		by(`form[data-step] button[value="done"]`)
	}
	b.at("/p/alipay/face/done")
}

func TestA1_TheFirstTabOffersToSkipToTheContent(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/help/phone-suspended")
	b.keys(kb.Tab)
	if at := look[focus](b, fmt.Sprintf(focused, ".skip")); !at.Here || at.Wrong != "" {
		t.Fatalf("first stop is %+v", at)
	}
	b.keys(kb.Enter)
	b.keys(kb.Tab)
	if !look[bool](b, `document.querySelector('main').contains(document.activeElement)`) {
		t.Error("after the skip link the focus is not in the content")
	}
}

// Every place that Tab stops at on a long page with a bar at its foot can be seen.
func TestA1_FocusIsNeverUnderTheBarOfAStep(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/p/alipay/papers/prepare?safety=none", "/en/p/wechatpay/appeal/lay-out-papers?safety=none",
		"/p/alipay/face/open-security"} {
		b := openTab(t, site(t))
		b.visit(path)
		b.do("open every fold", openFolds)
		for range 80 {
			b.keys(kb.Tab)
			at := look[focus](b, fmt.Sprintf(focused, "footer nav a:last-child"))
			if at.Wrong != "" {
				t.Errorf("focus on %s: %s: %s", path, at.What, at.Wrong)
			}
			if at.Here {
				break
			}
		}
	}
}
