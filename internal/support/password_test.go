package support_test

import (
	"strings"
	"testing"

	"zhaohui/internal/support"
)

func TestWeakness_asTheGuidelinesSay(t *testing.T) {
	for why, list := range map[string][]string{
		"": {"a kettle sings at noon", "四月的雨落在旧屋檐上不停", "83920174650918", "    spaced    words    ", "ｃｏｐｐｅｒ　ｌａｎｔｅｒｎ",
			"Lin walks the harbour dog", strings.Repeat("long words, ", 10)},
		"short": {"", "elevenchars", "七个字的密码呀"},
		"long":  {strings.Repeat("wandering ", 13)},
		"signs": {"tab\tand twelve signs", "nul\x00and twelve signs"},
		"repeated": {"aaaaaaaaaaaa", "啊啊啊啊啊啊啊啊啊啊啊啊", "abcabcabcabc", "12121212121212", "123456789012", "210987654321", "abcdefghijklm",
			"qwertyuiopas", "8888888888888", "2580258025802580"},
		"own": {"lin-lin-lin-2026", "cloudpay2026!", "Zhaohui-12345678", "林小雨林小雨1234567", "CloudPay@lin1", "找回找回找回20261122"},
		"common": {"password1234", "Password!!!!", "woaini1314520", "qwertyuiop123", "correct horse battery staple", "WELCOME123456",
			"iloveyou9999"},
	} {
		for _, password := range list {
			if got := support.Weakness(password, "lin", "林小雨", "Cloudpay"); got != why {
				t.Errorf("%q: %q, want %q", password, got, why)
			}
		}
	}
}
