package support_test

import (
	"context"
	"testing"

	"zhaohui/internal/problem"
	"zhaohui/internal/store"
	"zhaohui/internal/support"
)

// W4: who was shut out finds no old way in when they are let in again: the address of their enrolment stays dead.
func TestW4_aDisabledAgentsAddressStaysDead(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		address, err := d.Add(ctx, support.New{Name: "wang", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		a, err := d.Find(ctx, "wang")
		d.must(err)
		d.must(d.Disable(ctx, a.ID, ""))
		d.must(d.Enable(ctx, a.ID, ""))
		_, err = d.Enrolment(ctx, address)
		d.is(err, problem.KindExpired, "an address of before")
	})
}

// W4: whoever begins anew has nothing left of before: no password, no authenticator, no passkey.
func TestW4_whoEnrolsAnewKeepsNoSecondThing(t *testing.T) {
	for _, with := range []func(*door){func(d *door) { enrolled(d) }, func(d *door) { d.lin() }} {
		onBoth(t, func(t *testing.T, d *door) {
			with(d)
			ctx := t.Context()
			a, err := d.Find(ctx, "lin")
			d.must(err)
			if len(a.TOTP) == 0 && len(a.Passkeys) == 0 {
				t.Fatal("there is no second thing")
			}
			_, err = d.Enrol(ctx, a.ID, "")
			d.must(err)
			a, err = d.Find(ctx, "lin")
			d.must(err)
			if a.Password != "" || len(a.TOTP) > 0 || len(a.Passkeys) > 0 {
				t.Errorf("left are %d bytes of an authenticator and %d passkeys", len(a.TOTP), len(a.Passkeys))
			}
		})
	}
}

// W4: a token of one kind opens nothing of another, and whoever is shut out is out at once, whatever they hold.
func TestW4_aTokenIsGoodForItsOwnKindAndItsOwnAgent(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, _ := d.lin()
		token, err := d.Token(ctx, a.ID, "")
		d.must(err)
		address, err := d.Enrol(ctx, a.ID, "")
		d.must(err)
		_, err = d.ByToken(ctx, address)
		d.is(err, problem.KindNotFound, "a program with the address of an enrolment")
		_, err = d.Enrolment(ctx, token)
		d.is(err, problem.KindNotFound, "an enrolment with the token of a program")
		_, err = d.ByToken(ctx, token)
		d.must(err)
		d.exec(`UPDATE agent SET disabled = 1`) // by another way than the desk's, which also ends what they hold
		_, err = d.ByToken(ctx, token)
		d.is(err, problem.KindDenied, "a program of who is shut out")
	})
}

func TestW4_aSessionOfWhoIsShutOutIsOver(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		whole := d.enter(secret)
		d.exec(`UPDATE agent SET disabled = 1`) // by another way than the desk's, which also ends their sessions
		_, err := d.Who(ctx, whole)
		d.is(err, problem.KindExpired, "somebody who is shut out")
	})
}

// shutting shuts everybody out while a password is being compared.
type shutting struct{ *door }

func (s shutting) Hash(ctx context.Context, id, password string) (string, error) {
	return s.hash.Hash(ctx, id, password)
}

func (s shutting) Verify(ctx context.Context, hash, id, password string) (bool, error) {
	s.exec(`UPDATE agent SET disabled = 1`)
	return s.hash.Verify(ctx, hash, id, password)
}

// W4: a right password opens nothing to who has no second thing, nor to who was shut out while it was compared.
func TestW4_aPasswordAloneOpensNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		d.lin()
		slow := support.NewDesk(support.Deps{Store: store.NewAgents(d.db, d.trail.Append), Hasher: shutting{d}, Box: d.keys.Box("records"),
			Index: d.keys.Index("agents"), Now: d.now})
		_, err := slow.SignIn(ctx, "lin", password, office)
		d.is(err, problem.KindInvalid, "sign in when shut out meanwhile")
		d.exec(`UPDATE agent SET disabled = 0`)
		_, err = d.SignIn(ctx, "lin", password, office)
		d.must(err)
		d.exec(`UPDATE agent SET totp = ''`)
		_, err = d.SignIn(ctx, "lin", password, office)
		d.is(err, problem.KindInvalid, "sign in without a second thing")
	})
}

// A password that is the agent's own name, a common one or a run is refused at the enrolment, too.
func TestEnrol_aWeakPasswordIsRefusedAtTheEnrolment(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		address, err := d.Add(ctx, support.New{Name: "wangxiaoming", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		session, err := d.BeginEnrol(ctx, address, office)
		d.must(err)
		for _, weak := range []string{"short", "wangxiaoming1", "aaaaaaaaaaaaaa", "123456789012", "Cloudpay2026!"} {
			d.is(d.ChoosePassword(ctx, session, weak), problem.KindInvalid, weak)
		}
		d.must(d.ChoosePassword(ctx, session, password))
	})
}
