package recovery_test

import (
	"context"
	"slices"
	"time"

	"pgregory.net/rapid"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

func (w *world) pick() *visitor {
	if len(w.visitors) == 0 {
		return nil
	}
	return w.visitors[rapid.IntRange(0, len(w.visitors)-1).Draw(w.r, "visitor")]
}

func (w *world) client() recovery.Client {
	c := rapid.SampledFrom([]recovery.Client{home, home, home, strange}).Draw(w.r, "client")
	for _, subjects := range w.known {
		if rapid.Bool().Draw(w.r, "known") {
			c.Known = append(slices.Clone(c.Known), subjects...)
		}
	}
	return c
}

func (w *world) doBegin(r *rapid.T) {
	if len(w.visitors) > 7 {
		w.visitors = w.visitors[1:]
	}
	channel := rapid.SampledFrom(append([]string{"codes", "current"}, others...)).Draw(r, "channel")
	account := rapid.SampledFrom(modelAccounts).Draw(r, "account")
	client := w.client()
	beginning := recovery.Beginning{Platform: "wallet", Channel: channel, Lang: "zh", Client: client}
	key, err := w.Begin(context.Background(), beginning)
	if err != nil {
		return // a crash, before anybody knew of the case
	}
	v := &visitor{o: w.office, t: r, client: client, key: key}
	w.visitors = append(w.visitors, v)
	w.cases[key.Case] = &seenCase{account: account}
	w.done(v.try("account", "account", account))
}

func (w *world) doAct(*rapid.T) {
	v := w.pick()
	if v == nil || w.sight(v) == nil {
		return
	}
	s, ctx := w.sight(v), context.Background()
	var err error
	switch rapid.IntRange(0, 6).Draw(w.r, "act") {
	case 0, 1:
		err = w.Resend(ctx, v.key, v.client)
	case 2:
		err = w.Switch(ctx, v.key, v.client)
	case 3, 4:
		err = w.Choose(ctx, v.key, rapid.SampledFrom(append([]string{"current"}, others...)).Draw(w.r, "method"), v.client)
	case 5:
		err = w.More(ctx, v.key, v.client)
	case 6:
		if rapid.IntRange(0, 5).Draw(w.r, "cancel") == 0 {
			err = w.Cancel(ctx, v.key, v.client)
		}
	}
	if s.Role == recovery.Guest && problem.KindOf(err) == problem.KindDenied {
		return
	}
	w.done(recovery.Result{}, err)
}

func (w *world) doResume(*rapid.T) {
	v := w.pick()
	if v == nil {
		return
	}
	s := w.sight(v)
	switch {
	case s == nil:
	case s.Role == recovery.Guest:
		if len(s.Again) > 0 {
			method := rapid.SampledFrom(s.Again).Draw(w.r, "again")
			w.done(recovery.Result{}, w.Again(context.Background(), v.key, method, v.client))
		}
	case s.Resume != "":
		client := w.client()
		key, err := w.Resume(context.Background(), s.Resume, client)
		if w.done(recovery.Result{}, err); err == nil {
			w.visitors = append(w.visitors, &visitor{o: w.office, t: w.r, client: client, key: key})
		}
	}
}

func (w *world) doScreen(*rapid.T) {
	v := w.pick()
	if v == nil {
		return
	}
	handed, err := w.HandOff(context.Background(), v.key, v.client)
	if w.done(recovery.Result{}, err); err != nil || handed.Secret == "" {
		return
	}
	v.key.Token = handed.Token
	key, err := w.Join(context.Background(), v.key.Case, handed.Secret, v.client)
	if w.done(recovery.Result{}, err); err == nil {
		w.visitors = append(w.visitors, &visitor{o: w.office, t: w.r, client: w.client(), key: key})
	}
}

// doLetter presses a button out of any letter, in any browser.
func (w *world) doLetter(*rapid.T) {
	all := w.sent("")
	v := w.pick()
	if len(all) == 0 || v == nil {
		return
	}
	l := all[rapid.IntRange(0, len(all)-1).Draw(w.r, "letter")]
	switch {
	case l.Link != "":
		w.right = "mail"
		followed, err := w.Follow(context.Background(), secretOf(l.Link), v.key, v.client)
		if followed.Token != "" && err == nil {
			v.key.Token = followed.Token
		}
		w.done(recovery.Result{}, err)
	case l.Stop != "" && rapid.IntRange(0, 3).Draw(w.r, "stop") == 0:
		sight, err := w.Stop(context.Background(), secretOf(l.Stop))
		if w.done(recovery.Result{}, err); err != nil || sight.Alone {
			return
		}
		c, err := w.office.cases.Case(context.Background(), l.Case)
		if err != nil {
			w.r.Fatalf("%v", err)
		}
		if c.State == recovery.Open || c.State == recovery.Applying && !c.Facts.Freeze {
			w.r.Fatalf("after the owner's stop the case is %s", c.State)
		}
	}
}

func (w *world) doTime(*rapid.T) {
	w.advance(rapid.SampledFrom([]time.Duration{time.Second, 30 * time.Second, 61 * time.Second, 2 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 14 * time.Minute, 16 * time.Minute, time.Hour, 24 * time.Hour, 30 * time.Hour}).Draw(w.r, "time"))
	if err := w.Tend(context.Background(), 100); err != nil {
		w.done(recovery.Result{}, err)
	}
}

func (w *world) doWallet(*rapid.T) {
	switch rapid.IntRange(0, 5).Draw(w.r, "wallet") {
	case 0:
		w.wallet.down = problem.Unavailable
	case 1:
		w.wallet.down = problem.Invalid{Fields: map[string]string{"new_password": "used"}}
	case 2:
		w.wallet.lose = true
	default:
		w.wallet.down = nil
	}
	w.wait = false
	w.retry()
	w.wait = true
}

func (w *world) doCrash(*rapid.T) {
	if rapid.Bool().Draw(w.r, "restart") {
		w.restart()
		return
	}
	w.office.cases.next.Store(int32(rapid.IntRange(1, 4).Draw(w.r, "commit")))
}
