package recovery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	embedded "zhaohui/content"
	"zhaohui/internal/content"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
)

const (
	lin = "agent-lin"
	zhu = "agent-zhu"
)

// helper is the portal's side of an agent's help.
func (o *office) helper(t testing.TB) *recovery.Assistance {
	t.Helper()
	rules, problems := content.ReadAssist(embedded.Files(), "wallet", "zh", "en")
	if rules == nil {
		t.Fatal(problems)
	}
	return recovery.NewAssistance(o.Service, rules, o.cases.Store.(*store.Cases))
}

// joined is an agent in the case of a visitor.
func (v *visitor) joined(t testing.TB, h *recovery.Assistance, agent string) recovery.AssistSight {
	t.Helper()
	id, err := h.Join(t.Context(), v.look().Resume, agent)
	if err != nil || id != v.key.Case {
		t.Fatalf("join: %q, %v", id, err)
	}
	return v.seen(t, h, agent)
}

func (v *visitor) seen(t testing.TB, h *recovery.Assistance, agent string) recovery.AssistSight {
	t.Helper()
	sight, err := h.Look(t.Context(), v.key.Case, agent)
	if err != nil {
		t.Fatalf("look: %v", err)
	}
	return sight
}

// asked is a check that the true owner passes: who is compared by the agent, who says it by the portal.
func asked(change ...string) recovery.Said {
	said := recovery.Said{Answers: map[string]string{"mailbox": "Full@mail.example", "card-end": "1016", "phone": "138 0013 8000",
		"name": recovery.AnswerMatch, "banks": recovery.AnswerUnclear, "age": recovery.AnswerUnclear}}
	for i := 0; i+1 < len(change); i += 2 {
		said.Answers[change[i]] = change[i+1]
	}
	return said
}

// check opens the records and fills the check in.
func (v *visitor) check(t testing.TB, h *recovery.Assistance, said recovery.Said) recovery.Checked {
	t.Helper()
	if err := h.OpenRecords(t.Context(), v.key.Case, lin, "check"); err != nil {
		t.Fatalf("open records: %v", err)
	}
	done, err := h.Check(t.Context(), v.key.Case, lin, said)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	return done
}

func (v *visitor) accept(t testing.TB, h *recovery.Assistance) {
	t.Helper()
	before := v.key.Token
	fresh, err := h.Accept(t.Context(), v.key, v.client)
	if err != nil || fresh == "" || fresh == before {
		t.Fatalf("take over: %q, %v", fresh, err)
	}
	v.key.Token = fresh
}

func TestP1_anAgentWhoHelpsSeesNothingOfTheAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h := o.helper(t)
		v := o.come("sms", full)
		v.prove("sms")
		sight := v.joined(t, h, lin)
		if len(sight.Passed) != 1 || sight.Passed[0] != recovery.ClassPhone || sight.Needed != 1 || sight.Step != "next" || len(sight.Offers) == 0 {
			t.Errorf("%+v", sight)
		}
		told := fmt.Sprintf("%+v", sight)
		for _, secret := range []string{"13800138000", "full@mail", "王", "1016", "6200", idNumber, v.key.Token, v.look().Resume, v.letter().Code} {
			if strings.Contains(told, secret) {
				t.Errorf("the agent sees %q", secret)
			}
		}
		if _, err := h.Look(t.Context(), v.key.Case, zhu); !errors.Is(err, problem.NotFound) {
			t.Errorf("an agent who does not help: %v", err)
		}
	})
}

func TestR15_anAgentSeesTheSameOfAnAccountThatDoesNotExist(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h := o.helper(t)
		var told []string
		for _, name := range []string{full, nobody} {
			sight := o.come("sms", name).joined(t, h, lin)
			sight.Case, sight.Word, sight.Version = "", nil, 0
			told = append(told, fmt.Sprintf("%+v", sight))
		}
		if told[0] != told[1] {
			t.Errorf("%s\n%s", told[0], told[1])
		}
	})
}

