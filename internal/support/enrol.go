package support

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"

	"zhaohui/internal/problem"
)

// An enrolment goes: Enrolment shows whose it is; BeginEnrol swaps the token in the address for a session that can do
// nothing else; ChoosePassword; then ConfirmCode, or BeginPasskey and FinishPasskey, which end it with a whole session.

// newEnrolment gives a new enrolment token and ends the one before.
func (d *Desk) newEnrolment(tx Tx, a *Agent, actor string) (string, error) {
	now := d.deps.Now()
	if _, err := tx.EndTokens(a.ID, TokenEnrol, now); err != nil {
		return "", err
	}
	token := newToken()
	kept := Token{ID: newID(), Hash: hashToken(token), Kind: TokenEnrol, Agent: a.ID, Created: now, Expires: now.Add(enrolLasts)}
	if err := tx.AddToken(kept); err != nil {
		return "", err
	}
	return token, tx.Record(d.event("agent-enrolment-made", actor, a.ID))
}

// Enrolment says whose an enrolment token is; problem.NotFound, or problem.Expired for one that is used, ended or too old.
func (d *Desk) Enrolment(ctx context.Context, token string) (*Agent, error) {
	a, err := d.enrolment(ctx, hashToken(token))
	if err != nil {
		return nil, fmt.Errorf("whose enrolment: %w", err)
	}
	return a, nil
}

func (d *Desk) enrolment(ctx context.Context, hash string) (*Agent, error) {
	kept, err := d.deps.Store.Token(ctx, hash)
	if err != nil {
		return nil, err
	}
	if kept.Kind != TokenEnrol {
		return nil, problem.NotFound
	}
	if !kept.Used.IsZero() || !kept.Ended.IsZero() || !d.deps.Now().Before(kept.Expires) {
		return nil, problem.Expired
	}
	a, err := d.deps.Store.Agent(ctx, kept.Agent)
	if err == nil && !a.Disabled.IsZero() {
		err = problem.Expired
	}
	return a, err
}

// BeginEnrol swaps the token of the address for a session of 30 minutes (requirement W2). The token is used up only when
// the enrolment is finished, so that a closed window loses nothing; to begin again ends what was begun before.
func (d *Desk) BeginEnrol(ctx context.Context, token string, c Client) (session string, err error) {
	a, err := d.enrolment(ctx, hashToken(token))
	if err != nil {
		return "", fmt.Errorf("begin enrolment: %w", err)
	}
	secret, err := newSecret()
	if err != nil {
		return "", fmt.Errorf("begin enrolment: %w", err)
	}
	now, from := d.deps.Now(), d.from(c)
	session = newToken()
	s := &Session{ID: newID(), Agent: a.ID, Kind: KindEnrol, Hash: hashToken(session), Started: now, Seen: now,
		Until:  now.Add(enrolling),
		Client: from.Client, Network: from.Network}
	if s.Sealed, err = d.sealMemory(s.ID, memory{Enrolment: hashToken(token), Secret: secret}); err != nil {
		return "", fmt.Errorf("begin enrolment: %w", err)
	}
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		if _, err := tx.EndSessions(a.ID, "", now, KindEnrol); err != nil {
			return err
		}
		return tx.AddSession(s)
	})
	if err != nil {
		return "", fmt.Errorf("begin enrolment: %w", err)
	}
	return session, nil
}

// Enrolling says how far an enrolment is, with the key for the authenticator; problem.NotFound, problem.Expired.
func (d *Desk) Enrolling(ctx context.Context, session string) (*Enrolling, error) {
	s, a, m, err := d.enrolSession(ctx, session)
	if err != nil {
		return nil, fmt.Errorf("read enrolment: %w", err)
	}
	e := &Enrolling{Agent: a, Password: m.Password != "", Until: s.Until}
	if e.Authenticator, err = d.authenticator(a, m.Secret); err != nil {
		return nil, fmt.Errorf("read enrolment: %w", err)
	}
	return e, nil
}

