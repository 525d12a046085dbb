package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"zhaohui/web"
)

// newPassword is what the customers of these tests choose: no run, no pattern, no birthday.
const newPassword = "739184"

// customer answers whatever the portal asks, out of what the demo tells about the account.
type customer struct {
	hands
	t       *testing.T
	site    *liveSite
	name    string // to sign in with
	account web.DemoAccount
	prefix  string // of the language

	prefer   []string // methods, as they are taken when the portal lets choose
	card     string   // id of the card to use
	password string
	steps    []string          // that were gone through
	arrived  func(step string) // called on every page, before it is answered
	codes    int               // recovery codes that were used
}

func newCustomer(t *testing.T, s *liveSite, h hands, name string, prefer ...string) *customer {
	return &customer{hands: h, t: t, site: s, name: name, account: s.accounts[name], prefer: prefer, password: newPassword,
		card: "card-1"}
}

// begin goes from the page of a channel over the safety question to the account.
func (c *customer) begin(channel string) {
	c.t.Helper()
	c.visit(c.prefix + "/p/wallet/" + channel)
	c.note("start")
	c.visit(c.prefix + "/p/wallet/" + channel + "/safety")
	c.expect("safety")
	c.note("safety")
	c.pick("safety", "none")
	c.expect("account")
}

func (c *customer) note(step string) {
	c.t.Helper()
	if c.arrived != nil {
		c.arrived(step)
	}
}

func (c *customer) expect(step string) {
	c.t.Helper()
	if got := c.step(); got != step {
		c.t.Fatalf("on %s at the step %q, want %s: %s", c.path(), got, step, c.words("main"))
	}
}

// until answers steps until it comes to one, and leaves that unanswered; "" goes on to the end.
func (c *customer) until(last ...string) {
	c.t.Helper()
	for range 25 {
		step := c.step()
		if c.has("[data-done]") {
			step = "done"
		}
		if step == "setting" && !slices.Contains(last, step) { // the wallet is slow: nothing to do but to look again
			c.visit(c.path())
			continue
		}
		c.steps = append(c.steps, step)
		c.note(step)
		if slices.Contains(last, step) || step == "done" && len(last) == 0 {
			return
		}
		if step == "" || step == "done" {
			break
		}
		c.answer(step)
	}
	c.t.Fatalf("never came to %v; went over %v, now on %s: %s", last, c.steps, c.path(), c.words("main"))
}

// answer does what one step asks for.
func (c *customer) answer(step string) {
	c.t.Helper()
	a := c.account
	switch step {
	case "account":
		c.fill(map[string]string{"account": c.name})
	case "first", "next":
		c.pick("method", c.choice())
	case "sms-code":
		c.fill(map[string]string{"code": c.site.code("code", local(a.Phone))})
	case "mail-code":
		c.fill(map[string]string{"code": c.site.code("link", a.Email)})
	case "questions":
		answers := map[string]string{}
		for i, q := range a.Questions {
			answers["answer_"+strconv.Itoa(i+1)] = q.Answer
		}
		c.fill(answers)
	case "backup":
		c.fill(map[string]string{"backup_password": a.BackupPassword})
	case "authenticator":
		code, err := totp.GenerateCode(a.TOTPSecret, c.site.now())
		if err != nil {
			c.t.Fatal(err)
		}
		c.fill(map[string]string{"code": code})
	case "recovery-code":
		c.codes++
		c.fill(map[string]string{"code": a.RecoveryCodes[c.codes-1]})
	case "identity":
		c.fill(map[string]string{"name": a.Name, "id_number": a.IDNumber, "phone": a.Phone})
	case "slider":
		c.slide(c.site)
	case "slider-wait":
		c.site.advance(61 * time.Second)
		c.fill(nil)
	case "card":
		c.fill(map[string]string{"card": c.card})
	case "card-wait":
		c.site.advance(10 * time.Minute)
		c.fill(nil)
	case "card-code":
		c.fill(map[string]string{"code": c.site.code("card", "")})
	case "card-check":
		c.fill(c.cardFacts())
	case "current":
		c.fill(map[string]string{"current_password": a.CurrentPassword})
	case "hold":
		c.site.advance(24 * time.Hour)
		c.fill(nil)
	case "password":
		c.fill(map[string]string{"new_password": c.password, "new_password_again": c.password})
	default:
		c.t.Fatalf("no answer to the step %s", step)
	}
}

// cardFacts are what is printed on the card.
func (c *customer) cardFacts() map[string]string {
	i := slices.IndexFunc(c.account.Cards, func(card web.DemoCard) bool { return card.ID == c.card })
	card := c.account.Cards[i]
	if card.Kind == "credit" {
		return map[string]string{"last4": card.Last4, "expiry": card.Expiry}
	}
	return map[string]string{"last4": card.Last4, "bank": card.Bank}
}

// choice is the first method of the customer's own order that is offered.
func (c *customer) choice() string {
	c.t.Helper()
	for _, method := range c.prefer {
		if c.has(`button[name="method"][value="` + method + `"]`) {
			return method
		}
	}
	c.t.Fatalf("%s offers none of %v: %s", c.path(), c.prefer, c.words("main"))
	return ""
}

// local is a number without its country.
func local(phone string) string { return strings.TrimPrefix(phone, "+86") }

// recover takes a channel from its page to the new password, and looks whether the wallet has it.
func (c *customer) recover(channel string) {
	c.t.Helper()
	c.begin(channel)
	c.until()
	if !c.site.opens(c.name, c.password) {
		c.t.Errorf("after %v the wallet does not have the new password", c.steps)
	}
	if c.account.CurrentPassword != c.password && c.site.opens(c.name, c.account.CurrentPassword) {
		c.t.Error("the old password still opens the wallet")
	}
}
