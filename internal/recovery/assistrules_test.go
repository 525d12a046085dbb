package recovery_test

import (
	"slices"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/recovery"
)

// P1, R4, R13: each limit that the rules of helping may not pass.
func TestP1_eachWeakRuleOfHelpingIsRefused(t *testing.T) {
	day := 24 * time.Hour
	for what, weaken := range map[string]func(*recovery.AssistRules){
		"help for an hour":               func(r *recovery.AssistRules) { r.Lasts = time.Hour },
		"eleven wrong numbers":           func(r *recovery.AssistRules) { r.Codes.Max = 11 },
		"ten wrong numbers a minute":     func(r *recovery.AssistRules) { r.Codes.Within = time.Minute },
		"four checks":                    func(r *recovery.AssistRules) { r.Checks.Max = 4 },
		"three checks an hour":           func(r *recovery.AssistRules) { r.Checks.Within = time.Hour },
		"a number of 29 days":            func(r *recovery.AssistRules) { r.OnRecord = 29 * day },
		"questions that count as people": func(r *recovery.AssistRules) { r.Asked = recovery.ClassStaff },
		"a class that is none":           func(r *recovery.AssistRules) { r.CalledBack = "friend" },
		"three right answers":            func(r *recovery.AssistRules) { r.Matches = 3 },
		"one wrong answer":               func(r *recovery.AssistRules) { r.Mismatches = 1 },
		"fewer questions than answers":   func(r *recovery.AssistRules) { r.Questions = r.Questions[:3] },
		"few words":                      func(r *recovery.AssistRules) { r.Words = r.Words[:149] },
		"a word twice":                   func(r *recovery.AssistRules) { r.Words = append(slices.Clone(r.Words), r.Words[0]) },
		"a word without English": func(r *recovery.AssistRules) {
			r.Words = append(slices.Clone(r.Words), map[string]string{"zh": "云"})
		},
		"a question twice": func(r *recovery.AssistRules) {
			r.Questions = append(slices.Clone(r.Questions), r.Questions[0])
		},
		"an unknown record": func(r *recovery.AssistRules) {
			more := recovery.AssistQuestion{ID: "x", Ask: r.Questions[0].Ask, Compare: "password"}
			r.Questions = append(slices.Clone(r.Questions), more)
		},
		"a question without English": func(r *recovery.AssistRules) {
			more := recovery.AssistQuestion{ID: "x", Ask: map[string]string{"zh": "？"}, Compare: "name"}
			r.Questions = append(slices.Clone(r.Questions), more)
		},
	} {
		rules, problems := content.ReadAssist(embedded.Files(), "wallet", "zh", "en")
		if rules == nil || len(rules.Check("zh", "en")) > 0 {
			t.Fatal(problems)
		}
		if weaken(rules); len(rules.Check("zh", "en")) == 0 {
			t.Errorf("%s: accepted", what)
		}
	}
}
