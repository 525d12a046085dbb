package support_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/support"
)

func TestW4_signingInTakesTwoStepsEachUnderANewToken(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		half, err := d.SignIn(ctx, " ＬＩＮ ", password, office)
		d.must(err)
		_, err = d.Who(ctx, half)
		d.is(err, problem.KindNotFound, "the console with a half session")
		_, err = d.Enrolling(ctx, half)
		d.is(err, problem.KindNotFound, "an enrolment with a half session")
		if p, err := d.Half(ctx, half); err != nil || p.Agent.ID != a.ID {
			t.Errorf("at the second step: %+v, %v", p, err)
		}
		code := d.code(secret)
		whole, err := d.Second(ctx, half, code[:3]+" "+code[3:])
		d.must(err)
		if whole == half {
			t.Error("the token stayed the same at a gain of rights")
		}
		p, err := d.Who(ctx, whole)
		d.must(err)
		if p.Agent.ID != a.ID || p.Kind != support.KindWhole || !p.Since.Equal(d.now()) || !p.Until.Equal(d.now().Add(8*time.Hour)) {
			t.Errorf("who is %+v", p)
		}
		_, err = d.Half(ctx, half)
		d.is(err, problem.KindExpired, "the half session afterwards")
		_, err = d.Second(ctx, half, code)
		d.is(err, problem.KindExpired, "the second step again")
		_, err = d.Second(ctx, whole, code)
		d.is(err, problem.KindNotFound, "the second step with a whole session")
		d.must(d.SignOut(ctx, whole))
		_, err = d.Who(ctx, whole)
		d.is(err, problem.KindExpired, "after signing out")
		d.must(d.SignOut(ctx, whole))
		d.must(d.SignOut(ctx, "nothing"))
		if n := d.count("agent-signed-out"); n != 2 { // one after the enrolment
			t.Errorf("%d times signed out", n)
		}
	})
}

func TestW4_aCodeIsGoodOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		code := d.code(secret)
		for i, want := range []problem.Kind{problem.KindUnknown, problem.KindInvalid} {
			half, err := d.SignIn(ctx, "lin", password, office)
			d.must(err)
			_, err = d.Second(ctx, half, code)
			if problem.KindOf(err) != want || i == 0 && err != nil {
				t.Errorf("time %d: %v", i+1, err)
			}
		}
		// What the enrolment used counts as well, and of many at once one gets in.
		d.advance(time.Minute)
		code = d.code(secret)
		var halves [50]string
		for i := range halves {
			half, err := d.SignIn(ctx, "lin", password, office)
			d.must(err)
			halves[i] = half
		}
		var in atomic.Int64
		var wait sync.WaitGroup
		for _, half := range halves {
			wait.Go(func() {
				if _, err := d.Second(ctx, half, code); err == nil {
					in.Add(1)
				}
			})
		}
		wait.Wait()
		if in.Load() != 1 {
			t.Errorf("one code let %d in", in.Load())
		}
	})
}

func TestR4_fiftyWrongTriesAtOnceAreFiveChecks(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		d.lin()
		for who, name := range map[string]string{"somebody": "lin", "nobody": "nobody", "a name that cannot be": "\x00 ' --"} {
			before := d.hash.checks.Load()
			errs := together(50, func(i int) error {
				_, err := d.SignIn(ctx, name, "a wrong password!", support.Client{Network: string(rune('A' + i))})
				return err
			})
			if n := d.hash.checks.Load() - before; n != 5 {
				t.Errorf("%s: %d checks", who, n)
			}
			throttled := 0
			for _, err := range errs {
				if e, ok := errors.AsType[problem.Throttled](err); ok {
					throttled++
					if !e.Until.Equal(d.now().Add(15 * time.Minute)) {
						t.Errorf("%s: until %s", who, e.Until)
					}
				}
			}
			if throttled != 45 {
				t.Errorf("%s: %d were throttled", who, throttled)
			}
			_, err := d.SignIn(ctx, name, password, strange)
			d.is(err, problem.KindThrottled, who+": the right one while it is throttled")
		}
		d.advance(15 * time.Minute)
		_, err := d.SignIn(ctx, "lin", password, office)
		d.must(err)
	})
}

