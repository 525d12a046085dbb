package support

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"zhaohui/internal/problem"
)

// passkeysOf is what passkeys are made and checked with: they are bound to the host of the public address. Browsers know
// none for a bare address, and then there are none.
func passkeysOf(deps Deps) *webauthn.WebAuthn {
	if deps.Public == nil || deps.Public.Hostname() == "" {
		return nil
	}
	if _, err := netip.ParseAddr(deps.Public.Hostname()); err == nil {
		return nil
	}
	name := deps.Operator
	if name == "" {
		name = "Zhaohui"
	}
	keys, err := webauthn.New(&webauthn.Config{RPID: deps.Public.Hostname(), RPDisplayName: name,
		RPOrigins: []string{deps.Public.Scheme + "://" + deps.Public.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{UserVerification: protocol.VerificationRequired,
			ResidentKey: protocol.ResidentKeyRequirementPreferred},
		AttestationPreference: protocol.PreferNoAttestation})
	if err != nil {
		return nil // the host is none that a browser would take
	}
	return keys
}

// Passkeys says whether passkeys can be used under the public address.
func (d *Desk) Passkeys() bool { return d.keys != nil }

// keyHolder is an agent as the passkey library wants to see one.
type keyHolder struct {
	agent *Agent
	keys  []webauthn.Credential
}

func holderOf(a *Agent) (keyHolder, error) {
	h := keyHolder{agent: a}
	for _, p := range a.Passkeys {
		var c webauthn.Credential
		if err := json.Unmarshal(p.Data, &c); err != nil {
			return h, fmt.Errorf("read passkey: %w", err)
		}
		h.keys = append(h.keys, c)
	}
	return h, nil
}

// WebAuthnID is the agent's id: no name leaves the desk in it.
func (h keyHolder) WebAuthnID() []byte { return []byte(h.agent.ID) }

// WebAuthnName is what the browser shows.
func (h keyHolder) WebAuthnName() string { return h.agent.Name }

// WebAuthnDisplayName is what the browser shows beside it.
func (h keyHolder) WebAuthnDisplayName() string { return h.agent.Shown }

// WebAuthnCredentials are the passkeys.
func (h keyHolder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// BeginPasskey gives options as JSON for the browser, {"publicKey": …}: to make a passkey in an enrolment or a whole
// session, to use one in a half session. problem.NotFound where passkeys cannot be used, or there is none to use.
func (d *Desk) BeginPasskey(ctx context.Context, token string) (options []byte, err error) {
	s, a, err := d.session(ctx, token, KindEnrol, KindHalf, KindWhole)
	if err == nil && (d.keys == nil || !a.Local() || s.Kind == KindHalf && len(a.Passkeys) == 0) {
		err = problem.NotFound // who signs in elsewhere has no use for one
	}
	if err != nil {
		return nil, fmt.Errorf("begin passkey: %w", err)
	}
	holder, err := holderOf(a)
	if err != nil {
		return nil, err
	}
	m, err := d.recall(s)
	if err != nil {
		return nil, fmt.Errorf("begin passkey: %w", err)
	}
	var what any
	if s.Kind == KindHalf {
		what, m.Passkey, err = d.keys.BeginLogin(holder)
	} else {
		what, m.Passkey, err = d.keys.BeginRegistration(holder,
			webauthn.WithExclusions(webauthn.Credentials(holder.keys).CredentialDescriptors()))
	}
	if err == nil {
		options, err = json.Marshal(what)
	}
	if err == nil {
		err = d.remember(ctx, s, m)
	}
	if err != nil {
		return nil, fmt.Errorf("begin passkey: %w", err)
	}
	return options, nil
}

var errWrongPasskey = problem.Invalid{Fields: map[string]string{"passkey": "wrong"}}

// FinishPasskey takes the browser's answer as JSON. In an enrolment and in a half session it gives the token of a whole
// one; in a whole session it adds the passkey and gives "". problem.Invalid: "passkey" is "wrong", or "password" is
// "required" in an enrolment; problem.Throttled, problem.NotFound, problem.Expired.
func (d *Desk) FinishPasskey(ctx context.Context, token string, answer []byte) (whole string, err error) {
	s, a, err := d.session(ctx, token, KindEnrol, KindHalf, KindWhole)
	if err == nil && d.keys == nil {
		err = problem.NotFound
	}
	var m memory
	if err == nil {
		m, err = d.recall(s)
	}
	if err == nil && m.Passkey == nil {
		err = errWrongPasskey // it was not begun, or answered before
	}
	if err != nil {
		return "", fmt.Errorf("finish passkey: %w", err)
	}
	switch s.Kind {
	case KindHalf:
		whole, err = d.secondStep(ctx, s, a.ID, "passkey", func(tx Tx, a *Agent) (bool, error) {
			used, err := d.checkPasskey(a, m.Passkey, answer)
			if err != nil || used == nil {
				return false, err
			}
			return true, tx.SavePasskey(a.ID, *used)
		})
		if err == nil && whole == "" {
			err = errWrongPasskey
		}
	case KindEnrol:
		whole, err = d.enrolPasskey(ctx, s, a, m, answer)
	default:
		err = d.addPasskey(ctx, s, a, m, answer)
	}
	if err != nil {
		return "", fmt.Errorf("finish passkey: %w", err)
	}
	return whole, nil
}

// checkPasskey is the passkey that gave an answer, as it is to be kept now; nil if the answer is wrong. A counter that went
// back means that there are two of the same key, and neither is let in.
func (d *Desk) checkPasskey(a *Agent, begun *webauthn.SessionData, answer []byte) (*Passkey, error) {
	holder, err := holderOf(a)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, nil //nolint:nilerr // what came is no answer, whatever it is
	}
	credential, err := d.keys.ValidateLogin(holder, *begun, parsed)
	if err != nil || credential.Authenticator.CloneWarning {
		return nil, nil //nolint:nilerr // a wrong one
	}
	for _, p := range a.Passkeys {
		if p.ID == passkeyID(credential) {
			p.Used = d.deps.Now()
			p.Data, err = json.Marshal(credential)
			return &p, err
		}
	}
	return nil, nil
}

func passkeyID(c *webauthn.Credential) string { return base64.RawURLEncoding.EncodeToString(c.ID) }

// newPasskey is the passkey that an answer makes; errWrongPasskey.
func (d *Desk) newPasskey(a *Agent, begun *webauthn.SessionData, answer []byte) (Passkey, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, errWrongPasskey
	}
	holder, err := holderOf(a)
	if err != nil {
		return Passkey{}, err
	}
	credential, err := d.keys.CreateCredential(holder, *begun, parsed)
	if err != nil {
		return Passkey{}, errWrongPasskey
	}
	data, err := json.Marshal(credential)
	return Passkey{ID: passkeyID(credential), Added: d.deps.Now(), Data: data}, err
}

