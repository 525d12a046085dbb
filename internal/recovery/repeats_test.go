package recovery_test

import (
	"fmt"
	"sync"
	"testing"

	"zhaohui/internal/recovery"
)

// The same submit, sent twice, gets the same token (decision 0017), and nobody else does.

// far is somewhere else in the network.
func far() recovery.Client { return recovery.Client{Network: "203.0.113.9", Kind: "computer"} }

// stolen is whoever copied a visitor's cookie, wherever they are.
func stolen(v *visitor, from recovery.Client) *visitor {
	return &visitor{o: v.o, t: v.t, client: from, key: v.key}
}

func TestW4_twinsOfOneSubmitGetOneToken(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("backup", full)
		v.choose("backup")
		var twins sync.WaitGroup
		results := make([]recovery.Result, 2)
		for n := range results {
			twins.Go(func() {
				var err error
				if results[n], err = o.Submit(t.Context(), v.key, "backup", map[string]string{"backup_password": backupWord}, v.client); err != nil {
					t.Error(err)
				}
			})
		}
		twins.Wait()
		for _, r := range results {
			if r.Token == "" || r.Token != results[0].Token {
				t.Errorf("of one submit: %+v and %+v", results[0], r)
			}
		}
	})
}

func TestW4_aRepeatFromElsewhereGetsNoToken(t *testing.T) {
	o := openOffice(t)
	v := o.come("identity", full)
	v.choose("identity")
	v.identity("王小明", idNumber, "13800138000")
	thief := stolen(v, far())
	v.pass("slider-wait") // nothing is typed there
	if r, err := thief.try("slider-wait"); err != nil || r.Token != "" {
		t.Errorf("an old cookie and an empty form, from elsewhere: %+v %v", r, err)
	}
}

// What somebody typed cannot be found out by repeating guesses until one is paid with a token.
func TestR3_repeatsAreCounted(t *testing.T) {
	o := openOffice(t)
	v := o.enough("backup", "authenticator")
	thief := stolen(v, v.client)
	v.pass("password", "new_password", "729184", "new_password_again", "729184")
	for n := range 10 {
		guess := fmt.Sprintf("%06d", 729100+n)
		if r, err := thief.try("password", "new_password", guess, "new_password_again", guess); err != nil || r.Token != "" {
			t.Fatalf("a wrong guess: %+v %v", r, err)
		}
	}
	if r, err := thief.try("password", "new_password", "729184", "new_password_again", "729184"); err != nil || r.Token != "" {
		t.Errorf("the right one, after ten others: %+v %v", r, err)
	}
}

// Whoever had a case once and lost it again does not get it back by what its owner types.
func TestW4_movesNeverGiveATokenOfBefore(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	code := v.look().Resume
	move := func(c recovery.Client) *visitor {
		t.Helper()
		key, err := o.Resume(t.Context(), code, c)
		if err != nil {
			t.Fatal(err)
		}
		guest := &visitor{o: o, t: t, client: c, key: key}
		if err := o.Again(t.Context(), key, "backup", c); err != nil {
			t.Fatal(err)
		}
		guest.say("backup", "backup_password", backupWord)
		return guest
	}
	thief := move(v.client)
	owner := move(v.client)
	if thief.key == owner.key {
		t.Error("two browsers have one token")
	}
	if role := owner.look().Role; role != recovery.Owner {
		t.Errorf("who moved it last is %q", role)
	}
	if _, err := o.Look(t.Context(), thief.key); err == nil {
		t.Error("who lost it still sees it")
	}
}
