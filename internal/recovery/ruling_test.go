package recovery_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// desk is what connects people's decisions with cases.
type desk struct {
	*store.CaseTx
	rulings *recovery.Rulings
}

func (d desk) About(id string) (support.About, error) {
	s, err := d.rulings.Stakes(id)
	return support.About{Helpers: s.Helpers, Yuan: s.Yuan, Flags: s.Risks, Others: s.Others}, err
}

func (d desk) Await(id string, until time.Time, theirs bool) error {
	return d.rulings.Await(id, until, theirs)
}

func (d desk) Prove(id string, g support.Grant) error {
	r := recovery.Ruling{Ticket: g.Ticket, Number: g.Number, Hold: g.Hold}
	for _, p := range g.Proofs {
		r.Proofs = append(r.Proofs, recovery.Ruled{Class: recovery.Class(p.Class), By: p.By})
	}
	return d.rulings.Prove(id, r)
}

func (d desk) Tell(caseID string, n support.Notice) error {
	purpose := map[support.TicketState]recovery.Purpose{support.TicketAsked: recovery.PurposeTicketAsked,
		support.TicketRefused: recovery.PurposeTicketRefused}[n.State]
	return d.rulings.Tell(caseID, recovery.News{Purpose: purpose, Number: n.Number, Until: n.Until})
}

// decides runs a decision of people in a transaction of theirs; it gives what the trail is told of it.
func (o *office) decides(fn func(support.TicketTx) error) (trail []recovery.Event, err error) {
	cases := o.cases.Store.(*store.Cases)
	tickets := store.NewTickets(o.db, func(ctx context.Context, tx *sql.Tx) support.Cases {
		in := cases.In(ctx, tx)
		return desk{in, o.Rulings(ctx, in)}
	}, func(_ context.Context, _ *sql.Tx, events []recovery.Event) error {
		trail = events
		return nil
	})
	return trail, tickets.Do(context.Background(), fn)
}

// grant is a yes of two people; compared if one of them saw papers and person together.
func grant(compared bool) support.Grant {
	g := support.Grant{Ticket: "7KM392QX", Number: "T-7KM3-92QX", Kind: "appeal", Hold: 72 * time.Hour, Veto: true,
		Proofs: []support.Granted{{Class: "staff", By: []string{"anna", "berta"}}}}
	if compared {
		g.Proofs = append(g.Proofs, support.Granted{Class: "document", By: []string{"anna"}})
	}
	return g
}

func (v *visitor) granted(g support.Grant) error {
	_, err := v.o.decides(func(tx support.TicketTx) error { return tx.Prove(v.key.Case, g) })
	return err
}

func (v *visitor) stakes() support.About {
	v.t.Helper()
	var about support.About
	if _, err := v.o.decides(func(tx support.TicketTx) (err error) {
		about, err = tx.About(v.key.Case)
		return err
	}); err != nil {
		v.t.Fatalf("what is at stake: %v", err)
	}
	return about
}

func (v *visitor) await(until time.Time) {
	v.t.Helper()
	if _, err := v.o.decides(func(tx support.TicketTx) error { return tx.Await(v.key.Case, until, false) }); err != nil {
		v.t.Fatalf("await: %v", err)
	}
}

const threeDays = 72 * time.Hour

// S16: nothing is left and nobody hears. Two people and compared papers are enough; every address on record is told at the
// start and at the end of three days, and the person chooses the password (requirements P1, R7, R10).
func TestP1_S16_whatPeopleProveWaitsThreeDaysAndIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v := o.come("appeal", bare)
		v.at("appeal")
		trail, err := o.decides(func(tx support.TicketTx) error { return tx.Prove(v.key.Case, grant(true)) })
		if err != nil {
			t.Fatal(err)
		}
		kinds := ""
		for _, e := range trail {
			kinds += e.Kind + " " + e.Actor + ", "
		}
		if kinds != "proof-passed agent:berta, proof-passed agent:anna, route-enough agent:berta, " { // anna saw the papers, berta was last
			t.Errorf("the trail: %s", kinds)
		}
		sight, both := v.at("hold"), "+8613800138006 "+bare
		if !sight.Hold.Equal(o.now().Add(threeDays)) || !slices.Equal(sight.Verdict.Classes, []recovery.Class{"document", "staff"}) {
			t.Errorf("until %v by %v", sight.Hold, sight.Verdict)
		}
		if to(o.sent(recovery.PurposeTicketApproved)) != both || to(o.letters) != both { // one letter each, about all of it
			t.Errorf("told of the start %s, in all %s", to(o.sent(recovery.PurposeTicketApproved)), to(o.letters))
		}
		o.advance(threeDays - time.Second)
		if r := v.say("password", "new_password", newWord, "new_password_again", newWord); !r.Stale || len(o.wallet.resets) > 0 {
			t.Errorf("a password before the end: %+v", r)
		}
		o.advance(2 * time.Second)
		if err := o.Tend(context.Background(), 10); err != nil || to(o.sent(recovery.PurposeReady)) != both {
			t.Errorf("told of the end %s, %v", to(o.sent(recovery.PurposeReady)), err)
		}
		o.advance(6 * 24 * time.Hour) // nobody is asked to watch for it
		v.finish(newWord)
	})
}

