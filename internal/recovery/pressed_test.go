package recovery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// A press of a button with nothing to fill in is known by its page (decision 0017).

// on is a browser at a page.
func on(c recovery.Client, page string) recovery.Client {
	c.Page = page
	return c
}

// press is one of the buttons: it gives what the browser gets by it.
type press func(c recovery.Client) (string, error)

// presses are all buttons that give a browser something, each of a case of its own.
func presses(o *office) map[string]press {
	keyed := func(v *visitor) recovery.Key { return v.key }
	mailed := o.come("mail", full)
	link, of := secretOf(mailed.letter().Link), keyed(mailed)
	o.advance(2 * time.Minute) // between two mails
	shown := secretOf(o.come("mail", full).letter().Link)
	o.advance(2 * time.Minute)
	handing := keyed(o.come("backup", full))
	joining := o.come("backup", full)
	handed, err := o.HandOff(context.Background(), joining.key, home)
	if err != nil {
		o.fail.Fatalf("%v", err)
	}
	code := o.come("backup", full).look().Resume
	return map[string]press{
		"a link where it began": func(c recovery.Client) (string, error) {
			f, err := o.Follow(context.Background(), link, of, c)
			return f.Token, err
		},
		"a link elsewhere": func(c recovery.Client) (string, error) {
			f, err := o.Follow(context.Background(), shown, recovery.Key{}, c)
			return f.Code, err
		},
		"to hand off": func(c recovery.Client) (string, error) {
			h, err := o.HandOff(context.Background(), handing, c)
			return h.Token + h.Secret + fmt.Sprint(h.Number), err
		},
		"to join": func(c recovery.Client) (string, error) {
			key, err := o.Join(context.Background(), joining.key.Case, handed.Secret, c)
			return key.Token, err
		},
		"a resume code": func(c recovery.Client) (string, error) {
			key, err := o.Resume(context.Background(), code, c)
			return key.Token, err
		},
	}
}

func TestW4_pressesOfOnePageGetTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for what, do := range presses(o) {
			got, errs := make([]string, 8), make([]error, 8)
			parallel(len(got), func(i int) { got[i], errs[i] = do(on(home, pageA)) })
			for i := range got {
				if got[i] == "" || got[i] != got[0] || errs[i] != nil {
					t.Errorf("%s: press %d gets %q, the first %q: %v", what, i+1, got[i], got[0], errs[i])
				}
			}
		}
	})
}

// Another page, no page, another place in the network: each gets nothing of what the press got. (A resume code lets anybody in
// as a guest, who has a key of their own.)
func TestW4_pressesOfOtherPagesGetNothingOfIt(t *testing.T) {
	o := openOffice(t)
	for what, do := range presses(o) {
		got, err := do(on(home, pageA))
		if err != nil || got == "" {
			t.Fatalf("%s: %q %v", what, got, err)
		}
		others := map[string]recovery.Client{"another page": on(home, pageB), "no page": home, "elsewhere": on(far(), pageA)}
		for who, c := range others {
			again, err := do(c)
			if again == got || again != "" && again != "0" && what != "a resume code" {
				t.Errorf("%s, %s: gets %q %v", what, who, again, err)
			}
		}
	}
}

// The token of before opens for a minute; a press that comes with it later gets nothing, even the very same.
func TestW4_thePressOfAMinuteAgoGetsNothing(t *testing.T) {
	o := openOffice(t)
	all := presses(o)
	for _, what := range []string{"a link where it began", "to hand off", "to join"} {
		if got, err := all[what](on(home, pageA)); err != nil || got == "" {
			t.Fatalf("%s: %q %v", what, got, err)
		}
	}
	o.advance(time.Minute)
	for _, what := range []string{"a link where it began", "to hand off", "to join"} {
		if got, _ := all[what](on(home, pageA)); got != "" && got != "0" {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// Pages without names are never the same, as two that were shown to nobody in particular.
func TestW4_pressesWithoutAPageAreNotTheSame(t *testing.T) {
	o := openOffice(t)
	for what, do := range presses(o) {
		first, err := do(home)
		if err != nil || first == "" {
			t.Fatalf("%s: %q %v", what, first, err)
		}
		if again, _ := do(home); again == first {
			t.Errorf("%s: the second gets %q too", what, again)
		}
	}
}

// A screen that joined is answered again for a minute, as long as it is still let in.
func TestW4_aSecondPressLetsInNobodyWhoWasTurnedOut(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	hand := func() string {
		t.Helper()
		h, err := o.HandOff(t.Context(), v.key, home)
		if err != nil {
			t.Fatal(err)
		}
		v.key.Token = h.Token
		return h.Secret
	}
	join := func(secret string) (recovery.Key, error) {
		return o.Join(t.Context(), v.key.Case, secret, on(far(), pageA))
	}
	first := hand()
	if _, err := join(first); err != nil {
		t.Fatal(err)
	}
	o.advance(time.Minute)
	if key, err := join(first); problem.KindOf(err) != problem.KindExpired {
		t.Errorf("after a minute: %v %v", key, err)
	}
	second := hand()
	if _, err := join(second); err != nil {
		t.Fatal(err)
	}
	hand() // another link: the screens of before are out
	if key, err := join(second); problem.KindOf(err) != problem.KindExpired {
		t.Errorf("of a link of before: %v %v", key, err)
	}
}

// What is looked at costs the wallet something: a form that comes again and again from one page is one try, and is not looked
// at more than a few times.
func TestR4_oneFormManyTimesIsLookedAtAFewTimes(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("backup", full)
		v.choose("backup")
		form := map[string]string{"backup_password": "no", "page": pageA}
		parallel(60, func(int) {
			if _, err := o.Submit(context.Background(), v.key, "backup", form, v.client); err != nil {
				t.Error(err)
			}
		})
		if got := o.wallet.asked()["backup acct-full"]; got != 5 {
			t.Errorf("looked at %d times", got)
		}
		if left, err := o.Tries(t.Context(), v.key); err != nil || left != 2 {
			t.Errorf("%d tries left of three: %v", left, err)
		}
	})
}

// The right answer, hammered: it is taken once, and every click gets the token.
func TestR4_theRightFormManyTimesKeepsTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("backup", full)
		v.choose("backup")
		form := map[string]string{"backup_password": backupWord, "page": pageA}
		tokens := make([]string, 20)
		parallel(len(tokens), func(i int) {
			r, err := o.Submit(context.Background(), v.key, "backup", form, v.client)
			if tokens[i] = r.Token; err != nil {
				t.Error(err)
			}
		})
		late := &visitor{o: o, t: t, client: v.client, key: v.key}
		if r := late.say("backup", "backup_password", backupWord, "page", pageA); r.Token == "" {
			t.Fatalf("a later click gets nothing: %+v", r)
		}
		for i, token := range tokens {
			if token != "" && token != late.key.Token {
				t.Errorf("click %d has another token", i+1)
			}
		}
		if sight := late.at("next"); len(sight.Proofs) != 1 {
			t.Errorf("%d proofs", len(sight.Proofs))
		}
	})
}
