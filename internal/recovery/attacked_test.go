package recovery_test

import (
	"context"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/support"
)

func (v *visitor) writes(until time.Time) {
	v.t.Helper()
	if _, err := v.o.decides(func(tx support.TicketTx) error { return tx.Await(v.key.Case, until, true) }); err != nil {
		v.t.Fatalf("await: %v", err)
	}
}

// A ticket that is the customer's to write keeps the case, not what was proved in it: writing is their own time. While people
// decide, the clock stands still (requirement R14).
func TestR14_aDraftKeepsTheCaseAndNotItsProofs(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		borrowed := o.come("mail", full)
		borrowed.prove("mail")
		borrowed.choose("appeal")
		borrowed.writes(o.now().Add(7 * 24 * time.Hour))
		o.advance(50 * time.Minute)
		borrowed.writes(o.now().Add(6 * 24 * time.Hour)) // written again: the time before counts
		o.advance(50 * time.Minute)
		if sight := borrowed.look(); len(sight.Proofs) != 0 || sight.Place.ID != "appeal" {
			t.Fatalf("after the time of a proof at %q with %v", sight.Place.ID, sight.Proofs)
		}
		borrowed.choose("backup")
		borrowed.prove("backup")
		if sight := borrowed.look(); sight.Verdict != nil {
			t.Errorf("what was proved before the draft opens the password: %+v", sight.Verdict)
		}

		waits := o.come("backup", full)
		waits.prove("backup")
		waits.choose("appeal")
		waits.writes(o.now().Add(7 * 24 * time.Hour))
		o.advance(10 * time.Minute)
		waits.await(o.now().Add(3 * 24 * time.Hour))
		o.advance(2 * 24 * time.Hour)
		if sight := waits.look(); len(sight.Proofs) != 1 {
			t.Errorf("while people decide: %v", sight.Proofs)
		}
	})
}

// A case that was taken along tells every address, also where nothing waits yet; and there has to be something to take.
func TestR7_whoeverTakesACaseAlongIsAnnounced(t *testing.T) {
	o := openOffice(t)
	v := o.come("appeal", full)
	if err := v.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	o.sent("")
	o.letters = nil
	key, err := o.Carry(context.Background(), v.key.Case, "page", strange)
	if err != nil {
		t.Fatal(err)
	}
	if told := to(o.sent("")); told != everyAddress {
		t.Errorf("told %q", told)
	}
	w := &visitor{o: o, t: t, client: strange, key: key}
	if sight := w.look(); sight.Verdict != nil {
		t.Fatalf("enough: %+v", sight.Verdict)
	}

	kept := o.come("backup", full)
	kept.prove("backup")
	kept.choose("appeal")
	if err := kept.granted(grant(false)); err != nil {
		t.Fatal(err)
	}
	other := &visitor{o: o, t: t, client: strange}
	if other.key, err = o.Resume(context.Background(), kept.look().Resume, strange); err != nil {
		t.Fatal(err)
	}
	if err := o.Again(context.Background(), other.key, "backup", strange); err != nil {
		t.Fatal(err)
	}
	other.pass("backup", "backup_password", backupWord)
	if _, err := o.Carry(context.Background(), kept.key.Case, "page", strange); problem.KindOf(err) != problem.KindExpired {
		t.Errorf("what people decided for another browser is taken along: %v", err)
	}
	if sight := other.look(); sight.Role != recovery.Owner {
		t.Errorf("who holds the case is shut out: %s", sight.Role)
	}
}

// Once the route is enough a second screen could add nothing: a hand-off would only shut the owner out.
func TestW4_nothingIsHandedOffOnceTheRouteIsEnough(t *testing.T) {
	o := openOffice(t)
	v := o.enough("backup", "mail")
	handed, err := o.HandOff(context.Background(), v.key, home)
	if err != nil || handed != (recovery.Handed{}) {
		t.Errorf("%+v, %v", handed, err)
	}
	v.at("password")
}

// "It was stopped" is said once more only as long as that is true: where another case runs by now, the old page is over.
func TestR7_anOldStopSaysNothingOfANewCase(t *testing.T) {
	o := openOffice(t)
	v := o.come("mail", full)
	secret := secretOf(v.letter().Link)
	for range 2 {
		if sight, err := o.Stop(context.Background(), secret); err != nil || sight.State != recovery.Stopped {
			t.Fatalf("%+v, %v", sight, err)
		}
	}
	o.advance(3 * time.Hour)
	again := o.come("sms", full)
	again.prove("sms")
	sight, err := o.Stop(context.Background(), secret)
	if running := again.look().Place.State == recovery.Open; running && err == nil && sight.State == recovery.Stopped {
		t.Error("it says that all was stopped while another case runs")
	}
}
