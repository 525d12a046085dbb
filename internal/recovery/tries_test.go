package recovery_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

func TestR3_fiveTriesACode(t *testing.T) {
	o := openOffice(t)
	v := o.come("sms", full)
	code := v.letter().Code
	for range 5 {
		if r := v.say("sms-code", "code", wrongCode(code)); r.Wrong["code"] != "wrong" {
			t.Fatalf("%+v", r)
		}
	}
	if left, err := o.Tries(context.Background(), v.key); err != nil || left != 0 {
		t.Errorf("%d tries left, %v", left, err)
	}
	if r := v.say("sms-code", "code", code); !r.Spent || r.Wrong["code"] != "too-many" {
		t.Errorf("the sixth try, right: %+v", r)
	}
	v.at("sms-code") // another code can be asked for
	o.advance(time.Minute)
	if err := o.Resend(context.Background(), v.key, home); err != nil {
		t.Fatal(err)
	}
	v.pass("sms-code", "code", v.letter().Code)
}

// Ten tries a day, whatever is sent again, begun again or started again; then the method is closed with its time and
// everything else goes on (requirement R11).
func TestR3_tenTriesADayOverAllCases(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		tries := 0
		for round := 0; tries < 10; round++ {
			v := o.come("mail", full)
			code := v.letter().Code
			for i := 0; i < 5 && tries < 10; i++ {
				if r := v.say("mail-code", "code", wrongCode(code)); len(r.Wrong) == 0 {
					t.Fatalf("try %d: %+v", tries, r)
				}
				tries++
			}
			if round == 1 { // a resend in the same case
				o.advance(time.Minute)
				if err := o.Resend(context.Background(), v.key, home); err != nil {
					t.Fatal(err)
				}
			}
			o.advance(time.Minute)
			o.restart()
		}
		compared := o.hash.compared.Load()
		v := o.come("mail", full)
		r := v.say("mail-code", "code", v.letter().Code)
		if want := start.Add(24 * time.Hour); !r.Locked.Equal(want) {
			t.Errorf("the eleventh try, right: %+v; want it open at %v", r, want)
		}
		if o.hash.compared.Load() != compared {
			t.Error("it was looked at")
		}
		sight := v.at("first")
		if sight.Failed["mail"] != "locked" || !sight.Locked["mail"].Equal(r.Locked) || strings.Contains(v.offered(), "mail") {
			t.Errorf("the page says %v, %v, offers %s", sight.Failed, sight.Locked, v.offered())
		}
		v.prove("sms") // R11: the rest goes on
		o.ahead.Store(int64(24*time.Hour + time.Second))
		again := o.come("mail", full)
		again.pass("mail-code", "code", again.letter().Code)
	})
}

func TestR3_thirtyTriesInThirtyDays(t *testing.T) {
	o := openOffice(t)
	tries := 0
	for day := range 40 {
		o.ahead.Store(int64(day) * int64(24*time.Hour+time.Minute))
		v := o.come("backup", full)
		for range 3 {
			if r := v.say("backup", "backup_password", "no"); len(r.Wrong) > 0 {
				tries++
			}
		}
		if day == 29 && tries != 30 {
			t.Fatalf("%d tries in thirty days", tries)
		}
	}
	if got := o.wallet.asked()["backup acct-full"]; got != tries {
		t.Errorf("%d tries were looked at, %d told", got, tries)
	}
}

func TestR3_aKnownBrowserHasItsOwnTries(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	v.prove("mail")
	r := v.say("password", "new_password", newWord, "new_password_again", newWord)
	o.work()
	if r.Subject == "" {
		t.Fatal("the browser is not known afterwards")
	}
	o.advance(25 * time.Hour)
	stranger := o.come("backup", full, strange)
	for range 3 {
		stranger.say("backup", "backup_password", "no")
	}
	if r := stranger.say("backup", "backup_password", backupWord); r.Locked.IsZero() {
		t.Fatalf("the stranger goes on: %+v", r)
	}
	known := home
	known.Known = []string{r.Subject}
	o.come("backup", full, known).prove("backup")
}

func TestR3_aHundredInARowCloseUntilARecovery(t *testing.T) {
	policy := defaultPolicy(t)
	rule := policy.Methods["backup"]
	rule.Tries = []recovery.Tries{{Max: 1000, Within: time.Hour}}
	policy.Methods["backup"] = rule
	o := openOfficeWith(t, t, policy)
	fake := &stubborn{Wallet: o.real}
	o.wallet.Wallet = fake
	known := home
	for i := range 100 {
		client := strange
		if i%2 == 0 {
			client = known
		}
		v := o.come("backup", full, client)
		if r := v.say("backup", "backup_password", "no"); len(r.Wrong) == 0 {
			t.Fatalf("try %d: %+v", i, r)
		}
		o.advance(time.Minute)
	}
	v := o.come("backup", full)
	v.say("backup", "backup_password", backupWord)
	if v.at("first").Failed["backup"] != "locked" || fake.asked != 100 {
		t.Fatalf("after a hundred: %+v, %d looked at", v.look().Failed, fake.asked)
	}
	v.prove("mail")
	v.prove("authenticator")
	v.finish(newWord)
	again := o.come("backup", full)
	if r := again.say("backup", "backup_password", "no"); len(r.Wrong) == 0 {
		t.Errorf("after a recovery: %+v", r)
	}
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

// R11: what failed closes one method of recovery, and nothing of the account.
func TestR11_failuresLockNeitherPayingNorOtherWays(t *testing.T) {
	o := openOffice(t)
	before, err := o.real.State(context.Background(), "acct-full")
	if err != nil {
		t.Fatal(err)
	}
	for channel, said := range map[string][]string{"backup": {"backup", "backup_password", "no"},
		"authenticator": {"authenticator", "code", "000000"}, "recoverycodes": {"recovery-code", "code", "AAAAA"}} {
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
