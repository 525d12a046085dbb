package support_test

import (
	"slices"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestW4_aSessionEndsWhenNobodyIsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		token := d.enter(secret)
		for range 5 {
			d.advance(14 * time.Minute)
			_, err := d.Who(ctx, token)
			d.must(err)
		}
		d.advance(15 * time.Minute)
		_, err := d.Who(ctx, token)
		d.must(err)
		d.advance(15*time.Minute + time.Millisecond)
		_, err = d.Who(ctx, token)
		d.is(err, problem.KindExpired, "after more than 15 minutes")
		half, err := d.SignIn(ctx, "lin", password, office)
		d.must(err)
		d.advance(5 * time.Minute)
		_, err = d.Second(ctx, half, d.code(secret))
		d.is(err, problem.KindExpired, "the second step after 5 minutes")
	})
}

func TestW4_aSessionEndsAfterEightHoursHoweverBusy(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		begun := d.now()
		token := d.enter(secret)
		for d.now().Add(10 * time.Minute).Before(begun.Add(8 * time.Hour)) {
			d.advance(10 * time.Minute)
			_, err := d.Who(ctx, token)
			d.must(err)
		}
		d.advance(begun.Add(8 * time.Hour).Sub(d.now()))
		_, err := d.Who(ctx, token)
		d.is(err, problem.KindExpired, "after 8 hours")
	})
}

// Looking at pages writes to the database once a minute at most.
func TestWho_notesThatItIsUsedOnceAMinute(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		begun := d.now()
		token := d.enter(secret)
		for _, step := range []struct{ after, seen time.Duration }{{29 * time.Second, 0}, {time.Second, time.Minute}, {59 * time.Second,
			time.Minute}, {time.Second, 2 * time.Minute}} {
			d.advance(step.after)
			p, err := d.Who(ctx, token)
			d.must(err)
			if got := p.Seen.Sub(begun); got != step.seen {
				t.Errorf("%s on: seen %s after the sign-in, want %s", d.now().Sub(begun), got, step.seen)
			}
			list, err := d.Sessions(ctx, p.Agent.ID)
			d.must(err)
			if len(list) != 1 || list[0].Seen.Sub(begun) != step.seen || list[0].Client != "computer" {
				t.Errorf("kept is %+v", list)
			}
		}
	})
}

func TestW4_whatIsRevokedHereIsOverThereAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		there := d.desk()
		for what, revoke := range map[string]func(own string) error{
			"signing out":     func(own string) error { return d.SignOut(ctx, own) },
			"ending all":      func(string) error { _, err := d.EndSessions(ctx, a.ID, "", ""); return err },
			"other roles":     func(string) error { return d.Change(ctx, a.ID, roles(d, a, "lead"), "") },
			"disabling":       func(string) error { return d.Disable(ctx, a.ID, "") },
			"ending that one": func(own string) error { p, _ := d.Who(ctx, own); return d.EndSession(ctx, a.ID, p.Session) },
		} {
			d.must(d.Enable(ctx, a.ID, ""))
			token := d.enter(secret)
			_, err := there.Who(ctx, token)
			d.must(err)
			d.must(revoke(token))
			_, err = there.Who(ctx, token)
			d.is(err, problem.KindExpired, what)
			if list, err := there.Sessions(ctx, a.ID); err != nil || len(list) != 0 {
				t.Errorf("%s: sessions %v, %v", what, list, err)
			}
		}
	})
}

func TestW4_endingTheOthersKeepsOnesOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		one, other := d.enter(secret), d.enter(secret)
		p, err := d.Who(ctx, one)
		d.must(err)
		if n, err := d.EndSessions(ctx, a.ID, p.Session, support.Actor(a.ID)); err != nil || n != 1 {
			t.Errorf("%d ended, %v", n, err)
		}
		_, err = d.Who(ctx, one)
		d.must(err)
		_, err = d.Who(ctx, other)
		d.is(err, problem.KindExpired, "the other")
		d.is(d.EndSession(ctx, "somebody-else", p.Session), problem.KindNotFound, "a session of somebody else")
		d.must(d.Change(ctx, a.ID, a.Roles, ""))
		_, err = d.Who(ctx, one)
		d.must(err) // the same roles change nothing
	})
}

// roles gives an agent a role that they do not have just now.
func roles(d *door, a *support.Agent, role support.Role) []support.Role {
	now, err := d.Find(d.t.Context(), a.ID)
	d.must(err)
	if slices.Contains(now.Roles, role) {
		return []support.Role{support.RoleAgent}
	}
	return []support.Role{role}
}