func TestR4_wrongTriesOfOneNetwork(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin() // enrolled elsewhere
		try := func(c support.Client, most int) int64 {
			before := d.hash.checks.Load()
			together(most, func(i int) error {
				_, err := d.SignIn(ctx, "name"+string(rune('a'+i)), "a wrong password!", c)
				return err
			})
			return d.hash.checks.Load() - before
		}
		if n := try(office, 50); n != 5 {
			t.Errorf("%d checks from a network that nobody signed in from", n)
		}
		if n := try(support.Client{Network: "192.0.2.99"}, 5); n != 0 {
			t.Errorf("%d checks from the address beside it", n)
		}
		d.advance(15 * time.Minute)
		d.enter(secret)
		if n := try(office, 50); n != 30 {
			t.Errorf("%d checks from the office", n)
		}
	})
}

// A morning on which everybody signs in from one office counts nothing.
func TestR4_rightTriesAreGivenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		for range 12 {
			d.must(d.SignOut(ctx, d.enter(secret)))
		}
		for range 4 {
			_, err := d.SignIn(ctx, "lin", "a wrong password!", office)
			d.is(err, problem.KindInvalid, "a wrong one")
		}
		d.enter(secret)
		_, err := d.SignIn(ctx, "lin", "a wrong password!", office)
		d.is(err, problem.KindInvalid, "the fifth wrong one")
		_, err = d.SignIn(ctx, "lin", "a wrong password!", office)
		d.is(err, problem.KindThrottled, "the sixth wrong one")
	})
}

// While too many hashes wait nothing is compared, and so nothing is counted either.
func TestR4_aTryThatWasNotComparedIsGivenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		_, secret := d.lin()
		d.hash.busy.Store(true)
		for range 8 {
			_, err := d.SignIn(t.Context(), "lin", password, office)
			d.is(err, problem.KindUnavailable, "while it is busy")
		}
		d.hash.busy.Store(false)
		d.enter(secret)
	})
}

func TestR4_fiftyWrongCodesAtOnceAreFiveChecks(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		_, secret := d.lin()
		half, err := d.SignIn(ctx, "lin", password, office)
		d.must(err)
		together(50, func(int) error {
			_, err := d.Second(ctx, half, "000000")
			return err
		})
		if n := d.count("agent-sign-in-failed"); n != 5 {
			t.Errorf("%d checks", n)
		}
		_, err = d.Second(ctx, half, d.code(secret))
		d.is(err, problem.KindThrottled, "the right code while it is throttled")
	})
}

func TestR15_aNameThatNobodyHasTakesTheSamePath(t *testing.T) {
	onBoth(t, func(t *testing.T, d *door) {
		ctx := t.Context()
		a, secret := d.lin()
		_, err := d.Add(ctx, support.New{Name: "not-enrolled", Roles: []support.Role{support.RoleAgent}})
		d.must(err)
		d.must(d.Disable(ctx, a.ID, ""))
		texts := map[string]bool{}
		for _, name := range []string{"nobody", "not-enrolled", "lin"} {
			checks, entries := d.hash.checks.Load(), len(d.events())
			_, err := d.SignIn(ctx, name, password, office)
			d.is(err, problem.KindInvalid, name)
			texts[err.Error()] = true
			if d.hash.checks.Load() != checks+1 {
				t.Errorf("%s: no check, or more than one", name)
			}
			if more := d.events()[entries:]; len(more) != 1 || more[0].Kind != "agent-sign-in-failed" {
				t.Errorf("%s: recorded %q", name, kinds(more))
			}
		}
		if len(texts) != 1 {
			t.Errorf("it answers in different ways: %v", texts)
		}
		d.must(d.Enable(ctx, a.ID, ""))
		d.enter(secret)
	})
}

// together runs something n times at once.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { errs[i] = do(i) })
	}
	wait.Wait()
	return errs
}
