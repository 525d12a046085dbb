package help_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"zhaohui/internal/help"
)

func TestPassage_showsAndMarks(t *testing.T) {
	synonyms := help.NewSynonyms(groups, nil)
	for _, tt := range []struct {
		name, query string
		passages    []string
		want        string
	}{
		{"the typed word", "停机", []string{"手机停机了也能找回。"}, "手机[停机]了也能找回。"},
		{"its synonyms", "校验码", []string{"收不到验证码。"}, "收不到[验证码]。"},
		{"the longest form as a whole", "支付密码 密码", []string{"支付密码和登录密码"}, "[支付密码]和登录[密码]"},
		{"capitals and full width", "app", []string{"打开ＡＰＰ再试"}, "打开[ＡＰＰ]再试"},
		{"a word with its ending", "card", []string{"Your cards work."}, "Your [cards] work."},
		{"not inside another word", "pin", []string{"Keep shopping, keep the PIN."}, "Keep shopping, keep the [PIN]."},
		{"the passage with most terms", "停机 银行卡", []string{"停机以后。", "停机了用银行卡。"}, "[停机]了用[银行卡]。"},
		{"the first if none has any", "刷脸", []string{"能。", "不急。"}, "能。"},
		{"pieces of an unknown run", "收不到短信", []string{"不到一分钟"}, "[不到]一分钟"},
		{"markup is text", "停机", []string{"<b>停机</b>"}, "<b>[停机]</b>"},
		{"lines become one", "停机", []string{"停机\n  了"}, "[停机] 了"},
		{"no passages", "停机", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shown(help.Passage(tt.passages, help.ParseQuery(tt.query, synonyms))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPassage_isAtMost80CharactersAroundTheMatch(t *testing.T) {
	synonyms := help.NewSynonyms(groups, nil)
	for name, text := range map[string]string{
		"in the middle":     strings.Repeat("前面的话。", 40) + "这里停机了" + strings.Repeat("后面的话。", 40),
		"at the end":        strings.Repeat("前", 200) + "停机",
		"at the beginning":  "停机" + strings.Repeat("后", 200),
		"in English":        strings.Repeat("some words before. ", 20) + "a code came" + strings.Repeat(" and words after", 20),
		"without any":       strings.Repeat("什么也没有", 40),
		"in one long word":  strings.Repeat("a", 300),
		"just 80":           strings.Repeat("八", 78) + "停机",
		"just more than 80": strings.Repeat("八", 79) + "停机",
	} {
		t.Run(name, func(t *testing.T) {
			got := shown(help.Passage([]string{text}, help.ParseQuery("停机 code", synonyms)))
			plain := strings.NewReplacer("[", "", "]", "").Replace(got)
			if n := utf8.RuneCountInString(plain); n > 80 || n < 20 {
				t.Errorf("%d characters: %s", n, got)
			}
			if strings.Contains(text, "停机") != strings.Contains(got, "[停机]") {
				t.Errorf("the match is not shown: %s", got)
			}
			if !strings.Contains(text, strings.Trim(plain, "…")) {
				t.Errorf("not a part of the text: %s", got)
			}
		})
	}
}

func shown(pieces []help.Piece) string {
	var text strings.Builder
	for _, p := range pieces {
		if p.Marked {
			text.WriteString("[" + p.Text + "]")
		} else {
			text.WriteString(p.Text)
		}
	}
	return text.String()
}
