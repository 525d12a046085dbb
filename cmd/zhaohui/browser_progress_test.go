package main

import (
	"strings"
	"testing"
)

const checklist = "/p/alipay/papers/prepare?safety=none"

// ticked are the numbers of the ticked items.
func (b *tab) ticked() string {
	b.t.Helper()
	return look[string](b, `[...document.querySelectorAll('input[name="tick"]:checked')].map((e) => e.value).join(' ')`)
}

func TestTicks_AreKeptThroughARestartAndAKeyRotation(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			url, stop := ownSite(t, folder)
			b := openTab(t, url)
			if !script {
				b.withoutScript()
			}
			b.visit(checklist)
			keep := b.shown(`button[form="step"][value="save"]`)
			if script != (keep == 0) {
				t.Errorf("%d buttons to keep ticks are shown %s", keep, name)
			}
			b.touch(`.ticks label:nth-of-type(1)`)
			b.touch(`.ticks label:nth-of-type(2)`)
			if script {
				b.untilTicksArrive()
			} else {
				b.press(`button[form="step"][value="save"]`)
			}
			b.visit(checklist)
			if b.ticked() != "0 1" {
				t.Fatalf("ticks are %q after coming back, want 0 1", b.ticked())
			}
			stop()
			b.site, stop = ownSite(t, folder)
			b.visit(checklist)
			if b.ticked() != "0 1" {
				t.Errorf("ticks are %q after a restart", b.ticked())
			}
			stop()
			if err := (&rotateCommand{Data: folder}).Run(); err != nil {
				t.Fatal(err)
			}
			b.site, _ = ownSite(t, folder)
			b.visit(checklist)
			if b.ticked() != "0 1" {
				t.Errorf("ticks are %q after a key rotation", b.ticked())
			}
		})
	}
}

// untilTicksArrive waits until the script's posts were answered: the last of them shows as a finished request.
func (b *tab) untilTicksArrive() {
	b.t.Helper()
	b.poll(`performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'fetch' && e.responseEnd > 0).length >= 2`)
}

func TestProgress_ListsWalksOverBothPlatformsContinuesAndClears(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/progress")
	if b.shown("article[data-channel]") != 0 || b.shown(".blank .btn") != 1 {
		t.Error("an empty progress page does not lead to a beginning")
	}
	for _, path := range []string{"/p/alipay/face/open-me?safety=none", "/en/p/wechatpay/new-card/", "/p/alipay/bank-card/"} {
		if strings.HasSuffix(path, "/") { // from the channel's page
			b.visit(strings.TrimSuffix(path, "/") + "?safety=none")
			b.press(".card .btn")
		} else {
			b.visit(path)
		}
		b.press(`form[data-step] button[value="done"]`)
	}
	place := b.url().Path
	b.visit("/progress")
	if b.shown(`article[data-platform="alipay"]`) != 2 || b.shown(`article[data-platform="wechatpay"]`) != 1 {
		t.Fatalf("progress shows %d walks, want 3", b.shown("article[data-channel]"))
	}
	b.press(`article[data-channel="bank-card"] a.btn`)
	b.at(place)
	if b.shown(`[data-question="safety"]`) != 1 {
		t.Error("a walk is continued without the safety question (it is never kept)")
	}
	b.visit("/progress")
	b.press(`article[data-channel="face"] button`)
	b.at("/progress")
	if b.shown(`article[data-channel="face"]`) != 0 || b.shown("article[data-channel]") != 2 {
		t.Error("one walk cannot be removed")
	}
	b.press("button.bad")
	b.at("/progress")
	if b.shown("article[data-channel]") != 0 {
		t.Error("progress cannot be cleared")
	}
}

func TestProgress_AFinishedAndAStuckWalkSayWhatIsNext(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/p/alipay/face/set-password?safety=none&phone=works&face=yes")
	b.press(`form[data-step] button[value="done"]`)
	b.at("/p/alipay/face/done")
	b.visit("/p/alipay/bank-card?safety=none&phone=works&card=bound")
	b.press(".card .btn")
	b.press(`form[data-step] button[value="failed"]`)
	next := b.attribute("[data-channel]", "data-channel")
	b.visit("/progress")
	if b.shown(`article[data-channel="face"] .tag.ok`) != 1 || b.shown(`article[data-channel="bank-card"] .tag.warn`) != 1 {
		t.Error("progress does not tell a finished walk from one that did not work")
	}
	b.press(`article[data-channel="bank-card"] a.btn`)
	if got := b.attribute("[data-channel]", "data-channel"); got != next {
		t.Errorf("the next way is %s, on the step it was %s", got, next)
	}
}
