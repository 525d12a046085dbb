package support

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhaohui/internal/problem"
	"zhaohui/internal/recovery"
)

// Add adds an agent and gives the token of an enrolment address, which lasts 24 hours. problem.Invalid: "name" is "form"
// or "taken", "shown" is "form", "roles" is "required".
func (d *Desk) Add(ctx context.Context, n New) (enrol string, err error) {
	a := &Agent{ID: newID(), Name: plainName(n.Name), Shown: strings.TrimSpace(strings.ToValidUTF8(n.Shown, "")),
		Roles: known(n.Roles), Lang: n.Lang, Created: d.deps.Now()}
	if a.Shown == "" {
		a.Shown = strings.TrimSpace(n.Name)
	}
	if wrong := mistakes(a, n.Roles); len(wrong) > 0 {
		return "", fmt.Errorf("add agent: %w", problem.Invalid{Fields: wrong})
	}
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		if err := tx.AddAgent(a); err != nil {
			return err
		}
		event := d.event("agent-added", by(n.By), a.ID)
		event.Data["roles"], event.Person = rolesText(a.Roles), map[string]string{"name": a.Name, "shown": a.Shown}
		if err := tx.Record(event); err != nil {
			return err
		}
		enrol, err = d.newEnrolment(tx, a, by(n.By))
		return err
	})
	if errors.Is(err, problem.Conflict) {
		err = problem.Invalid{Fields: map[string]string{"name": "taken"}}
	}
	if err != nil {
		return "", fmt.Errorf("add agent: %w", err)
	}
	return enrol, nil
}

func mistakes(a *Agent, roles []Role) map[string]string {
	wrong := map[string]string{}
	if !goodName(a.Name) {
		wrong["name"] = "form"
	}
	if len([]rune(a.Shown)) > 64 || strings.ContainsFunc(a.Shown, unicode.IsControl) {
		wrong["shown"] = "form"
	}
	if len(a.Roles) == 0 || slices.ContainsFunc(roles, func(r Role) bool { return !slices.Contains(Roles(), r) }) {
		wrong["roles"] = "required"
	}
	return wrong
}

// plainName is a name in the form in which it is kept: people type it in any width and case.
func plainName(typed string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(printable(typed))))
}

// printable takes signs away that no database keeps and no page shows.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

// goodName allows letters of any script, so that nobody has to be spelled in another.
func goodName(name string) bool {
	signs := []rune(name)
	if len(signs) < 2 || len(signs) > 64 || !unicode.IsLetter(signs[0]) && !unicode.IsDigit(signs[0]) {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
	})
}

// Find finds an agent by name or id; problem.NotFound.
func (d *Desk) Find(ctx context.Context, nameOrID string) (*Agent, error) {
	nameOrID = strings.TrimSpace(printable(nameOrID))
	a, err := d.deps.Store.AgentNamed(ctx, plainName(nameOrID))
	if errors.Is(err, problem.NotFound) {
		a, err = d.deps.Store.Agent(ctx, nameOrID)
	}
	if err != nil {
		return nil, fmt.Errorf("find agent: %w", err)
	}
	return a, nil
}

// Agents lists all agents, by name.
func (d *Desk) Agents(ctx context.Context) ([]*Agent, error) {
	list, err := d.deps.Store.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	return list, nil
}

// Change gives an agent other roles. Their sessions end: rights are gained by a new sign-in only (requirement W4).
// problem.Invalid: "roles" is "required". Somebody of the operator's sign-in gets theirs there: problem.Denied.
func (d *Desk) Change(ctx context.Context, id string, roles []Role, actor string) error {
	err := d.change(ctx, id, func(tx Tx, a *Agent) error {
		if !a.Local() {
			return problem.Denied
		}
		if wrong := mistakes(&Agent{Name: a.Name, Shown: a.Shown, Roles: known(roles)}, roles); len(wrong) > 0 {
			return problem.Invalid{Fields: wrong}
		}
		return d.reRole(tx, a, known(roles), by(actor))
	})
	return wrapped("change roles", err)
}

