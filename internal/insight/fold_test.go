package insight

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func keeper() *Keeper {
	return New(Config{Now: func() time.Time { return noon }, Live: "wallet", Hash: func(s string) string { return fmt.Sprint(len(s)) }})
}

// told folds events one by one, as if each came in a batch of its own, and lists the counts.
func told(k *Keeper, batch int, events ...Event) (lines []string, left map[string]*Running) {
	left, sums := map[string]*Running{}, Counts{}
	for some := range slices.Chunk(events, batch) {
		known := map[string]*Running{}
		for _, e := range some {
			if r := left[runningOf(e)]; r != nil {
				copied := *r
				known[r.ID] = &copied
			}
		}
		changes := k.fold(some, known)
		for key, n := range changes.Counts {
			sums[key] += n
		}
		for id, r := range changes.Running {
			if left[id] = r; r == nil {
				delete(left, id)
			}
		}
	}
	for key, n := range sums {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %s %s %s %d", key.Day[5:], key.Measure, key.A, key.B, n), " "))
	}
	slices.Sort(lines)
	return lines, left
}

func event(after time.Duration, kind, id string, data ...string) Event {
	e := Event{At: noon.Add(after), Kind: kind, Case: id, Data: map[string]string{}}
	for i := 0; i+1 < len(data); i += 2 {
		e.Data[data[i]] = data[i+1]
	}
	return e
}

func TestFold_aRecoveryIsCountedOnceAndForgotten(t *testing.T) {
	day := 24 * time.Hour
	events := []Event{
		event(0, "case-started", "c1", "channel", "sms"), event(time.Minute, "account-named", "c1"),
		event(2*time.Minute, "method-begun", "c1", "method", "sms"), event(3*time.Minute, "try-wrong", "c1", "method", "sms"),
		event(4*time.Minute, "proof-passed", "c1", "method", "sms"), event(5*time.Minute, "proof-passed", "c1", "method", "mail"),
		event(6*time.Minute, "route-enough", "c1"), event(7*time.Minute, "route-enough", "c1"),
		event(8*time.Minute, "password-chosen", "c1"), event(day, "case-done", "c1"),
		event(2*day, "owner-veto", "c1", "state", "done"),
	}
	want := []string{"11-22 reached sms begun 1", "11-22 reached sms chosen 1", "11-22 reached sms done 1", "11-22 reached sms enough 1",
		"11-22 reached sms named 1", "11-22 reached sms proved 1", "11-22 took sms " + Bucket(day) + " 1", "11-22 tried mail passed 1",
		"11-22 tried sms begun 1", "11-22 tried sms passed 1", "11-22 tried sms wrong 1", "11-23 ended done  1", "11-24 ended reported done 1"}
	for _, batch := range []int{1, 3, 100} {
		got, left := told(keeper(), batch, events...)
		if !slices.Equal(got, want) {
			t.Errorf("in batches of %d:\n%s", batch, strings.Join(got, "\n"))
		}
		if len(left) > 0 {
			t.Errorf("in batches of %d something is remembered of it: %v", batch, slices.Collect(maps.Keys(left)))
		}
	}
}

func TestFold_howARecoveryEnds(t *testing.T) {
	for want, events := range map[string][]Event{
		"ended stopped begun":  {event(1, "case-stopped", "c1")},
		"ended vetoed named":   {event(1, "account-named", "c1"), event(2, "owner-veto", "c1", "state", "open"), event(3, "case-stopped", "c1")},
		"ended expired proved": {event(1, "proof-passed", "c1", "method", "sms"), event(2, "case-expired", "c1")},
		"ended replaced begun": {event(1, "case-replaced", "c1")},
		"tried sms locked":     {event(1, "method-failed", "c1", "method", "sms", "why", "locked")},
		"tried sms failed":     {event(1, "method-failed", "c1", "method", "sms", "why", "no-such-card")},
	} {
		got, _ := told(keeper(), 1, append([]Event{event(0, "case-started", "c1", "channel", "sms")}, events...)...)
		if !slices.Contains(got, "11-22 "+want+" 1") {
			t.Errorf("want %s: %q", want, got)
		}
	}
}

func TestFold_ticketsAgainstTheirPromise(t *testing.T) {
	hour := time.Hour
	ticket := func(after time.Duration, what string, data ...string) Event {
		return event(after, "ticket-"+what, "c1", append([]string{"ticket", "T1", "kind", "appeal"}, data...)...)
	}
	sent := ticket(0, "sent", "promised", noon.Add(24*hour).Format(time.RFC3339))
	for name, c := range map[string]struct {
		events []Event
		want   string
	}{
		"in time":                      {[]Event{sent, ticket(23*hour, "approved")}, "11-23 promise appeal kept 1"},
		"at the last moment":           {[]Event{sent, ticket(24*hour, "approved")}, "11-23 promise appeal kept 1"},
		"too late":                     {[]Event{sent, ticket(25*hour, "refused", "reason", "not-enough")}, "11-23 promise appeal broken 1"},
		"the reason":                   {[]Event{sent, ticket(25*hour, "refused", "reason", "not-enough")}, "11-23 refused appeal not-enough 1"},
		"the clock stood still":        {[]Event{sent, ticket(hour, "asked"), ticket(30*hour, "unanswered"), ticket(52*hour, "approved")}, "11-24 promise appeal kept 1"},
		"and ran on":                   {[]Event{sent, ticket(hour, "asked"), ticket(30*hour, "unanswered"), ticket(54*hour, "approved")}, "11-24 promise appeal broken 1"},
		"until what the trail says":    {[]Event{sent, ticket(hour, "asked"), ticket(2*hour, "answered", "promised", noon.Add(99*hour).Format(time.RFC3339)), ticket(98*hour, "approved")}, "11-26 promise appeal kept 1"},
		"opened again and kept":        {[]Event{ticket(0, "reopened"), ticket(hour, "answered", "promised", noon.Add(9*hour).Format(time.RFC3339)), ticket(8*hour, "refused", "reason", "x")}, "11-22 promise appeal kept 1"},
		"never sent, nothing promised": {[]Event{ticket(0, "begun"), ticket(9*hour, "forgotten")}, "11-22 ticket appeal forgotten 1"},
	} {
		got, left := told(keeper(), 1, c.events...)
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: want %q in %q", name, c.want, got)
		}
		if len(left) > 0 {
			t.Errorf("%s: something is remembered: %v", name, left)
		}
	}
}

func TestFold_whatIsNoIDIsNotCounted(t *testing.T) {
	got, _ := told(keeper(), 1, event(0, "case-started", "c1", "channel", "13800138000 王芳"), event(1, "method-begun", "c1", "method", "x@y.cn"))
	if all := strings.Join(got, " "); strings.Contains(all, "13800138000") || strings.Contains(all, "@") || !strings.Contains(all, "other") {
		t.Errorf("counted %s", all)
	}
}
