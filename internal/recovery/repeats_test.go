package recovery_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

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

// pageA and pageB are what two pages are called.
const pageA, pageB = "AAAAAAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBBBBBB"

// Whoever copied the cookie and stands beside its owner knows all that the owner sends, but not what the page was called.
func TestW4_whoKnowsWhatWasTypedGetsNoToken(t *testing.T) {
	o := openOffice(t)
	v := o.come("identity", full)
	v.identity("王小明", idNumber, "13800138000")
	thief := stolen(v, v.client)
	v.pass("slider-wait", "page", pageA)
	for _, page := range []string{"", pageB} {
		if r, err := thief.try("slider-wait", "page", page); err != nil || r.Token != "" {
			t.Errorf("page %q: %+v %v", page, r, err)
		}
	}
	twin := &visitor{o: o, t: t, client: v.client, key: thief.key}
	if r, err := twin.try("slider-wait", "page", pageA); err != nil || r.Token != v.key.Token {
		t.Errorf("the very same submit: %+v %v", r, err)
	}
}

// Nobody can keep the owner's second click from its token by sending others.
func TestW4_repeatsOfOthersTakeNothingFromTheOwner(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.choose("backup")
	twin, thief := stolen(v, v.client), stolen(v, far())
	v.pass("backup", "backup_password", backupWord, "page", pageA)
	for range 20 {
		if r, err := thief.try("backup", "backup_password", "no"); err != nil || r.Token != "" {
			t.Fatalf("another one: %+v %v", r, err)
		}
	}
	if r, err := twin.try("backup", "backup_password", backupWord, "page", pageA); err != nil || r.Token != v.key.Token {
		t.Errorf("the second click: %+v %v", r, err)
	}
}

// The page that is shown meanwhile has other fields: one that was not sent is the same as an empty one.
func TestW4_anEmptyFieldMakesNoOtherSubmit(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.choose("backup")
	twin := stolen(v, v.client)
	v.pass("backup", "backup_password", backupWord, "instead", "")
	if r, err := twin.try("backup", "backup_password", backupWord); err != nil || r.Token != v.key.Token {
		t.Errorf("the second click: %+v %v", r, err)
	}
}

// A guest who takes the case over by a doubled click keeps it, whichever answer arrives.
func TestW4_aGuestsDoubledClickGetsTheToken(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("backup", full)
		v.prove("backup")
		key, err := o.Resume(t.Context(), v.look().Resume, far())
		if err != nil {
			t.Fatal(err)
		}
		guest := &visitor{o: o, t: t, client: far(), key: key}
		if err := o.Again(t.Context(), key, "backup", far()); err != nil {
			t.Fatal(err)
		}
		twin := stolen(guest, far())
		guest.pass("backup", "backup_password", backupWord, "page", pageA)
		if sight := twin.look(); !sight.Late || sight.Place.ID != guest.look().Place.ID {
			t.Errorf("the second click sees %+v", sight.Place)
		}
		if r, err := twin.try("", "backup_password", backupWord, "page", pageA); err != nil || r.Token != guest.key.Token {
			t.Errorf("the second click: %+v %v", r, err)
		}
		if err := o.Cancel(t.Context(), key, far()); err != nil || guest.look().Place.State != recovery.Open {
			t.Errorf("the token of before still does something: %v", err)
		}
		o.advance(61 * time.Second)
		if _, err := o.Look(t.Context(), key); err == nil {
			t.Error("the token of before still shows the case after a minute")
		}
	})
}

// A city bank gives two tries a day: a doubled click must not cost both. Another answer, another page or a later one is a try.
func TestR3_aDoubledClickIsOneTry(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("card", full)
		v.prove("mail")
		v.pass("card", "card", "town")
		o.advance(10 * time.Minute)
		v.pass("card-wait")
		wrong := wrongCode(v.letter().Code)
		left := func(want int) {
			t.Helper()
			if got, err := o.Tries(t.Context(), v.key); err != nil || got != want {
				t.Fatalf("%d tries left, want %d: %v", got, want, err)
			}
		}
		left(2)
		parallel(3, func(int) {
			form := map[string]string{"code": wrong, "page": pageA}
			if r, err := o.Submit(t.Context(), v.key, "card-code", form, v.client); err != nil || r.Wrong["code"] == "" {
				t.Errorf("%+v %v", r, err)
			}
		})
		left(1)
		o.advance(10 * time.Second)
		v.say("card-code", "code", wrong, "page", pageA)
		left(0)
	})
}

func TestR3_anotherAnswerOfOnePageIsATry(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.choose("backup")
	for _, guess := range []string{"no", "nor this", "nor that"} {
		v.say("backup", "backup_password", guess, "page", pageA)
	}
	if r := v.say("backup", "backup_password", backupWord, "page", pageA); r.Token != "" || r.Locked.IsZero() {
		t.Errorf("the fourth of three: %+v", r)
	}
}
