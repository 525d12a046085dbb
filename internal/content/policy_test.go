package content_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

const policyFile = "platforms/wallet/policy.yaml"

// refused breaks one line of the real policy and says what is found.
func refused(t *testing.T, old, with string) content.Problems {
	t.Helper()
	raw, err := fs.ReadFile(embedded.Files(), policyFile)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), old, with, 1)
	if text == string(raw) {
		t.Fatalf("the policy has no %q", old)
	}
	files := content.Overlay(fstest.MapFS{policyFile: {Data: []byte(text)}}, embedded.Files())
	policy, problems := content.ReadPolicy(files, "wallet")
	if (policy == nil) != (len(problems.Errors()) > 0) {
		t.Errorf("%s: policy %v with problems %v", with, policy, problems)
	}
	return problems
}

// Every ceiling of the requirements is refused at load, at the line that is above it.
func TestPolicy_ceilingsAreRefusedWithTheirLine(t *testing.T) {
	for _, c := range []struct{ req, old, with, line, text string }{
		{"R1", "- {classes: 2}", "- {classes: 1}", "usual:", "one class alone never resets"},
		{"R2", "sms: 5m,", "sms: 11m,", "codes:", "at most 10m"},
		{"R2", "mail: 30m,", "mail: 25h,", "codes:", "at most 24h"},
		{"R3", "tries: 5}\n\n# Messages", "tries: 6}\n\n# Messages", "codes:", "1 to 5 a code"},
		{"R3", "sms: {class: phone, tries: [10 in 24h", "sms: {class: phone, tries: [11 in 24h", "sms: {class", "11 tries in 24h"},
		{"R3", "sms: {class: phone, tries: [10 in 24h, 30 in 30d", "sms: {class: phone, tries: [10 in 24h, 31 in 30d", "sms: {class", "31 tries in 30d"},
		{"R3", "mail: {class: mailbox, tries: [10 in 24h, 30 in 30d]", "mail: {class: mailbox, tries: [5 in 24h]", "mail: {class", "150 tries in 30d"},
		{"R3", "mail: {class: mailbox, tries: [10 in 24h", "mail: {class: mailbox, tries: [4 in 1h", "mail: {class", "the ceiling is 10"},
		{"R3", "in-a-row: 100", "in-a-row: 101", "in-a-row", "1 to 100"},
		{"R5", "between: 60s", "between: 59s", "between:", "60s at least"},
		{"R5", "per-destination: 10", "per-destination: 11", "per-destination:", "1 to 10"},
		{"R5", "per-account: 10", "per-account: 11", "per-account:", "1 to 10"},
		{"R5", "per-network: 3000   # a day", "per-network: 5000   # a day", "per-network:", "less than sends.total"},
		{"R5", "total: {sms: 5000, mail", "total: {mail", "total:", "daily budget for sms"},
		{"R7", "appeal: {hold: 72h}", "appeal: {hold: 23h}", "appeal:", "24h at least"},
		{"R7", "compared: document, hold: 72h", "compared: document, hold: 71h", "appeal:", "what people decided waits 3d"},
		{"R7", "compared: document, hold: 72h", "compared: staff, hold: 72h", "appeal:", "another class"},
		{"R7", "veto: 15d", "veto: 2d", "veto:", "3d at least"},
		{"R7", "removed: 30d", "removed: 29d", "removed:", "30d at least"},
		{"R7", "notice: 24h", "notice: 25h", "notice:", "at most 24h"},
		{"R8", "within: 7d", "within: 6d", "recent:", "7 days at least"},
		{"R8", "within: 7d, hold: 24h", "within: 7d, hold: 23h", "recent:", "24h at least"},
		{"R9", "digits: 6", "digits: 8", "passwords:", "has 6"},
		{"R9", "last: 5", "last: 4", "passwords:", "5 at least"},
		{"R14", "idle: 15m", "idle: 16m", "idle:", "at most 15m"},
		{"R14", "total: 60m", "total: 61m", "total: 61m", "to 60m"},
		{"R14", "warn: 2m", "warn: 1m", "warn:", "2m at least"},
		{"R14", "more: 10", "more: 9", "more:", "ten times"},
		{"R14", "fresh: 60m", "fresh: 61m", "fresh:", "at most 60m"},
		{"R15", "another: 60s", "another: 61s", "another:", "at most 60s"},
		{"R15", "questions: {class: knowledge, later: true,", "questions: {class: knowledge,", "questions:", "later: true"},
		{"A2", "tries: [2 in 24h]} # instead", "tries: [5 in 24h]} # instead", "paced:", "fewer tries"},
		{"L08", "city: {tries: [2 in 24h], wait: [5m, 10m]", "city: {tries: [2 in 24h], wait: [10m, 5m]", "city:", "from–to"},
		{"L08", "city: {tries: [2 in 24h], wait: [5m, 10m]", "city: {tries: [2 in 24h], wait: [5m]", "city:", "from and to"},
		{"", "off: []", "off: [pigeon]", "off:", `no method is called "pigeon"`},
		{"", "off: []", "of: []", "of:", "field of is not known"},
		{"", "backup: {class: saved", "backup: {class: sofa", "backup:", `class "sofa" does not exist`},
		{"", "tries: [3 in 24h]", "tries: [3 per day]", "", "is not a limit like 3 in 24h"},
		{"", "idle: 15m", "idle: 15", "idle:", "is not a time like"},
		{"", "odd-networks: []", "odd-networks: [10.0.0.300/8]", "odd-networks:", "is not like 192.0.2.0/24"},
	} {
		found := refused(t, c.old, c.with)
		raw, _ := fs.ReadFile(embedded.Files(), policyFile)
		lines := strings.Split(strings.Replace(string(raw), c.old, c.with, 1), "\n")
		ok := slices.ContainsFunc(found, func(p content.Problem) bool {
			return strings.Contains(p.Text, c.text) && strings.Contains(lines[p.Line-1], c.line)
		})
		if !ok {
			t.Errorf("%s %s: want %q at a line with %q, found:\n%s", c.req, c.with, c.text, c.line, found.Error())
		}
	}
}

