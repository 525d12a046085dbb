package recovery_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

func TestR10_everythingElseOfTheAccountEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		other := o.come("mail", full, strange)
		link := o.sent(recovery.PurposeLink)[0].Link
		second := o.come("authenticator", full, strange)
		second.prove("authenticator")
		resume := second.look().Resume
		foreign := o.come("backup", recent)
		v := o.enough("backup", "sms")
		v.pass("password", "new_password", newWord, "new_password_again", newWord)
		// Nothing ran yet: it is all the one transaction of the decision.
		for _, old := range []*visitor{other, second} {
			if sight := old.at("ended"); sight.Place.State != recovery.Replaced {
				t.Errorf("another case is %s", sight.Place.State)
			}
		}
		if _, err := o.Follow(context.Background(), secretOf(link), other.key, other.client); problem.KindOf(err) != problem.KindExpired {
			t.Errorf("its link: %v", err)
		}
		if _, err := o.Resume(context.Background(), resume, home); problem.KindOf(err) != problem.KindNotFound {
			t.Errorf("its resume code: %v", err)
		}
		foreign.at("backup") // somebody else's case goes on
		o.work()
		if sight := v.at("done"); sight.Place.State != recovery.Done {
			t.Errorf("the case is %s", sight.Place.State)
		}
		state, err := o.real.State(context.Background(), "acct-full")
		if err != nil || !state.SessionsEnded.Equal(o.now()) || state.Limits.Daily != o.policy.After.Daily {
			t.Errorf("the account: %+v, %v", state, err)
		}
	})
}

func TestR10_ofTwoDecisionsAtOnceOneCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := []*visitor{o.enough("backup", "mail"), o.enough("authenticator", "sms")}
		var taken atomic.Int32
		form := map[string]string{"new_password": newWord, "new_password_again": newWord}
		parallel(20, func(i int) {
			r, err := o.Submit(context.Background(), v[i%2].key, "password", form, home)
			switch {
			case err != nil && problem.KindOf(err) != problem.KindConflict:
				t.Error(err)
			case err == nil && r.Subject != "":
				taken.Add(1)
			}
		})
		o.undone(t)
		o.work()
		if taken.Load() != 1 || len(o.wallet.resets) != 1 {
			t.Errorf("%d decisions, set %v", taken.Load(), o.wallet.resets)
		}
	})
}

// The owner says "this was not me" out of two letters while somebody decides two cases: nothing waits for anything for ever,
// and nothing is left that could set a password (requirement R7).
func TestR10_stopsAndDecisionsAtOnceLeaveNothingOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := []*visitor{o.enough("backup", "mail"), o.enough("authenticator", "sms")}
		o.advance(time.Minute)
		third := o.come("mail", full)
		stops := []string{secretOf(o.sent(recovery.PurposeStarted)[0].Stop), secretOf(third.letter().Link)}
		form := map[string]string{"new_password": newWord, "new_password_again": newWord}
		parallel(20, func(i int) {
			var err error
			if i%4 < 2 {
				_, err = o.Submit(context.Background(), v[i%4].key, "password", form, home)
			} else {
				_, err = o.Stop(context.Background(), stops[i%4-2])
			}
			if err != nil && problem.KindOf(err) == problem.KindUnknown {
				t.Error(err)
			}
		})
		o.undone(t)
		for _, v := range append(v, third) {
			c, err := o.cases.Case(context.Background(), v.key.Case)
			if err != nil || c.State == recovery.Open || c.State == recovery.Applying && !c.Facts.Freeze {
				t.Errorf("a case is %s, %v", c.State, err)
			}
		}
	})
}

