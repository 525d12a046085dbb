package recovery_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

func TestR1_oneProofDoesNotOpenThePassword(t *testing.T) {
	for _, method := range []string{"sms", "mail", "backup", "authenticator", "recoverycodes", "identity"} {
		o := openOffice(t)
		v := o.come(method, full)
		v.prove(method)
		if sight := v.look(); sight.Verdict != nil || sight.Needed != 1 {
			t.Errorf("%s: %+v", method, sight.Verdict)
		}
		if r := v.say("password", "new_password", newWord, "new_password_again", newWord); !r.Stale {
			t.Errorf("%s: %+v", method, r)
		}
	}
}

func TestR1_aCardOnTheSameNumberIsNoSecondProof(t *testing.T) {
	o := openOffice(t)
	v := o.come("card", full)
	v.prove("sms")
	v.at("card") // the channel's own comes by itself
	if r := v.say("card", "card", "own"); r.Wrong["card"] != "card-same-number" {
		t.Errorf("one number was two: %+v", r)
	}
	v.prove("card") // another number is
	v.at("password")
}

func TestR13_allThatOneKnowsIsOneProof(t *testing.T) {
	o := openOffice(t)
	v := o.come("mail", full)
	v.prove("mail")
	o.advance(24 * time.Hour)
	w := o.come("identity", full)
	w.prove("identity")
	for _, method := range []string{"questions", "current"} {
		err := o.Choose(context.Background(), w.key, method, home)
		if err != nil || w.look().Doing == method || strings.Contains(w.offered(), method) {
			t.Errorf("%s beside identity: offered %s, %v", method, w.offered(), err)
		}
	}
	w.prove("mail")
	w.at("password")
}

func TestR8_anSMSToANewNumberCountsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("sms", recent)
		v.pass("sms-code", "code", v.letter().Code)
		sight := v.at("first")
		if len(sight.Proofs) > 0 || !slices.Contains(sight.Environment.Reasons, recovery.ReasonRecent) {
			t.Errorf("shown as passed: %+v, because of %v", sight.Proofs, sight.Environment.Reasons)
		}
		// What shows something of the account is not offered yet.
		if got := v.offered(); got != "mail authenticator recoverycodes backup identity" {
			t.Errorf("offered: %s", got)
		}
		v.prove("backup")
		if got := v.offered(); got != "mail current appeal" { // the card's number is the new one
			t.Errorf("then: %s", got)
		}
		v.prove("mail")
		if hold := v.at("hold").Hold; !hold.Equal(o.now().Add(24 * time.Hour)) {
			t.Errorf("hold until %v", hold)
		}
		o.advance(24 * time.Hour)
		v.finish(newWord)
	})
}

func TestL19_anUnusualEnvironmentRaisesTheBar(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full, strange)
	v.prove("backup")
	if sight := v.look(); !sight.Environment.Unusual || strings.Join(sight.Environment.Reasons, " ") != recovery.ReasonUnknown {
		t.Errorf("%+v", sight.Environment)
	}
	v.prove("mail")
	v.at("hold") // two classes and a day
	three := o.come("authenticator", full)
	three.prove("authenticator")
	three.prove("sms")
	three.at("password") // at home two are enough
}
