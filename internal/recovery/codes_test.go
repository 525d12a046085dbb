package recovery_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

func TestR2_aCodeIsSixDigitsAndRightOnce(t *testing.T) {
	o := openOffice(t)
	v := o.come("sms", full)
	code := v.letter()
	if len(code.Code) != 6 || !digitsOnly(code.Code) || code.To != "+8613800138000" || code.Channel != "sms" {
		t.Fatalf("the code's letter: %+v", code)
	}
	if got := code.Until.Sub(o.now()); got != 5*time.Minute {
		t.Errorf("it lasts %v", got)
	}
	if strings.Contains(fmt.Sprint(v.look()), code.Code) {
		t.Error("the page knows the code")
	}
	if r := v.say("sms-code", "code", wrongCode(code.Code)); r.Wrong["code"] != "wrong" {
		t.Errorf("a wrong code: %+v", r)
	}
	spaced := code.Code[:3] + " " + code.Code[3:]
	v.pass("sms-code", "code", spaced)
	v.at("next")
	if r := v.say("sms-code", "code", code.Code); !r.Stale {
		t.Errorf("the code was taken twice: %+v", r)
	}
	v.choose("mail")
	if r := v.say("mail-code", "code", code.Code); r.Wrong["code"] != "wrong" {
		t.Errorf("a code for the phone, typed for the mailbox: %+v", r)
	}
}

func TestR2_aCodeIsOverAfterFiveMinutes(t *testing.T) {
	o := openOffice(t)
	v := o.come("sms", full)
	code := v.letter().Code
	o.advance(5*time.Minute - time.Second)
	late := o.come("mail", full) // another case: time for its mail is longer
	mailed := late.letter()
	if got := mailed.Until.Sub(o.now()); got != 30*time.Minute {
		t.Errorf("a mail's code lasts %v", got)
	}
	o.advance(time.Second)
	if r := v.say("sms-code", "code", code); r.Wrong["code"] != "code-expired" {
		t.Errorf("after five minutes: %+v", r)
	}
	if len(v.look().Proofs) > 0 {
		t.Error("it counts")
	}
}

func TestR2_aNewCodeKillsTheOldOne(t *testing.T) {
	o := openOffice(t)
	v := o.come("mail", full)
	old := v.letter()
	if err := o.Resend(context.Background(), v.key, home); err != nil || len(o.sent(recovery.PurposeLink)) != 1 {
		t.Fatalf("sent again before its time: %v, %d letters", err, len(o.sent(recovery.PurposeLink)))
	}
	o.advance(time.Minute)
	if err := o.Resend(context.Background(), v.key, home); err != nil {
		t.Fatal(err)
	}
	fresh := v.letter()
	if fresh.Code == old.Code || fresh.Link == old.Link {
		t.Fatal("nothing new was sent")
	}
	if r := v.say("mail-code", "code", old.Code); r.Wrong["code"] != "wrong" {
		t.Errorf("the old code: %+v", r)
	}
	followed, err := o.Follow(context.Background(), secretOf(old.Link), v.key, v.client)
	if followed.Token != "" || err == nil && !followed.Sight.Over {
		t.Errorf("the old link: %+v, %v", followed, err)
	}
	v.pass("mail-code", "code", fresh.Code)
}

// The same digits are no code of another case, nor of another address.
func TestR2_aCodeIsBoundToItsCase(t *testing.T) {
	o := openOffice(t)
	one := o.come("sms", full)
	code := one.letter().Code
	o.advance(time.Minute)
	two := o.come("sms", full)
	if other := two.letter().Code; other != code {
		if r := two.say("sms-code", "code", code); r.Wrong["code"] != "wrong" {
			t.Errorf("the code of another case: %+v", r)
		}
	}
	one.pass("sms-code", "code", code)
}

// The digits alone are no code. Two codes may have the same six by chance: the hash of one fits none that was sent anew, by
// another way, to another address or in another case.
func TestR2_theHashOfACodeFitsNoOther(t *testing.T) {
	hash := keys.Hash("codes")
	kept := recovery.Code{ID: "first", Channel: "sms", Address: "phone"}
	fits := func(asked recovery.Code, inCase, typed string) bool {
		return recovery.Fits(hash, kept, "case", "123456", asked, inCase, typed)
	}
	if !fits(kept, "case", "123456") {
		t.Fatal("a code does not fit itself")
	}
	for what, fit := range map[string]bool{
		"one sent anew":   fits(recovery.Code{ID: "second", Channel: "sms", Address: "phone"}, "case", "123456"),
		"another way":     fits(recovery.Code{ID: "first", Channel: "mail", Address: "phone"}, "case", "123456"),
		"another address": fits(recovery.Code{ID: "first", Channel: "sms", Address: "card"}, "case", "123456"),
		"another case":    fits(kept, "other", "123456"),
		"other digits":    fits(kept, "case", "123457"),
		"moved borders":   fits(recovery.Code{ID: "firs", Channel: "tsms", Address: "phone"}, "case", "123456"),
	} {
		if fit {
			t.Errorf("it fits %s", what)
		}
	}
}

func TestR2_theDestinationComesFromTheAccount(t *testing.T) {
	o := openOffice(t)
	v := o.come("sms", full)
	v.say("sms-code", "code", "000000", "phone", "13600136000", "to", "+8613600136000", "address", "x")
	for _, l := range o.sent("") {
		if l.To != "+8613800138000" {
			t.Errorf("sent to %s", l.To)
		}
	}
}
