package recovery_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// everyAddress are the addresses of the full account that are told: the number removed 20 days ago too, that of 40 days ago
// not.
const everyAddress = "+8613800138000 full@mail.example +8613900139000"

func TestR7_startAndEndAreAnnouncedToEveryAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("backup", full)
		if letters := o.sent(""); len(letters) > 0 {
			t.Fatalf("before the first proof: %v", to(letters))
		}
		v.prove("backup")
		started := o.sent(recovery.PurposeStarted)
		if to(started) != everyAddress {
			t.Errorf("told of the start: %s", to(started))
		}
		v.prove("mail")
		again := o.come("backup", full, strange) // once in 24 hours
		again.prove("backup")
		if n := len(o.sent(recovery.PurposeStarted)); n != 3 {
			t.Errorf("%d notices of the start", n)
		}
		v.finish(newWord)
		done := o.sent(recovery.PurposeDone)
		if to(done) != everyAddress {
			t.Errorf("told of the end: %s", to(done))
		}
		seen := map[string]bool{}
		for _, l := range append(started, done...) {
			if l.Stop == "" || seen[l.Stop] {
				t.Errorf("%s to %s: its link is %q", l.Purpose, l.To, l.Stop)
			}
			seen[l.Stop] = true
		}
	})
}

func TestR7_theStartIsAnnouncedAgainAfterADayAndAfterAStop(t *testing.T) {
	o := openOffice(t)
	o.come("backup", full).prove("backup")
	o.advance(23 * time.Hour)
	o.come("authenticator", full).prove("authenticator")
	if n := len(o.sent(recovery.PurposeStarted)); n != 3 {
		t.Errorf("%d notices in a day", n)
	}
	o.advance(time.Hour)
	o.come("authenticator", full).prove("authenticator")
	started := o.sent(recovery.PurposeStarted)
	if len(started) != 6 {
		t.Fatalf("%d notices after a day", len(started))
	}
	if _, err := o.Stop(context.Background(), secretOf(started[5].Stop)); err != nil {
		t.Fatal(err)
	}
	o.come("authenticator", full).prove("authenticator") // whoever was stopped and comes again is announced again
	if n := len(o.sent(recovery.PurposeStarted)); n != 9 {
		t.Errorf("%d notices after a stop", n)
	}
}

func TestR7_aCodesBudgetDoesNotSilenceNotices(t *testing.T) {
	policy := defaultPolicy(t)
	policy.Sends.Total = map[string]int{"sms": 1, "mail": 1}
	o := openOfficeWith(t, t, policy)
	o.come("sms", lost)
	o.come("sms", recent)
	v := o.come("backup", full)
	v.prove("backup")
	v.prove("authenticator")
	v.finish(newWord)
	if to(o.sent(recovery.PurposeStarted)) != everyAddress || to(o.sent(recovery.PurposeDone)) != everyAddress {
		t.Errorf("told: %s", to(o.letters))
	}
}

func TestR7_everyLinkStopsAnOpenCase(t *testing.T) {
	for i := range 3 {
		o := openOffice(t)
		v := o.come("backup", full)
		v.prove("backup")
		v.prove("mail")
		link := o.sent(recovery.PurposeStarted)[i].Stop
		for range 20 { // looking changes nothing (requirement W2)
			if sight, err := o.StopLink(context.Background(), secretOf(link)); err != nil || sight.Used {
				t.Fatalf("%+v, %v", sight, err)
			}
		}
		v.at("password")
		sight, err := o.Stop(context.Background(), secretOf(link))
		if err != nil || sight.State != recovery.Stopped || sight.Frozen {
			t.Fatalf("%+v, %v", sight, err)
		}
		v.at("ended")
		if r, err := v.try("password", "new_password", newWord, "new_password_again", newWord); err == nil && !r.Stale {
			t.Errorf("a password after the stop: %+v", r)
		}
		o.work()
		if len(o.wallet.resets) > 0 || to(o.sent(recovery.PurposeStopped)) != everyAddress {
			t.Errorf("%v was set; told of the stop: %s", o.wallet.resets, to(o.sent(recovery.PurposeStopped)))
		}
		if _, err := o.Stop(context.Background(), secretOf(link)); err != nil {
			t.Errorf("a second click: %v", err)
		}
	}
}

func TestR7_afterTheResetALinkFreezes(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("backup", full)
		v.prove("backup")
		v.prove("mail")
		v.finish(newWord)
		o.advance(14 * 24 * time.Hour)
		sight, err := o.Stop(context.Background(), secretOf(o.sent(recovery.PurposeDone)[1].Stop))
		if err != nil || !sight.Frozen {
			t.Fatalf("%+v, %v", sight, err)
		}
		o.work()
		state, err := o.real.State(context.Background(), "acct-full")
		if err != nil || state.Frozen.IsZero() || state.Limits.Daily != o.policy.After.Frozen {
			t.Errorf("%+v, %v", state, err)
		}
		if !v.look().Frozen {
			t.Error("the case does not know")
		}
		o.advance(2 * 24 * time.Hour)
		_, err = o.Stop(context.Background(), secretOf(o.sent(recovery.PurposeDone)[0].Stop))
		if problem.KindOf(err) != problem.KindExpired {
			t.Errorf("after fifteen days: %v", err)
		}
	})
}

