package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/help"
	"zhaohui/internal/store"
)

// real opens a search over the articles that are served.
func real(tb testing.TB) *store.Search {
	tb.Helper()
	c, _ := content.Load(embedded.Files(), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)) // what is wrong in it is another test's matter
	documents := append(c.Help.Documents(), store.PlatformDocuments(c.Platforms)...)
	search, err := store.OpenSearch(documents, c.Synonyms)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { search.Close() })
	return search
}

// What people really type leads to the article that answers it, among the first three articles.
func TestSearch_realQueries(t *testing.T) {
	search := real(t)
	for _, tt := range []struct{ lang, query, want string }{
		{"zh", "停机", "phone-suspended"},
		{"zh", "欠费停机怎么办", "phone-suspended"},
		{"zh", "tingji", "phone-suspended"},
		{"zh", "校验码", "phone-suspended"},
		{"zh", "验证码 收不到", "phone-suspended"},
		{"zh", "收不到验证码", "phone-suspended"},
		{"zh", "刷脸", "face-fails"},
		{"zh", "刷脸不过", "face-fails"},
		{"zh", "人脸识别失败", "face-fails"},
		{"zh", "face", "face-fails"},
		{"zh", "shualian", "face-fails"},
		{"zh", "zfmm", "login-or-payment"},
		{"zh", "zhifumima", "login-or-payment"},
		{"zh", "zhi fu mi ma", "login-or-payment"},
		{"zh", "ZHIFUMIMA", "login-or-payment"},
		{"zh", "登录密码", "login-or-payment"},
		{"zh", "被锁", "locked"},
		{"zh", "输错密码被锁了", "locked"},
		{"zh", "冻结", "stolen-phone"},
		{"zh", "card", "no-card"},
		{"zh", "没绑银行卡", "no-card"},
		{"zh", "银行卡注销", "card-cancelled"},
		{"zh", "银行卡注销了怎么找回支付密码", "card-cancelled"},
		{"zh", "预留手机号", "card-other-number"},
		{"zh", "国外", "abroad"},
		{"zh", "在国外收不到验证码", "abroad"},
		{"zh", "老人", "elder-helper"},
		{"zh", "帮我妈妈找回", "elder-helper"},
		{"zh", "看不见", "blind"},
		{"zh", "wechat", "which-wallet"},
		{"zh", "免密", "password-free-payment"},
		{"zh", "自动扣款", "password-free-payment"},
		{"zh", "otp", "phone-suspended"},
		{"zh", "手机丢了", "stolen-phone"},
		{"zh", "换手机", "new-phone"},
		{"zh", "ｏｔｐ", "phone-suspended"},
		{"zh", "骗子", "fake-service"},
		{"zh", "屏幕共享", "coached"},
		{"zh", "公司账号", "company-account"},
		{"zh", "护照", "foreign-passport"},
		{"zh", "passport", "foreign-passport"},
		{"zh", "孩子", "minor"},
		{"zh", "去世", "deceased"},
		{"zh", "医院付不了钱", "pay-now"},
		{"zh", "盗刷", "unknown-payments"},
		{"zh", "驗證碼", "phone-suspended"},
		{"zh", "通过率", "source-figures"},
		{"zh", "换号了", "number-changed"},
		{"zh", "二次放号", "number-reissued"},
		{"zh", "身份证过期", "identity-changed"},
		{"en", "locked out", "locked"},
		{"en", "face", "face-fails"},
		{"en", "face check failed", "face-fails"},
		{"en", "no text message", "phone-suspended"},
		{"en", "otp", "phone-suspended"},
		{"en", "cards", "no-card"},
		{"en", "card expired", "card-cancelled"},
		{"en", "how do I get back in from abroad", "abroad"},
		{"en", "stolen phone", "stolen-phone"},
		{"en", "passport", "foreign-passport"},
		{"en", "blind", "blind"},
		{"en", "PIN", "login-or-payment"},
		{"en", "subscription", "password-free-payment"},
		{"en", "scam", "fake-service"},
		{"en", "停机", "phone-suspended"},
	} {
		t.Run(tt.lang+"/"+tt.query, func(t *testing.T) {
			hits, err := search.Search(t.Context(), tt.lang, tt.query, 30)
			if err != nil {
				t.Fatal(err)
			}
			var articles []string
			for _, hit := range hits {
				if hit.Kind == help.KindArticle {
					articles = append(articles, hit.ID)
				}
			}
			if place := slices.Index(articles, tt.want); place < 0 || place > 2 {
				t.Errorf("%s is number %d of %s", tt.want, place+1, strings.Join(articles, " "))
			}
		})
	}
}
