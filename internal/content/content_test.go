package content_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/guide"
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

// Every live row that is built (L01–L08, with L19 and L20) is carried by a channel of the wallet, and the ids are a contract.
func TestCoverage_everyLiveRowHasAChannel(t *testing.T) {
	loaded, _ := content.Load(embedded.Files(), time.Now())
	p, ok := loaded.Platform("wallet")
	if !ok || !p.Live {
		t.Fatal("no wallet")
	}
	for _, row := range []string{"L01", "L02", "L03", "L04", "L05", "L06", "L07", "L08", "L16", "L19", "L20"} {
		if !slices.ContainsFunc(p.Channels, func(c *guide.Channel) bool { return slices.Contains(c.Rows, row) }) {
			t.Errorf("no channel carries row %s", row)
		}
	}
	for _, id := range []string{"current", "sms", "mail", "questions", "backup", "authenticator", "identity", "card"} {
		if c, ok := p.Channel(id); !ok || c.Live == nil || len(c.Steps) > 0 {
			t.Errorf("%s is no live channel", id)
		}
	}
	for _, id := range []string{"agent", "wait", "login-password", "pay-otherwise", "guardian", "named-owner", "company", "inheritance", "prevention", "phone-number"} {
		if c, ok := p.Channel(id); !ok || c.Live != nil || len(c.Steps) == 0 {
			t.Errorf("%s is no walk", id)
		}
	}
	for _, c := range p.Channels {
		for _, lang := range loaded.Languages() {
			if text := c.Texts[lang]; c.Live != nil && (len(text.Asks) < 4 || len(text.Happens) < 4) {
				t.Errorf("%s says too little in %s of what happens and what is asked for", c.ID, lang)
			}
		}
	}
}

// The wallet is the operator's: it carries the operator's name and line, and says no other's.
func TestWallet_isTheOperators(t *testing.T) {
	demo, problems := content.Load(content.Overlay(embedded.Demo(), embedded.Files()), time.Now())
	if errs := problems.Errors(); len(errs) > 0 {
		t.Fatal(errs)
	}
	own, _ := content.Load(embedded.Files(), time.Now())
	for _, test := range []struct {
		loaded             *content.Content
		lang, name, called string
	}{{demo, "zh", "云帆钱包", "tel:4000001234"}, {demo, "en", "Yunfan Wallet", "tel:4000001234"}, {own, "zh", "我们的钱包", "/genuine"}, {own, "en", "Our wallet", "/en/genuine"}} {
		p, _ := test.loaded.Platform("wallet")
		agent, _ := p.Channel("agent")
		if got := p.Texts[test.lang].Name; got != test.name {
			t.Errorf("%s: the wallet is called %q, want %q", test.lang, got, test.name)
		}
		for what, text := range map[string]string{"agent": agent.Texts[test.lang].Steps["dial"].HTML, "freeze": p.Texts[test.lang].Freeze.Text} {
			if !strings.Contains(text, `href="`+test.called+`"`) {
				t.Errorf("%s: %s does not lead to %s: %s", test.lang, what, test.called, text)
			}
		}
	}
}

// A letter says who sends it. "找回" alone is a verb and names nobody, so where no operator is named it stands in quotation marks.
func TestOperator_lettersSayWhoSendsThem(t *testing.T) {
	own, _ := content.Load(embedded.Files(), time.Now())
	demo, _ := content.Load(content.Overlay(embedded.Demo(), embedded.Files()), time.Now())
	for got, want := range map[string]string{own.Operator.Sender("zh"): "“找回”", own.Operator.Sender("en"): "Zhaohui",
		demo.Operator.Sender("zh"): "云帆钱包", demo.Operator.Sender("en"): "Yunfan Wallet"} {
		if got != want {
			t.Errorf("a letter is from %q, want %q", got, want)
		}
	}
}