// reRole gives an agent other roles in a transaction that will save them.
func (d *Desk) reRole(tx Tx, a *Agent, roles []Role, actor string) error {
	if slices.Equal(a.Roles, roles) {
		return nil
	}
	event := d.event("agent-roles-changed", actor, a.ID)
	event.Data["was"], event.Data["roles"] = rolesText(a.Roles), rolesText(roles)
	a.Roles = roles
	if _, err := tx.EndSessions(a.ID, "", event.At); err != nil {
		return err
	}
	return tx.Record(event)
}

// Disable keeps an agent out, at once: sessions, enrolment and tokens of programs end.
func (d *Desk) Disable(ctx context.Context, id, actor string) error {
	err := d.change(ctx, id, func(tx Tx, a *Agent) error {
		if !a.Disabled.IsZero() {
			return nil
		}
		a.Disabled = d.deps.Now()
		if _, err := tx.EndSessions(a.ID, "", a.Disabled); err != nil {
			return err
		}
		for _, kind := range []TokenKind{TokenEnrol, TokenAPI} {
			if _, err := tx.EndTokens(a.ID, kind, a.Disabled); err != nil {
				return err
			}
		}
		return tx.Record(d.event("agent-disabled", by(actor), a.ID))
	})
	return wrapped("disable agent", err)
}

// Enable lets an agent in again, with what they signed in with before.
func (d *Desk) Enable(ctx context.Context, id, actor string) error {
	err := d.change(ctx, id, func(tx Tx, a *Agent) error {
		if a.Disabled.IsZero() {
			return nil
		}
		a.Disabled = time.Time{}
		return tx.Record(d.event("agent-enabled", by(actor), a.ID))
	})
	return wrapped("enable agent", err)
}

// Enrol begins anew for somebody who lost the second thing: password, authenticator and passkeys are gone, sessions end,
// and the token of a new enrolment address is given. problem.Denied for who is disabled or signs in elsewhere.
func (d *Desk) Enrol(ctx context.Context, id, actor string) (enrol string, err error) {
	err = d.change(ctx, id, func(tx Tx, a *Agent) error {
		if !a.Disabled.IsZero() || !a.Local() {
			return problem.Denied
		}
		a.Password, a.TOTP = "", nil // not LastStep: a code that was used stays used
		if _, err := tx.RemovePasskeys(a.ID, ""); err != nil {
			return err
		}
		if _, err := tx.EndSessions(a.ID, "", d.deps.Now()); err != nil {
			return err
		}
		enrol, err = d.newEnrolment(tx, a, by(actor))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("enrol agent again: %w", err)
	}
	return enrol, nil
}

// Speak changes the language of an agent's console.
func (d *Desk) Speak(ctx context.Context, id, lang string) error {
	err := d.change(ctx, id, func(_ Tx, a *Agent) error {
		a.Lang = lang
		return nil
	})
	return wrapped("change language", err)
}

// change reads an agent, lets do change them, and saves them, with nobody else in between.
func (d *Desk) change(ctx context.Context, id string, do func(Tx, *Agent) error) error {
	return d.deps.Store.Do(ctx, func(tx Tx) error {
		a, err := tx.Agent(id)
		if err != nil {
			return err
		}
		if err := do(tx, a); err != nil {
			return err
		}
		return tx.SaveAgent(a)
	})
}

// event is an entry of the trail about an agent, "" for none.
func (d *Desk) event(kind, actor, agentID string) recovery.Event {
	e := recovery.Event{At: d.deps.Now(), Kind: kind, Actor: actor, Data: map[string]string{}}
	if agentID != "" {
		e.Data["agent"] = agentID
	}
	return e
}

// by is who did something; on the command line nobody is signed in.
func by(actor string) string {
	if actor == "" {
		return Command
	}
	return actor
}

func rolesText(roles []Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	return strings.Join(texts, " ")
}

func wrapped(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
