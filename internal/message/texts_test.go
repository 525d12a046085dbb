package message

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"zhaohui/internal/recovery"
)

var content = os.DirFS("../../content")

func composer(t *testing.T, change func(*Operator)) *Composer {
	t.Helper()
	texts, err := LoadTexts(content)
	if err != nil {
		t.Fatal(err)
	}
	o := Operator{Name: sampleName, Hotline: sampleLine, Hours: func(string) string { return "8:00–22:00" },
		Public: "https://help.yunfan.example:8443/"}
	if change != nil {
		change(&o)
	}
	c, err := NewComposer(texts, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// each goes through every letter there is: purpose, channel, language and the details that change a text.
func each(f func(name string, l recovery.Letter)) {
	for _, lang := range []string{"zh", "en"} {
		for _, channel := range Channels {
			for _, purpose := range Purposes {
				for _, detail := range []string{"", "phone", "computer", "something-new", DetailFrozen} {
					f(fmt.Sprintf("%s/%s/%s/%s", lang, channel, purpose, detail), sample(purpose, channel, lang, detail))
				}
			}
		}
	}
}

// TestPurposes_areAllOfRecoverys reads the constants, so that a new purpose without a text fails here and not in the night.
func TestPurposes_areAllOfRecoverys(t *testing.T) {
	parsed, err := parser.ParseFile(token.NewFileSet(), "../recovery/store.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || fmt.Sprint(spec.Type) != "Purpose" {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if !slices.Contains(Purposes, recovery.Purpose(value)) {
			t.Errorf("purpose %q has no texts", value)
		}
		return true
	})
	if found != len(Purposes) {
		t.Errorf("%d purposes in package recovery, %d here", found, len(Purposes))
	}
}

func TestCheck_ourTextsKeepTheRules(t *testing.T) {
	for _, err := range Check(content) {
		t.Error(err)
	}
}

func TestCompose_theCodeComesFirst(t *testing.T) {
	c := composer(t, nil)
	each(func(name string, l recovery.Letter) {
		subject, text, err := c.Compose(l)
		if err != nil {
			t.Fatal(name, err)
		}
		if l.Code == "" {
			return
		}
		if i := strings.Index(text, l.Code); i != 0 {
			t.Errorf("%s: code at %d", name, i)
		}
		if strings.Contains(subject, l.Code) {
			t.Errorf("%s: a code in a subject", name)
		}
		if !strings.Contains(text, "14:10") {
			t.Errorf("%s: until when? %s", name, text)
		}
		last := text[strings.LastIndex(text, "\n")+1:]
		if l.Channel == SMS && last != "@help.yunfan.example #483920" { // no port: browsers bind a code to a host
			t.Errorf("%s: last line %q", name, last)
		}
	})
}

func TestR7_everyNoticeCarriesTheStopLinkAndTheHotline(t *testing.T) {
	c := composer(t, nil)
	each(func(name string, l recovery.Letter) {
		_, text, err := c.Compose(l)
		if err != nil {
			t.Fatal(name, err)
		}
		lines := strings.Split(text, "\n")
		if quiet(l.Purpose) {
			if strings.Contains(text, l.Stop) {
				t.Errorf("%s: the link of \"this was not me\" does not belong here", name)
			}
		} else {
			if !slices.Contains(lines, l.Stop) {
				t.Errorf("%s: no line with the link of \"this was not me\"", name)
			}
			if !strings.Contains(text, sampleLine) {
				t.Errorf("%s: no hotline", name)
			}
		}
		if l.Link != "" && !slices.Contains(lines, l.Link) {
			t.Errorf("%s: the link is not on a line of its own", name)
		}
	})
}

func TestR7_aNumberThatMayNotStopIsToldAllTheSame(t *testing.T) {
	c := composer(t, nil)
	l := sample(recovery.PurposeStarted, SMS, "zh", "phone")
	l.Stop = ""
	_, text, err := c.Compose(l)
	if err != nil || strings.Contains(text, "://") || strings.Contains(text, "点这里") || !strings.Contains(text, sampleLine) {
		t.Errorf("%q, %v", text, err)
	}
}

func TestCompose_tellsNothingOfTheAccount(t *testing.T) {
	c := composer(t, nil)
	each(func(name string, l recovery.Letter) {
		l.To, l.Address, l.Subject, l.Case, l.ID = "+8613800138000", "address-7", "subject-index", "case-77", "letter-9"
		subject, text, err := c.Compose(l)
		if err != nil {
			t.Fatal(name, err)
		}
		for _, personal := range []string{"13800138000", "138", "address-7", "subject-index", "case-77", "letter-9",
			"<no value>", "something-new"} {
			if strings.Contains(subject+text, personal) {
				t.Errorf("%s: %q in %q", name, personal, text)
			}
		}
	})
}