// enrolSession is the session of an enrolment whose token is still good.
func (d *Desk) enrolSession(ctx context.Context, token string) (*Session, *Agent, memory, error) {
	s, _, err := d.session(ctx, token, KindEnrol)
	if err != nil {
		return nil, nil, memory{}, err
	}
	m, err := d.recall(s)
	if err != nil {
		return nil, nil, memory{}, err
	}
	a, err := d.enrolment(ctx, m.Enrolment)
	return s, a, m, err
}

// ChoosePassword keeps a password until the enrolment is finished; it may be chosen again. problem.Invalid: "password" is
// one of the reasons of Weakness.
func (d *Desk) ChoosePassword(ctx context.Context, session, password string) error {
	s, a, m, err := d.enrolSession(ctx, session)
	if err != nil {
		return fmt.Errorf("choose password: %w", err)
	}
	if why := Weakness(password, a.Name, a.Shown, d.deps.Operator); why != "" {
		return fmt.Errorf("choose password: %w", problem.Invalid{Fields: map[string]string{"password": why}})
	}
	if m.Password, err = d.deps.Hasher.Hash(ctx, a.ID, plainPassword(password)); err == nil {
		err = d.remember(ctx, s, m)
	}
	return wrapped("choose password", err)
}

var errNoPassword = problem.Invalid{Fields: map[string]string{"password": "required"}}

// ConfirmCode finishes an enrolment with a code of the authenticator and gives the token of a whole session; all others of
// the agent end. problem.Invalid: "code" is "wrong" or "password" is "required"; problem.Throttled.
func (d *Desk) ConfirmCode(ctx context.Context, session, code string) (whole string, err error) {
	s, a, m, err := d.enrolSession(ctx, session)
	if err == nil && m.Password == "" {
		err = errNoPassword
	}
	if err != nil {
		return "", fmt.Errorf("confirm code: %w", err)
	}
	now := d.deps.Now()
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		whole = ""
		if err := tx.Take(now, codeLimit(a.ID)); err != nil {
			return err
		}
		step := stepOf(m.Secret, plainCode(code), 0, now) // another secret: its codes were never used
		if step < 0 {
			return tx.Record(d.failedSignIn(a, "enrolment"))
		}
		if err := tx.GiveBack(now, codeLimit(a.ID).Key); err != nil {
			return err
		}
		whole, err = d.finishEnrol(tx, s, m, "code", func(a *Agent) error {
			a.TOTP, a.LastStep = d.deps.Box.Seal([]byte(m.Secret), totpContext(a.ID)), step
			return nil
		})
		return err
	})
	if err == nil && whole == "" {
		err = errWrongCode
	}
	if err != nil {
		return "", fmt.Errorf("confirm code: %w", err)
	}
	return whole, nil
}

// finishEnrol makes what was chosen count: from now on the address is dead and the agent signs in with it.
func (d *Desk) finishEnrol(tx Tx, s *Session, m memory, with string, second func(*Agent) error) (whole string, err error) {
	now := d.deps.Now()
	used, err := tx.UseToken(m.Enrolment, now)
	if err == nil && !used {
		err = problem.Expired
	}
	if err != nil {
		return "", err
	}
	a, err := tx.Agent(s.Agent)
	if err != nil {
		return "", err
	}
	if !a.Disabled.IsZero() {
		return "", problem.Expired
	}
	a.Password = m.Password
	if err := second(a); err != nil {
		return "", err
	}
	if err := tx.SaveAgent(a); err != nil {
		return "", err
	}
	if _, err := tx.EndSessions(a.ID, "", now); err != nil {
		return "", err
	}
	event := d.event("agent-enrolled", Actor(a.ID), a.ID)
	event.Data["with"] = with
	if err := tx.Record(event); err != nil {
		return "", err
	}
	return d.admit(tx, a, with, *s)
}

func decodeSecret(secret string) ([]byte, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return nil, errors.New("the key of the authenticator cannot be read") // the error could repeat some of it
	}
	return raw, nil
}
