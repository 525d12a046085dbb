package main

import (
	"strings"
	"testing"
)

func TestG4_EveryTroubleLeadsToAStopPageAndOnlyTheQuestionLeadsOn(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"coached", "stolen", "unknown-payments"} {
		t.Run(value, func(t *testing.T) {
			b := openTab(t, site(t))
			b.begin("alipay", "forgot")
			b.press(`button[name="safety"][value="` + value + `"]`)
			if got := b.attribute("[data-stop]", "data-stop"); got != value {
				t.Fatalf("%s leads to stop %q", value, got)
			}
			if b.shown("[data-channel], form[data-step]") != 0 {
				t.Error("a stop page offers a channel")
			}
			if b.shown(`a.dial[href^="tel:"]`) == 0 {
				t.Error("a stop page has no number to dial")
			}
			b.press("aside > p > a.txt")
			b.at("/p/alipay/choose")
			if got := b.attribute("main [data-question]", "data-question"); got != "safety" || strings.Contains(b.answers(), "safety") {
				t.Errorf("'I have done this' asks %q with %s, want safety asked again", got, b.answers())
			}
			if !strings.Contains(b.answers(), "trouble=forgot") {
				t.Errorf("the other answers are lost: %s", b.answers())
			}
			b.press(`button[name="safety"][value="none"]`)
			if b.shown("[data-stop]") != 0 {
				t.Error("the way on is still closed after 'none'")
			}
		})
	}
}

func TestG4_TheFirstPageWarnsBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/")
	b.press(".strip a")
	b.at("/stop/coached")
}

func TestG4_ADeepLinkShowsTheQuestionAboveTheInstruction(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/p/alipay/face/open-security")
	above := look[bool](b, `(() => {
		const q = document.querySelector('[data-question="safety"]'), i = document.querySelector('main .prose');
		return q.getBoundingClientRect().bottom <= i.getBoundingClientRect().top; })()`)
	if !above {
		t.Error("the safety question does not stand above the instruction")
	}
	b.press(`[data-question="safety"] a[href*="safety=none"]`)
	b.at("/p/alipay/face/open-security")
	if b.shown(`[data-question="safety"]`) != 0 {
		t.Error("the question stays after it was answered")
	}
	b.visit("/p/alipay/face/open-security")
	b.press(`[data-question="safety"] a[href*="safety=coached"]`)
	if b.attribute("[data-stop]", "data-stop") != "coached" {
		t.Errorf("'coached' leads to %s", b.address())
	}
}

func TestG4_AChannelHidesItsStartUntilTheQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/p/wechatpay/bank-card")
	if b.shown(".card .btn") != 0 {
		t.Error("a channel can be started before the safety question is answered")
	}
	b.press(`[data-question="safety"] a[href*="safety=none"]`)
	b.press(".card .btn")
	if b.shown("form[data-step]") != 1 {
		t.Errorf("start leads to %s", b.address())
	}
}