// An SMS is paid by its parts, and a long one arrives in pieces: every text of every purpose is counted, as long as it can get.
func TestCompose_anSMSStaysShort(t *testing.T) {
	c := composer(t, nil)
	for _, lang := range []string{"zh", "en"} {
		for _, purpose := range Purposes {
			most := 0
			for _, l := range samples(purpose, SMS, lang) {
				_, text, err := c.Compose(l)
				if err != nil {
					t.Fatal(purpose, err)
				}
				parts := smsParts(text)
				if most = max(most, parts); parts > mostParts(purpose) {
					t.Errorf("%s %s: %d parts (%d signs): %s", lang, purpose, parts, utf8.RuneCountInString(text), text)
				}
			}
			t.Logf("%s %-16s %d of %d parts", lang, purpose, most, mostParts(purpose))
		}
	}
	for text, parts := range map[string]int{strings.Repeat("a", 160): 1, strings.Repeat("a", 161): 2, strings.Repeat("a", 306): 2,
		strings.Repeat("a", 307): 3, strings.Repeat("字", 70): 1, strings.Repeat("字", 71): 2, strings.Repeat("字", 134): 2,
		strings.Repeat("字", 135): 3} {
		if got := smsParts(text); got != parts {
			t.Errorf("%d signs take %d parts, not %d", utf8.RuneCountInString(text), got, parts)
		}
	}
}

func TestCompose_saysWhoBeganAndWhen(t *testing.T) {
	c := composer(t, nil)
	for _, tt := range []struct{ lang, detail, want string }{
		{"zh", "phone", "这次操作是在手机上开始的，时间是北京时间 11月22日 14:05。"},
		{"zh", "computer", "这次操作是在电脑上开始的，时间是北京时间 11月22日 14:05。"},
		{"zh", "", "这次操作开始的时间是北京时间 11月22日 14:05。"},
		{"en", "phone", "This started on a phone at 14:05 Beijing time on 22 November."},
		{"en", "", "This started at 14:05 Beijing time on 22 November."},
	} {
		for _, purpose := range []recovery.Purpose{recovery.PurposeLink, recovery.PurposeStarted} {
			_, text, err := c.Compose(sample(purpose, Mail, tt.lang, tt.detail))
			if err != nil || !strings.Contains(text, tt.want) {
				t.Errorf("%s %s: want %q in %q, %v", tt.lang, purpose, tt.want, text, err)
			}
		}
	}
}

// A letter about an appeal says which, where it goes on and until when, that there is never a fee, and no code (requirement P2).
func TestP2_aLetterAboutAnAppealSaysWhereItGoesOn(t *testing.T) {
	c := composer(t, nil)
	free := map[string]string{"zh": "从不收费", "en": "never a fee"}
	for _, lang := range []string{"zh", "en"} {
		for _, purpose := range []recovery.Purpose{recovery.PurposeTicketAsked, recovery.PurposeTicketRefused, recovery.PurposeTicketApproved} {
			for _, channel := range Channels {
				l := sample(purpose, channel, lang, "")
				subject, text, err := c.Compose(l)
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{l.Number, "\n" + l.Link + "\n", "14:10", free[lang], "\n" + l.Stop + "\n", sampleLine} {
					if !strings.Contains(text, part) {
						t.Errorf("%s %s %s: no %q in %q", lang, purpose, channel, part, text)
					}
				}
				if strings.Contains(subject, l.Number) {
					t.Errorf("%s %s: the number is in the subject", lang, purpose)
				}
				for what, spoil := range map[string]func(*recovery.Letter){"no number": func(l *recovery.Letter) { l.Number = "" },
					"no way there": func(l *recovery.Letter) { l.Link = "" }, "a code": func(l *recovery.Letter) { l.Code = sampleCode }} {
					spoiled := l
					spoil(&spoiled)
					if _, _, err := c.Compose(spoiled); err == nil {
						t.Errorf("%s: composed with %s", purpose, what)
					}
				}
				if purpose == recovery.PurposeTicketRefused {
					l.Until = time.Time{}
					if _, text, err := c.Compose(l); err != nil || strings.Contains(text, "14:10") || strings.Contains(text, "再交") {
						t.Errorf("refused for the second time: %q, %v", text, err)
					}
				}
			}
		}
	}
}

