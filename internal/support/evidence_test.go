package support_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/support"
)

func TestG1_aTextRefusesCodesPhonesCardsAndIdentityNumbers(t *testing.T) {
	for text, private := range map[string]bool{
		"华为 P40，2020 年买的":            false,
		"2019-03 到 2021-12 住杭州":      false,
		"iPhone 12 2021年买":           false,
		"2019年3月起":                   false,
		"2021/7/15 在上海出差":            false,
		"每月 3-5 次，一次 20-30 元":        false,
		"iPhone 12 2021":             false,
		"iPhone12 2021":              false,
		"小米 11 2021，后来 Mate 30 2022": false,
		"iPhone 122021":              true,
		"iPhone 12-2021":             true,
		"iPhone 12 2050":             true, // no year
		"12 2021":                    true, // no name before it
		"密码 12 2021":                 true,
		"my code is 12 2021":         true,
		"iPhone 12 2021，密码 12 2022":  true,
		"138 0013 2021":              true,
		"iPhone 12 2021 13800":       true, // eleven in all
		"12345":                      false,
		"1234567":                    false, // neither a code nor a phone
		"密码是 123456":                 true,
		"１２３４５６":                     true,
		"1 2 3 4 5 6":                true,
		"12-34-56":                   true,
		"١٢٣٤٥٦":                     true, // digits of another script
		"12\u200b3456":               true,
		"打我 13800138000":             true,
		"138 0013 8000":              true,
		"138-0013-8000":              true,
		"6222 0212 3456 7890 123":    true,
		"110105 19491231 002X":       true,
		"11010519491231002X":         true,
		"a13800138000b":              true,
		"2019-03，验证码 482913":         true,
		"电话：1380013，后面 8000 你们有记录的": false,
	} {
		if got := support.Private(text); got != private {
			t.Errorf("%q is private: %t, want %t", text, got, private)
		}
	}
}

// However a number of eleven digits is written with what people put between digits, it is found.
func TestG1_separatorsHideNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{6, 11, 15, 16, 18, 19}).Draw(t, "digits")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "我的", "no. ", "："}).Draw(t, "before"))
		for i := range n {
			digit := rapid.IntRange(3, 9).Draw(t, "digit") // none of them makes a year
			b.WriteRune(rapid.SampledFrom([]rune{'0', '０', '٠'}).Draw(t, "script") + rune(digit))
			if i < n-1 {
				b.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", "－", "\u200b"}).Draw(t, "between"))
			}
		}
		if !support.Private(b.String()) {
			t.Errorf("%q is kept", b.String())
		}
	})
}

