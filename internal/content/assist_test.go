package content_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
)

const assistFile = "platforms/wallet/assist.yaml"

func TestAssistYAML_holdsWhatTheRequirementsAsk(t *testing.T) {
	rules, problems := content.ReadAssist(embedded.Files(), "wallet", "zh", "en")
	if rules == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	text, err := fs.ReadFile(embedded.Files(), assistFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, weaker := range [][3]string{
		{"lasts: 30m", "lasts: 2h", "lasts: at most 30m"},
		{"codes: 10 in 1h", "codes: 50 in 1h", "codes: at most 10 in 1h"},
		{"checks: 3 in 24h", "checks: 9 in 24h", "checks: at most 3 in 24h"},
		{"on-record: 30d", "on-record: 2d", "30d at least"},
		{"questions: knowledge", "questions: staff", "requirement R13"},
		{"match: 4", "match: 2", "4 at least"},
		{"mismatch: 0", "mismatch: 1", "one too many"},
		{"compare: name", "compare: id-number", `no record is called "id-number"`},
		{"{zh: 香蕉, en: banana}", "{zh: 香蕉, en: apple}", "missing or twice in en"},
		{`en: "In whose`, `fr: "In whose`, "ask.en is missing"},
	} {
		changed := strings.Replace(string(text), weaker[0], weaker[1], 1)
		if changed == string(text) {
			t.Fatalf("nothing says %q", weaker[0])
		}
		rules, problems := content.ReadAssist(fstest.MapFS{assistFile: {Data: []byte(changed)}}, "wallet", "zh", "en")
		if rules != nil || !strings.Contains(problems.Error(), weaker[2]) {
			t.Errorf("%s: %v", weaker[1], problems)
		}
	}
}
