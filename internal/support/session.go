package support

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"zhaohui/internal/problem"
)

// Who is who a whole session belongs to; problem.NotFound, and problem.Expired once it ended, 15 minutes after it was last
// used, 8 hours after the sign-in, or when the agent was disabled.
func (d *Desk) Who(ctx context.Context, token string) (*Presence, error) {
	p, err := d.presence(ctx, token, KindWhole)
	if err != nil {
		return nil, fmt.Errorf("who is it: %w", err)
	}
	if now := d.deps.Now(); now.Sub(p.Seen) >= seenEvery {
		if err := d.deps.Store.Seen(ctx, p.Session, now); err != nil {
			return nil, fmt.Errorf("who is it: %w", err)
		}
		p.Seen = now
	}
	return p, nil
}

// Half is who is at the second step; problem.NotFound, problem.Expired.
func (d *Desk) Half(ctx context.Context, token string) (*Presence, error) {
	p, err := d.presence(ctx, token, KindHalf)
	if err != nil {
		return nil, fmt.Errorf("who is at the second step: %w", err)
	}
	return p, nil
}

func (d *Desk) presence(ctx context.Context, token string, kinds ...Kind) (*Presence, error) {
	s, a, err := d.session(ctx, token, kinds...)
	if err != nil {
		return nil, err
	}
	return &Presence{Agent: a, Session: s.ID, Kind: s.Kind, Since: s.Started, Seen: s.Seen, Until: s.Until}, nil
}

// session finds the session of a token, one of these kinds, that still lasts.
func (d *Desk) session(ctx context.Context, token string, kinds ...Kind) (*Session, *Agent, error) {
	s, err := d.deps.Store.Session(ctx, hashToken(token))
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(kinds, s.Kind) {
		return nil, nil, problem.NotFound // a token is good for its own kind alone
	}
	if now := d.deps.Now(); !s.Ended.IsZero() || !now.Before(s.Until) || s.Kind == KindWhole && now.Sub(s.Seen) > idleLasts {
		return nil, nil, problem.Expired
	}
	a, err := d.deps.Store.Agent(ctx, s.Agent)
	if err == nil && !a.Disabled.IsZero() {
		err = problem.Expired
	}
	return s, a, err
}

// newSession begins a session in a transaction and gives its token.
func (d *Desk) newSession(tx Tx, a *Agent, kind Kind, lasts time.Duration, from Session) (token string, err error) {
	token = newToken()
	now := d.deps.Now()
	s := &Session{ID: newID(), Agent: a.ID, Kind: kind, Hash: hashToken(token), Started: now, Seen: now, Until: now.Add(lasts),
		Client: from.Client, Network: from.Network}
	return token, tx.AddSession(s)
}

// admit begins a whole session: the agent is in.
func (d *Desk) admit(tx Tx, a *Agent, with string, from Session) (token string, err error) {
	if token, err = d.newSession(tx, a, KindWhole, sessionLasts, from); err != nil {
		return "", err
	}
	event := d.event("agent-signed-in", Actor(a.ID), a.ID)
	event.Data["with"] = with
	return token, tx.Record(event)
}

// from is what a session keeps of a browser.
func (d *Desk) from(c Client) Session {
	return Session{Client: c.Kind, Network: d.deps.Index.Sum("agent-network:" + networkOf(c.Network))}
}

// networkOf is the network that one household or office has, so that changing the address gains nothing.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap()
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return address
	}
	return p.String()
}

// SignOut ends the session of a token, whatever its kind; if there is none nothing happens.
func (d *Desk) SignOut(ctx context.Context, token string) error {
	s, err := d.deps.Store.Session(ctx, hashToken(token))
	if errors.Is(err, problem.NotFound) {
		return nil
	}
	if err == nil {
		err = d.end(ctx, s, "agent-signed-out", Actor(s.Agent))
	}
	return wrapped("sign out", err)
}

func (d *Desk) end(ctx context.Context, s *Session, kind, actor string) error {
	return d.deps.Store.Do(ctx, func(tx Tx) error {
		lasted, err := tx.EndSession(s.ID, d.deps.Now())
		if err != nil || !lasted || s.Kind != KindWhole {
			return err
		}
		event := d.event(kind, actor, s.Agent)
		event.Data["session"] = s.ID
		return tx.Record(event)
	})
}

// Sessions are an agent's whole sessions that last, the newest first.
func (d *Desk) Sessions(ctx context.Context, agentID string) ([]Session, error) {
	list, err := d.deps.Store.Sessions(ctx, agentID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	now := d.deps.Now()
	return slices.DeleteFunc(list, func(s Session) bool {
		return s.Kind != KindWhole || !now.Before(s.Until) || now.Sub(s.Seen) > idleLasts
	}), nil
}

// EndSession ends one session of an agent; problem.NotFound if it is not theirs.
func (d *Desk) EndSession(ctx context.Context, agentID, session string) error {
	list, err := d.Sessions(ctx, agentID)
	if err != nil {
		return wrapped("end session", err)
	}
	at := slices.IndexFunc(list, func(s Session) bool { return s.ID == session })
	if at < 0 {
		return wrapped("end session", problem.NotFound)
	}
	return wrapped("end session", d.end(ctx, &list[at], "agent-session-ended", Actor(agentID)))
}

// EndSessions ends all sessions of an agent but one ("" for none) and says how many lasted.
func (d *Desk) EndSessions(ctx context.Context, agentID, except, actor string) (ended int, err error) {
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		if _, err := tx.Agent(agentID); err != nil {
			return err
		}
		event := d.event("agent-sessions-ended", by(actor), agentID)
		if ended, err = tx.EndSessions(agentID, except, event.At); err != nil || ended == 0 {
			return err
		}
		event.Data["sessions"] = strconv.Itoa(ended)
		return tx.Record(event)
	})
	return ended, wrapped("end sessions", err)
}

// memory is what a session remembers on the way, sealed.
type memory struct {
	Enrolment string                `json:"enrolment,omitempty"` // hash of the token
	Password  string                `json:"password,omitempty"`  // slow hash
	Secret    string                `json:"secret,omitempty"`    // of the authenticator
	Passkey   *webauthn.SessionData `json:"passkey,omitempty"`
}

func memoryContext(session string) string { return "agent_session:sealed:" + session }

func (d *Desk) recall(s *Session) (m memory, err error) {
	if len(s.Sealed) == 0 {
		return m, nil
	}
	plain, err := d.deps.Box.Open(s.Sealed, memoryContext(s.ID))
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		return memory{}, errors.New("what a session remembers cannot be read") // the error could repeat it
	}
	return m, nil
}

// remember keeps what a session has to know later; problem.Expired if it ended meanwhile.
func (d *Desk) remember(ctx context.Context, s *Session, m memory) error {
	sealed, err := d.sealMemory(s.ID, m)
	if err != nil {
		return err
	}
	return d.deps.Store.Do(ctx, func(tx Tx) error {
		lasts, err := tx.SaveSession(s.ID, sealed)
		if err == nil && !lasts {
			err = problem.Expired
		}
		return err
	})
}

func (d *Desk) sealMemory(session string, m memory) ([]byte, error) {
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return d.deps.Box.Seal(plain, memoryContext(session)), nil
}