func TestR10_aDecisionSurvivesCrashesAndRunsTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.twice, o.wallet.lose = true, true // the wallet's first answer is lost
		v := o.enough("backup", "mail")
		o.cases.next.Store(1)
		if _, err := v.try("password", "new_password", newWord, "new_password_again", newWord); err == nil {
			t.Fatal("no crash")
		}
		o.restart()
		o.work()
		o.advance(10 * time.Minute)
		if err := o.Tend(context.Background(), 10); err != nil {
			t.Fatal(err)
		}
		o.work()
		c, err := o.cases.Case(context.Background(), v.key.Case)
		if err != nil || c.State != recovery.Done || len(c.Facts.Password) > 0 {
			t.Fatalf("%s, %v", c.State, err)
		}
		if len(o.wallet.resets) != 1 || len(o.sent(recovery.PurposeDone)) != 3 {
			t.Errorf("set %v, told %s", o.wallet.resets, to(o.sent(recovery.PurposeDone)))
		}
	})
}

// Only the browser that began chooses the password: not the second screen, not the one with the resume code.
func TestR10_onlyTheOwnersBrowserChooses(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	handed, err := o.HandOff(context.Background(), v.key, home)
	secret, number := handed.Secret, handed.Number
	v.key.Token = handed.Token
	if err != nil || number < 0 || number > 99 {
		t.Fatal(number, err)
	}
	if sight, err := o.LookHandoff(context.Background(), v.key.Case, secret); err != nil || sight.Number != number {
		t.Errorf("the other screen shows %d, %v; want %d", sight.Number, err, number)
	}
	screen := &visitor{o: o, t: t, client: strange}
	if screen.key, err = o.Join(context.Background(), v.key.Case, secret, strange); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Join(context.Background(), v.key.Case, secret, strange); err == nil {
		t.Error("a second screen got in")
	}
	screen.prove("mail")
	screen.at("password")
	_, err = screen.try("password", "new_password", newWord, "new_password_again", newWord)
	if problem.KindOf(err) != problem.KindDenied {
		t.Errorf("the second screen chose: %v", err)
	}
	guest := &visitor{o: o, t: t, client: strange}
	if guest.key, err = o.Resume(context.Background(), v.look().Resume, strange); err != nil {
		t.Fatal(err)
	}
	sight := guest.look()
	if len(sight.Proofs) > 0 || sight.Resume != "" || strings.Join(sight.Again, " ") != "mail recoverycodes backup" {
		t.Errorf("the guest sees %+v", sight)
	}
	if r, err := guest.try("password", "new_password", newWord, "new_password_again", newWord); err == nil && !r.Stale {
		t.Errorf("the guest chose: %+v", r)
	}
	if err := o.Again(context.Background(), guest.key, "backup", strange); err != nil {
		t.Fatal(err)
	}
	guest.pass("backup", "backup_password", backupWord)
	if sight := guest.at("next"); len(sight.Proofs) != 1 || sight.Role != recovery.Owner || !sight.Environment.Unusual {
		t.Errorf("a resume code and one proof are more than one proof: %+v", sight)
	}
	if _, err := o.Look(context.Background(), v.key); problem.KindOf(err) != problem.KindNotFound {
		t.Errorf("the first browser: %v", err)
	}
}

// A first proof writes that it was announced and then its case; "this was not me" writes the same two. They do it in one order:
// neither waits for the other for ever (requirement R7).
func TestR7_aProofAndAStopAtOnceWaitForNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for range 14 { // more tries at one method are refused
			o.come("backup", full).prove("backup")
			stop := secretOf(o.sent(recovery.PurposeStarted)[0].Stop)
			o.letters = nil
			o.advance(25 * time.Hour) // the start is announced anew
			v := o.come("backup", full)
			v.choose("backup")
			parallel(2, func(i int) {
				var err error
				if i == 0 {
					_, err = o.Submit(t.Context(), v.key, "backup", map[string]string{"backup_password": backupWord}, home)
				} else {
					_, err = o.Stop(t.Context(), stop)
				}
				if err != nil && problem.KindOf(err) == problem.KindUnknown {
					t.Error(err)
				}
			})
		}
		o.undone(t)
	})
}
