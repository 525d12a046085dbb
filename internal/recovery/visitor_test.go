package recovery_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/internal/recovery"
)

// visitor is a browser with a case.
type visitor struct {
	o      *office
	t      failer
	client recovery.Client
	key    recovery.Key
}

// come begins a case and names an account.
func (o *office) come(channel, account string, from ...recovery.Client) *visitor {
	o.fail.Helper()
	v := o.begin(channel, from...)
	v.say("account", "account", account)
	return v
}

func (o *office) begin(channel string, from ...recovery.Client) *visitor {
	o.fail.Helper()
	v := &visitor{o: o, t: o.fail, client: home}
	if len(from) > 0 {
		v.client = from[0]
	}
	var err error
	beginning := recovery.Beginning{Platform: "wallet", Channel: channel, Lang: "zh", Client: v.client}
	v.key, err = o.Begin(context.Background(), beginning)
	if err != nil {
		v.t.Fatalf("begin %s: %v", channel, err)
	}
	return v
}

// enough is a case whose password can be chosen.
func (o *office) enough(first, second string, from ...recovery.Client) *visitor {
	o.fail.Helper()
	v := o.come(first, full, from...)
	v.prove(first)
	v.prove(second)
	v.at("password")
	return v
}

// try submits a step: field, value, field, value.
func (v *visitor) try(step string, said ...string) (recovery.Result, error) {
	form := map[string]string{}
	for i := 0; i+1 < len(said); i += 2 {
		form[said[i]] = said[i+1]
	}
	r, err := v.o.Submit(context.Background(), v.key, step, form, v.client)
	if r.Token != "" {
		v.key.Token = r.Token
	}
	return r, err
}

// say is try without an error.
func (v *visitor) say(step string, said ...string) recovery.Result {
	v.t.Helper()
	r, err := v.try(step, said...)
	if err != nil {
		v.t.Fatalf("%s: %v", step, err)
	}
	return r
}

// pass is say with an answer that is taken.
func (v *visitor) pass(step string, said ...string) {
	v.t.Helper()
	if r := v.say(step, said...); r.Stale || len(r.Wrong) > 0 || !r.Locked.IsZero() {
		v.t.Fatalf("%s: not taken: %+v; at %s", step, r, v.look().Place.ID)
	}
}

func (v *visitor) look() recovery.Sight {
	v.t.Helper()
	sight, err := v.o.Look(context.Background(), v.key)
	if err != nil {
		v.t.Fatalf("look: %v", err)
	}
	return sight
}

func (v *visitor) at(step string) recovery.Sight {
	v.t.Helper()
	sight := v.look()
	if sight.Place.ID != step {
		v.t.Fatalf("at %q (%s), want %q", sight.Place.ID, sight.Place.State, step)
	}
	return sight
}

// letter is the newest letter with a code for the case.
func (v *visitor) letter() recovery.Letter {
	v.t.Helper()
	all := v.o.sent("")
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Case == v.key.Case && all[i].Code != "" {
			return all[i]
		}
	}
	v.t.Fatalf("no letter with a code")
	return recovery.Letter{}
}

// choose turns to a method, from a list or another method.
func (v *visitor) choose(method string) {
	v.t.Helper()
	if v.look().Doing == method {
		return
	}
	if err := v.o.Choose(context.Background(), v.key, method, v.client); err != nil {
		v.t.Fatalf("choose %s: %v", method, err)
	}
	if got := v.look().Doing; got != method {
		v.t.Fatalf("chose %s, doing %q; offered %v", method, got, v.look().Offers)
	}
}

func (v *visitor) offered() string {
	var list []string
	for _, o := range v.look().Offers {
		list = append(list, o.Method)
	}
	return strings.Join(list, " ")
}

// wrongCode is a code that was not sent.
func wrongCode(right string) string {
	n, _ := strconv.Atoi(right)
	return fmt.Sprintf("%06d", (n+1)%1_000_000)
}

// answers are the steps of a method with right answers, as they are typed; not card, whose code comes on the way.
func (v *visitor) prove(method string) {
	v.t.Helper()
	v.choose(method)
	switch method {
	case "sms":
		v.pass("sms-code", "code", v.letter().Code)
	case "mail":
		v.pass("mail-code", "code", v.letter().Code)
	case "backup":
		v.pass("backup", "backup_password", backupWord)
	case "authenticator":
		v.pass("authenticator", "code", v.o.totp())
	case "recoverycodes":
		v.pass("recovery-code", "code", savedCodes[0])
	case "questions":
		v.pass("questions", "answer_1", "扬州", "answer_2", "Green Hill No. 2")
	case "current":
		v.pass("current", "current_password", oldWord)
	case "identity":
		v.identity("王小明", idNumber, "13800138000")
		v.pass("slider-wait")
	case "card":
		v.pass("card", "card", "other")
		v.o.advance(2 * time.Minute)
		v.pass("card-wait")
		v.pass("card-code", "code", v.letter().Code)
		v.pass("card-check", "last4", "2365", "expiry", "0932")
	default:
		v.t.Fatalf("no way to prove %s", method)
	}
}

// identity says who one is, and waits instead of the puzzle.
func (v *visitor) identity(name, id, phone string) {
	v.t.Helper()
	v.pass("identity", "name", name, "id_number", id, "phone", phone)
	v.pass("slider", "instead", "wait")
	v.o.advance(v.o.policy.Methods["identity"].Paced.Wait)
}

// totp is a code that the authenticator did not show before: time moves on to the next.
func (o *office) totp() string {
	o.fail.Helper()
	o.advance(30 * time.Second)
	code, err := totp.GenerateCode(totpSecret, o.now())
	if err != nil {
		o.fail.Fatalf("authenticator: %v", err)
	}
	return code
}

// finish chooses a password and runs the job that sets it.
func (v *visitor) finish(password string) {
	v.t.Helper()
	v.pass("password", "new_password", password, "new_password_again", password)
	v.o.work()
	v.at("done")
}