// The owner's click ends it, as it ends every case; what was decided proves nothing any more.
func TestR7_aVetoStopsWhatPeopleDecided(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	v.at("hold")
	if sight, err := o.Stop(context.Background(), secretOf(o.sent(recovery.PurposeTicketApproved)[0].Stop)); err != nil || sight.State != recovery.Stopped {
		t.Fatalf("%+v, %v", sight, err)
	}
	v.at("ended")
	if err := v.granted(grant(true)); problem.KindOf(err) != problem.KindExpired {
		t.Errorf("proved after the stop: %v", err)
	}
	if again := o.come("appeal", full); !slices.Contains(again.stakes().Flags, recovery.RiskStopped) {
		t.Errorf("the next one is told of no veto: %v", again.stakes().Flags)
	}
	if other := o.come("appeal", bare); slices.Contains(other.stakes().Flags, recovery.RiskStopped) {
		t.Errorf("another account: %v", other.stakes().Flags)
	}
}

// Staff alone is one class. With another proof it waits the three days; what needs no people waits for nothing.
func TestR1_peopleAloneAreNotEnough(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	if sight := v.at("next"); sight.Verdict != nil || len(sight.Proofs) != 1 || !strings.Contains(v.offered(), "mail") {
		t.Fatalf("%+v", sight)
	}
	o.advance(5 * 24 * time.Hour) // whoever was not there when people decided comes back when they can
	v.prove("sms")
	if hold := v.at("hold").Hold; !hold.Equal(o.now().Add(threeDays)) {
		t.Errorf("until %v", hold)
	}
	v.prove("mail")
	v.at("password")
	alone := o.come("appeal", bare)
	err := alone.granted(grant(false))
	if problem.KindOf(err) != problem.KindInvalid || len(alone.look().Proofs) > 0 {
		t.Errorf("a yes that leads nowhere: %v", err)
	}
}

// What was proved before counts beside it.
func TestR1_aProofAndPeople(t *testing.T) {
	o := openOffice(t)
	v := o.come("backup", deaf)
	v.prove("backup")
	v.choose("appeal")
	if err := v.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	if hold := v.at("hold").Hold; !hold.Equal(o.now().Add(threeDays)) {
		t.Errorf("until %v", hold)
	}
}

// A case lives as long as its ticket waits for somebody, and its own clock stands still (requirement R14).
func TestR14_aTicketKeepsItsCase(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		v, left := o.come("appeal", full), o.come("appeal", bare)
		v.await(o.now().Add(20 * 24 * time.Hour))
		o.advance(19 * 24 * time.Hour)
		if err := o.Tend(context.Background(), 10); err != nil {
			t.Fatal(err)
		}
		if sight := v.at("appeal"); !sight.Awaits || !sight.Deadline.IsZero() || !sight.InTheWay("sms") {
			t.Errorf("%+v", sight)
		}
		left.at("ended")
		v.await(time.Time{})
		v.at("ended")
	})
}

// An account that does not exist can be appealed for, looks the same, and is never proved (requirement R15).
func TestR15_anAppealForNobody(t *testing.T) {
	o := openOffice(t)
	v, other := o.come("appeal", nobody), o.come("appeal", bare)
	for _, w := range []*visitor{v, other} {
		w.await(o.now().Add(24 * time.Hour))
	}
	a, b := v.at("appeal"), other.at("appeal")
	if a.Awaits != b.Awaits || v.offered() != other.offered() {
		t.Errorf("%+v\n%+v", a, b)
	}
	if err := v.granted(grant(true)); problem.KindOf(err) != problem.KindInvalid || len(o.sent("")) > 0 {
		t.Errorf("proved for nobody: %v", err)
	}
	v.at("appeal")
}

func TestP1_whatIsAtStake(t *testing.T) {
	o := openOffice(t)
	h := o.helper(t)
	v := o.come("appeal", full, strange)
	v.joined(t, h, lin)
	if got := v.stakes(); !slices.Equal(got.Helpers, []string{lin}) || !slices.Equal(got.Flags, []string{recovery.RiskNothing, recovery.RiskUnusual}) {
		t.Errorf("%+v", got)
	}
	for account, flags := range map[string]string{bare: "nothing-proved unreachable", recent: "nothing-proved unusual recent-change",
		nobody: "nothing-proved unreachable"} {
		if got := o.come("appeal", account).stakes(); strings.Join(got.Flags, " ") != flags {
			t.Errorf("%s: %v", account, got.Flags)
		}
	}
	proved := o.come("backup", full)
	proved.prove("backup")
	if got := proved.stakes(); len(got.Flags) > 0 {
		t.Errorf("something was proved at home: %v", got.Flags)
	}
}

// Nobody goes on with what people decided by a resume code: there is nothing to prove once more.
func TestR10_aResumeCodeCarriesNoDecision(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(true)); err != nil {
		t.Fatal(err)
	}
	key, err := o.Resume(context.Background(), v.look().Resume, strange)
	if err != nil {
		t.Fatal(err)
	}
	guest := &visitor{o: o, t: t, client: strange, key: key}
	if again := guest.look().Again; len(again) > 0 {
		t.Errorf("taken over by %v", again)
	}
}

// What an agent does is not the customer's doing: their time goes on (requirement R14).
func TestR14_anAgentKeepsNoCaseAlive(t *testing.T) {
	o := openOffice(t)
	h := o.helper(t)
	v := o.come("backup", full)
	v.joined(t, h, lin)
	o.advance(14 * time.Minute)
	if err := h.Suggest(t.Context(), v.key.Case, lin, "sms"); err != nil {
		t.Fatal(err)
	}
	v.at("backup")
	o.advance(2 * time.Minute)
	v.at("ended")
}
