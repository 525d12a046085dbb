package recovery_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

func TestR1_aCheckByQuestionsIsKnowledgeLikeAnyOther(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("mail", full)
		v.prove("mail")
		v.joined(t, h, lin)
		if done := v.check(t, h, asked()); !done.Passed || done.Counted != recovery.ClassKnowledge || done.Match != 4 {
			t.Fatalf("%+v", done)
		}
		if v.look().Verdict != nil {
			t.Error("it counts before the customer took it over")
		}
		v.accept(t, h)
		if v.look().Verdict == nil {
			t.Error("mailbox and knowledge are two")
		}
	})
	p := defaultPolicy(t)
	byQuestions := recovery.Proof{Method: recovery.ByAgent, Class: recovery.ClassKnowledge, Rests: []string{"secret:identity"}}
	called := recovery.Proof{Method: recovery.ByAgent, Class: recovery.ClassStaff, Rests: []string{"secret:identity", number}}
	for _, one := range [][]recovery.Proof{
		{byQuestions, all[0]}, {byQuestions, all[1]}, {byQuestions, all[2]}, {byQuestions, all[0], all[1], all[2]}, // R13
		{called, all[2]}, // the same was asked
		{called, all[3]}, // the same number was reached
		{called, byQuestions},
		{called}, {byQuestions},
	} {
		if v := p.Judge(one, recovery.Situation{}); v.Enough {
			t.Errorf("%v is enough", names(one))
		}
	}
	if v := p.Judge([]recovery.Proof{called, all[4]}, recovery.Situation{}); !v.Enough {
		t.Error("a call-back and a mailbox are two")
	}
	if v := p.Judge([]recovery.Proof{called, all[4]}, recovery.Situation{Distrusted: []string{number}}); v.Enough {
		t.Error("a call-back counts on a number that was changed lately (R8)")
	}
}

func TestR1_aCallBackIsItsOwnClassAndRestsOnTheNumber(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("mail", full)
		v.prove("mail")
		sight := v.joined(t, h, lin)
		if len(sight.Numbers) != 1 || sight.Numbers[0].Full != "" || sight.Numbers[0].Masked != "138****8000" {
			t.Fatalf("%+v", sight.Numbers)
		}
		id := sight.Numbers[0].ID
		if err := h.ShowNumber(t.Context(), v.key.Case, lin, id); err != nil {
			t.Fatal(err)
		}
		if got := v.seen(t, h, lin).Numbers[0].Full; got != "+8613800138000" {
			t.Errorf("%q", got)
		}
		said := asked()
		said.Number, said.Reached = id, true
		if done := v.check(t, h, said); !done.Passed || done.Counted != recovery.ClassStaff || !done.Called {
			t.Fatalf("%+v", done)
		}
		v.accept(t, h)
		sight2 := v.look()
		proof := sight2.Proofs[len(sight2.Proofs)-1]
		if proof.Class != recovery.ClassStaff || !slices.Contains(proof.Rests, "phone:+8613800138000") || sight2.Verdict == nil {
			t.Errorf("%+v, %+v", proof, sight2.Verdict)
		}
		v.finish("730261")
	})
}

func TestP1_numbersThatAreNewOrInTroubleAreNotCalledBack(t *testing.T) {
	o := openOffice(t)
	h := o.helper(t)
	for _, account := range []string{"acct-recent", "acct-lost", "acct-reissued"} {
		v := o.come("mail", account)
		v.prove("mail")
		if sight := v.joined(t, h, lin); len(sight.Numbers) != 0 {
			t.Errorf("%s: %+v", account, sight.Numbers)
		}
	}
}

func TestR4_failedChecksAreCountedFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h := o.helper(t)
		for _, wrong := range [][]string{{"phone", "13900139000"}, {"name", recovery.AnswerMismatch}, {"card-end", ""}} {
			v := o.come("mail", full)
			v.prove("mail")
			v.joined(t, h, lin)
			if done := v.check(t, h, asked(wrong...)); done.Passed {
				t.Errorf("%v passes", wrong)
			}
			o.advance(time.Minute)
		}
		v := o.come("mail", full)
		v.prove("mail")
		v.joined(t, h, zhu)
		if err := h.OpenRecords(t.Context(), v.key.Case, zhu, "check"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Check(t.Context(), v.key.Case, zhu, asked()); problem.KindOf(err) != problem.KindThrottled {
			t.Errorf("the fourth check of a day, by whomever: %v", err)
		}
	})
}

func TestP1_recordsAreOpenedWithAReasonAndAfterAProof(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("mail", full)
		v.joined(t, h, lin)
		if err := h.OpenRecords(t.Context(), v.key.Case, lin, "check"); !errors.Is(err, problem.Denied) {
			t.Errorf("before any proof: %v", err)
		}
		if _, err := h.Check(t.Context(), v.key.Case, lin, asked()); !errors.Is(err, problem.Denied) {
			t.Errorf("a check before any proof: %v", err)
		}
		v.prove("mail")
		if err := h.OpenRecords(t.Context(), v.key.Case, lin, "curious"); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := h.Check(t.Context(), v.key.Case, lin, asked()); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("compared with records that were not opened: %v", err)
		}
		if err := h.OpenRecords(t.Context(), v.key.Case, lin, "check"); err != nil {
			t.Fatal(err)
		}
		told := fmt.Sprintf("%+v", v.seen(t, h, lin))
		if !strings.Contains(told, "王**") || !strings.Contains(told, "招商银行") {
			t.Errorf("the masked records are missing: %s", told)
		}
		for _, whole := range []string{"王小明", idNumber, "13800138000", "full@mail", "1016"} {
			if strings.Contains(told, whole) {
				t.Errorf("the agent sees %q", whole)
			}
		}
	})
}

func TestAssist_versionsMoveWithTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("mail", full)
		before, err := h.Versions(t.Context(), []string{v.key.Case, "none"})
		if err != nil || len(before) != 1 {
			t.Fatalf("%v, %v", before, err)
		}
		sight := v.joined(t, h, lin)
		after, err := h.Versions(t.Context(), []string{v.key.Case})
		if err != nil || after[v.key.Case] != sight.Version || after[v.key.Case] <= before[v.key.Case] {
			t.Errorf("%v, then %v, %v; the agent sees %d", before, after, err, sight.Version)
		}
	})
}

func TestP1_whoHelpedIsRemembered(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("mail", full)
		v.joined(t, h, lin)
		if err := h.Leave(t.Context(), v.key.Case, lin); err != nil {
			t.Fatal(err)
		}
		v.joined(t, h, zhu)
		c, err := o.cases.Case(t.Context(), v.key.Case)
		if err != nil || !slices.Equal(c.Facts.Helpers, []string{lin, zhu}) {
			t.Errorf("%v, %v", c.Facts.Helpers, err)
		}
	})
}

func TestW4_aTakenOverCheckChangesTheToken(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("mail", full)
		v.prove("mail")
		v.joined(t, h, lin)
		v.check(t, h, asked())
		old := v.key
		v.accept(t, h)
		if again, err := h.Accept(t.Context(), old, home); again != "" || err != nil {
			t.Errorf("a second press: %q, %v", again, err)
		}
		o.advance(2 * time.Minute)
		if _, err := o.Look(t.Context(), old); !errors.Is(err, problem.NotFound) {
			t.Errorf("the old token still opens: %v", err)
		}
	})
}