// The letter of a yes is the only one: it says who began, when a password can be set and never too early, and how to stop it.
func TestR7_theLetterOfAYesSaysWhenAndHowToStopIt(t *testing.T) {
	c := composer(t, nil)
	for lang, want := range map[string]struct{ hold, began string }{
		"zh": {"北京时间 11月25日 14:06", "这次操作是在手机上开始的，时间是北京时间 11月22日 14:05。"},
		"en": {"14:06 Beijing time on 25 November", "This started on a phone at 14:05 Beijing time on 22 November."},
	} {
		for _, channel := range Channels {
			l := sample(recovery.PurposeTicketApproved, channel, lang, "phone")
			l.Hold = l.At.Add(72*time.Hour + time.Second)
			_, text, err := c.Compose(l)
			if err != nil || !strings.Contains(text, want.hold) || !strings.Contains(text, "\n"+l.Stop+"\n") ||
				!strings.Contains(text, sampleLine) {
				t.Errorf("%s %s: %q, %v", lang, channel, text, err)
			}
			if channel == Mail && !strings.Contains(text, want.began) {
				t.Errorf("%s: who began? %q", lang, text)
			}
		}
	}
}

func TestCompose_timesAreNeverWrong(t *testing.T) {
	at := time.Date(2026, 12, 31, 15, 58, 20, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		zone    *time.Location
		purpose recovery.Purpose
		until   time.Time
		lang    string
		want    string
	}{
		{"a code is not promised longer than it lasts", nil, recovery.PurposeCode,
			at.Add(90 * time.Second), "zh", "北京时间 23:59 前有效"},
		{"past midnight the day is named", nil, recovery.PurposeCode, at.Add(5 * time.Minute), "zh", "北京时间 1月1日 00:03 前有效"},
		{"a hold is not promised shorter", nil, recovery.PurposeHold, at.Add(24 * time.Hour), "zh", "北京时间 1月1日 23:59"},
		{"a whole minute stays", nil, recovery.PurposeHold,
			at.Add(24*time.Hour - 20*time.Second), "en", "23:58 Beijing time on 1 January"},
		{"elsewhere", time.FixedZone("Elsewhere", 5*3600+1800), recovery.PurposeCode,
			at.Add(5 * time.Minute), "en", "21:33 UTC+05:30"},
	} {
		c := composer(t, func(o *Operator) { o.Zone = tt.zone })
		l := sample(tt.purpose, SMS, tt.lang, "")
		l.At, l.Until = at, tt.until
		if _, text, err := c.Compose(l); err != nil || !strings.Contains(text, tt.want) {
			t.Errorf("%s: want %q in %q, %v", tt.name, tt.want, text, err)
		}
	}
}

func TestCompose_refusesALetterThatCouldNotHelp(t *testing.T) {
	c := composer(t, nil)
	for name, spoil := range map[string]func(*recovery.Letter){
		"no code":              func(l *recovery.Letter) { l.Code = "" },
		"no link":              func(l *recovery.Letter) { l.Link = "" },
		"no time until":        func(l *recovery.Letter) { l.Until = time.Time{} },
		"no time":              func(l *recovery.Letter) { l.At = time.Time{} },
		"unknown purpose":      func(l *recovery.Letter) { l.Purpose = "advert" },
		"unknown channel":      func(l *recovery.Letter) { l.Channel = "fax" },
		"a link of two lines":  func(l *recovery.Letter) { l.Link += "\nBcc: x" },
		"a code with the rest": func(l *recovery.Letter) { l.Purpose = recovery.PurposeDone },
	} {
		l := sample(recovery.PurposeLink, Mail, "zh", "")
		spoil(&l)
		_, _, err := c.Compose(l)
		if err == nil {
			t.Errorf("%s: composed all the same", name)
		} else if strings.Contains(err.Error(), sampleCode) || strings.Contains(err.Error(), "://") {
			t.Errorf("%s: the error tells too much: %v", name, err)
		}
	}
}

