package recovery_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// enough is a case whose password can be chosen.
func (o *office) enough(first, second string, from ...recovery.Client) *visitor {
	o.fail.Helper()
	v := o.come(first, full, from...)
	v.prove(first)
	v.prove(second)
	v.at("password")
	return v
}

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
		if _, err := o.Follow(context.Background(), secretOf(link), other.key); problem.KindOf(err) != problem.KindExpired {
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
		parallel(20, func(i int) {
			r, err := o.Submit(context.Background(), v[i%2].key, "password", map[string]string{"new_password": newWord, "new_password_again": newWord}, home)
			switch {
			case err != nil && problem.KindOf(err) != problem.KindConflict:
				t.Error(err)
			case err == nil && r.Subject != "":
				taken.Add(1)
			}
		})
		o.work()
		if taken.Load() != 1 || len(o.wallet.resets) != 1 {
			t.Errorf("%d decisions, set %v", taken.Load(), o.wallet.resets)
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
	secret, number, err := o.HandOff(context.Background(), v.key, home)
	if err != nil || number < 0 || number > 99 {
		t.Fatal(number, err)
	}
	if sight, err := o.LookHandoff(context.Background(), v.key.Case, secret); err != nil || sight.Number != number {
		t.Errorf("the other screen shows %d, %v; want %d", sight.Number, err, number)
	}
	screen := &visitor{o: o, t: t, client: strange}
	if screen.key, err = o.Join(context.Background(), v.key.Case, secret); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Join(context.Background(), v.key.Case, secret); err == nil {
		t.Error("a second screen got in")
	}
	screen.prove("mail")
	screen.at("password")
	if _, err := screen.try("password", "new_password", newWord, "new_password_again", newWord); problem.KindOf(err) != problem.KindDenied {
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
	if _, _, err := o.HandOff(context.Background(), v.key, home); err != nil {
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

// story is what a case shows somebody who sees only its pages.
func story(v *visitor, do func(v *visitor) recovery.Result) string {
	r := do(v)
	return page(v) + fmt.Sprintf(" wrong %v stale %v spent %v locked %v token %v", r.Wrong, r.Stale, r.Spent, r.Locked.Sub(start), r.Token != "")
}

// page is everything in a Sight but what is random.
func page(v *visitor) string {
	s := v.look()
	s.ID, s.Resume, s.Place.Limits = "", "", nil
	var sent string
	if c := s.Place.Sent; c != nil {
		sent = fmt.Sprintf("%s %d %v %v %v %v", c.Channel, len(c.Hash), c.Sent, c.Until, c.Next, c.Refused)
		s.Place.Sent = nil
	}
	if s.Place.Shown != nil {
		for key, value := range s.Place.Shown {
			if len(value) > 3 {
				s.Place.Shown[key] = "a picture"
			}
		}
		delete(s.Place.Shown, "tile-x")
		delete(s.Place.Shown, "tile-y")
	}
	if s.Place.Wait != nil {
		sent += fmt.Sprint(*s.Place.Wait)
		s.Place.Wait = nil
	}
	return fmt.Sprintf("%+v %s", s, sent)
}

func TestR15_anAccountThatDoesNotExistWalksTheSamePath(t *testing.T) {
	type move struct {
		name string
		do   func(v *visitor) recovery.Result
	}
	typed := func(step string, said ...string) move {
		return move{step + " " + strings.Join(said, " "), func(v *visitor) recovery.Result { return v.say(step, said...) }}
	}
	act := func(name string, do func(o *office, v *visitor) error) move {
		return move{name, func(v *visitor) recovery.Result {
			if err := do(v.o, v); err != nil {
				v.t.Fatalf("%s: %v", name, err)
			}
			return recovery.Result{}
		}}
	}
	wait := func(d time.Duration) move {
		return act("wait "+d.String(), func(o *office, _ *visitor) error { o.advance(d); return nil })
	}
	resend := act("resend", func(o *office, v *visitor) error { return o.Resend(context.Background(), v.key, home) })
	leave := act("another way", func(o *office, v *visitor) error { return o.Switch(context.Background(), v.key, home) })
	turn := func(method string) move {
		return act("turn to "+method, func(o *office, v *visitor) error { return o.Choose(context.Background(), v.key, method, home) })
	}
	times := func(n int, m ...move) (all []move) {
		for range n {
			all = append(all, m...)
		}
		return all
	}
	who := typed("identity", "name", "李小雨", "id_number", idNumber, "phone", "13812345678")
	for channel, moves := range map[string][]move{
		"sms": append(append(times(6, typed("sms-code", "code", "000000")), resend, wait(time.Minute), resend), append(times(3, typed("sms-code", "code", "000001"),
			wait(time.Minute), resend), typed("sms-code", "code", "1"), wait(6*time.Minute), typed("sms-code", "code", "000000"), turn("card"), turn("questions"), turn("current"), leave, typed("first", "method", "card"), typed("first", "method", "mail"))...),
		"mail":          append(times(13, typed("mail-code", "code", "000000"), wait(time.Minute), resend), leave, turn("sms"), turn("mail")),
		"backup":        times(5, typed("backup", "backup_password", "no")),
		"authenticator": times(7, typed("authenticator", "code", "000000")),
		"recoverycodes": times(7, typed("recovery-code", "code", "AAAAA-BBBBB-CCCCC")),
		"identity": times(4, who, typed("slider", "slide", "10", "track", "0:1,5:9"), typed("slider", "instead", "wait"), typed("slider-wait"), wait(time.Minute),
			typed("slider-wait")),
		"codes": append([]move{typed("first", "method", "recoverycodes")}, times(6, typed("recovery-code", "code", "AAAAA"))...),
	} {
		t.Run(channel, func(t *testing.T) {
			var stories [][]string
			for _, account := range []string{full, nobody, lost, recent, deaf} {
				o := openOffice(t)
				v := o.begin(channel)
				lines := []string{story(v, typed("account", "account", account).do)}
				for _, m := range moves {
					lines = append(lines, m.name+": "+story(v, m.do))
				}
				again := o.come(channel, account) // and on the next visit
				stories = append(stories, append(lines, page(again)))
			}
			for i, other := range stories[1:] {
				for n := range other {
					if other[n] != stories[0][n] {
						t.Fatalf("account %d, line %d:\n%s\n%s", i+1, n, other[n], stories[0][n])
					}
				}
			}
		})
	}
}

func TestR15_nothingOfTheAccountBeforeTheFirstProof(t *testing.T) {
	for _, channel := range append([]string{"current", "codes"}, others...) {
		o := openOffice(t)
		for _, account := range []string{full, recent, lost} {
			v := o.come(channel, account)
			for _, client := range []recovery.Client{home, strange} {
				w := o.come(channel, account, client)
				for _, secret := range []string{"1380", "8000", "****", "138*", "***", "扬州", "school", "工商", "acct-", "recent-number", "unknown-device", "王", "小明"} {
					if shown := page(w); strings.Contains(shown, secret) {
						t.Errorf("%s, %s: %q in %s", channel, account, secret, shown)
					}
				}
				if s := w.look(); s.Delivery != "" || s.Unreachable || s.Environment.Unusual {
					t.Errorf("%s, %s: %+v", channel, account, s)
				}
			}
			for _, later := range []string{"card", "questions", "current"} {
				if err := o.Choose(context.Background(), v.key, later, home); err != nil || v.look().Doing == later {
					t.Errorf("%s, %s: %s before a first proof, %v", channel, account, later, err)
				}
			}
		}
	}
}

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

// R11: what failed closes one method of recovery, and nothing of the account.
func TestR11_failuresLockNeitherPayingNorOtherWays(t *testing.T) {
	o := openOffice(t)
	before, err := o.real.State(context.Background(), "acct-full")
	if err != nil {
		t.Fatal(err)
	}
	for channel, said := range map[string][]string{"backup": {"backup", "backup_password", "no"}, "authenticator": {"authenticator", "code", "000000"},
		"recoverycodes": {"recovery-code", "code", "AAAAA"}} {
		v := o.come(channel, full, strange)
		for range 7 {
			v.say(said[0], said[1:]...)
		}
		if sight := v.at("first"); sight.Failed[channel] != "locked" || sight.Locked[channel].IsZero() {
			t.Errorf("%s: %v until %v", channel, sight.Failed, sight.Locked)
		}
	}
	after, err := o.real.State(context.Background(), "acct-full")
	if err != nil || after != before {
		t.Errorf("the account was %+v and is %+v, %v", before, after, err)
	}
	if ok, err := o.real.CheckPassword(context.Background(), "acct-full", oldWord); !ok || err != nil {
		t.Errorf("the password: %v, %v", ok, err)
	}
	v := o.come("mail", full)
	v.prove("mail")
	v.prove("sms")
	v.finish(newWord)
}

func TestR13_allThatOneKnowsIsOneProof(t *testing.T) {
	o := openOffice(t)
	v := o.come("mail", full)
	v.prove("mail")
	o.advance(24 * time.Hour)
	w := o.come("identity", full)
	w.prove("identity")
	for _, method := range []string{"questions", "current"} {
		if err := o.Choose(context.Background(), w.key, method, home); err != nil || w.look().Doing == method || strings.Contains(w.offered(), method) {
			t.Errorf("%s beside identity: offered %s, %v", method, w.offered(), err)
		}
	}
	w.prove("mail")
	w.at("password")
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

// What a card's page allows follows its bank (coverage L08).
func TestR3_cardsHaveTriesByTheirBank(t *testing.T) {
	o := openOffice(t)
	v := o.come("card", full)
	v.prove("mail")
	v.pass("card", "card", "town")
	o.advance(10 * time.Minute)
	v.pass("card-wait")
	code := v.letter().Code
	for range 2 { // two a day, of the ten of the method
		v.say("card-code", "code", wrongCode(code))
	}
	if r := v.say("card-code", "code", code); r.Locked.IsZero() {
		t.Errorf("the third: %+v", r)
	}
	if r := v.at("next"); r.Failed["card"] != "locked" {
		t.Errorf("%+v", r.Failed)
	}
	w := o.come("card", full)
	w.prove("backup")
	for value, code := range map[string]string{"gone": "card-lost", "nonsense": "required"} {
		if r := w.say("card", "card", value); r.Wrong["card"] != code {
			t.Errorf("%s: %+v, want %s", value, r, code)
		}
	}
}
