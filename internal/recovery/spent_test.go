package recovery_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// A code that cannot be right any more is known as such by whoever looks, and not only by who tries once more; other ways are
// open at once. An account that does not exist sees the same (requirement R15).
func TestR3_aCodeWithoutTriesIsOverForWhoeverLooks(t *testing.T) {
	for method, step := range map[string]string{"sms": "sms-code", "mail": "mail-code"} {
		for _, account := range []string{full, nobody} {
			o := openOffice(t)
			v := o.come(method, account)
			over := func(want recovery.Over) {
				t.Helper()
				if got := v.at(step); got.Over != want || want != "" && got.Another.After(o.now()) {
					t.Fatalf("%s, %s: %q, want %q; another way opens at %v", method, account, got.Over, want, got.Another)
				}
			}
			wrong := func(tries int) {
				for range tries {
					v.say(step, "code", "000000")
				}
			}
			resend := func() {
				t.Helper()
				o.advance(time.Minute)
				if err := o.Resend(context.Background(), v.key, home); err != nil {
					t.Fatal(err)
				}
			}
			wrong(4)
			over("")
			wrong(1)
			over(recovery.TooOften)
			v.at(step)
			resend()
			over("")
			wrong(5)
			over(recovery.NoTries) // ten a day, whatever code
		}
	}
}

// A code that had all its tries is not kept where a budget holds the next one back: neither could be typed.
func TestR3_aSpentCodeIsNotKept(t *testing.T) {
	for _, account := range []string{full, nobody} {
		o := budgets(t, func(s *recovery.Sends) { s.PerDestination = 1 })
		v := o.come("sms", account)
		for range 5 {
			v.say("sms-code", "code", "000000")
		}
		o.advance(time.Minute)
		if err := o.Resend(context.Background(), v.key, home); err != nil {
			t.Fatal(err)
		}
		if s := v.at("sms-code"); s.Over != recovery.NotSent || !s.Place.Sent.Next.After(o.now()) {
			t.Errorf("%s: %q, next at %v", account, s.Over, s.Place.Sent.Next)
		}
	}
}

func TestR2_aCodeThatIsTooOldIsOver(t *testing.T) {
	o := openOffice(t)
	v := o.come("sms", full)
	o.advance(5*time.Minute - time.Second)
	if over := v.look().Over; over != "" {
		t.Errorf("a second before: %q", over)
	}
	o.advance(time.Second)
	if over := v.look().Over; over != recovery.TooOld {
		t.Errorf("after five minutes: %q", over)
	}
}

// The link of a mail whose digits were tried too often still proves the mailbox where the case began, as nobody can guess it;
// elsewhere it shows no digits, as they could not be typed.
func TestR3_theLinkOutlastsTheDigitsOfItsMail(t *testing.T) {
	o := openOffice(t)
	v := o.come("mail", full)
	link := secretOf(v.letter().Link)
	for range 5 {
		v.say("mail-code", "code", wrongCode(v.letter().Code))
	}
	elsewhere, err := o.Follow(context.Background(), link, recovery.Key{}, far())
	if !errors.Is(err, problem.Expired) || elsewhere.Code != "" {
		t.Fatalf("elsewhere: %q, %v", elsewhere.Code, err)
	}
	here, err := o.Follow(context.Background(), link, v.key, v.client)
	if err != nil || here.Token == "" {
		t.Fatalf("here: %+v, %v", here, err)
	}
	v.key.Token = here.Token
	v.at("next")
}

func TestR3_aCardsCodeIsOverWithTheTriesOfItsBank(t *testing.T) {
	o := openOffice(t)
	v := o.come("card", full)
	v.prove("mail")
	v.pass("card", "card", "town")
	o.advance(10 * time.Minute)
	v.pass("card-wait")
	for range 2 { // two a day at a city bank: another code would help nobody
		v.say("card-code", "code", wrongCode(v.letter().Code))
	}
	if over := v.at("card-code").Over; over != recovery.NoTries {
		t.Errorf("%q", over)
	}
}

// What stands in the way of another case.
func TestSight_whatStandsInTheWayOfAnotherCase(t *testing.T) {
	enough := &recovery.Verdict{Enough: true}
	for _, c := range []struct {
		what  string
		sight recovery.Sight
		own   bool // another one in the same channel is kept back
		other bool // or in another channel
	}{
		{"one that runs", recovery.Sight{Place: recovery.Place{State: recovery.Open}}, true, false},
		{"one with enough proofs", recovery.Sight{Place: recovery.Place{State: recovery.Open}, Verdict: enough}, true, true},
		{"one whose password is being set", recovery.Sight{Place: recovery.Place{State: recovery.Applying}, Verdict: enough},
			true, true},
		{"one that is done", recovery.Sight{Place: recovery.Place{State: recovery.Done}, Verdict: enough}, false, false},
		{"one that was stopped", recovery.Sight{Place: recovery.Place{State: recovery.Stopped}}, false, false},
		{"a guest's", recovery.Sight{Place: recovery.Place{State: recovery.Open}, Verdict: enough, Role: recovery.Guest}, false,
			false},
	} {
		if c.sight.Channel = "sms"; c.sight.InTheWay("sms") != c.own || c.sight.InTheWay("mail") != c.other {
			t.Errorf("%s: %v, %v", c.what, c.sight.InTheWay("sms"), c.sight.InTheWay("mail"))
		}
	}
}