// The click comes between the decision and the wallet's answer: the account is frozen, and if the wallet refuses the password
// the case is over as well.
func TestR7_aLinkBetweenDecisionAndAnswer(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		o := openOffice(t)
		v := o.come("backup", full)
		v.prove("backup")
		v.prove("mail")
		link := o.sent(recovery.PurposeStarted)[0].Stop
		if refuses {
			o.wallet.down = problem.Invalid{Fields: map[string]string{"new_password": "used"}}
		}
		v.pass("password", "new_password", newWord, "new_password_again", newWord)
		if sight, err := o.Stop(context.Background(), secretOf(link)); err != nil || !sight.Frozen {
			t.Fatalf("%+v, %v", sight, err)
		}
		o.work()
		if want := map[bool]string{false: "done", true: "ended"}[refuses]; v.look().Place.ID != want {
			t.Errorf("refused %v: at %s, want %s", refuses, v.look().Place.ID, want)
		}
		if state, _ := o.real.State(context.Background(), "acct-full"); state.Frozen.IsZero() {
			t.Errorf("refused %v: not frozen", refuses)
		}
	}
}

func TestR7_aLostNumberIsToldAndCannotStopAlone(t *testing.T) {
	for _, account := range []string{lost, reissued} {
		o := openOffice(t)
		v := o.come("backup", account)
		v.prove("backup")
		started := o.sent(recovery.PurposeStarted)
		if len(started) != 2 || !strings.HasPrefix(started[0].To, "+86") || started[1].To != account {
			t.Fatalf("%s: told %s", account, to(started))
		}
		sight, err := o.Stop(context.Background(), secretOf(started[0].Stop))
		if err != nil || !sight.Alone || sight.State == recovery.Stopped {
			t.Errorf("%s: %+v, %v", account, sight, err)
		}
		v.at("next")
		if sight, err = o.Stop(context.Background(), secretOf(started[1].Stop)); err != nil || sight.Alone {
			t.Errorf("%s: %+v, %v", account, sight, err)
		}
		v.at("ended")
	}
}

// Nobody who is the owner could be told: only an appeal may finish, whatever is proved.
func TestR7_whoCannotBeToldCannotFinish(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", deaf)
	v.prove("backup")
	if sight := v.at("next"); !sight.Unreachable || sight.Verdict != nil || v.offered() != "appeal" {
		t.Errorf("%+v", sight)
	}
	if err := o.Choose(context.Background(), v.key, "authenticator", home); err != nil || v.look().Doing != "" {
		t.Errorf("there is more to do: %v", err)
	}
}

func TestR7_theEndOfAHoldIsTold(t *testing.T) {
	o := openOffice(t)
	v := o.come("identity", full)
	v.prove("identity")
	v.prove("sms") // knowledge and phone alone hold for a day
	hold := v.at("hold").Hold
	told := o.sent(recovery.PurposeHold)
	if to(told) != everyAddress || !told[0].Until.Equal(hold) || told[0].Stop == "" || !hold.Equal(o.now().Add(24*time.Hour)) {
		t.Errorf("hold until %v: told %+v", hold, told)
	}
	o.advance(24*time.Hour - time.Second)
	if err := o.Tend(context.Background(), 10); err != nil || len(o.sent(recovery.PurposeReady)) > 0 {
		t.Errorf("too early: %v", err)
	}
	v.at("hold")
	if r := v.say("password", "new_password", newWord, "new_password_again", newWord); !r.Stale {
		t.Errorf("a password before the end of the hold: %+v", r)
	}
	o.advance(2 * time.Second)
	for range 2 {
		if err := o.Tend(context.Background(), 10); err != nil || to(o.sent(recovery.PurposeReady)) != everyAddress {
			t.Errorf("told %s, %v", to(o.sent(recovery.PurposeReady)), err)
		}
	}
	v.finish(newWord)
}

// A code that arrives nowhere must not count: nothing is sent, and the page is as ever.
func TestR7_noCodeGoesToALostNumberOrMailbox(t *testing.T) {
	for account, channel := range map[string]string{lost: "sms", reissued: "sms", deaf: "mail"} {
		o := openOffice(t)
		v, other := o.come(channel, account), o.come(channel, nobody)
		a, b := v.look(), other.look()
		code := a.Place.Sent
		if len(o.sent("")) > 0 || code.Refused || len(code.Rests) > 0 || code.Address != b.Place.Sent.Address {
			t.Errorf("%s by %s: %d letters, %+v", account, channel, len(o.letters), code)
		}
	}
	o := openOffice(t)
	v := o.come("backup", lost)
	v.prove("backup")
	if got := v.offered(); got != "mail current appeal" { // nor to a lost number by way of the bank
		t.Errorf("offered: %s", got)
	}
}
