package content_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

// broken is a copy of the real content that breaks one rule after the other, each in a file of its own.
type broken struct {
	t     *testing.T
	files fstest.MapFS
	want  []wanted
}

// wanted is a problem that must be reported.
type wanted struct {
	rule, file string
	line       int
	text       string
	warning    bool
}

func (b *broken) lines(name string) []string {
	raw, err := fs.ReadFile(content.Overlay(b.files, embedded.Files()), name)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
}

func (b *broken) write(name string, lines []string) {
	b.files[name] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n") + "\n")}
}

// replace changes the n-th line (from 0) that begins with a prefix, indented or not, and returns its number.
func (b *broken) replace(name, prefix string, n int, with func(line string) string) int {
	lines := b.lines(name)
	at := nth(b.t, name, lines, prefix, n)
	lines[at] = with(lines[at])
	b.write(name, lines)
	return at + 1
}

// insert puts lines before the n-th line that begins with a prefix and returns the number of the first.
func (b *broken) insert(name, prefix string, n int, added ...string) int {
	lines := b.lines(name)
	at := nth(b.t, name, lines, prefix, n)
	b.write(name, slices.Insert(lines, at, added...))
	return at + 1
}

// add puts a line at the end and returns its number.
func (b *broken) add(name, line string) int {
	lines := append(b.lines(name), line)
	b.write(name, lines)
	return len(lines)
}

func nth(t *testing.T, name string, lines []string, prefix string, n int) int {
	t.Helper()
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), prefix) {
			if n--; n < 0 {
				return i
			}
		}
	}
	t.Fatalf("%s has no such line: %s", name, prefix)
	return 0
}

// before is the number of the last line in front of another one that begins with a prefix.
func (b *broken) before(name, prefix string, line int) int {
	lines := b.lines(name)
	for i := line - 1; i >= 0; i-- {
		if strings.HasPrefix(strings.TrimSpace(lines[i]), prefix) {
			return i + 1
		}
	}
	b.t.Fatalf("%s has no %s before line %d", name, prefix, line)
	return 0
}

func (b *broken) expect(rule, file string, line int, text string) {
	b.want = append(b.want, wanted{rule: rule, file: file, line: line, text: text})
}

func (b *broken) check() content.Problems {
	b.t.Helper()
	_, found := content.Load(content.Overlay(b.files, embedded.Files()), checkedAt)
	for _, w := range b.want {
		place := fmt.Sprintf("content/%s:%d: ", w.file, w.line)
		if !slices.ContainsFunc(found, func(p content.Problem) bool {
			return strings.HasPrefix(p.Error(), place) && strings.Contains(p.Text, w.text) && p.Warning == w.warning
		}) {
			b.t.Errorf("%s: nothing says %s…%s", w.rule, place, w.text)
		}
	}
	if b.t.Failed() {
		b.t.Log("found:\n" + found.Error())
	}
	return found
}

var checkedAt = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func channelFile(platform, channel, file string) string {
	return "platforms/" + platform + "/channels/" + channel + "/" + file
}

