package support

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"

	"zhaohui/internal/problem"
)

var plain32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newID is an id: no secret, and never twice.
func newID() string { return plain32.EncodeToString(random(10)) }

// newToken is 256 random bits.
func newToken() string { return base64.RawURLEncoding.EncodeToString(random(32)) }

// newAPIToken is 200 random bits in 40 letters and digits.
func newAPIToken() string { return plain32.EncodeToString(random(25)) }

func random(n int) []byte {
	raw := make([]byte, n)
	rand.Read(raw)
	return raw
}

// hashToken is how tokens are kept. They are random, so nothing is gained by searching for them.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Token makes a token for programs that make share links; it is given once. problem.Denied for who is disabled.
func (d *Desk) Token(ctx context.Context, agentID, actor string) (token string, err error) {
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		a, err := tx.Agent(agentID)
		if err != nil {
			return err
		}
		if !a.Disabled.IsZero() {
			return problem.Denied
		}
		token = newAPIToken()
		event := d.event("agent-token-made", by(actor), a.ID)
		kept := Token{ID: newID(), Hash: hashToken(token), Kind: TokenAPI, Agent: a.ID, Created: event.At}
		if err := tx.AddToken(kept); err != nil {
			return err
		}
		event.Data["token"] = kept.ID
		return tx.Record(event)
	})
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return token, nil
}

// RevokeTokens ends all tokens of an agent and says how many there were.
func (d *Desk) RevokeTokens(ctx context.Context, agentID, actor string) (ended int, err error) {
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		if _, err := tx.Agent(agentID); err != nil {
			return err
		}
		event := d.event("agent-tokens-revoked", by(actor), agentID)
		if ended, err = tx.EndTokens(agentID, TokenAPI, event.At); err != nil || ended == 0 {
			return err
		}
		event.Data["tokens"] = strconv.Itoa(ended)
		return tx.Record(event)
	})
	return ended, wrapped("revoke tokens", err)
}

// ByToken is whose token a program brings; problem.NotFound, problem.Denied if they are disabled.
func (d *Desk) ByToken(ctx context.Context, token string) (*Agent, error) {
	kept, err := d.deps.Store.Token(ctx, hashToken(token))
	if err == nil && (kept.Kind != TokenAPI || !kept.Ended.IsZero()) {
		err = problem.NotFound
	}
	var a *Agent
	if err == nil {
		a, err = d.deps.Store.Agent(ctx, kept.Agent)
	}
	if err == nil && !a.Disabled.IsZero() {
		err = problem.Denied
	}
	if err != nil {
		return nil, fmt.Errorf("whose token: %w", err)
	}
	return a, nil
}
