package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience bounds what one person does in one window.
const patience = 5 * time.Minute

// tab is a window of a person: own cookies, the size of a small phone. Every method fails the test itself.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu     sync.Mutex
	errors []string // what the page complained about: exceptions, refused styles and scripts
}

// openTab opens a window; it closes with the test.
func openTab(t *testing.T, site string) *tab {
	t.Helper()
	b := &tab{t: t, site: site}
	ctx, cancel := chromedp.NewContext(browser(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, patience)
	t.Cleanup(stop)
	b.ctx = ctx
	b.size(375, 667)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, e := range b.errors {
			t.Errorf("the page complained: %s", e)
		}
	})
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError && e.Entry.Source != cdplog.EntrySourceNetwork {
			b.errors = append(b.errors, e.Entry.Text)
		}
	}
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// look evaluates an expression in the page and returns its value.
func look[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("look at %s: %v", expression, err)
	}
	return value
}

// send is a command of the debugging protocol as a step.
func send[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// size is the window in CSS pixels.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do("size", chromedp.EmulateViewport(width, height))
}

// media sets what the page is shown on (screen or print) and whether its reader wants it dark.
func (b *tab) media(medium, scheme string) {
	b.t.Helper()
	b.do("media", send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
}

// withoutScript switches the page's own scripts off.
func (b *tab) withoutScript() {
	b.t.Helper()
	b.do("switch script off", send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

// visit types an address.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.do("visit "+path, chromedp.Navigate(b.site+path))
}

// follow does something that leads to another page, and waits until that page is there.
func (b *tab) follow(what string, step chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, step)); err != nil {
		b.t.Fatalf("%s on %s: no next page: %v", what, b.address(), err)
	}
}

// press puts the finger on what a selector names and waits for the next page.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.follow("press "+selector, b.finger(selector))
}

// touch puts the finger on what a selector names, where no page follows.
func (b *tab) touch(selector string) {
	b.t.Helper()
	b.do("touch "+selector, b.finger(selector))
}

// finger brings something into view as a person would scroll and presses its middle, and fails if something else lies
// there: a bar over a button would go unnoticed by a click sent to the element itself.
func (b *tab) finger(selector string) chromedp.Action[chromedp.Void] {
	b.t.Helper()
	name, _ := json.Marshal(selector)
	spot := look[struct {
		X, Y  float64
		Error string
	}](b, fmt.Sprintf(`(() => {
		const all = [...document.querySelectorAll(%s)].filter((e) => e.getClientRects().length);
		if (!all.length) return {X: 0, Y: 0, Error: 'not there'};
		const e = all[0];
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const r = e.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2;
		const top = document.elementFromPoint(x, y);
		const hit = top && (e.contains(top) || top.contains(e));
		return {X: x, Y: y, Error: hit ? '' : 'covered by ' + (top ? top.outerHTML.slice(0, 80) : 'nothing')};
	})()`, name))
	if spot.Error != "" {
		b.t.Fatalf("press %s on %s: %s", selector, b.address(), spot.Error)
	}
	return chromedp.MouseClickXY(spot.X, spot.Y)
}

// keys types on the keyboard.
func (b *tab) keys(text string) {
	b.t.Helper()
	b.do("type", chromedp.KeyEvent(text))
}

// enter presses the Enter key where the focus is, and waits for the next page.
func (b *tab) enter() {
	b.t.Helper()
	b.follow("Enter", chromedp.KeyEvent(kb.Enter))
}

// address is the path and query of the page.
func (b *tab) address() string {
	b.t.Helper()
	u := b.url()
	if u.RawQuery == "" {
		return u.Path
	}
	return u.Path + "?" + u.RawQuery
}

func (b *tab) url() *url.URL {
	b.t.Helper()
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		b.t.Fatalf("address: %v", err)
	}
	u, err := url.Parse(at)
	if err != nil {
		b.t.Fatalf("address: %v", err)
	}
	return u
}

// text is the words of an element as a person sees them; "" if it is not there.
func (b *tab) text(selector string) string {
	b.t.Helper()
	name, _ := json.Marshal(selector)
	return strings.TrimSpace(look[string](b, fmt.Sprintf(`(document.querySelector(%s) || {innerText: ''}).innerText`, name)))
}

// attribute is an attribute of the first element that a selector names; "" if there is none.
func (b *tab) attribute(selector, name string) string {
	b.t.Helper()
	s, _ := json.Marshal(selector)
	return look[string](b, fmt.Sprintf(`(() => {
		const e = document.querySelector(%s);
		return e && e.getAttribute(%q) || '';
	})()`, s, name))
}

// shown counts what a selector names and a person can see.
func (b *tab) shown(selector string) int {
	b.t.Helper()
	name, _ := json.Marshal(selector)
	return look[int](b, fmt.Sprintf(`[...document.querySelectorAll(%s)]
		.filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden').length`, name))
}

// at asserts the path of the page.
func (b *tab) at(path string) {
	b.t.Helper()
	if got := b.url().Path; got != path {
		b.t.Fatalf("on %s, want %s", b.address(), path)
	}
}

// answers are the answers in the address, in one order; a row that was left alone sends an empty one.
func (b *tab) answers() string {
	b.t.Helper()
	query := b.url().Query()
	query.Del("after")
	query.Del("ask")
	maps.DeleteFunc(query, func(_ string, values []string) bool { return values[0] == "" })
	return query.Encode()
}

// poll waits until an expression is true; the page looks again at every frame.
func (b *tab) poll(expression string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(15*time.Second))); err != nil {
		b.t.Fatalf("waited for %s on %s: %v", expression, b.address(), err)
	}
}