// What is too weak only as a whole is found by the proof, with its line too.
func TestPolicy_whatIsTooWeakIsFoundByProof(t *testing.T) {
	for _, c := range []struct{ old, with, text string }{
		{"    - {classes: 3}\n", "", ""}, // only stricter
		{"{classes: 2, hold: 24h}", "{classes: 2, hold: 1h}", "at once in an unusual environment"},
		{"{with: [device, document]}", "{with: [device, card]}", "at once in an unusual environment"},
		{"  - {classes: [knowledge, phone], hold: 24h}", "  - {classes: [knowledge, phone], hold: 1h}", "knowledge and phone alone must hold"},
		{"  - {classes: [phone, mailbox], limited: 24h}", "  - {classes: [phone, mailbox], limited: 1h}", "must limit payments"},
	} {
		raw, _ := fs.ReadFile(embedded.Files(), policyFile)
		text := strings.Replace(string(raw), c.old, c.with, 1)
		if text == string(raw) {
			t.Fatalf("the policy has no %q", c.old)
		}
		_, found := content.Load(content.Overlay(fstest.MapFS{policyFile: {Data: []byte(text)}}, embedded.Files()), checkedAt)
		ok := slices.ContainsFunc(found, func(p content.Problem) bool {
			return p.File == policyFile && p.Line > 1 && c.text != "" && strings.Contains(p.Text, c.text)
		})
		anything := slices.ContainsFunc(found, func(p content.Problem) bool { return p.File == policyFile })
		if ok != (c.text != "") || anything != ok {
			t.Errorf("%s: %v", c.with, found)
		}
	}
}

// A channel is switched off without a fault; one that is left with nothing to go with is one.
func TestPolicy_channelsThatCannotEndAreFound(t *testing.T) {
	load := func(off string) (*content.Content, content.Problems) {
		raw, _ := fs.ReadFile(embedded.Files(), policyFile)
		text := strings.Replace(string(raw), "off: []", "off: ["+off+"]", 1)
		return content.Load(content.Overlay(fstest.MapFS{policyFile: {Data: []byte(text)}}, embedded.Files()), checkedAt)
	}
	c, found := load("sms")
	for _, p := range found.Errors() {
		if strings.Contains(p.Text, "can end") {
			t.Errorf("only sms is off: %v", p)
		}
	}
	if rules := c.Rules["wallet"]; rules.Policy == nil || !rules.Policy.Methods["sms"].Off {
		t.Error("sms is not off")
	}
	_, found = load("mail, backup, authenticator, recoverycodes, card, questions, current, identity")
	if !slices.ContainsFunc(found, func(p content.Problem) bool {
		return p.File == channelFile("wallet", "sms", "channel.yaml") && strings.Contains(p.Text, "no route of channel sms can end") && p.Line > 1
	}) {
		t.Errorf("sms alone: %v", found)
	}
}
