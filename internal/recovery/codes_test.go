package recovery_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

func TestR2_aCodeIsSixDigitsAndRightOnce(t *testing.T) {
	o := openOffice(t)
	v := o.come("sms", full)
	code := v.letter()
	if len(code.Code) != 6 || strings.Trim(code.Code, "0123456789") != "" || code.To != "+8613800138000" || code.Channel != "sms" {
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
	if followed, err := o.Follow(context.Background(), secretOf(old.Link), v.key); followed.Token != "" || err == nil && !followed.Sight.Over {
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
	o := openOfficeIn(t, t, t.TempDir(), policy)
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

// parallel does something at once, so often.
func parallel(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-gate
			do(i)
		}()
	}
	ready.Wait()
	close(gate)
	done.Wait()
}

func TestR4_parallelWrongTriesGetTheAllowedChecks(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("sms", full)
		wrong := wrongCode(v.letter().Code)
		parallel(200, func(int) {
			if _, err := o.Submit(context.Background(), v.key, "sms-code", map[string]string{"code": wrong}, home); err != nil {
				t.Error(err)
			}
		})
		if got := o.hash.compared.Load(); got != 5 {
			t.Errorf("%d codes were compared, 5 are allowed", got)
		}
		if left, err := o.Tries(context.Background(), v.key); left != 0 || err != nil {
			t.Errorf("%d left, %v", left, err)
		}
	})
}

// Over several cases at once: the count belongs to the account.
func TestR4_parallelCasesShareTheirTries(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		var visitors []*visitor
		for range 8 {
			visitors = append(visitors, o.come("recoverycodes", full))
		}
		parallel(200, func(i int) {
			v := visitors[i%len(visitors)]
			_, err := o.Submit(context.Background(), v.key, "recovery-code", map[string]string{"code": fmt.Sprintf("WRONG-%05d", i)}, home)
			if err != nil {
				t.Error(err)
			}
		})
		if got := o.wallet.asked()["recoverycodes acct-full"]; got != 5 {
			t.Errorf("%d codes were looked at, 5 are allowed", got)
		}
	})
}

func TestR4_parallelRightTriesGiveOneSuccess(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, c := range []struct {
			channel, step, field string
			said                 func(v *visitor) string
		}{
			{"sms", "sms-code", "code", func(v *visitor) string { return v.letter().Code }},
			{"authenticator", "authenticator", "code", func(*visitor) string { return o.totp() }},
			{"recoverycodes", "recovery-code", "code", func(*visitor) string { return savedCodes[1] }},
			{"backup", "backup", "backup_password", func(*visitor) string { return backupWord }}, // three are looked at, the rest closes the method
		} {
			v := o.come(c.channel, full)
			form := map[string]string{c.field: c.said(v)}
			var mu sync.Mutex
			var tokens []string
			parallel(50, func(int) {
				r, err := o.Submit(context.Background(), v.key, c.step, form, home)
				if err != nil {
					t.Errorf("%s: %v", c.channel, err)
				}
				if r.Token != "" && !r.Stale { // a late click gets a token too, and nothing else
					mu.Lock()
					tokens = append(tokens, r.Token)
					mu.Unlock()
				}
			})
			if len(tokens) != 1 {
				t.Fatalf("%s: %d successes", c.channel, len(tokens))
			}
			v.key.Token = tokens[0]
			if sight := v.look(); len(sight.Proofs) != 1 || sight.Place.ID != "next" {
				t.Errorf("%s: %d proofs, at %s", c.channel, len(sight.Proofs), sight.Place.ID)
			}
		}
	})
}

// A doubled click on the last try that is allowed: one is refused, and the other still counts.
func TestR4_theLastTryCountsEvenIfItIsDoubled(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	for range 2 {
		v.say("backup", "backup_password", "no")
	}
	held := &holding{Wallet: o.wallet.Wallet, asked: make(chan struct{}), answer: make(chan struct{})}
	o.wallet.Wallet = held
	done := make(chan recovery.Result)
	go func() {
		r, _ := o.Submit(context.Background(), v.key, "backup", map[string]string{"backup_password": backupWord}, home)
		done <- r
	}()
	<-held.asked // the last try was counted and is being looked at
	if r := v.say("backup", "backup_password", backupWord); r.Locked.IsZero() {
		t.Fatalf("the second click: %+v", r)
	}
	v.at("first")
	close(held.answer)
	r := <-done
	if r.Token == "" {
		t.Fatalf("the first click: %+v", r)
	}
	v.key.Token = r.Token
	if sight := v.at("next"); len(sight.Proofs) != 1 || sight.Failed["backup"] != "" {
		t.Errorf("%+v", sight)
	}
}

func TestR5_aMinuteBetweenTwoMessages(t *testing.T) {
	for _, account := range []string{full, nobody} { // requirement R15: the same for both
		o := openOffice(t)
		v := o.come("sms", account)
		first := v.look().Place.Sent
		if first.Refused || !first.Next.Equal(o.now().Add(time.Minute)) {
			t.Fatalf("%s: %+v", account, first)
		}
		o.advance(59 * time.Second)
		other := o.come("sms", account)
		if sent := other.look().Place.Sent; !sent.Refused || !sent.Next.Equal(first.Next) {
			t.Errorf("%s: another case, 59 s later: %+v", account, sent)
		}
		if err := o.Resend(context.Background(), v.key, home); err != nil || v.look().Place.Sent.ID != first.ID {
			t.Errorf("%s: sent again before its time, %v", account, err)
		}
		o.advance(time.Second)
		if err := o.Resend(context.Background(), v.key, home); err != nil {
			t.Fatal(err)
		}
		if sent := v.look().Place.Sent; sent.ID == first.ID || sent.Refused {
			t.Errorf("%s: after a minute: %+v", account, sent)
		}
	}
}

