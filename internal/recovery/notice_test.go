package recovery_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

func (v *visitor) told(state support.TicketState, until time.Time) {
	v.t.Helper()
	if _, err := v.o.decides(func(tx support.TicketTx) error {
		return tx.Tell(v.key.Case, support.Notice{Number: "T-7KM3-92QX", State: state, Until: until})
	}); err != nil {
		v.t.Fatalf("tell %s: %v", state, err)
	}
}

// Every address hears how an appeal stands, each with its own "this was not me", and never a code. An account that does not
// exist has no address, and the same pages (requirement R15).
func TestP2_everyAddressHearsHowAnAppealStands(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v, nobodys := o.come("appeal", full), o.come("appeal", nobody)
		for state, purpose := range map[support.TicketState]recovery.Purpose{support.TicketAsked: recovery.PurposeTicketAsked,
			support.TicketRefused: recovery.PurposeTicketRefused} {
			until := o.now().Add(7 * 24 * time.Hour)
			before := fmt.Sprintf("%+v", nobodys.look().Place)
			nobodys.told(state, until)
			v.told(state, until)
			letters := o.sent(purpose)
			if to(letters) != everyAddress || fmt.Sprintf("%+v", nobodys.look().Place) != before {
				t.Errorf("%s goes to %s", state, to(letters))
			}
			stops := map[string]bool{}
			for _, l := range letters {
				stops[l.Stop] = l.Stop != ""
				if l.Code != "" || l.Number != "T-7KM3-92QX" || !strings.HasSuffix(l.Link, "/appeal") ||
					!l.Until.Equal(until) {
					t.Errorf("%s: %+v", state, l)
				}
			}
			if len(stops) != len(letters) {
				t.Errorf("%s: %d ways to stop it in %d letters", state, len(stops), len(letters))
			}
		}
	})
}

// A yes tells until when the case waits to be gone on with.
func TestR14_aYesSaysHowLongItWaits(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	if l := o.sent(recovery.PurposeTicketApproved)[0]; !l.Until.Equal(v.at("hold").Hold.Add(o.policy.Case.Collect)) {
		t.Errorf("until %s, the hold ends at %s", l.Until, v.at("hold").Hold)
	}
}

// A yes is one letter to each address. It announces the start as well as another would: to all, once a day at least, with who
// began and when, until when a password has to wait, and its own "this was not me" (requirement R7).
func TestR7_aYesIsOneLetterThatSaysAll(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("appeal", full)
		began := o.now()
		v.await(o.now().Add(24 * time.Hour))
		o.advance(5 * time.Hour)
		if err := v.granted(grant(true)); err != nil {
			t.Fatal(err)
		}
		yes, stops := o.sent(recovery.PurposeTicketApproved), map[string]bool{}
		if to(yes) != everyAddress || len(o.letters) != len(yes) {
			t.Errorf("told %s; in all %s", to(yes), to(o.letters))
		}
		for _, l := range yes {
			stops[l.Stop] = l.Stop != ""
			if !l.At.Equal(began) || l.Detail != home.Kind || l.Number != "T-7KM3-92QX" || l.Code != "" ||
				!strings.HasSuffix(l.Link, "/appeal") ||
				!l.Hold.Equal(o.now().Add(threeDays)) || !l.Until.Equal(l.Hold.Add(o.policy.Case.Collect)) {
				t.Errorf("%+v", l)
			}
		}
		if len(stops) != len(yes) || stops[""] {
			t.Errorf("%d ways to stop it in %d letters", len(stops), len(yes))
		}
		// it is the announcement of the day: the next case of the account is announced again only after it
		o.come("backup", full).prove("backup")
		if n := len(o.sent(recovery.PurposeStarted)); n != 0 {
			t.Errorf("%d more notices of the same day", n)
		}
		o.advance(25 * time.Hour)
		o.come("backup", full).prove("backup")
		if to(o.sent(recovery.PurposeStarted)) != everyAddress {
			t.Errorf("a day later told %s", to(o.sent(recovery.PurposeStarted)))
		}
		if sight, err := o.Stop(context.Background(), secretOf(yes[2].Stop)); err != nil || sight.State != recovery.Stopped {
			t.Errorf("%+v, %v", sight, err)
		}
		v.at("ended")
	})
}

