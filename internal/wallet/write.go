package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"zhaohui/internal/problem"
)

// How long a write is remembered, and how long new recovery codes can be asked for again.
const (
	keepWrites = 30 * 24 * time.Hour
	keepCodes  = time.Hour
)

// What is kept of a history; older ones make room.
const (
	mostDevices  = 20
	mostNetworks = 50
)

// SetPassword sets a payment password with all that Reset says; a zero limit leaves limits as they are. A freeze stays.
// It fails with problem.Invalid for a password that cannot be taken: field new_password, code digits, personal or used.
func (e *Embedded) SetPassword(ctx context.Context, id string, reset Reset, key string) error {
	password := foldWidth(reset.Password)
	if !isPassword(password) {
		return fmt.Errorf("set password: %w", problem.Invalid{Fields: map[string]string{"new_password": "digits"}})
	}
	hash, err := e.hasher.hash(ctx, e.mac(usePassword, id, password)) // slow, so before the write
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	now := e.now()
	err = e.change(ctx, id, "set-password:"+key, 0, func(d *document) (any, error) {
		if why := e.refuse(id, d, password); why != "" {
			return nil, problem.Invalid{Fields: map[string]string{"new_password": string(why)}}
		}
		d.setPassword(hash, e.mac(useUsed, id, password), now)
		if reset.EndSessions {
			d.SessionsEnded = now
		}
		if !reset.Limits.Until.IsZero() {
			d.Limits = reset.Limits
		}
		return true, nil
	}, nil)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

func isPassword(s string) bool { return len(s) == 6 && strings.Trim(s, "0123456789") == "" }

func (d *document) setPassword(hash string, used []byte, now time.Time) {
	d.Password, d.PasswordSet = hash, now
	d.Used = slices.Insert(d.Used, 0, used)
	d.Used = d.Used[:min(len(d.Used), lastPasswords)]
}

// Freeze stops paying until the operator lifts it; the first reason stays.
func (e *Embedded) Freeze(ctx context.Context, id, reason, key string) error {
	now := e.now()
	return e.changeOnly(ctx, "freeze", id, key, func(d *document) {
		if d.Frozen.IsZero() {
			d.Frozen, d.Reason = now, reason
		}
	})
}

// Limit sets what may be paid until a time; zero Until lifts it.
func (e *Embedded) Limit(ctx context.Context, id string, limits Limits, key string) error {
	return e.changeOnly(ctx, "limit", id, key, func(d *document) { d.Limits = limits })
}

// EndSessions signs every device out.
func (e *Embedded) EndSessions(ctx context.Context, id, key string) error {
	now := e.now()
	return e.changeOnly(ctx, "end-sessions", id, key, func(d *document) { d.SessionsEnded = now })
}

// NewRecoveryCodes replaces all saved codes and returns the new ones; for an hour the same key gives them again, then it
// fails with problem.Expired.
func (e *Embedded) NewRecoveryCodes(ctx context.Context, id, key string) ([]string, error) {
	made := make([]string, codeCount)
	for i := range made {
		made[i] = newCode()
	}
	var codes []string
	err := e.change(ctx, id, "new-recovery-codes:"+key, keepCodes, func(d *document) (any, error) {
		d.Codes = nil
		for _, code := range made {
			d.Codes = append(d.Codes, e.mac(useCode, id, foldCode(code)))
		}
		return made, nil
	}, &codes)
	if err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	return codes, nil
}

// Remember adds a device or a network to the account's history.
func (e *Embedded) Remember(ctx context.Context, id string, seen Seen, key string) error {
	return e.changeOnly(ctx, "remember", id, key, func(d *document) {
		if seen.Device.ID != "" && !slices.ContainsFunc(d.Devices, func(known Device) bool { return known.ID == seen.Device.ID }) {
			d.Devices = append(d.Devices, seen.Device)
			d.Devices = d.Devices[max(0, len(d.Devices)-mostDevices):]
		}
		inside := func(known netip.Prefix) bool { return covers(known, seen.Network) }
		if seen.Network.IsValid() && !slices.ContainsFunc(d.Networks, inside) {
			d.Networks = append(d.Networks, seen.Network.Masked())
			d.Networks = d.Networks[max(0, len(d.Networks)-mostNetworks):]
		}
	})
}

func covers(known, other netip.Prefix) bool {
	return known.Bits() <= other.Bits() && known.Contains(other.Addr())
}

// changeOnly is a write that answers nothing.
func (e *Embedded) changeOnly(ctx context.Context, what, id, key string, do func(*document)) error {
	err := e.change(ctx, id, what+":"+key, 0, func(d *document) (any, error) {
		do(d)
		return true, nil
	}, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.ReplaceAll(what, "-", " "), err)
	}
	return nil
}

// change runs do on an account and keeps the outcome with what it answers; the answer, or the first one of the same key,
// is read into answer. keep is how long the answer can be asked for; 0 is as long as the write is remembered. do may run
// more than once.
func (e *Embedded) change(
	ctx context.Context, id, key string, keep time.Duration, do func(*document) (any, error), answer any,
) error {
	if strings.HasSuffix(key, ":") {
		return errors.New("a write without a key")
	}
	now := e.now()
	key = id + ":" + key
	got, err := e.records.Change(ctx, Write{Account: id, Key: key, At: now}, func(sealed []byte) (Changed, error) {
		d, err := e.openData(id, sealed)
		if err != nil {
			return Changed{}, err
		}
		answered, err := do(d)
		if err != nil {
			return Changed{}, err
		}
		sealed = e.seal.Seal(encode(answered), "wallet_write:answer:"+key)
		c := Changed{Data: e.sealData(id, d), Names: e.indexes(id, d), Answer: Answer{Sealed: sealed}}
		if keep > 0 {
			c.Answer.Until = now.Add(keep)
		}
		return c, nil
	})
	if err != nil {
		return err
	}
	return e.readAnswer(key, got, answer)
}

// answered reads what the first write with a key answered; problem.NotFound.
func (e *Embedded) answered(ctx context.Context, id, key string, answer any) error {
	key = id + ":" + key
	got, err := e.records.Answer(ctx, key)
	if err != nil {
		return err
	}
	return e.readAnswer(key, got, answer)
}

func (e *Embedded) readAnswer(key string, got Answer, into any) error {
	if len(got.Sealed) == 0 || (!got.Until.IsZero() && !e.now().Before(got.Until)) {
		return fmt.Errorf("read answer: %w", problem.Expired)
	}
	if into == nil {
		into = new(json.RawMessage)
	}
	return e.open(got.Sealed, "wallet_write:answer:"+key, into)
}
