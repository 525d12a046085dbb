package support

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/text/unicode/norm"

	"zhaohui/internal/problem"
	"zhaohui/internal/throttle"
)

// period of an authenticator's codes in seconds; one before and one after are taken as well (RFC 6238, section 5.2).
const period = 30

var sixDigits = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var errWrongCode = problem.Invalid{Fields: map[string]string{"code": "wrong"}}

// stepOf is the time step that a code belongs to, -1 if none after the last one: a used code and all before it are never
// right again.
func stepOf(secret, code string, last int64, at time.Time) int64 {
	found := int64(-1)
	for _, aside := range []int64{-1, 0, 1} {
		step := at.Unix()/period + aside
		want, err := hotp.GenerateCodeCustom(secret, uint64(max(step, 0)), sixDigits)
		if err == nil && secret != "" && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > last {
			found = step
		}
	}
	return found
}

// plainCode forgives width, spaces and dashes.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\t", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(typed))
}

// newSecret makes the secret of an authenticator: 160 bits.
func newSecret() (string, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "desk", AccountName: "agent"})
	if err != nil {
		return "", fmt.Errorf("make authenticator key: %w", err)
	}
	return key.Secret(), nil
}

// authenticator is how an agent takes a secret into an app.
func (d *Desk) authenticator(a *Agent, secret string) (Authenticator, error) {
	raw, err := decodeSecret(secret)
	if err != nil {
		return Authenticator{}, err
	}
	issuer := strings.ReplaceAll(d.deps.Operator, ":", " ") // it ends the issuer in the address
	if issuer == "" {
		issuer = "Zhaohui"
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: a.Name, Secret: raw})
	if err != nil {
		return Authenticator{}, errors.New("the key of the authenticator cannot be shown")
	}
	return Authenticator{Key: secret, Address: key.URL()}, nil
}

func codeLimit(agentID string) throttle.Limit {
	return throttle.Limit{Key: "agent-code:" + agentID, Max: wrongCodes, Within: wrongWithin}
}

// Second checks the authenticator's code of a half session and gives a whole one under a new token (requirement W4).
// problem.Invalid: "code" is "wrong", also if it was used; problem.Throttled; problem.NotFound or problem.Expired.
func (d *Desk) Second(ctx context.Context, token, code string) (whole string, err error) {
	s, a, err := d.session(ctx, token, KindHalf)
	if err != nil {
		return "", fmt.Errorf("second step: %w", err)
	}
	whole, err = d.secondStep(ctx, s, a.ID, "code", func(tx Tx, a *Agent) (bool, error) {
		step, err := d.useCode(a, code, d.deps.Now())
		if err != nil || step < 0 {
			return false, err
		}
		a.LastStep = step
		return true, tx.SaveAgent(a)
	})
	if err == nil && whole == "" {
		err = errWrongCode
	}
	if err != nil {
		return "", fmt.Errorf("second step: %w", err)
	}
	return whole, nil
}

// secondStep counts a try of a half session's second step and then looks at it (requirement R4), and gives a whole session if it
// is right: "" if it is not, or if the agent may not come in any more. use looks, and keeps what was used.
func (d *Desk) secondStep(ctx context.Context, half *Session, agentID, with string,
	use func(tx Tx, a *Agent) (right bool, err error)) (whole string, err error) {
	err = d.deps.Store.Do(ctx, func(tx Tx) error {
		whole = ""
		if err := tx.Take(d.deps.Now(), codeLimit(agentID)); err != nil {
			return err
		}
		a, err := tx.Agent(agentID)
		if err != nil {
			return err
		}
		right := false
		if a.Disabled.IsZero() {
			right, err = use(tx, a)
		}
		if err != nil {
			return err
		}
		if !right {
			return tx.Record(d.failedSignIn(a, with))
		}
		if err := tx.GiveBack(d.deps.Now(), codeLimit(agentID).Key); err != nil {
			return err
		}
		whole, err = d.swap(tx, a, half, with)
		return err
	})
	return whole, err
}

// swap ends a half session and begins a whole one.
func (d *Desk) swap(tx Tx, a *Agent, half *Session, with string) (whole string, err error) {
	lasted, err := tx.EndSession(half.ID, d.deps.Now())
	if err == nil && !lasted {
		err = problem.Expired
	}
	if err != nil {
		return "", err
	}
	return d.admit(tx, a, with, *half)
}

// useCode is the step of a code of an agent's authenticator, -1 if it is wrong.
func (d *Desk) useCode(a *Agent, code string, now time.Time) (int64, error) {
	if len(a.TOTP) == 0 {
		return -1, nil
	}
	secret, err := OpenKey(d.deps.Box, a)
	if err != nil {
		return -1, err
	}
	return stepOf(secret, plainCode(code), a.LastStep, now), nil
}

// OpenKey is the key of an agent's authenticator, "" if there is none, for who holds the box that it was sealed with. The desk
// shows it to nobody after the enrolment; the demo shows those of its made-up people.
func OpenKey(box Sealer, a *Agent) (string, error) {
	if len(a.TOTP) == 0 {
		return "", nil
	}
	secret, err := box.Open(a.TOTP, totpContext(a.ID))
	if err != nil {
		return "", fmt.Errorf("open authenticator key: %w", err)
	}
	return string(secret), nil
}

func totpContext(agentID string) string { return "agent:totp:" + agentID }
