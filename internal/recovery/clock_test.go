package recovery_test

import (
	"context"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// A resume code opens no case that died, and a number that was changed lately takes nothing over.
func TestR14_aResumeCodeRevivesNothing(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	guest := &visitor{o: o, t: t, client: home}
	var err error
	if guest.key, err = o.Resume(context.Background(), v.look().Resume, home); err != nil {
		t.Fatal(err)
	}
	if err := o.Again(context.Background(), guest.key, "backup", home); err != nil {
		t.Fatal(err)
	}
	o.advance(15 * time.Minute)
	v.at("ended")
	if r, err := guest.try("backup", "backup_password", backupWord); err == nil && !r.Stale {
		t.Errorf("%+v", r)
	}
	v.at("ended")
	fresh := o.come("sms", recent)
	fresh.pass("sms-code", "code", fresh.letter().Code)
	if guest.key, err = o.Resume(context.Background(), fresh.look().Resume, home); err != nil {
		t.Fatal(err)
	}
	if again := guest.look().Again; len(again) > 0 {
		t.Errorf("a guest may use %v", again)
	}
}

func TestR14_aCaseDiesIdleAndInAll(t *testing.T) {
	o := openOffice(t)
	idle := o.come("backup", full)
	if got := idle.look().Deadline; !got.Equal(o.now().Add(15 * time.Minute)) {
		t.Errorf("deadline %v", got)
	}
	o.advance(15*time.Minute - time.Second)
	idle.at("backup")
	o.advance(time.Second)
	if sight := idle.at("ended"); sight.Place.State != recovery.Expired {
		t.Errorf("it is %s", sight.Place.State)
	}
	busy := o.come("backup", full)
	for range 4 { // something every fourteen minutes
		o.advance(14 * time.Minute)
		if err := o.Switch(context.Background(), busy.key, home); err != nil {
			t.Fatal(err)
		}
	}
	o.advance(4*time.Minute - time.Second)
	busy.at("first")
	o.advance(time.Second)
	busy.at("ended")
}

func TestR14_moreTimeTenTimes(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	begun := o.now()
	for i := range 30 {
		o.advance(14 * time.Minute)
		if v.look().Place.State != recovery.Open {
			if lived := o.now().Sub(begun); lived > 60*time.Minute+10*15*time.Minute+14*time.Minute || i < 14 {
				t.Errorf("it lived %v", lived)
			}
			if c := v.look(); c.Place.ID != "ended" {
				t.Error(c.Place.ID)
			}
			return
		}
		if err := o.More(context.Background(), v.key, home); err != nil {
			t.Fatal(err)
		}
		if left := v.look().More; left != max(0, 10-i-1) {
			t.Errorf("%d times left after %d", left, i+1)
		}
	}
	t.Error("it never died")
}

func TestR14_waitsStopTheClock(t *testing.T) {
	o := openOffice(t)
	v := o.come("mail", full) // an unused link waits for the mail
	o.advance(29 * time.Minute)
	if sight := v.at("mail-code"); !sight.Deadline.IsZero() {
		t.Errorf("a deadline while the mail is awaited: %v", sight.Deadline)
	}
	v.pass("mail-code", "code", v.letter().Code)
	if c, _ := o.cases.Case(context.Background(), v.key.Case); c.Facts.Own != 0 {
		t.Errorf("own time %v", c.Facts.Own)
	}
	v.choose("card")
	v.pass("card", "card", "town")
	wait := v.at("card-wait").Place.Wait
	if wait.Who != "bank" || wait.Until.Sub(o.now()) < 5*time.Minute || wait.Until.Sub(o.now()) > 10*time.Minute {
		t.Errorf("%+v", wait)
	}
	if v.pass("card-wait"); v.look().Place.ID != "card-wait" {
		t.Error("the bank was not waited for")
	}
	o.advance(wait.Until.Sub(o.now()) + 14*time.Minute)
	v.pass("card-wait")
	v.at("card-code")
	if c, _ := o.cases.Case(context.Background(), v.key.Case); c.Facts.Own != 14*time.Minute {
		t.Errorf("own time %v", c.Facts.Own)
	}
}

// The own clock stands still in a hold, and until the person comes back; what they do then does not end the case.
func TestR14_enoughStaysEnoughThroughItsHold(t *testing.T) {
	o := openOffice(t)
	v := o.come("identity", full)
	v.prove("identity")
	v.prove("sms")
	o.advance(24*time.Hour + 6*24*time.Hour)
	if sight := v.at("password"); len(sight.Proofs) != 2 {
		t.Errorf("proofs after the hold: %v", sight.Proofs)
	}
	if err := o.More(context.Background(), v.key, home); err != nil {
		t.Fatal(err)
	}
	o.advance(14 * time.Minute)
	v.at("password")
	v.finish(newWord)
	late := o.come("identity", full)
	late.prove("identity")
	late.prove("sms")
	o.advance(24*time.Hour + o.policy.Case.Collect)
	late.at("ended")
}

func TestR14_aProofIsFreshForAnHourOfOwnTime(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	for range 5 {
		o.advance(12 * time.Minute)
		if err := o.More(context.Background(), v.key, home); err != nil {
			t.Fatal(err)
		}
	}
	if sight := v.at("next"); len(sight.Proofs) != 1 {
		t.Fatalf("after an hour: %v", sight.Proofs)
	}
	o.advance(time.Second)
	if sight := v.at("first"); len(sight.Proofs) != 0 {
		t.Fatalf("after more than an hour: %v", sight.Proofs)
	}
	v.choose("mail")
	v.pass("mail-code", "code", v.letter().Code)
	if v.look().Verdict != nil {
		t.Error("an old proof counted")
	}
	v.prove("backup")
	v.at("password")
}