// TestCheck_namesFileAndLineOfEveryBrokenRule breaks them all at once: all problems are reported together.
func TestCheck_namesFileAndLineOfEveryBrokenRule(t *testing.T) {
	b := &broken{t: t, files: fstest.MapFS{}}

	file := "help/blind/article.yaml"
	b.expect("unknown key", file, b.add(file, "colour: red"), "field colour is not known here")
	file = channelFile("alipay", "email", "channel.yaml")
	line := b.replace(file, "tap:", 0, func(l string) string { return strings.Replace(l, "tap:", "tapp:", 1) })
	b.expect("unknown key of a screen", file, line, "field tapp is not known here")
	file = channelFile("wechatpay", "voice", "en.md")
	b.expect("unknown key of a text", file, b.insert(file, "summary:", 0, "colour: red"), "field colour is not known here")

	file = channelFile("wechatpay", "device", "zh.md")
	line = b.replace(file, "## ", 1, func(l string) string { return l[:strings.Index(l, "{#")] + "{#nowhere}" })
	b.expect("a section without a step", file, line, "belongs to no step")
	b.expect("a step without a section", file, 1, "has no section")
	file = channelFile("wechatpay", "id-card", "en.md")
	line = b.replace(file, "### see", 0, func(string) string { return "### look" })
	b.expect("an unknown part", file, line, "### look is not known")
	b.expect("a step without what is seen then", file, b.before(file, "## ", line), "needs ### see and ### else")

	file = "help/minor/zh.md"
	line = b.add(file, "看[这里](help:no-such)，[那里](channel:alipay/no-such)，[外面](https://evil.example/x)。")
	for rule, text := range map[string]string{"dead link to an article": "no article no-such", "dead link to a channel": "no channel no-such", "host not listed": `host "evil.example" is not listed`} {
		b.expect(rule, file, b.before(file, "## ", line), text)
	}
	file = "help/which-wallet/en.md"
	line = b.add(file, "See <https://evil.example/> too.")
	b.expect("an outward link that no leaving notice stands before (G2)", file, b.before(file, "## ", line), "link <https://evil.example/>")
	file = channelFile("alipay", "papers", "zh.md")
	line = b.insert(file, "### see", 0, "看[这一步](#no-such-step)。", "")
	b.expect("dead link to a step", file, b.before(file, "## ", line), "dead link: #no-such-step")

	file = channelFile("wechatpay", "contacts", "channel.yaml")
	b.insert(file, "- contacts: [yes]", 0, "  - contacts: [no]")
	b.expect("a channel that no situation can reach", file, 1, "no situation can reach")

	file = channelFile("alipay", "website", "channel.yaml")
	line = b.replace(file, "checked:", 0, func(string) string { return "checked: 2026-08-23" })
	b.want = append(b.want, wanted{"checked 91 days ago", file, line, "checked 91 days ago", true})
	file = "help/locked/article.yaml"
	line = b.replace(file, "checked:", 0, func(string) string { return "checked: 2020-01-01" })
	b.want = append(b.want, wanted{"an article checked long ago", file, line, "days ago: look whether it still holds", true})
	file = channelFile("alipay", "bank-card", "channel.yaml")
	line = b.replace(file, "checked:", 0, func(string) string { return "checked: 2026-08-24" }) // 90 days: not yet
	notYet := fmt.Sprintf("content/%s:%d: ", file, line)

	file = channelFile("alipay", "questions", "channel.yaml")
	line = b.replace(file, "tap:", 0, func(l string) string { return l[:strings.Index(l, "tap:")] + "tap: 没有这一行" })
	b.expect("a ringed row that is not drawn", file, b.before(file, "kind:", line), `the ringed row "没有这一行" is not drawn`)

	file = channelFile("wechatpay", "appeal", "channel.yaml")
	b.expect("equal sketches", file, copyScreen(b, file), "draws the same screen as")

	file = channelFile("wechatpay", "history", "zh.md")
	same := "这一句话在两个步骤里都一模一样地写着。"
	b.insert(file, "### see", 0, same, "")
	line = b.insert(file, "### see", 1, same, "")
	b.expect("a sentence in two steps", file, b.before(file, "## ", line), "stands in")

	file = channelFile("alipay", "hotline", "zh.md")
	b.expect("half-width punctuation", file, b.insert(file, "## ", 0, "这里有,半角的逗号", ""), "half-width punctuation")
	b.files["operator.yaml"] = &fstest.MapFile{Data: []byte("logo: nothing.svg\nhotline: abc\nhosts: [\"https://help.example.com/\"]\n")}
	b.expect("a hotline that is no number", "operator.yaml", 1, `"abc" is no telephone number`)
	b.expect("a host that is an address", "operator.yaml", 1, "is not a bare host")
	file = "help/deceased/zh.md"
	line = b.add(file, "打[95188](tel:10086)，或者[这里](tel:12345)。")
	b.expect("a number that dials another", file, b.before(file, "## ", line), "shows 95188 but dials 10086")
	b.expect("a number that is no official line", file, b.before(file, "## ", line), "tel:12345 is no official line")
	file = channelFile("wechatpay", "change", "en.md")
	b.expect("a break mark that joins two words", file, b.replace(file, "title:", 0, func(string) string { return "title: A new|password" }), "joins two words")
	file = channelFile("wechatpay", "service", "channel.yaml")
	b.expect("a check still to come", file, b.replace(file, "checked:", 0, func(string) string { return "checked: 2027-01-01" }), "is still to come")
	file = channelFile("alipay", "face", "channel.yaml")
	b.replace(file, "to: look-into-frame", 0, func(string) string { return "    to: avatar" })
	b.expect("branches in a circle", file, b.replace(file, "branches:", 0, func(l string) string { return l }), "in a circle")
	b.expect("an operator without a name", "operator.yaml", 1, "name is missing")
	b.expect("a logo that is not there", "operator.yaml", 1, "nothing.svg: no such file")
	file = "help/no-card/article.yaml"
	b.replace(file, "answers:", 0, func(l string) string { return strings.Replace(l, "{", "{safety: none, ", 1) })
	b.expect("an article that answers the safety question", file, 1, "never answers the safety question")

	file = "help/abroad/article.yaml"
	b.add(file, "replaces: [locked, No Slug, away]")
	b.expect("a replaced article that is still there", file, 1, "article locked is still there")
	b.expect("a replaced article that is no slug", file, 1, `"No Slug" is no id`)
	b.add("help/email-lost/article.yaml", "replaces: [away]")
	b.expect("an article that two replace", "help/email-lost/article.yaml", 1, "help/abroad/article.yaml replaces away too")
	file = channelFile("alipay", "website", "channel.yaml")
	b.add(file, "replaces: [face, card]")
	b.expect("a replaced channel that is still there", file, 1, "channel face is still there")

	file = channelFile("wallet", "sms", "channel.yaml")
	line = b.add(file, "steps: [{id: somewhere, checklist: true}]")
	b.expect("a live channel with steps", file, line, "a live channel has no steps")
	file = channelFile("wallet", "mail", "channel.yaml")
	b.replace(file, "with:", 0, func(l string) string { return strings.Replace(l, "[sms,", "[sms, Fax, pigeon, backup,", 1) })
	line = nth(t, file, b.lines(file), "live:", 0) + 1
	b.expect("a method that is no slug", file, line, `method "Fax"`)
	b.expect("a method twice", file, line, "method backup stands twice")
	b.expect("a method that no channel has", file, 1, "with names pigeon")
	file = channelFile("wallet", "questions", "channel.yaml")
	b.expect("a live channel without proofs", file, b.replace(file, "live:", 0, func(string) string { return "live: {}" }), "needs methods")
	file = channelFile("wallet", "backup", "en.md")
	b.replace(file, "- {what:", 1, func(string) string { return "  - {what: The backup password}" })
	b.expect("something asked without a reason", file, 2, "item 2 needs what and why")
	file = channelFile("wallet", "card", "en.md")
	b.replace(file, "- {what:", 1, func(string) string { return "" })
	b.expect("fewer things asked in one language", file, 2, "5 things asked")
	file = channelFile("alipay", "social", "en.md")
	b.insert(file, "summary:", 0, "asks: [{what: Your password, why: to check}]")
	b.expect("a guided channel that asks (G1)", file, 2, "asks and happens belong to live channels only")
	b.files["platforms/wallet/methods/telex/zh.toml"] = &fstest.MapFile{Data: []byte("name = \"电报\"\n")}
	b.expect("words of a method that no channel has", "platforms/wallet/methods/telex", 1, "no channel has the method telex")

	for _, p := range b.check() {
		if strings.HasPrefix(p.Error(), notYet) {
			t.Errorf("a check 90 days ago is not overdue: %s", p.Error())
		}
	}
}

