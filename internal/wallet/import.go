package wallet

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"zhaohui/internal/problem"
)

// Imported is what an import did.
type Imported struct {
	IDs      []string
	Warnings []Problem
}

// Import adds the accounts of a file (doc/accounts.md), all of them or none. A file that cannot be taken fails with
// Problems: everything that is wrong with it, each with its place.
func (e *Embedded) Import(ctx context.Context, r io.Reader) (Imported, error) {
	f := &file{now: e.now().UTC().Truncate(time.Second)}
	top, err := f.parse(r)
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	top = top.object("note", "accounts")
	list := top.at("accounts")
	if !list.given() {
		list.wrong("is missing")
	}
	var all []*newcomer
	for _, n := range list.items() {
		all = append(all, readNewcomer(n))
	}
	if err := e.checkTaken(ctx, all); err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	for _, a := range all {
		e.readSecrets(a)
	}
	if len(f.wrong) > 0 {
		return Imported{}, f.wrong
	}
	if err := e.hashAll(ctx, all); err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	done := Imported{Warnings: f.warned}
	rows := make([]Row, len(all))
	for i, a := range all {
		rows[i] = Row{ID: a.id, Data: e.sealData(a.id, a.d), History: e.sealHistory(a.id, a.payments),
			Names: e.indexes(a.id, a.d)}
		done.IDs = append(done.IDs, a.id)
	}
	if err := e.records.Add(ctx, f.now, rows); err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	return done, nil
}

// readSecrets takes what the owner knows. All but the two passwords are hashed here; those are slow and come last.
func (e *Embedded) readSecrets(a *newcomer) {
	n, d := a.n, a.d
	a.password = readPassword(n.at("password"))
	for _, old := range n.at("old_passwords").items() {
		if p := readPassword(old); p != "" {
			d.Used = append(d.Used, e.mac(useUsed, a.id, p))
		}
	}
	if a.password == "" {
		n.at("password").warn("is missing: the account has no payment password")
	} else {
		if d.personal(a.password) {
			n.at("password").warn("is of the owner's phone or ID number or birthday")
		}
		if isPattern(a.password) {
			n.at("password").warn("is a run or a repeat")
		}
		d.Used = slices.Insert(d.Used, 0, e.mac(useUsed, a.id, a.password))
	}
	if len(d.Used) > lastPasswords {
		n.at("old_passwords").warn("holds more than the last %d that are kept", lastPasswords)
		d.Used = d.Used[:lastPasswords]
	}
	e.readAnswers(a)
	if b := n.at("backup_password"); b.given() {
		if a.backup = foldWidth(b.needed()); len(a.backup) < 8 {
			b.warn("is shorter than 8")
		}
	}
	if t := n.at("totp_secret"); t.given() {
		d.TOTP.Secret = strings.TrimRight(foldCode(t.needed()), "=")
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(d.TOTP.Secret)
		switch {
		case err != nil || len(raw) < 10:
			t.wrong("has to be base32 of at least 10 bytes")
		case len(raw) < 16:
			t.warn("is shorter than the 16 bytes that RFC 4226 asks for")
		}
	}
	for _, c := range n.at("recovery_codes").items() {
		code := foldCode(c.needed())
		if code != "" && !strongCode(code) {
			c.wrong("has less than 64 bits: 13 letters and digits, or 20 digits")
		}
		sum := e.mac(useCode, a.id, code)
		if within(d.Codes, sum) >= 0 {
			c.wrong("stands here twice")
		}
		d.Codes = append(d.Codes, sum)
	}
}

func (e *Embedded) readAnswers(a *newcomer) {
	for i, q := range a.n.at("questions").items() {
		q = q.object("question", "answer")
		folded := foldText(q.at("answer").needed())
		if folded == "" && q.at("answer").text() != "" {
			q.at("answer").wrong("has no letter or digit")
		}
		a.d.Questions = append(a.d.Questions, keptAnswer{Question: q.at("question").needed(), Answer: e.answerSum(a.id, i, folded)})
	}
}

func readPassword(n node) string {
	if !n.given() {
		return ""
	}
	s := foldWidth(n.needed())
	if s != "" && !isPassword(s) {
		n.wrong("has to be six digits")
		return ""
	}
	return s
}

// isPattern says whether digits are all alike or go up or down by one.
func isPattern(s string) bool {
	step := int(s[1]) - int(s[0])
	for i := 1; i < len(s); i++ {
		if int(s[i])-int(s[i-1]) != step {
			return false
		}
	}
	return step >= -1 && step <= 1
}

func strongCode(code string) bool {
	if strings.Trim(code, "0123456789") == "" {
		return len(code) >= 20
	}
	return len(code) >= 13
}

// checkTaken refuses ids and sign-in names that two accounts have, in the file or with one that is there already.
func (e *Embedded) checkTaken(ctx context.Context, all []*newcomer) error {
	first := map[string]string{} // name → place
	for _, a := range all {
		for _, name := range a.d.names(a.id) {
			kind, text, _ := strings.Cut(name, ":")
			if text == "" {
				continue // it was named already
			}
			n := a.n.at(map[string]string{"id": "id", string(Phone): "phone", string(Mailbox): "email"}[kind])
			if other, twice := first[name]; twice {
				n.wrong("is a sign-in name of %s too", other)
				continue
			}
			first[name] = a.n.place
			_, err := e.records.Named(ctx, e.index.All(name))
			if err == nil {
				n.wrong("is a sign-in name of an account that is there already")
			} else if !errors.Is(err, problem.NotFound) {
				return err
			}
		}
	}
	return nil
}

// hashAll makes the slow hashes, as many at once as the hasher runs.
func (e *Embedded) hashAll(ctx context.Context, all []*newcomer) error {
	work := make(chan *newcomer)
	failed := make(chan error, cap(e.hasher.slots))
	var workers sync.WaitGroup
	for range cap(e.hasher.slots) {
		workers.Go(func() {
			var failure error
			for a := range work {
				if failure == nil {
					failure = e.hashSecrets(ctx, a)
				}
			}
			failed <- failure
		})
	}
	for _, a := range all {
		work <- a
	}
	close(work)
	workers.Wait()
	close(failed)
	var failures []error
	for err := range failed {
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

func (e *Embedded) hashSecrets(ctx context.Context, a *newcomer) (err error) {
	if a.password != "" {
		if a.d.Password, err = e.hasher.hash(ctx, e.mac(usePassword, a.id, a.password)); err != nil {
			return err
		}
	}
	if a.backup != "" {
		a.d.Backup, err = e.hasher.hash(ctx, e.mac(useBackup, a.id, a.backup))
	}
	return err
}
