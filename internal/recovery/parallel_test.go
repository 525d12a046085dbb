package recovery_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"zhaohui/internal/recovery"
)

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
			form := map[string]string{"code": fmt.Sprintf("WRONG-%05d", i)}
			if _, err := o.Submit(context.Background(), v.key, "recovery-code", form, home); err != nil {
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
			// Three are looked at, the rest closes the method.
			{"backup", "backup", "backup_password", func(*visitor) string { return backupWord }},
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
	onBoth(t, func(t *testing.T, o *office) {
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
	})
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
