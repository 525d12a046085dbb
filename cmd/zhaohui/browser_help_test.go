package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"rsc.io/qr"
)

func TestArticle_VoteThenActOpensTheChooserPrefilled(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	url, _ := ownSite(t, folder)
	b := openTab(t, url)
	b.visit("/help/face-fails")
	b.press(`button[name="useful"][value="no"]`)
	b.at("/help/face-fails")
	if b.shown(".helpful") != 0 || b.text("[role=status]") == "" {
		t.Error("a vote is not thanked for")
	}
	votes, err := os.ReadFile(filepath.Join(folder, "votes.log"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(votes), "face-fails") != 1 {
		t.Errorf("the vote is not counted: %q", votes)
	}
	b.press(`.act [data-platform] a.btn`)
	b.at("/p/alipay/choose")
	if got := b.answers(); got != "face=fails&trouble=forgot" {
		t.Errorf("the chooser knows %s, want what the article is about", got)
	}
	asked := b.choose(map[string]string{"safety": "none", "password": "payment", "phone": "works", "card": "bound",
		"reserved": "yes"})
	for _, question := range asked {
		if question == "face" || question == "trouble" {
			t.Errorf("%s is asked again: %v", question, asked)
		}
	}
	if first := b.attribute(".first[data-channel]", "data-channel"); first != "bank-card" {
		t.Errorf("recommended %s, want bank-card", first)
	}
}

func TestSearch_AsAPersonTypes(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	search := func(query string) {
		t.Helper()
		b.visit("/help")
		b.touch("#q")
		b.do("type "+query, chromedp.SendKeys(chromedp.CSS("#q"), query))
		b.enter()
		b.at("/help/search")
	}
	for query, want := range map[string]string{"停机": "/help/phone-suspended", "zfmm": "/help/", "刷脸": "/help/face-fails"} {
		search(query)
		found := look[[]string](b, `[...document.querySelectorAll('.hits h2 a')].map((e) => e.getAttribute('href'))`)
		if !strings.Contains(strings.Join(found, " "), want) {
			t.Errorf("%s finds %v, want %s", query, found, want)
		}
	}
	search("qqqqq")
	if b.shown(".hits") != 0 || b.shown(`a[href="/p/alipay"]`) == 0 || b.shown(`main a[href="tel:95188"]`) == 0 {
		t.Error("nothing found offers neither the chooser nor a number")
	}
	search("13800138000")
	if b.shown("[role=alert]") != 1 || strings.Contains(look[string](b, `document.documentElement.outerHTML`), "13800138000") {
		t.Error("digits are not refused, or said back")
	}
	if !look[bool](b, `document.activeElement === document.querySelector('.sum')`) {
		t.Error("the refusal does not get the focus")
	}
}

func TestShare_TheCodeAndTheLinkOpenTheSameStep(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/en/p/alipay/face/choose-forgot?safety=none&face=yes")
	b.press("footer nav a")
	b.at("/en/share/p/alipay/face/choose-forgot")
	link := b.text("#share-url")
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := squares(t, b.attribute("svg.qr path", "d")), matrix(code); got != want {
		t.Errorf("the code drawn is not the code of %s", link)
	}
	if strings.Contains(link, "safety") || !strings.Contains(b.text("#share-text"), link) {
		t.Errorf("link %q, text %q", link, b.text("#share-text"))
	}
	other := openTab(t, b.site) // the phone that scans it knows nothing yet
	other.visit(strings.TrimPrefix(link, b.site))
	if got := other.attribute("form[data-step]", "data-step"); got != "choose-forgot" {
		t.Errorf("the link opens %q", got)
	}
	if other.shown(`[data-question="safety"]`) != 1 {
		t.Error("a shared step does not ask the safety question")
	}
}

// squares reads the drawing of a code back: runs of black squares, four squares of quiet around.
func squares(t *testing.T, path string) string {
	t.Helper()
	var out strings.Builder
	for _, run := range strings.Split(strings.TrimPrefix(path, "M"), "M") {
		var x, y, width, back int
		if _, err := fmt.Sscanf(run, "%d %dh%dv1h-%dz", &x, &y, &width, &back); err != nil || width != back {
			t.Fatalf("code drawn with %q: %v", run, err)
		}
		for i := range width {
			fmt.Fprintf(&out, "%d,%d ", x+i-4, y-4)
		}
	}
	return out.String()
}

func matrix(code *qr.Code) string {
	var out strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&out, "%d,%d ", x, y)
			}
		}
	}
	return out.String()
}

func TestA1_WithoutScriptNothingIsOfferedThatNeedsIt(t *testing.T) {
	t.Parallel()
	b := openTab(t, site(t))
	b.visit("/share/p/alipay/face/open-me")
	if b.shown("[data-copy] button") == 0 {
		t.Error("with script nothing can be copied")
	}
	b.withoutScript()
	b.visit("/share/p/alipay/face/open-me")
	if b.shown("[data-copy] button, [data-send] button") != 0 {
		t.Error("without script a button is shown that does nothing")
	}
	b.visit("/p/alipay/face/print")
	if b.shown("[data-print]") != 0 {
		t.Error("without script a print button is shown")
	}
}
