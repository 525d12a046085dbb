package support_test

import (
	"strings"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestW2_anEnrolmentAddressIsSwappedAndGoodOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		token, err := d.Add(ctx, support.New{Name: "lin", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		for range 20 { // looking changes nothing
			a, err := d.Enrolment(ctx, token)
			d.must(err)
			if a.Name != "lin" || a.Shown != "lin" {
				t.Errorf("it is of %+v", a)
			}
		}
		first, err := d.BeginEnrol(ctx, token, office)
		d.must(err)
		session, err := d.BeginEnrol(ctx, token, office) // the window was closed
		d.must(err)
		_, err = d.Enrolling(ctx, first)
		d.is(err, problem.KindExpired, "what was begun before")
		_, err = d.Who(ctx, session)
		d.is(err, problem.KindNotFound, "the console while enrolling")
		_, err = d.Second(ctx, session, "000000")
		d.is(err, problem.KindNotFound, "the second step while enrolling")
		e, err := d.Enrolling(ctx, session)
		d.must(err)
		if e.Password || len(e.Authenticator.Key) != 32 || !strings.HasPrefix(e.Authenticator.Address,
			"otpauth://totp/Cloudpay:lin?") ||
			!strings.Contains(e.Authenticator.Address, "secret="+e.Authenticator.Key) {
			t.Errorf("it begins with %+v", e)
		}
		_, err = d.ConfirmCode(ctx, session, d.code(e.Authenticator.Key))
		d.is(err, problem.KindInvalid, "a code before the password")
		d.is(d.ChoosePassword(ctx, session, "short"), problem.KindInvalid, "a short password")
		d.must(d.ChoosePassword(ctx, session, "another kettle, but later"))
		d.must(d.ChoosePassword(ctx, session, password))
		_, err = d.SignIn(ctx, "lin", password, strange)
		d.is(err, problem.KindInvalid, "signing in before the enrolment is finished")
		_, err = d.ConfirmCode(ctx, session, "000000")
		d.is(err, problem.KindInvalid, "a wrong code")
		again, err := d.Enrolling(ctx, session)
		d.must(err)
		if again.Authenticator != e.Authenticator || !again.Password {
			t.Error("the key changed, or the password was forgotten")
		}
		whole, err := d.ConfirmCode(ctx, session, d.code(e.Authenticator.Key))
		d.must(err)
		_, err = d.Who(ctx, whole)
		d.must(err)
		_, err = d.Enrolment(ctx, token)
		d.is(err, problem.KindExpired, "the address afterwards")
		_, err = d.BeginEnrol(ctx, token, office)
		d.is(err, problem.KindExpired, "to begin again afterwards")
		d.is(d.ChoosePassword(ctx, session, password), problem.KindExpired, "another password afterwards")
		_, err = d.Enrolment(ctx, "no such token")
		d.is(err, problem.KindNotFound, "an address that never was")
		d.advance(30 * time.Second)
		d.enter(e.Authenticator.Key)
	})
}

func TestW2_anEnrolmentAddressIsGoodForADay(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		token, err := d.Add(ctx, support.New{Name: "lin", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		d.advance(24*time.Hour - time.Second)
		session, err := d.BeginEnrol(ctx, token, office)
		d.must(err)
		d.advance(time.Second)
		_, err = d.Enrolment(ctx, token)
		d.is(err, problem.KindExpired, "the address after a day")
		d.is(d.ChoosePassword(ctx, session, password), problem.KindExpired, "what was begun with it")
	})
}

// Two windows finish at the same moment: one of them enrols.
func TestW2_twoWindowsFinishOneEnrolment(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		token, err := d.Add(ctx, support.New{Name: "lin", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		session, err := d.BeginEnrol(ctx, token, office)
		d.must(err)
		d.must(d.ChoosePassword(ctx, session, password))
		e, err := d.Enrolling(ctx, session)
		d.must(err)
		code, done := d.code(e.Authenticator.Key), 0
		for _, err := range together(5, func(int) error {
			_, err := d.ConfirmCode(ctx, session, code)
			return err
		}) {
			if err == nil {
				done++
			}
		}
		if done != 1 || d.count("agent-enrolled") != 1 {
			t.Errorf("%d finished, %d were recorded", done, d.count("agent-enrolled"))
		}
	})
}

func TestW4_aNewEnrolmentEndsEverythingOfBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		whole := d.enter(secret)
		half, err := d.SignIn(ctx, "lin", password, office)
		d.must(err)
		first, err := d.Enrol(ctx, a.ID, "")
		d.must(err)
		second, err := d.Enrol(ctx, a.ID, "")
		d.must(err)
		_, err = d.Enrolment(ctx, first)
		d.is(err, problem.KindExpired, "the address before the last")
		_, err = d.Enrolment(ctx, second)
		d.must(err)
		_, err = d.Who(ctx, whole)
		d.is(err, problem.KindExpired, "the session")
		_, err = d.Second(ctx, half, d.code(secret))
		d.is(err, problem.KindExpired, "the half session")
		_, err = d.SignIn(ctx, "lin", password, office)
		d.is(err, problem.KindInvalid, "the old password")
		d.must(d.Disable(ctx, a.ID, ""))
		_, err = d.Enrolment(ctx, second)
		d.is(err, problem.KindExpired, "the address of somebody who was disabled")
		_, err = d.Enrol(ctx, a.ID, "")
		d.is(err, problem.KindDenied, "a new address for them")
	})
}
