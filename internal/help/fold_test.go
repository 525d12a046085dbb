package help_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"zhaohui/internal/help"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"letters and digits become half-width", "ＯＴＰ９５１８８", "otp95188"},
		{"punctuation too", "停机了？！（急）", "停机了?!(急)"},
		{"capitals become small", "WeChat", "wechat"},
		{"space is trimmed and single, of any width", "　停机 \t\n 补卡　", "停机 补卡"},
		{"what cannot be printed is space", "停\x00机\u200b", "停 机"},
		{"broken bytes are space", "停\xff机", "停 机"},
		{"no more than 60 characters", strings.Repeat("停", 100), strings.Repeat("停", 60)},
		{"nothing", "　", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := help.Fold(tt.text); got != tt.want {
				t.Errorf("Fold = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestG1_sixDigitsAreRefused(t *testing.T) {
	for _, text := range []string{
		"123456",
		"密码是123456怎么改",
		"１２３４５６",
		"１2３4５6",
		"12 34 56",
		"1 2 3 4 5 6",
		"12-34-56",
		"123.456",
		"123_456",
		"123/456",
		"(123)456",
		"（123）（456）",
		"123　456",
		"123，456",
		"12、34、56",
		"123\u200b456",
		"12a34b56",
		"前三位123后三位456",
		"1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣",
		"①②③④⑤⑥",
		"١٢٣٤٥٦",
		"𝟏𝟐𝟑𝟒𝟓𝟔",
		"13800138000",
		"+86 138-0013-8000",
		"6222 0200 0000 0000",
		"6222020000000000000",
		"11010119900101001X",
		"a@b.cn 20261120",
		strings.Repeat("很长的话", 40) + "123456",
	} {
		if !help.Secretive(text) {
			t.Errorf("%q is searched", text)
		}
	}
}

func TestG1_fewerDigitsAreSearched(t *testing.T) {
	for _, text := range []string{"", "停机", "95188", "打 95017 没人接", "12345", "６位密码", "110 打不通", "4S店", "2026 年", "一二三四五六", "iPhone 15 刷脸"} {
		if help.Secretive(text) {
			t.Errorf("%q is refused", text)
		}
	}
}

// Whatever is put between the digits, a secret stays one.
func FuzzG1_separatorsHideNothing(f *testing.F) {
	f.Add("-")
	f.Add(" ")
	f.Add("。然后是")
	f.Fuzz(func(t *testing.T, separator string) {
		if !help.Secretive("1" + separator + "2" + separator + "3" + separator + "4" + separator + "5" + separator + "6") {
			t.Errorf("%q hides a secret", separator)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("ＯＴＰ 停机")
	f.Fuzz(func(t *testing.T, text string) {
		folded := help.Fold(text)
		if !utf8.ValidString(folded) || utf8.RuneCountInString(folded) > 60 {
			t.Errorf("Fold(%q) = %q", text, folded)
		}
		if again := help.Fold(folded); again != folded {
			t.Errorf("folded twice: %q, then %q", folded, again)
		}
	})
}