func TestW05_answersAreReadAsPeopleTypeThem(t *testing.T) {
	k := appeal(t)
	now := start
	for _, c := range []struct {
		ask   string
		typed map[string]string
		want  string
	}{
		{"registered", map[string]string{"month": "2019年3月"}, "[map[month:2019-03]] map[]"},
		{"registered", map[string]string{"month": "２０１９／０３"}, "[map[month:2019-03]] map[]"},
		{"registered", map[string]string{"month": "201903"}, "[map[month:2019-03]] map[]"},
		{"registered", map[string]string{"month": "2030-03"}, "[] map[month:future]"},
		{"registered", map[string]string{"month": "去年"}, "[] map[month:format]"},
		{"registered", map[string]string{"month": "1950-01"}, "[] map[month:range]"},
		{"registered", map[string]string{}, "[] map[]"},
		{"registered", map[string]string{"month": "2019-03", "password": "1"}, "[] map[password:unknown]"},
		{"phones", map[string]string{"phone": "138 0013 8000", "until-1": ""}, "[] map[until-1:unknown]"},
		{"phones", map[string]string{"phone": "138 0013 8000", "phone-2": "+86 139-0013-9000", "until-2": "2020-1"},
			"[map[phone:13800138000] map[phone:+8613900139000 until:2020-01]] map[]"},
		{"phones", map[string]string{"phone": "123456"}, "[] map[phone:format]"},
		{"phones", map[string]string{"phone": "6222021234567890123"}, "[] map[phone:format]"},
		{"phones", map[string]string{"until": "2020-1"}, "[] map[phone:required]"},
		{"top-ups", map[string]string{"day": "2026-11-03", "yuan": "1,200.50 元", "from": "招商银行"},
			"[map[day:2026-11-03 from:招商银行 yuan:1200.50]] map[]"},
		{"top-ups", map[string]string{"day": "2026-02-31", "yuan": "5"}, "[] map[day:format]"},
		{"top-ups", map[string]string{"day": "11月3日", "yuan": "5"}, "[map[day:2026-11-03 yuan:5]] map[]"},
		{"top-ups", map[string]string{"day": " １１ 月 3 号", "yuan": "5"}, "[map[day:2026-11-03 yuan:5]] map[]"},
		{"top-ups", map[string]string{"day": now.Format("1月2日"), "yuan": "5"}, "[map[day:" + now.Format("2006-01-02") + " yuan:5]] map[]"},
		{"top-ups", map[string]string{"day": now.AddDate(0, 0, 1).Format("1月2"), "yuan": "5"},
			"[map[day:" + now.AddDate(-1, 0, 1).Format("2006-01-02") + " yuan:5]] map[]"},
		{"top-ups", map[string]string{"day": "2月29日", "yuan": "5"}, "[map[day:2024-02-29 yuan:5]] map[]"},
		{"top-ups", map[string]string{"day": "2月30日", "yuan": "5"}, "[] map[day:format]"},
		{"top-ups", map[string]string{"day": "11-3", "yuan": "5"}, "[] map[day:format]"},
		{"registered", map[string]string{"month": "11月3日"}, "[] map[month:format]"},
		{"top-ups", map[string]string{"day": "2026-11", "yuan": "5", "from": "卡号 6222021234567890123"}, "[] map[from:number]"},
		{"mail-prefix", map[string]string{"prefix": "zhang.san@example.com"}, "[map[prefix:zhang.san]] map[]"},
		{"mail-prefix", map[string]string{"prefix": "张三"}, "[] map[prefix:format]"},
		{"usual-use", map[string]string{"use": strings.Repeat("买菜", 101)}, "[] map[use:long]"},
		{"usual-use", map[string]string{"use": "密码 123456"}, "[] map[use:number]"},
		{"usual-use", map[string]string{"use": "a\xff"}, "[] map[use:format]"},
	} {
		for _, ask := range k.Asks {
			if ask.ID != c.ask {
				continue
			}
			entries, wrong := ask.Parse(c.typed, now)
			if got := fmt.Sprint(entries, wrong); got != c.want {
				t.Errorf("%s %v: %s, want %s", c.ask, c.typed, got, c.want)
			}
		}
	}
}

func TestTicketNumbers_areTakenForNoOtherCode(t *testing.T) {
	const signs = "2345679ACDEFGHJKMNPQRTUVWXYZ8"
	rapid.Check(t, func(t *rapid.T) {
		body := string(rapid.SliceOfN(rapid.SampledFrom([]byte(signs)), 7, 7).Draw(t, "signs"))
		found := ""
		for i := range len(signs) {
			number := body + signs[i:i+1]
			if _, ok := support.ParseTicketNumber(number); !ok {
				continue
			}
			if found != "" {
				t.Errorf("%s has two check signs", body)
			}
			found = number
			if _, link := support.ParseCode(number); link {
				t.Errorf("%s is also a link", number)
			}
		}
		typed := strings.ToLower(support.ShowTicketNumber(found))
		if got, ok := support.ParseTicketNumber(" " + typed + " "); !ok || got != found {
			t.Errorf("%q is read as %q", typed, got)
		}
	})
}

// A kind that is weaker than the requirements allow is refused, whatever brings it.
func TestP1_aWeakKindIsRefused(t *testing.T) {
	for what, weaken := range map[string]func(*support.TicketKind){
		"one approval above the limit": func(k *support.TicketKind) { k.Approvals.Above = 1 },
		"no hold":                      func(k *support.TicketKind) { k.Hold = time.Hour },
		"gives a phone":                func(k *support.TicketKind) { k.Class = "phone" },
		"both the same class":          func(k *support.TicketKind) { k.Compared = k.Class },
		"nothing must match":           func(k *support.TicketKind) { k.Checks = k.Checks[2:] },
		"no remedy":                    func(k *support.TicketKind) { k.Refusals.Remedies = nil },
		"no paper":                     func(k *support.TicketKind) { k.Refusals.Papers = nil },
		"never opened again":           func(k *support.TicketKind) { k.Reopen = time.Hour },
		"kept for ever":                func(k *support.TicketKind) { k.Keep = 10000 * time.Hour },
		"promise of a week":            func(k *support.TicketKind) { k.Promise.Steps[2].Within = 7 * 24 * time.Hour },
		"weights of 110":               func(k *support.TicketKind) { k.Asks[0].Weight += 10 },
	} {
		k := appeal(t)
		if flaws := k.Check(); len(flaws) > 0 {
			t.Fatalf("the real one: %v", flaws)
		}
		if weaken(k); len(k.Check()) == 0 {
			t.Errorf("%s is accepted", what)
		}
	}
}