// However much was announced a moment before, for this case or for another one, a yes is told.
func TestR7_aYesIsToldWhateverWasToldBefore(t *testing.T) {
	o := openOffice(t)
	o.come("backup", full, strange).prove("backup")
	v := o.come("appeal", full)
	if to(o.sent(recovery.PurposeStarted)) != everyAddress {
		t.Fatalf("told of the other: %s", to(o.letters))
	}
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	if to(o.sent(recovery.PurposeTicketApproved)) != everyAddress {
		t.Errorf("told %s", to(o.letters))
	}
	v.at("hold")
}

// Where something is still missing, the letter of the yes says until when the case waits for it. The wait begins with what was
// missing and is told then.
func TestR7_aYesThatIsNotEnoughSaysSoAndTheWaitIsToldWhenItBegins(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	for _, l := range o.sent(recovery.PurposeTicketApproved) {
		if !l.Hold.IsZero() || !l.Until.Equal(o.now().Add(o.policy.Case.Collect)) {
			t.Errorf("%+v", l)
		}
	}
	if to(o.letters) != everyAddress {
		t.Errorf("told %s", to(o.letters))
	}
	v.prove("sms")
	if v.at("hold"); to(o.sent(recovery.PurposeHold)) != everyAddress {
		t.Errorf("of the wait are told %s", to(o.sent(recovery.PurposeHold)))
	}
}

// Whoever stopped a case is not told how its ticket ended.
func TestR7_aStoppedCaseTellsNobody(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	v.told(support.TicketAsked, o.now().Add(time.Hour))
	if _, err := o.Stop(context.Background(), secretOf(o.sent(recovery.PurposeTicketAsked)[0].Stop)); err != nil {
		t.Fatal(err)
	}
	v.at("ended")
	v.told(support.TicketRefused, o.now().Add(time.Hour))
	if to(o.sent(recovery.PurposeTicketRefused)) != "" {
		t.Errorf("told of a ticket that leads nowhere: %s", to(o.sent(recovery.PurposeTicketRefused)))
	}
}

// A letter that cannot be kept undoes what it tells.
func TestP2_aLetterAndItsDecisionAreOne(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	_, err := o.decides(func(tx support.TicketTx) error {
		if err := tx.Tell(v.key.Case, support.Notice{Number: "T-7KM3-92QX", State: support.TicketAsked, Until: o.now()}); err != nil {
			return err
		}
		return problem.Conflict
	})
	if problem.KindOf(err) != problem.KindConflict || to(o.sent(recovery.PurposeTicketAsked)) != "" {
		t.Errorf("%v, sent to %s", err, to(o.sent(recovery.PurposeTicketAsked)))
	}
}

// What could be lost is the balance, rounded up; 0 where the wallet does not say, or there is no account.
func TestP1_whatCouldBeLost(t *testing.T) {
	o := openOffice(t)
	for account, yuan := range map[string]int64{full: 3851, bare: 0, nobody: 0} {
		if got := o.come("appeal", account).stakes().Yuan; got != yuan {
			t.Errorf("%s: %d yuan", account, got)
		}
	}
}

// Other open cases of an account are known, also of one that does not exist; nobody else's, and none that is over.
func TestP2_otherCasesOfTheAccountAreKnown(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, account := range []string{bare, nobody} {
			owner := o.come("appeal", account)
			o.come("appeal", full)
			stranger := o.come("appeal", account, strange)
			if got := owner.stakes().Others; len(got) != 1 || got[0] != stranger.key.Case {
				t.Errorf("%s: %v", account, got)
			}
			owner.await(o.now().Add(24 * time.Hour))
			o.advance(23 * time.Hour)
			if err := o.Tend(context.Background(), 10); err != nil { // ends the stranger's
				t.Fatal(err)
			}
			if got := owner.stakes().Others; len(got) != 0 {
				t.Errorf("%s: %v is over", account, got)
			}
		}
	})
}