func TestR4_wrongCodesOfAnAgentAreCountedFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("sms", full)
		code := v.look().Resume
		for range 3 { // right ones are given back
			v.joined(t, h, lin)
		}
		var at sync.WaitGroup
		var mu sync.Mutex
		kinds := map[problem.Kind]int{}
		for range 40 {
			at.Go(func() {
				_, err := h.Join(context.Background(), "AAAAAAAA", lin)
				mu.Lock()
				defer mu.Unlock()
				kinds[problem.KindOf(err)]++
			})
		}
		at.Wait()
		if kinds[problem.KindNotFound] != 10 || kinds[problem.KindThrottled] != 30 {
			t.Errorf("%v", kinds)
		}
		if _, err := h.Join(t.Context(), code, lin); problem.KindOf(err) != problem.KindThrottled {
			t.Errorf("the right one after too many wrong ones: %v", err)
		}
		v.joined(t, h, zhu) // another agent has their own
		o.advance(time.Hour + time.Second)
		v = o.come("sms", full)
		v.joined(t, h, lin)
	})
}

func TestAssist_theAgentHasTwoWordsToSayAndTheCustomerSeesThem(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("sms", full)
		if b, err := h.Banner(t.Context(), v.key); b != nil || err != nil {
			t.Fatalf("before anybody helps: %+v, %v", b, err)
		}
		sight := v.joined(t, h, lin)
		b, err := h.Banner(t.Context(), v.key)
		if err != nil || b.Word["zh"] != sight.Word["zh"] || len(strings.Fields(b.Word["zh"])) != 2 || len(strings.Fields(b.Word["en"])) < 2 {
			t.Fatalf("%+v, %v; the agent sees %v", b, err, sight.Word)
		}
		if again := v.joined(t, h, lin); again.Word["zh"] != sight.Word["zh"] {
			t.Error("joining twice changes the words in the middle of a call")
		}
		if b, err := h.Banner(t.Context(), recovery.Key{Case: v.key.Case, Token: "x"}); b != nil || err != nil {
			t.Errorf("somebody else sees the words: %+v, %v", b, err)
		}
		if err := h.End(t.Context(), v.key, home); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Look(t.Context(), v.key.Case, lin); !errors.Is(err, problem.NotFound) {
			t.Errorf("the customer ended it, the agent still sees: %v", err)
		}
		v.joined(t, h, lin)
		o.advance(10 * time.Minute)
		v.say("sms-code", "code", "000000")
		o.advance(10 * time.Minute)
		v.say("sms-code", "code", "000000")
		o.advance(10 * time.Minute)
		if _, err := h.Look(t.Context(), v.key.Case, lin); !errors.Is(err, problem.NotFound) {
			t.Errorf("after half an hour: %v", err)
		}
	})
}

func TestAssist_adviceChoosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("sms", full)
		v.prove("sms")
		v.joined(t, h, lin)
		if err := h.Suggest(t.Context(), v.key.Case, lin, "mail"); err != nil {
			t.Fatal(err)
		}
		b, err := h.Banner(t.Context(), v.key)
		if err != nil || b.Suggested != "mail" || v.at("next").Doing != "" {
			t.Errorf("%+v, %v, doing %q", b, err, v.look().Doing)
		}
		for _, method := range []string{"sms", "nothing", "agent"} {
			if err := h.Suggest(t.Context(), v.key.Case, lin, method); problem.KindOf(err) != problem.KindInvalid {
				t.Errorf("%s: %v", method, err)
			}
		}
		if err := h.Suggest(t.Context(), v.key.Case, zhu, "mail"); !errors.Is(err, problem.NotFound) {
			t.Errorf("an agent who does not help: %v", err)
		}
	})
}

func TestL16_theAgentsLinkProvesTheMailboxAndNothingMore(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		h, v := o.helper(t), o.come("questions", full)
		v.joined(t, h, lin)
		if err := h.SendLink(t.Context(), v.key.Case, lin); err != nil {
			t.Fatal(err)
		}
		letter := v.letter()
		if letter.Purpose != recovery.PurposeLink || letter.To != "full@mail.example" {
			t.Fatalf("%+v", letter)
		}
		secret := letter.Link[strings.LastIndexByte(letter.Link, '/')+1:]
		followed, err := o.Follow(t.Context(), secret, v.key, v.client)
		if err != nil || followed.Token == "" {
			t.Fatalf("%+v, %v", followed, err)
		}
		v.key.Token = followed.Token
		sight := v.look()
		if len(sight.Proofs) != 1 || sight.Proofs[0].Class != recovery.ClassMailbox || sight.Verdict != nil || sight.Needed != 1 {
			t.Errorf("%+v", sight.Proofs)
		}
		if err := h.SendLink(t.Context(), v.key.Case, lin); problem.KindOf(err) != problem.KindInvalid {
			t.Errorf("a second link once the mailbox is proved: %v", err)
		}
	})
}
