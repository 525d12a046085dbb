package recovery_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
)

// Refusals of passwords as a property: what follows a simple rule is refused, and says why; and the same word is always said.
func TestR9_simplePasswordsAreRefused(t *testing.T) {
	o := openOffice(t)
	v := o.enough("backup", "mail")
	rapid.Check(t, func(t *rapid.T) {
		digit := rapid.IntRange(0, 9)
		a, b, c := digit.Draw(t, "a"), digit.Draw(t, "b"), digit.Draw(t, "c")
		password := rapid.SampledFrom([]string{
			fmt.Sprintf("%d%d%d%d%d%d", a, a, a, a, a, a),
			fmt.Sprintf("%d%d%d%d%d%d", a, (a+1)%10, (a+2)%10, (a+3)%10, (a+4)%10, (a+5)%10),
			fmt.Sprintf("%d%d%d%d%d%d", a, (a+9)%10, (a+8)%10, (a+7)%10, (a+6)%10, (a+5)%10),
			fmt.Sprintf("%d%d%d%d%d%d", a, b, a, b, a, b), fmt.Sprintf("%d%d%d%d%d%d", a, b, c, a, b, c),
			fmt.Sprintf("%d%d%d%d%d%d", a, b, c, c, b, a), fmt.Sprintf("%d%d%d%d%d%d", a, a, b, b, c, c),
			fmt.Sprintf("%d%d%d%d%d%d", a, a, a, b, b, b),
		}).Draw(t, "password")
		r, err := v.try("password", "new_password", password, "new_password_again", password)
		if err != nil || !strings.HasPrefix(r.Wrong["new_password"], "weak-") {
			t.Fatalf("%s: %+v, %v", password, r, err)
		}
	})
	v.at("password")
}

func TestR9_everyRefusalSaysWhy(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	v.prove("mail")
	for password, why := range map[string]string{
		"000000": "weak-repeat", "777777": "weak-repeat", "123456": "weak-run", "654321": "weak-run",
		"890123": "weak-run", "210987": "weak-run",
		"123123": "weak-pattern", "121212": "weak-pattern", "123321": "weak-pattern", "112233": "weak-pattern",
		"111222": "weak-pattern", "111112": "weak-pattern", "211111": "weak-pattern", "147258": "weak-pattern",
		"520131": "weak-pattern",
		"491231": "personal", "194912": "personal", "138000": "personal",
		"604817": "used", "935206": "used", "271840": "used",
		"12345": "format", "12345a": "format", "1234567": "format", "": "required",
	} {
		r := v.say("password", "new_password", password, "new_password_again", password)
		if r.Wrong["new_password"] != why {
			t.Errorf("%q: %v, want %s", password, r.Wrong, why)
		}
	}
	r := v.say("password", "new_password", newWord, "new_password_again", "739185")
	if r.Wrong["new_password_again"] != "not-equal" {
		t.Errorf("two passwords: %+v", r)
	}
	v.at("password")
	o.work()
	if len(o.wallet.resets) > 0 {
		t.Error("one of them was set")
	}
	// Full-width digits and a space are digits (requirement A2).
	v.pass("password", "new_password", "７３９ １８４", "new_password_again", newWord)
	o.work()
	if ok, err := o.real.CheckPassword(context.Background(), "acct-full", newWord); !ok || err != nil {
		t.Errorf("the new password: %v, %v", ok, err)
	}
}

// The account system may know more than was asked before: its refusal leads back to choosing, with the proofs kept.
func TestR9_whatTheWalletRefusesIsAskedForAnew(t *testing.T) {
	o := openOffice(t)
	v := o.come("identity", full)
	v.prove("identity")
	v.prove("sms")
	o.advance(3 * 24 * time.Hour) // the person comes back long after the hold
	o.wallet.down = problem.Invalid{Fields: map[string]string{"new_password": "used"}}
	v.pass("password", "new_password", newWord, "new_password_again", newWord)
	o.work()
	if sight := v.at("password"); sight.Problem != "refused" || len(sight.Proofs) != 2 {
		t.Errorf("%+v", sight)
	}
	o.wallet.down = nil
	v.finish("385027")
	if len(o.wallet.resets) != 1 {
		t.Errorf("set: %v", o.wallet.resets)
	}
}