func TestCompose_withoutHotlineOrKnownLanguage(t *testing.T) {
	c := composer(t, func(o *Operator) { o.Hotline, o.Hours = "", nil })
	_, text, err := c.Compose(sample(recovery.PurposeDone, Mail, "fr", ""))
	if err != nil || !strings.Contains(text, "支付密码换成了新的") || strings.Contains(text, "官方电话问") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestNewComposer_needsNameAndAddress(t *testing.T) {
	texts, err := LoadTexts(content)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Operator{{Public: "https://a.example"}, {Name: sampleName}, {Name: sampleName, Public: "a.example"},
		{Name: func(string) string { return "" }, Public: "https://a.example"}} {
		if _, err := NewComposer(texts, o); err == nil {
			t.Errorf("%+v: no error", o.Public)
		}
	}
}

// TestCheck_everyBrokenTextIsNamed breaks our own texts, one place at a time.
func TestCheck_everyBrokenTextIsNamed(t *testing.T) {
	read := func(name string) string {
		raw, err := fs.ReadFile(content, name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	zh, en := read("messages/zh.toml"), read("messages/en.toml")
	for _, tt := range []struct{ name, old, new, want string }{
		{"no TOML", "[clock]", "[clock", "zh.toml"},
		{"a text is missing", "[letters.hold]\nsms =", "[letters.hold]\nstop =", "letters.hold.sms is missing"},
		{"a shared line is missing", "never =", "#", "shared.never is missing"},
		{"an unknown shared line", "never =", "always = \"x\"\nnever =", "shared.always"},
		{"an unknown purpose", "[letters.ready]", "[letters.advert]\n[letters.ready]", "letters.advert"},
		{"an unknown field", "[letters.ready]", "[letters.ready]\ncolour = \"red\"", "colour"},
		{"an unknown value", "{{.Operator}}的验证码，用来重新", "{{.Account}}的验证码，用来重新", "letters.code"},
		{"no template", "sms = \"{{.Code}} 是", "sms = \"{{.Code 是", "code.sms"},
		{"no clock", `day = "`, `#"`, "clock"},
		{"the code is not first", "sms = \"{{.Code}} 是", "sms = \"验证码 {{.Code}} 是", "the code comes first"},
		{"code in a subject", "：您要的验证码\"", "：{{.Code}}\"", "subject"},
		{"two lines of subject", "：您要的验证码\"", "：\\n您要的验证码\"", "one line"},
		{"link inside a line", "点这个链接也可以：\n", "点这个链接也可以：", "line of its own"},
		{"no hotline", "官方电话 {{.Hotline}}\"", "官方电话\"", "hotline"},
		{"another last line", "@{{.Host}} #{{.Code}}", "{{.Host}} #{{.Code}}", "last line"},
		{"far too long", "是您本人，就不用管。\"", strings.Repeat("是您本人，就不用管。", 20) + "\"", "parts"},
		{"half-width punctuation", "请抄下来收好。", "请抄下来收好.", "half-width"},
	} {
		if !strings.Contains(zh, tt.old) {
			t.Fatalf("%s: %q is not in the texts", tt.name, tt.old)
		}
		broken := fstest.MapFS{"messages/zh.toml": {Data: []byte(strings.Replace(zh, tt.old, tt.new, 1))},
			"messages/en.toml": {Data: []byte(en)}}
		found := Check(broken)
		if !slices.ContainsFunc(found, func(err error) bool { return strings.Contains(err.Error(), tt.want) }) {
			t.Errorf("%s: want %q, found %v", tt.name, tt.want, found)
		}
		if _, err := LoadTexts(broken); err == nil {
			t.Errorf("%s: loaded all the same", tt.name)
		}
	}
	found := Check(fstest.MapFS{"messages/zh.toml": {Data: []byte(zh)}})
	if len(found) != 1 || !strings.Contains(found[0].Error(), "en.toml is missing") {
		t.Errorf("without English: %v", found)
	}
	if found := Check(fstest.MapFS{}); len(found) != len(languages) {
		t.Errorf("without any: %v", found)
	}
}

func TestTexts_bothLanguagesFillInTheSame(t *testing.T) {
	texts, err := LoadTexts(content)
	if err != nil {
		t.Fatal(err)
	}
	zh, en := slices.Sorted(maps.Keys(texts.books["zh"].texts)), slices.Sorted(maps.Keys(texts.books["en"].texts))
	if !slices.Equal(zh, en) {
		t.Errorf("zh has %v, en %v", zh, en)
	}
	for _, key := range zh {
		for _, value := range []string{".Code", ".Link", ".Until", ".At", ".Frozen", ".Began", ".Never", ".Operator"} {
			a, b := texts.books["zh"].texts[key].Root.String(), texts.books["en"].texts[key].Root.String()
			if strings.Contains(a, value) != strings.Contains(b, value) {
				t.Errorf("%s: only one language has %s", key, value)
			}
		}
	}
}
