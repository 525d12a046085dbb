package recovery_test

import (
	"context"
	"testing"
	"time"

	"zhaohui/internal/recovery"
)

// refused says whether a case that begins with a message gets none.
func (o *office) refused(channel, account string, from ...recovery.Client) bool {
	o.fail.Helper()
	return o.come(channel, account, from...).look().Place.Sent.Refused
}

// budgets is an office whose budgets of messages a test changes.
func budgets(t *testing.T, change func(s *recovery.Sends)) *office {
	t.Helper()
	policy := defaultPolicy(t)
	change(&policy.Sends)
	return openOfficeWith(t, t, policy)
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

// A known browser's messages are counted beside those of strangers, who cannot use up the owner's (requirement R3 too).
func TestR5_aKnownBrowserHasItsOwnMessages(t *testing.T) {
	for perAccount, want := range map[int]int{10: 10, 4: 4} { // once five by each method, once four by both
		o := budgets(t, func(s *recovery.Sends) { s.PerAccount = perAccount })
		v := o.enough("backup", "authenticator")
		known := home
		known.Known = []string{v.say("password", "new_password", newWord, "new_password_again", newWord).Subject}
		o.work()
		spend := func(from recovery.Client) (sent int) {
			for range 8 {
				for _, channel := range []string{"sms", "mail"} {
					if !o.refused(channel, full, from) {
						sent++
					}
				}
				o.advance(2 * time.Minute)
			}
			return sent
		}
		if got := spend(strange); got != want {
			t.Errorf("%d messages for strangers, want %d", got, want)
		}
		owner := o.come("mail", full, known)
		owner.prove("mail")
		o.advance(2 * time.Minute)
		guest := &visitor{o: o, t: t, client: strange}
		var err error
		if guest.key, err = o.Resume(context.Background(), owner.look().Resume, strange); err != nil {
			t.Fatal(err)
		}
		if err = o.Again(context.Background(), guest.key, "mail", strange); err != nil {
			t.Fatal(err)
		}
		if !guest.at("mail-code").Place.Sent.Refused {
			t.Error("a guest of the owner's case uses the owner's messages up")
		}
		if got := 1 + spend(known); got != want {
			t.Errorf("%d messages for the known browser, want %d", got, want)
		}
	}
}

// Everybody's budget is spent by what is really sent. Once it is, the page is the same for those to whom nothing would be
// sent anyway (requirement R15), also for who asks again at once.
func TestR5_whatReachesNobodyUsesNothingUp(t *testing.T) {
	for channel, dead := range map[string][]string{"sms": {nobody, lost, reissued, deaf}, "mail": {nobody, deaf}} {
		o := budgets(t, func(s *recovery.Sends) { s.Total = map[string]int{"sms": 1, "mail": 1} })
		for _, account := range dead {
			if o.refused(channel, account) {
				t.Errorf("%s: the budget is spent by %s or before", channel, account)
			}
		}
		if o.refused(channel, full) || len(o.sent("")) != 1 {
			t.Errorf("%s: %d letters, want that to %s", channel, len(o.sent("")), full)
		}
		if now, never := page(o.come(channel, full)), page(o.come(channel, nobody)); now != never {
			t.Errorf("%s, at once again:\n%s\n%s", channel, now, never)
		}
		o.advance(time.Hour)
		late := o.come(channel, recent)
		if !late.look().Place.Sent.Refused {
			t.Errorf("%s: a second letter", channel)
		}
		for _, account := range dead {
			if got := page(o.come(channel, account)); got != page(late) {
				t.Errorf("%s, %s:\n%s\n%s", channel, account, got, page(late))
			}
		}
		o.advance(23 * time.Hour)
		if o.refused(channel, nobody) || o.refused(channel, recent) {
			t.Errorf("%s: nothing is sent the next day", channel)
		}
	}
}

func TestR5_aNetworkHasABudget(t *testing.T) {
	for _, network := range [][]string{
		{"192.0.2.1", "192.0.2.77", "::ffff:192.0.2.200", "192.0.2.254", "192.0.3.1"},                // a /24
		{"2001:db8:1::1", "2001:db8:1:2::1", "2001:db8:1:ffff::9", "2001:db8:1::2", "2001:db8:2::1"}, // a /48
	} {
		o := budgets(t, func(s *recovery.Sends) { s.PerNetwork = 3 })
		from := func(i int) recovery.Client { return recovery.Client{Network: network[i], Kind: "phone"} }
		for i, account := range []string{full, nobody, deaf} { // who asks for names that do not exist asks too
			if o.refused("mail", account, from(i)) {
				t.Errorf("%s: message %d is refused", network[i], i+1)
			}
		}
		for _, account := range []string{recent, "other-nobody@mail.example"} {
			if !o.refused("mail", account, from(3)) {
				t.Errorf("%s: a fourth message, for %s", network[3], account)
			}
			if o.refused("mail", account, from(4)) {
				t.Errorf("%s pays for its neighbour, for %s", network[4], account)
			}
			o.advance(2 * time.Minute)
		}
		o.advance(24 * time.Hour)
		if o.refused("mail", full, from(0)) {
			t.Errorf("%s: nothing is sent the next day", network[0])
		}
	}
}

// Past any budget a method that sends says so and the others are there: the same for whoever exists and whoever does not.
func TestR5_pastABudgetOtherWaysAreOffered(t *testing.T) {
	for budget, change := range map[string]func(s *recovery.Sends){
		"destination": func(s *recovery.Sends) { s.PerDestination = 2 },
		"account":     func(s *recovery.Sends) { s.PerAccount = 2 },
		"network":     func(s *recovery.Sends) { s.PerNetwork = 2 },
		"method":      func(s *recovery.Sends) { s.PerMethod["sms"] = 2 },
		"total":       func(s *recovery.Sends) { s.Total["sms"] = 2 },
	} {
		var pages []string
		for _, account := range []string{full, recent, lost, deaf, nobody} {
			o := budgets(t, change)
			for _, spender := range []string{full, recent} {
				if budget != "total" { // which only what is really sent spends
					spender = account
				}
				if o.refused("sms", spender) {
					t.Errorf("%s, %s: refused too soon", budget, account)
				}
				o.advance(2 * time.Minute)
			}
			v := o.come("sms", account)
			pages = append(pages, page(v))
			if code := v.at("sms-code").Place.Sent; !code.Refused || !code.Next.After(o.now()) {
				t.Errorf("%s, %s: %+v", budget, account, code)
			}
			if r := v.say("sms-code", "code", "123456"); r.Wrong["code"] != "wrong" {
				t.Errorf("%s, %s: a code where none was sent: %+v", budget, account, r)
			}
			if got := v.offered(); got != "sms mail authenticator recoverycodes backup identity" {
				t.Errorf("%s, %s: offers %s", budget, account, got)
			}
			v.choose("mail") // which has a budget of its own, by method, by address and in all
			own := budget == "destination" || budget == "method" || budget == "total"
			if refused := v.at("mail-code").Place.Sent.Refused; refused == own {
				t.Errorf("%s, %s: mail refused: %v", budget, account, refused)
			}
			if v.choose("backup"); account != nobody {
				v.prove("backup")
			}
		}
		for i, other := range pages[1:] {
			if other != pages[0] {
				t.Errorf("%s, account %d:\n%s\n%s", budget, i+1, other, pages[0])
			}
		}
	}
}
