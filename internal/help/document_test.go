package help_test

import (
	"slices"
	"strings"
	"testing"

	"zhaohui/internal/help"
)

func TestDocuments_holdWhatAnArticleSays(t *testing.T) {
	library := help.NewLibrary([]*help.Article{{Slug: "no-card", Topic: "card", Texts: map[string]help.Text{
		"zh": {Title: "没有银行卡，|怎么办？", Short: "没有卡", Answer: "刷脸就行。", Words: []string{"没绑卡"},
			HTML:     "<p>先看一眼 &amp; <b>别急</b>。</p>\n<h2>怎么刷</h2><p>点这里</p>",
			Sections: []help.Section{{Title: "怎么刷", Text: "点这里"}}},
		"en": {Title: "No bank card?", Answer: "Use the face check."},
	}}})
	documents := library.Documents()
	if len(documents) != 2 || documents[0].Lang != "en" || documents[1].Lang != "zh" {
		t.Fatalf("documents: %+v", documents)
	}
	zh := documents[1]
	if zh.Key != "article/no-card" || zh.Kind != help.KindArticle || zh.ID != "no-card" || zh.Title != "没有银行卡，怎么办？" {
		t.Errorf("named wrongly: %+v", zh)
	}
	if want := []string{"没有卡", "没绑卡"}; !slices.Equal(zh.Words, want) {
		t.Errorf("words %v, want %v", zh.Words, want)
	}
	if want := []string{"刷脸就行。", "先看一眼 & 别急。", "点这里"}; !slices.Equal(zh.Passages, want) {
		t.Errorf("passages %q, want %q", zh.Passages, want)
	}
	if !strings.Contains(zh.Text, "怎么刷") {
		t.Errorf("headings are not searched: %q", zh.Text)
	}
}