func TestR5_pastTheBudgetOtherWaysAreOffered(t *testing.T) {
	for _, account := range []string{full, nobody} {
		o := openOffice(t)
		sent := 0
		for range 8 {
			v := o.come("sms", account)
			if !v.look().Place.Sent.Refused {
				sent++
			}
			o.advance(2 * time.Minute)
		}
		if most := o.policy.Sends.PerMethod["sms"]; sent != most {
			t.Errorf("%s: %d messages, %d are allowed", account, sent, most)
		}
		v := o.come("sms", account)
		sight := v.at("sms-code")
		if code := sight.Place.Sent; !code.Refused || !code.Next.Equal(start.Add(24*time.Hour)) {
			t.Errorf("%s: %+v", account, code)
		}
		if got := v.offered(); got != "sms mail authenticator recoverycodes backup identity" {
			t.Errorf("%s: offers %s", account, got)
		}
		v.choose("mail")
		if v.look().Place.Sent.Refused {
			t.Errorf("%s: no mail either", account)
		}
	}
}

func TestR5_theDaysBudgetIsForEverybody(t *testing.T) {
	policy := defaultPolicy(t)
	policy.Sends.Total = map[string]int{"sms": 100, "mail": 3}
	o := openOfficeIn(t, t, t.TempDir(), policy)
	for i, account := range []string{full, recent, lost, reissued, nobody} { // past it, the page is the same for whoever does not exist
		v := o.come("mail", account)
		if refused := v.look().Place.Sent.Refused; refused != (i >= 3) {
			t.Errorf("%s, the %d. message: refused %v", account, i+1, refused)
		}
	}
	v := o.come("sms", full)
	v.prove("sms")
	if got := o.sent(recovery.PurposeStarted); len(got) == 0 { // R7: notices stand outside of budgets
		t.Error("no notice once the budget was spent")
	}
}

// A name can be typed in many ways; an account that does not exist has as many counters as one that does.
func TestR15_aNameIsOneNameHoweverItIsTyped(t *testing.T) {
	for _, names := range [][]string{
		{"13800138000", "138 0013 8000", "+86 138-0013-8000", "008613800138000", "１３８００１３８０００", "138–0013–8000", "138.0013.8000"},
		{"13800139999", "138 0013 9999", "+86 138-0013-9999", "008613800139999", "１３８００１３９９９９", "138–0013–9999", "138.0013.9999"},
		{full, "FULL@mail.example", " Ｆull@mail.example "},
		{nobody, "NOBODY@mail.example", " Ｎobody@mail.example "},
		{"acct-full", "ACCT-FULL"}, {"acct-none", "ACCT-NONE"},
	} {
		o := openOffice(t)
		for i, name := range names {
			if sent := o.come("sms", name).look().Place.Sent; sent.Refused != (i > 0) {
				t.Errorf("%q after %q: refused %v", name, names[0], sent.Refused)
			}
		}
	}
	v := openOffice(t).begin("sms")
	if r := v.say("account", "account", "①③⑧⓪⓪①③⑧⓪⓪⓪"); r.Wrong["account"] != "format" {
		t.Errorf("signs that look like digits: %+v", r)
	}
}

func TestR6_aUsedRecoveryCodeIsReplacedAndTheOwnerTold(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("recoverycodes", full)
		v.prove("recoverycodes")
		other := o.come("recoverycodes", full)
		if r := other.say("recovery-code", "code", savedCodes[0]); r.Wrong["code"] != "wrong" {
			t.Errorf("the used code in another case: %+v", r)
		}
		v.prove("mail")
		v.finish(newWord)
		if got := to(o.sent(recovery.PurposeCodes)); got != "+8613800138000 full@mail.example +8613900139000" {
			t.Errorf("told: %s", got)
		}
		codes, err := o.NewCodes(context.Background(), v.key)
		if err != nil || len(codes) != 8 || !v.look().Codes {
			t.Fatalf("new codes: %v, %v", codes, err)
		}
		for _, code := range codes {
			if signs := strings.ReplaceAll(code, "-", ""); len(signs) < 14 || slices.Contains(savedCodes, code) { // 25 signs: 14 are 64 bits
				t.Errorf("a new code: %s", code)
			}
		}
		o.advance(time.Hour + time.Second)
		if codes, err := o.NewCodes(context.Background(), v.key); len(codes) > 0 || err != nil {
			t.Errorf("an hour later: %v, %v", codes, err)
		}
		again := o.come("recoverycodes", full)
		if r := again.say("recovery-code", "code", savedCodes[1]); r.Wrong["code"] != "wrong" {
			t.Errorf("a code of the old list: %+v", r)
		}
		again.pass("recovery-code", "code", codes[0])
	})
}
