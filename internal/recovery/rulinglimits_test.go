package recovery_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// P1: an address that came lately raises the risk, and so does one that went; what waits out a hold is not proved yet; a frozen
// account was stopped before; a case that somebody gave up by themselves was not.
func TestP1_whatRaisesTheRiskEachByItself(t *testing.T) {
	o := openOffice(t)
	if _, err := o.real.Import(context.Background(), strings.NewReader(`{"accounts": [
		{"id": "acct-came", "lang": "zh", "phone": {"number": "13800138021", "since": "-2d"}, "email": {"address": "came@mail.example",
		 "since": "-300d"}, "password": "825174", "networks": ["192.0.2.0/24"]},
		{"id": "acct-went", "lang": "zh", "email": {"address": "went@mail.example", "since": "-300d"},
		 "removed": [{"kind": "phone", "number": "13800138022", "since": "-900d", "removed": "-2d"}], "password": "825174",
		 "networks": ["192.0.2.0/24"]}]}`)); err != nil {
		t.Fatal(err)
	}
	risk := func(v *visitor, name string) bool {
		t.Helper()
		return slices.Contains(v.stakes().Flags, name)
	}
	for _, account := range []string{"came@mail.example", "went@mail.example"} {
		if !risk(o.come("appeal", account), recovery.RiskRecent) {
			t.Errorf("%s changed lately", account)
		}
	}
	held := o.come("appeal", full)
	if err := held.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	if !risk(held, recovery.RiskNothing) {
		t.Error("people's own yes counts as something that was proved")
	}
	if err := o.Cancel(t.Context(), held.key, home); err != nil {
		t.Fatal(err)
	}
	if risk(o.come("appeal", full), recovery.RiskStopped) {
		t.Error("what somebody gave up counts as stopped by the owner")
	}
	if err := o.real.Freeze(context.Background(), "acct-full", "test", "key"); err != nil {
		t.Fatal(err)
	}
	if !risk(o.come("appeal", full), recovery.RiskStopped) {
		t.Error("an account that its owner froze is no reason for care")
	}
}

// R7: no decision can make the hold shorter than the policy's; a longer one counts.
func TestR7_theLongerHoldCounts(t *testing.T) {
	for hold, want := range map[time.Duration]time.Duration{0: threeDays, threeDays: threeDays, 96 * time.Hour: 96 * time.Hour} {
		o := openOffice(t)
		v := o.come("appeal", full)
		g := grant(true)
		g.Hold = hold
		if err := v.granted(g); err != nil {
			t.Fatal(err)
		}
		if got := v.at("hold").Hold; !got.Equal(o.now().Add(want)) {
			t.Errorf("a hold of %s ends after %s", hold, got.Sub(o.now()))
		}
	}
}

// A ticket keeps its case no longer than people decide, and never one that is over.
func TestR14_aDecidedTicketKeepsItsCaseNoLonger(t *testing.T) {
	o := openOffice(t)
	v, over := o.come("appeal", full), o.come("appeal", full)
	v.await(o.now().Add(20 * 24 * time.Hour))
	if err := o.Cancel(t.Context(), over.key, home); err != nil {
		t.Fatal(err)
	}
	over.await(o.now().Add(20 * 24 * time.Hour))
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*visitor{v, over} {
		c, err := o.cases.Case(t.Context(), w.key.Case)
		if err != nil || !c.Facts.Awaits.IsZero() {
			t.Errorf("%s waits until %s, %v", c.State, c.Facts.Awaits, err)
		}
	}
}

// R7: what is taken along is what people decided, and nothing that the first browser proved; nothing is taken along out of a case
// that its owner stopped.
func TestR7_onlyWhatPeopleDecidedIsTakenAlong(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", full)
	v.prove("backup")
	v.choose("appeal")
	if err := v.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	v.at("hold")
	key, err := o.Carry(t.Context(), v.key.Case, "page", strange)
	if err != nil {
		t.Fatal(err)
	}
	w := &visitor{o: o, t: t, client: strange, key: key}
	if sight := w.look(); sight.Verdict != nil || len(sight.Proofs) != 1 || sight.Proofs[0].Method != recovery.ByAppeal {
		t.Errorf("taken along: %s", fmt.Sprintf("%+v, %+v", sight.Proofs, sight.Verdict))
	}
	stopped := o.come("appeal", full)
	if err := stopped.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	told := o.sent(recovery.PurposeTicketApproved)
	if _, err := o.Stop(t.Context(), secretOf(told[len(told)-1].Stop)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Carry(t.Context(), stopped.key.Case, "page", strange); problem.KindOf(err) != problem.KindExpired {
		t.Errorf("taken out of a case that its owner stopped: %v", err)
	}
}

// A case that was taken along has as much time as one that was just decided, and what ran out is over at once.
func TestR14_aCarriedCaseHasAllItsTimeAgain(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	long := threeDays + o.policy.Case.Collect - time.Hour
	o.advance(long)
	key, err := o.Carry(t.Context(), v.key.Case, "page", strange)
	if err != nil {
		t.Fatal(err)
	}
	w := &visitor{o: o, t: t, client: strange, key: key}
	o.advance(long)
	w.at("password")
	o.advance(2 * time.Hour) // nobody tended it yet
	if state, err := o.Fate(t.Context(), v.key.Case); err != nil || state != recovery.Expired {
		t.Errorf("%s, %v", state, err)
	}
}

// P1: "this was not me" is remembered for ninety days against the next one who asks, and no longer.
func TestP1_aStopIsRememberedForNinetyDays(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Stop(t.Context(), secretOf(o.sent(recovery.PurposeTicketApproved)[0].Stop)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{{89 * 24 * time.Hour, true}, {2 * 24 * time.Hour, false}} {
		o.advance(step.after)
		if got := slices.Contains(o.come("appeal", full).stakes().Flags, recovery.RiskStopped); got != step.want {
			t.Errorf("after %s more it is remembered: %t", step.after, got)
		}
	}
}
