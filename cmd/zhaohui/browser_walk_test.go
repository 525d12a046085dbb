package main

import (
	"strings"
	"testing"
)

// begin goes from the first page to the chooser of a platform: a person presses the wallet, then what went wrong.
func (b *tab) begin(platform, trouble string) {
	b.t.Helper()
	b.visit("/")
	b.press(`a[data-platform="` + platform + `"]`)
	b.at("/p/" + platform)
	b.press(`nav.fork a[href*="trouble=` + trouble + `"]`)
}

// choose answers the chooser's questions until it recommends something, and returns the questions it was asked.
func (b *tab) choose(answers map[string]string) (asked []string) {
	b.t.Helper()
	for range 10 {
		question := b.attribute("main [data-question]", "data-question")
		if question == "" {
			return asked
		}
		value, ok := answers[question]
		if !ok {
			value = "unsure"
		}
		asked = append(asked, question)
		b.press(`button[name="` + question + `"][value="` + value + `"]`)
	}
	b.t.Fatalf("still asked after %v", asked)
	return nil
}

// walk presses "done" on every step until the walk ends, and returns the steps it went through.
func (b *tab) walk() (steps []string) {
	b.t.Helper()
	for range 30 {
		step := b.attribute("form[data-step]", "data-step")
		if step == "" {
			return steps
		}
		steps = append(steps, step)
		b.press(`form[data-step] button[value="done"]`)
	}
	b.t.Fatalf("no end after %v", steps)
	return nil
}

// situation is a row of the situations that the chooser must answer well.
type situation struct {
	name, platform, trouble, first string
	answers                        map[string]string
}

var s1 = situation{"S1", "alipay", "forgot", "face", map[string]string{"safety": "none", "password": "payment",
	"trouble": "forgot", "phone": "works", "face": "yes", "card": "bound", "reserved": "yes", "app": "yes"}}

var situations = []situation{
	s1,
	{"S2", "alipay", "forgot", "bank-card", map[string]string{"safety": "none", "password": "payment", "phone": "works",
		"face": "fails", "card": "bound", "reserved": "yes", "app": "yes"}},
	{"S3", "alipay", "forgot", "face", map[string]string{"safety": "none", "password": "payment", "phone": "suspended",
		"face": "yes", "card": "none", "app": "yes"}},
	{"S4", "alipay", "forgot", "bank-card", map[string]string{"safety": "none", "password": "payment", "phone": "suspended",
		"face": "fails", "card": "bound", "reserved": "yes", "app": "yes"}},
	{"S8", "wechatpay", "forgot", "bank-card", map[string]string{"safety": "none", "password": "payment", "phone": "works",
		"face": "yes", "card": "bound", "reserved": "yes", "app": "yes"}},
	{"S9", "wechatpay", "forgot", "new-card", map[string]string{"safety": "none", "password": "payment", "phone": "works",
		"card": "cancelled", "app": "yes"}},
}

// fromHomeToDone is S1 as a person takes it: first page, wallet, trouble, questions, recommendation, every step.
func fromHomeToDone(b *tab) {
	b.t.Helper()
	b.begin("alipay", "forgot")
	if asked := b.choose(s1.answers); len(asked) == 0 || asked[0] != "safety" || len(asked) > 4 {
		b.t.Errorf("asked %v, want safety first and at most four questions", asked)
	}
	b.at("/p/alipay/result")
	if first := b.attribute(".first[data-channel]", "data-channel"); first != "face" {
		b.t.Fatalf("recommended %q, want face", first)
	}
	kept := b.answers()
	b.press(".first .btn")
	steps := b.walk()
	b.at("/p/alipay/face/done")
	if len(steps) != 8 || steps[0] != "open-me" || steps[7] != "set-password" {
		b.t.Errorf("walked %v", steps)
	}
	if b.answers() != kept {
		b.t.Errorf("answers %s became %s", kept, b.answers())
	}
}

func TestS1_FromTheFirstPageToTheLastStep(t *testing.T) {
	t.Parallel()
	fromHomeToDone(openTab(t, site(t)))
}

func TestA1_TheWholeWayWithoutScript(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.withoutScript()
	fromHomeToDone(b)
}

func TestSituations_WhenAStepDoesNotWorkTheNextRungFollowsWithAllAnswers(t *testing.T) {
	t.Parallel()
	for _, s := range situations[1:] {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, site(t))
			b.begin(s.platform, s.trouble)
			b.choose(s.answers)
			b.at("/p/" + s.platform + "/result")
			ladder := look[[]string](b, `[...document.querySelectorAll('.route [data-channel]')].map((e) => e.dataset.channel)`)
			if len(ladder) < 2 || ladder[0] != s.first {
				t.Fatalf("ladder %v, want %s first", ladder, s.first)
			}
			kept := b.answers()
			b.press(".first .btn")
			for rung, channel := range ladder[:2] {
				if got := b.attribute("[data-channel]", "data-channel"); got != channel {
					t.Fatalf("rung %d is %s, the ladder said %v", rung+1, got, ladder)
				}
				b.press(`form[data-step] button[value="failed"]`)
				if got := b.answers(); got != kept {
					t.Errorf("answers %s became %s", kept, got)
				}
				if b.text(".news[role=status]") == "" {
					t.Errorf("%s does not say that the way before did not work", b.address())
				}
				b.press(".card .btn")
			}
		})
	}
}

func TestA_NoQuestionIsAskedWithoutAWayBack(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.begin("alipay", "forgot")
	b.press(`button[name="safety"][value="none"]`)
	second := b.attribute("main [data-question]", "data-question")
	b.press(`main [data-question] button[value]`)
	b.press(".back")
	if again := b.attribute("main [data-question]", "data-question"); again != second {
		t.Errorf("back leads to %q, want %q", again, second)
	}
	if b.shown("button.was") != 1 {
		t.Error("the answer given before is not marked")
	}
	if !strings.Contains(b.answers(), "safety=none") {
		t.Errorf("going back lost the answers: %s", b.answers())
	}
}
