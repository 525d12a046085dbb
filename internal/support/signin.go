package support

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
	"zhaohui/internal/throttle"
)

// How often may be tried. Right tries are given back, so a busy morning counts nothing.
const (
	wrongWithin    = 15 * time.Minute
	wrongAName     = 5 // there or not
	wrongANetwork  = 5
	wrongAtHome    = 30 // in a network where somebody signed in lately: many share an office
	wrongCodes     = 5  // an agent
	familiarWithin = 30 * 24 * time.Hour
)

// errWrong is the one answer to everything that is wrong with a name and a password.
var errWrong = problem.Invalid{Fields: map[string]string{"password": "wrong"}}

// SignIn checks a name and a password and gives a half session of 5 minutes, which can do nothing but the second step. It
// answers problem.Invalid with "password" "wrong" whatever is wrong, after the same work; problem.Throttled.
func (d *Desk) SignIn(ctx context.Context, name, password string, c Client) (token string, err error) {
	name, now, from := plainName(name), d.deps.Now(), d.from(c)
	keys := []string{"agent-name:" + d.deps.Index.Sum("agent-name:"+name), "agent-network:" + from.Network}
	if err := d.count(ctx, now, keys, from.Network); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	a, err := d.deps.Store.AgentNamed(ctx, name)
	if errors.Is(err, problem.NotFound) {
		a, err = &Agent{}, nil
	}
	var right bool
	if err == nil {
		right, err = d.deps.Hasher.Verify(ctx, a.Password, a.ID, plainPassword(password))
	}
	if err != nil { // nothing was learned from this try
		return "", fmt.Errorf("sign in: %w", errors.Join(err, d.giveBack(ctx, now, keys)))
	}
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		token = ""
		if !right || !a.enrolled() || !a.Disabled.IsZero() {
			return tx.Record(d.failedSignIn(a, "password"))
		}
		locked, err := tx.Agent(a.ID)
		if err != nil {
			return err
		}
		if locked.Password != a.Password || !locked.Disabled.IsZero() { // somebody began anew meanwhile
			return tx.Record(d.failedSignIn(a, "password"))
		}
		if err := tx.GiveBack(now, keys...); err != nil {
			return err
		}
		token, err = d.newSession(tx, a, KindHalf, halfLasts, from)
		return err
	})
	if err == nil && token == "" {
		err = errWrong
	}
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return token, nil
}

// count counts a try before anything is compared (requirement R4).
func (d *Desk) count(ctx context.Context, now time.Time, keys []string, network string) error {
	return d.deps.Store.Do(ctx, func(tx Tx) error {
		limit := wrongANetwork
		home, err := tx.Familiar(network, now.Add(-familiarWithin))
		if err != nil {
			return err
		}
		if home {
			limit = wrongAtHome
		}
		return tx.Take(now, throttle.Limit{Key: keys[0], Max: wrongAName, Within: wrongWithin},
			throttle.Limit{Key: keys[1], Max: limit, Within: wrongWithin})
	})
}

func (d *Desk) giveBack(ctx context.Context, now time.Time, keys []string) error {
	return d.deps.Store.Do(ctx, func(tx Tx) error { return tx.GiveBack(now, keys...) })
}

// failedSignIn says whose sign-in failed, but not what was typed as a name that nobody has: it may have been the password.
func (d *Desk) failedSignIn(a *Agent, step string) recovery.Event {
	event := d.event("agent-sign-in-failed", "somebody", a.ID)
	event.Data["step"] = step
	return event
}

// SignInBy lets somebody in whom the operator's own sign-in named. They are added when they first come, and have the roles
// that it says, each time anew. problem.Denied without a role that we know, or if they were disabled here.
func (d *Desk) SignInBy(ctx context.Context, i Identity, c Client) (token string, err error) {
	if i.Issuer == "" || i.Subject == "" {
		return "", fmt.Errorf("sign in by identity: %w", problem.Denied)
	}
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		token = ""
		a, err := d.identified(tx, i)
		if err != nil {
			return err
		}
		if a.May(RightDesk) {
			token, err = d.admit(tx, a, "identity", d.from(c))
			return err
		}
		return tx.Record(d.failedSignIn(a, "identity"))
	})
	if err == nil && token == "" {
		err = problem.Denied
	}
	if err != nil {
		return "", fmt.Errorf("sign in by identity: %w", err)
	}
	return token, nil
}

// identified is the agent of an identity, as it is now; one without an id if it has no role and never had.
func (d *Desk) identified(tx Tx, i Identity) (*Agent, error) {
	a, err := tx.AgentBy(i.Issuer, i.Subject)
	if err == nil {
		a.Name, a.Shown = i.shown()
		if err := d.reRole(tx, a, known(i.Roles), "identity"); err != nil {
			return nil, err
		}
		return a, tx.SaveAgent(a)
	}
	if !errors.Is(err, problem.NotFound) || len(known(i.Roles)) == 0 {
		if errors.Is(err, problem.NotFound) {
			return &Agent{}, nil
		}
		return nil, err
	}
	a = &Agent{ID: newID(), Roles: known(i.Roles), Created: d.deps.Now(), Issuer: i.Issuer, Subject: i.Subject}
	a.Name, a.Shown = i.shown()
	if err := tx.AddAgent(a); err != nil {
		return nil, err
	}
	event := d.event("agent-added", "identity", a.ID)
	event.Data["roles"], event.Person = rolesText(a.Roles), map[string]string{"name": a.Name, "shown": a.Shown}
	return a, tx.Record(event)
}

// shown are the names of an identity; some providers give only one, or none.
func (i Identity) shown() (name, shown string) {
	name, shown = cut(plainName(i.Name)), cut(printable(i.Shown))
	if name == "" {
		name = cut(printable(i.Subject))
	}
	if shown == "" {
		shown = name
	}
	return name, shown
}

func cut(s string) string {
	if signs := []rune(s); len(signs) > 64 {
		return string(signs[:64])
	}
	return s
}
