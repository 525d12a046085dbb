package recovery_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// Number and key of a ticket take along what people decided and nothing else. The hold begins again, and all are told.
func TestR7_aCarriedCaseWaitsAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("appeal", full)
		if _, err := o.Carry(context.Background(), v.key.Case, "page", strange); problem.KindOf(err) != problem.KindExpired {
			t.Errorf("before anybody decided: %v", err)
		}
		if err := v.granted(grant(true)); err != nil {
			t.Fatal(err)
		}
		o.advance(threeDays)
		v.at("password")
		o.sent("") // what was on its way
		o.letters = nil
		key, err := o.Carry(context.Background(), v.key.Case, "page", strange)
		if err != nil {
			t.Fatal(err)
		}
		w := &visitor{o: o, t: t, client: strange, key: key}
		if sight := w.at("hold"); !sight.Hold.Equal(o.now().Add(threeDays)) || to(o.sent(recovery.PurposeHold)) != everyAddress {
			t.Errorf("until %v, told %s", sight.Hold, to(o.sent(recovery.PurposeHold)))
		}
		if _, err := o.Look(context.Background(), v.key); problem.KindOf(err) != problem.KindNotFound {
			t.Errorf("the first browser: %v", err)
		}
		o.advance(threeDays)
		w.finish(newWord)
	})
	o := openOffice(t)
	v := o.come("appeal", bare)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Carry(context.Background(), v.key.Case, "page", strange); problem.KindOf(err) != problem.KindDenied {
		t.Errorf("where nobody can be told: %v", err)
	}
}

// A press that is sent twice is one: neither another of the few times, nor another wait, nor another letter (decision 0017).
// Whoever copied the cookies has another page, and gains nothing silently.
func TestR10_aDoubledPressTakesACaseAlongOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("appeal", full)
		if err := v.granted(grant(true)); err != nil {
			t.Fatal(err)
		}
		o.letters = nil
		carry := func(page string, client recovery.Client) (recovery.Key, error) {
			return o.Carry(context.Background(), v.key.Case, page, client)
		}
		keys, errs := make([]recovery.Key, 8), make([]error, 8)
		var presses sync.WaitGroup
		for i := range keys {
			presses.Go(func() { keys[i], errs[i] = carry("page one", strange) })
		}
		presses.Wait()
		for i := range keys {
			if errs[i] != nil || keys[i] != keys[0] {
				t.Fatalf("press %d: %v, the same key: %v", i, errs[i], keys[i] == keys[0])
			}
		}
		w := &visitor{o: o, t: t, client: strange, key: keys[0]}
		hold := w.at("hold").Hold
		if to(o.sent(recovery.PurposeHold)) != everyAddress {
			t.Errorf("told %s", to(o.sent(recovery.PurposeHold)))
		}
		o.advance(59 * time.Second)
		if key, err := carry("page one", strange); err != nil || key != keys[0] || !w.at("hold").Hold.Equal(hold) {
			t.Errorf("a late second press: %v, until %v", err, w.at("hold").Hold)
		}
		for _, other := range []struct { // the key is made anew by each, so the nearest comes first
			who, page string
			client    recovery.Client
		}{{"the same page, from afar", "page one", far()}, {"a page without a name", "", strange}} {
			if key, err := carry(other.page, other.client); err != nil || key == keys[0] {
				t.Errorf("%s: the key of the first: %v, %v", other.who, key == keys[0], err)
			}
		}
		if _, err := o.Look(context.Background(), keys[0]); problem.KindOf(err) != problem.KindNotFound {
			t.Errorf("others took it along, and the first browser is not shut out: %v", err)
		}
		if _, err := carry("page two", strange); problem.KindOf(err) != problem.KindThrottled {
			t.Errorf("a fourth time: %v", err)
		}
	})
}

// A minute later, or once the case moved on, the old form is a press like any other: it counts and begins the wait anew.
func TestR7_anOldFormIsNoWayBackToTheKey(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	carry := func() recovery.Key {
		t.Helper()
		key, err := o.Carry(context.Background(), v.key.Case, "page", strange)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	first := carry()
	o.advance(time.Minute)
	second := carry()
	w := &visitor{o: o, t: t, client: strange, key: second}
	if first == second || !w.at("hold").Hold.Equal(o.now().Add(threeDays)) {
		t.Errorf("a minute later: the same key %v, until %v", first == second, w.at("hold").Hold)
	}
	if err := o.Cancel(context.Background(), second, strange); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Carry(context.Background(), v.key.Case, "page", strange); problem.KindOf(err) != problem.KindExpired {
		t.Errorf("a case that is over: %v", err)
	}
}