// copyScreen gives the second drawn step the first one's screen and returns the line it begins on.
func copyScreen(b *broken, file string) int {
	lines := b.lines(file)
	block := func(n int) (from, to int) {
		from = nth(b.t, file, lines, "screen:", n)
		for to = from + 1; to < len(lines) && strings.HasPrefix(lines[to], "      "); to++ {
		}
		return from, to
	}
	firstFrom, firstTo := block(0)
	from, to := block(1)
	b.write(file, slices.Concat(lines[:from], lines[firstFrom:firstTo], lines[to:]))
	return from + 2
}

// These break a platform as a whole, so that the rules above could not be seen beside them.
func TestCheck_namesWhatBreaksAPlatform(t *testing.T) {
	b := &broken{t: t, files: fstest.MapFS{}}
	file := channelFile("alipay", "email", "channel.yaml")
	b.expect("a need that no question asks", file, b.insert(file, "- email: [yes]", 0, "  - shoe-size: [large]"), `no question asks "shoe-size"`)
	file = channelFile("alipay", "questions", "channel.yaml")
	b.expect("a value that no question has", file, b.insert(file, "- saved: [yes]", 0, "  - phone: [works, purple]"), `question phone has no value "purple"`)

	// The only people left ask for a face.
	b.replace(channelFile("wechatpay", "appeal", "channel.yaml"), "human:", 0, func(string) string { return "human: false" })
	b.insert(channelFile("wechatpay", "service", "channel.yaml"), "steps:", 0, "  - face: [yes]")
	b.expect("a ladder that ends at nobody", "platforms/wechatpay/platform.yaml", 1, "the ladder ends at no person")
	for _, p := range b.check() {
		if strings.HasPrefix(p.Text, "dead link") || strings.HasPrefix(p.Text, "act:") {
			t.Errorf("a slip in one channel is reported elsewhere: %s", p.Error())
		}
	}
}

func TestCheck_aLanguageMustBeComplete(t *testing.T) {
	files := fstest.MapFS{"words/fr.toml": {Data: []byte("[language]\ntag = \"fr\"\nname = \"Français\"\n")}}
	_, found := content.Load(content.Overlay(files, embedded.Files()), checkedAt)
	for _, file := range []string{"platforms/alipay/channels/face/fr.md", "platforms/alipay/fr.yaml", "help/blind/fr.md", "stops/coached/fr.md", "pages/privacy/fr.md"} {
		if !slices.ContainsFunc(found.Errors(), func(p content.Problem) bool { return p.File == file }) {
			t.Errorf("nobody misses %s", file)
		}
	}
}
