package recovery_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

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
		return act("turn to "+method, func(o *office, v *visitor) error {
			return o.Choose(context.Background(), v.key, method, home)
		})
	}
	times := func(n int, m ...move) (all []move) {
		for range n {
			all = append(all, m...)
		}
		return all
	}
	who := typed("identity", "name", "李小雨", "id_number", idNumber, "phone", "13812345678")
	for channel, moves := range map[string][]move{
		"sms": slices.Concat(times(6, typed("sms-code", "code", "000000")), []move{resend, wait(time.Minute), resend},
			times(3, typed("sms-code", "code", "000001"), wait(time.Minute), resend),
			[]move{typed("sms-code", "code", "1"), wait(6 * time.Minute), typed("sms-code", "code", "000000"), turn("card"),
				turn("questions"), turn("current"), leave, typed("first", "method", "card"), typed("first", "method", "mail")}),
		"mail": append(times(13, typed("mail-code", "code", "000000"), wait(time.Minute), resend),
			leave, turn("sms"), turn("mail")),
		"backup":        times(5, typed("backup", "backup_password", "no")),
		"authenticator": times(7, typed("authenticator", "code", "000000")),
		"recoverycodes": times(7, typed("recovery-code", "code", "AAAAA-BBBBB-CCCCC")),
		"identity": times(4, who, typed("slider", "slide", "10", "track", "0:1,5:9"), typed("slider", "instead", "wait"),
			typed("slider-wait"), wait(time.Minute), typed("slider-wait")),
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
	secrets := []string{"1380", "8000", "****", "138*", "***", "扬州", "school", "工商", "acct-",
		"recent-number", "unknown-device", "王", "小明"}
	for _, channel := range append([]string{"current", "codes"}, others...) {
		o := openOffice(t)
		for _, account := range []string{full, recent, lost} {
			v := o.come(channel, account)
			for _, client := range []recovery.Client{home, strange} {
				w := o.come(channel, account, client)
				for _, secret := range secrets {
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

// story is what a case shows somebody who sees only its pages.
func story(v *visitor, do func(v *visitor) recovery.Result) string {
	r := do(v)
	return page(v) + fmt.Sprintf(" wrong %v stale %v spent %v locked %v token %v",
		r.Wrong, r.Stale, r.Spent, r.Locked.Sub(start), r.Token != "")
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
