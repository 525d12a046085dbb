package help_test

import (
	"strings"
	"testing"

	"zhaohui/internal/help"
)

var groups = [][]string{
	{"", "怎么办", "了", "how do i"},
	{"验证码", "校验码", "code", "otp"},
	{"支付密码", "payment password"},
	{"密码", "password"},
	{"停机", "欠费", "销号"},
	{"销号", "回收"},
	{"银行卡", "card"},
}

func TestParseQuery_findsTheTerms(t *testing.T) {
	synonyms := help.NewSynonyms(groups, nil)
	for _, tt := range []struct{ name, query, want string }{
		{"a known word with its synonyms, itself first", "校验码", "校验码=验证码=code=otp"},
		{"across languages", "OTP", "otp=验证码=校验码=code"},
		{"an unknown word stands for itself", "刷脸", "刷脸"},
		{"known words are cut out of a run", "收不到验证码怎么办", "收不到[收不 不到] 验证码=校验码=code=otp"},
		{"the longest first", "支付密码", "支付密码=payment password"},
		{"words of several words", "my payment password", "my payment password=支付密码"},
		{"spaces between characters do not matter to known words", "停 机", "停机=欠费=销号"},
		{"but end a run of unknown ones", "刷脸 失败", "刷脸 失败"},
		{"plural", "cards", "cards=银行卡=card"},
		{"a word of two lines has the synonyms of both", "销号", "销号=停机=欠费=回收"},
		{"words that say nothing are dropped", "停机了怎么办", "停机=欠费=销号"},
		{"unless there is nothing else", "怎么办", "怎么办[怎么 么办]"},
		{"a single character between words is dropped", "停机又刷脸 x", "停机=欠费=销号 又刷脸[又刷 刷脸] x"},
		{"a single character alone is kept", "卡", "卡"},
		{"nothing twice", "停机 停机", "停机=欠费=销号"},
		{"punctuation only", "？！…", ""},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := written(help.ParseQuery(tt.query, synonyms)); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.query, got, tt.want)
			}
		})
	}
}

func TestParseQuery_isBounded(t *testing.T) {
	query := ""
	for c := 'a'; c <= 'z'; c++ {
		query += string(c) + " "
	}
	if n := len(help.ParseQuery(query, help.NewSynonyms(nil, nil)).Terms); n > 16 {
		t.Errorf("%d terms", n)
	}
}

func TestNewSynonyms_writtenWordsBeatSpellings(t *testing.T) {
	spell := func(word string) []string { return map[string][]string{"停机": {"tj", "otp"}}[word] }
	synonyms := help.NewSynonyms(groups, spell)
	if got := written(help.ParseQuery("tj", synonyms)); got != "tj=停机=欠费=销号" {
		t.Errorf("a spelling finds %s", got)
	}
	if got := written(help.ParseQuery("otp", synonyms)); got != "otp=验证码=校验码=code" {
		t.Errorf("a written word finds %s", got)
	}
}

func written(q help.Query) string {
	var terms []string
	for _, term := range q.Terms {
		text := strings.Join(term.Forms, "=")
		if len(term.Pieces) > 0 {
			text += "[" + strings.Join(term.Pieces, " ") + "]"
		}
		terms = append(terms, text)
	}
	return strings.Join(terms, " ")
}
