package content_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

// The embedded content has no errors; warnings are for whoever keeps it.
func TestEmbeddedContent_isClean(t *testing.T) {
	_, problems := content.Load(embedded.Files(), time.Now())
	for _, p := range problems.Errors() {
		t.Error(p)
	}
}

// Every guided row of the coverage table (A01–A18, W01–W09) is carried by a channel of its platform.
func TestCoverage_everyRowHasAChannel(t *testing.T) {
	loaded, _ := content.Load(embedded.Files(), time.Now())
	for _, table := range []struct {
		platform, letter string
		rows             int
	}{{"alipay", "A", 18}, {"wechatpay", "W", 9}} {
		p, ok := loaded.Platform(table.platform)
		if !ok {
			t.Fatal(table.platform)
		}
		for n := 1; n <= table.rows; n++ {
			row := fmt.Sprintf("%s%02d", table.letter, n)
			carried := false
			for _, c := range p.Channels {
				carried = carried || slices.Contains(c.Rows, row)
			}
			if !carried {
				t.Errorf("no channel of %s carries row %s", table.platform, row)
			}
		}
	}
}

// The ids of channels are a contract: share links and chat tools use them.
func TestChannels_idsAreKept(t *testing.T) {
	loaded, _ := content.Load(embedded.Files(), time.Now())
	both := []string{"change", "face", "bank-card", "new-card", "phone-number", "password-free", "prevention", "wait", "login-password",
		"pay-otherwise", "guardian", "named-owner", "company", "inheritance", "update-identity"}
	for platform, own := range map[string][]string{
		"alipay": {"website", "login-trouble", "identity", "email", "questions", "backup-password", "security-tool", "online-service", "hotline",
			"papers", "social"},
		"wechatpay": {"id-card", "history", "contacts", "appeal", "device", "voice", "emergency-code", "service"},
	} {
		p, _ := loaded.Platform(platform)
		for _, id := range slices.Concat(both, own) {
			if _, ok := p.Channel(id); !ok {
				t.Errorf("%s has no channel %s", platform, id)
			}
		}
	}
}

// At least 24 articles, each in every language, as the portal promises.
func TestHelp_enoughArticles(t *testing.T) {
	loaded, _ := content.Load(embedded.Files(), time.Now())
	if n := len(loaded.Help.Articles); n < 24 {
		t.Errorf("%d articles", n)
	}
	for _, a := range loaded.Help.Articles {
		for _, lang := range loaded.Languages() {
			if a.Texts[lang].HTML == "" {
				t.Errorf("%s says nothing in %s", a.Slug, lang)
			}
		}
	}
}
