package main

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/message"
	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// visitor is somebody of the past with a case: who they are, and how they go about it.
type visitor struct {
	*history
	who      *made
	key      recovery.Key
	client   recovery.Client
	channel  string
	thief    bool // knows the number and nothing else; the owner hears of it
	wandered bool // there is no such account
	leaves   int  // after so many steps; less than 0: never
	careless int  // of 100 answers, so many are wrong
	mistaken int
	err      error
}

// visit begins the case of somebody, and comes back to it whenever they would.
func (h *history) visit(ctx context.Context) error {
	who := h.idle()
	if who == nil {
		return nil
	}
	v := h.visitor(who)
	return v.takeUp(ctx, func(wait func(time.Duration) bool) { v.run(ctx, wait) })
}

// takeUp does something now, and goes on with it after each wait.
func (v *visitor) takeUp(ctx context.Context, run func(wait func(time.Duration) bool)) error {
	next, stop := iter.Pull(run)
	v.stops = append(v.stops, stop)
	v.who.busy = true
	var on func(context.Context) error
	on = func(context.Context) error {
		if pause, more := next(); more {
			v.at(v.now().Add(pause), on)
			return nil
		}
		v.who.busy = false
		return v.err
	}
	return on(ctx)
}

// visitor draws how somebody goes about it.
func (h *history) visitor(who *made) *visitor {
	chance := h.random.IntN(100)
	v := &visitor{history: h, who: who, leaves: -1, careless: 7, thief: chance < 3, wandered: chance >= 3 && chance < 8}
	if h.random.IntN(100) < 20 {
		v.leaves = 1 + h.random.IntN(6)
	}
	v.client = recovery.Client{Network: strings.Replace(who.network, "0/24", "27", 1), Kind: "phone"}
	if h.random.IntN(100) < 30 {
		v.client.Kind = "computer"
	}
	if v.thief || h.random.IntN(100) < 10 {
		v.client.Network = "10.9." + strings.Split(who.network, ".")[2] + ".40" // where the account was never used
	}
	switch {
	case v.thief:
		v.careless = 96
	case chance >= 8 && chance < 14: // they are sure of what they remember wrongly, until the method is locked
		v.careless = stubborn
	}
	channels := []string{"sms", "sms", "sms", "identity"}
	own := map[string]bool{"mail": who.mailbox != "", "backup": who.backup != "", "questions": len(who.questions) > 0,
		"authenticator": who.totp != "" || len(who.codes) > 0}
	for _, channel := range slices.Sorted(maps.Keys(own)) {
		if own[channel] {
			channels = append(channels, channel, channel)
		}
	}
	v.channel = channels[h.random.IntN(len(channels))]
	return v
}

// stubborn is how many of a hundred answers are wrong of those who do not doubt them.
const stubborn = 88

// mostSteps is where even the most patient give up.
const mostSteps = 40

// run goes through a case as somebody does; wait is false once the past is over.
func (v *visitor) run(ctx context.Context, wait func(time.Duration) bool) {
	if !v.begin(ctx) || !wait(v.thinking()) {
		return
	}
	for range mostSteps {
		sight, err := v.service.Look(ctx, v.key)
		if v.gone(err) {
			return
		}
		switch {
		case sight.Place.State == recovery.Applying:
			if !wait(2 * time.Second) {
				return
			}
			continue
		case sight.Place.State != recovery.Open || v.leaves == 0:
			v.part(sight)
			return
		case sight.Place.ID == recovery.StepHold:
			if v.random.IntN(100) < 15 { // never came back
				return
			}
			if !wait(sight.Hold.Sub(v.now()) + time.Duration(1+v.random.IntN(14*60))*time.Minute) {
				return
			}
			continue
		}
		v.leaves--
		pause, err := v.step(ctx, sight)
		if v.gone(err) || !wait(pause) {
			return
		}
	}
}

// begin starts the case; from then on it is the history's to look after.
func (v *visitor) begin(ctx context.Context) bool {
	v.ids.Lock() // whoever looks for cases of the portal's own has to know whose this is
	defer v.ids.Unlock()
	key, err := v.service.Begin(ctx, recovery.Beginning{Platform: "wallet", Channel: v.channel, Lang: "zh", Client: v.client})
	v.key, v.own[key.Case] = key, true
	return !v.gone(err)
}