func (d *Desk) enrolPasskey(ctx context.Context, s *Session, a *Agent, m memory, answer []byte) (whole string, err error) {
	if m.Password == "" {
		return "", errNoPassword
	}
	p, err := d.newPasskey(a, m.Passkey, answer)
	if err != nil {
		return "", err
	}
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		if err := tx.AddPasskey(a.ID, p); err != nil {
			return err
		}
		whole, err = d.finishEnrol(tx, s, m, "passkey", func(*Agent) error { return nil })
		return err
	})
	return whole, err
}

func (d *Desk) addPasskey(ctx context.Context, s *Session, a *Agent, m memory, answer []byte) error {
	p, err := d.newPasskey(a, m.Passkey, answer)
	if err != nil {
		return err
	}
	m.Passkey = nil
	sealed, err := d.sealMemory(s.ID, m)
	if err != nil {
		return err
	}
	return d.deps.Store.Do(ctx, func(tx Tx) error {
		lasts, err := tx.SaveSession(s.ID, sealed)
		if err == nil && !lasts {
			err = problem.Expired
		}
		if err != nil {
			return err
		}
		if err := tx.AddPasskey(a.ID, p); err != nil {
			return err
		}
		return tx.Record(d.event("agent-passkey-added", Actor(a.ID), a.ID))
	})
}

// RemovePasskey takes a passkey away; problem.NotFound, or problem.Conflict if it is the only second thing there is.
func (d *Desk) RemovePasskey(ctx context.Context, agentID, passkey string) error {
	err := d.change(ctx, agentID, func(tx Tx, a *Agent) error {
		if a.Local() && len(a.TOTP) == 0 && len(a.Passkeys) < 2 {
			return problem.Conflict
		}
		gone, err := tx.RemovePasskeys(agentID, passkey)
		if err == nil && (gone == 0 || passkey == "") {
			err = problem.NotFound
		}
		if err != nil {
			return err
		}
		return tx.Record(d.event("agent-passkey-removed", Actor(agentID), agentID))
	})
	return wrapped("remove passkey", err)
}

var _ webauthn.User = keyHolder{}