// gone says that nothing more is done, and keeps what should not have happened.
func (v *visitor) gone(err error) bool {
	if err != nil && problem.KindOf(err) == problem.KindUnknown {
		v.err = err
	}
	return err != nil
}

// part is the end of a visit.
func (v *visitor) part(sight recovery.Sight) {
	if sight.Frozen {
		v.who.frozen = true
	}
}

// step answers the step where the case stands, and says how long somebody takes until the next one.
func (v *visitor) step(ctx context.Context, sight recovery.Sight) (time.Duration, error) {
	pause := v.thinking()
	switch sight.Over {
	case recovery.TooOld, recovery.TooOften: // another code, once one may be asked for
		if next := sight.Place.Sent.Next; v.now().Before(next) {
			return next.Sub(v.now()) + time.Second, nil
		}
		return pause, v.service.Resend(ctx, v.key, v.client)
	case recovery.NotSent:
		return pause, v.otherWay(ctx, sight)
	}
	form, able := v.answers(sight)
	if !able {
		return pause, v.otherWay(ctx, sight)
	}
	if wait := sight.Place.Wait; wait != nil && wait.Until.After(v.now()) {
		return wait.Until.Sub(v.now()) + 5*time.Second, nil
	}
	result, err := v.service.Submit(ctx, v.key, sight.Place.ID, form, v.client)
	if result.Token != "" {
		v.key.Token = result.Token
	}
	if err == nil && len(result.Wrong) > 0 {
		if v.mistaken++; v.mistaken > 3 && v.careless < stubborn {
			v.leaves = 0
		}
	}
	v.after(ctx)
	return pause, err
}

// after lets the owner hear of a thief: some see the notice and say that it was not them.
func (v *visitor) after(ctx context.Context) {
	notice, ok := v.notices[v.who.phone]
	if !ok || !v.thief || v.who.lost {
		return
	}
	delete(v.notices, v.who.phone)
	secret := pastStop.FindStringSubmatch(notice.Text)
	if secret == nil {
		return
	}
	v.at(v.now().Add(time.Duration(3+v.random.IntN(40))*time.Minute), func(context.Context) error {
		sight, err := v.service.Stop(ctx, secret[1])
		v.part(recovery.Sight{Frozen: sight.Frozen})
		v.gone(err)
		return v.err
	})
}

// otherWay turns to something else, or leaves.
func (v *visitor) otherWay(ctx context.Context, sight recovery.Sight) error {
	for _, offer := range sight.Offers {
		if offer.Method != sight.Doing && v.can(offer.Method) {
			return v.service.Choose(ctx, v.key, offer.Method, v.client)
		}
	}
	v.leaves = 0
	return nil
}

// thinking is how long somebody takes for a step.
func (v *visitor) thinking() time.Duration {
	return time.Duration(12+min(300, v.random.ExpFloat64()*35)) * time.Second
}

// Send takes the letters of the past; they reach no page. A few are refused, as with any carrier.
func (h *history) Send(_ context.Context, o message.Outgoing) (string, error) {
	if h.random.IntN(1000) < 15 {
		return "", message.Permanent{Reason: "the number does not exist"}
	}
	switch recovery.Purpose(o.Purpose) {
	case recovery.PurposeCode, recovery.PurposeLink, recovery.PurposeCard:
		h.inbox[plainNumber(o.To)] = o
	default:
		h.notices[plainNumber(o.To)] = o
	}
	told := map[string]int{"sms": 96, "mail": 70}[o.Channel] // not every carrier says what became of it
	if h.random.IntN(100) < told {
		h.at(h.now().Add(time.Duration(4+h.random.IntN(30))*time.Second), func(ctx context.Context) error {
			return h.letters.Mark(ctx, o.ID, recovery.Delivered, "", h.now())
		})
	}
	return o.ID, nil
}

// plainNumber is a number as people write it.
func plainNumber(to string) string { return strings.TrimPrefix(to, "+86") }
