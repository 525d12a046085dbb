package wallet

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
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

// newcomer is an account on its way in.
type newcomer struct {
	n        node
	id       string
	d        *document
	payments []Transaction
	password string // in clear, until they are hashed
	backup   string
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func readNewcomer(n node) *newcomer {
	n = n.object("id", "lang", "name", "id_number", "birthday", "real_named", "phone", "email", "removed",
		"password", "old_passwords", "questions", "backup_password", "totp_secret", "recovery_codes", "cards", "transactions", "contacts", "devices", "networks")
	a := &newcomer{n: n, id: n.at("id").needed()}
	a.d = &document{Lang: n.at("lang").oneOf("zh", "en"), Name: n.at("name").text(), RealNamed: n.at("real_named").yes()}
	if a.id != "" && !idForm.MatchString(a.id) {
		n.at("id").wrong("has to be 1 to 64 letters, digits, dots, dashes or underscores")
	} else if strings.HasPrefix(signInName(a.id), string(Phone)) {
		n.at("id").wrong("reads as a phone number, and so nobody could sign in with it")
	}
	a.readPerson()
	a.readAddresses()
	a.readCards()
	a.readHistory()
	return a
}

func (a *newcomer) readPerson() {
	n, d := a.n, a.d
	if number := n.at("id_number"); number.given() {
		if d.IDNumber = foldCode(number.needed()); d.IDNumber != "" && !isIDNumber(d.IDNumber) {
			number.wrong("fails the check of an ID number (18 places, a date that exists, the check character)")
			d.IDNumber = ""
		}
	}
	if born := n.at("birthday"); born.given() {
		d.Birthday = born.needed()
		if _, err := time.Parse(time.DateOnly, d.Birthday); err != nil {
			born.wrong("has to be a date such as 1990-01-31")
			d.Birthday = ""
		}
	}
	if d.RealNamed && (d.Name == "" || !n.at("id_number").given()) {
		n.at("real_named").wrong("needs name and id_number")
	}
}

func (a *newcomer) readAddresses() {
	if p := a.n.at("phone"); p.given() {
		p = p.object("number", "since", "trouble")
		a.address(keptTo{Kind: Phone, To: phoneAt(p.at("number")), Since: p.at("since").neededTime(), Trouble: troubleAt(p)})
	}
	if m := a.n.at("email"); m.given() {
		m = m.object("address", "since", "trouble")
		a.address(keptTo{Kind: Mailbox, To: mailboxAt(m.at("address")), Since: m.at("since").neededTime(), Trouble: troubleAt(m)})
	}
	for _, r := range a.n.at("removed").items() {
		r = r.object("kind", "number", "address", "since", "removed", "trouble")
		to := keptTo{Kind: AddressKind(r.at("kind").oneOf(string(Phone), string(Mailbox))), Since: r.at("since").neededTime(),
			Removed: r.at("removed").neededTime(), Trouble: troubleAt(r)}
		other := r.at("address")
		if to.Kind == Mailbox {
			to.To, other = mailboxAt(r.at("address")), r.at("number")
		} else {
			to.To = phoneAt(r.at("number"))
		}
		if other.given() {
			other.wrong("does not go with this kind")
		}
		if to.Removed.Before(to.Since) {
			r.at("removed").wrong("is before since")
		}
		a.address(to)
	}
}

func troubleAt(n node) Trouble {
	return Trouble(n.at("trouble").oneOf("", string(Lost), string(Reissued), string(Blocked)))
}

func (a *newcomer) address(to keptTo) {
	to.ID = newID()
	a.d.Addresses = append(a.d.Addresses, to)
}

// newID is a random id of ours: 60 bits, in lower case.
func newID() string { return strings.ToLower(base32.StdEncoding.EncodeToString(randomBytes(8))[:12]) }

func phoneAt(n node) string {
	s := n.needed()
	number, ok := foldPhone(s)
	if s != "" && !ok {
		n.wrong("is not a phone number; one from outside China needs + and its country code")
	}
	return number
}

func mailboxAt(n node) string {
	s := n.needed()
	address, ok := foldMailbox(s)
	if s != "" && !ok {
		n.wrong("is not an e-mail address")
	}
	return address
}

func (a *newcomer) readCards() {
	var ids []string
	for _, n := range a.n.at("cards").items() {
		n = n.object("id", "bank", "class", "kind", "number", "last4", "expiry", "reserved_phone", "quick_pay", "state")
		c := keptCard{ID: unique(n.at("id"), &ids), Bank: n.at("bank").needed(), QuickPay: n.at("quick_pay").yes(),
			Class:  BankClass(n.at("class").oneOf("", string(StateOwned), string(JointStock), string(City))),
			Kind:   CardKind(n.at("kind").oneOf("", string(Debit), string(Credit))),
			Expiry: foldCode(n.at("expiry").text()), Reserved: phoneAt(n.at("reserved_phone"))}
		for _, key := range []string{"class", "kind"} {
			n.at(key).needed()
		}
		if state := n.at("state").oneOf("normal", string(Lost), string(Expired), string(Blocked)); state != "normal" {
			c.Trouble = Trouble(state)
		}
		c.Last4 = last4At(n)
		switch {
		case c.Expiry == "" && c.Kind == Credit:
			n.at("expiry").wrong("is missing: a credit card has one")
		case c.Expiry != "" && !isExpiry(c.Expiry):
			n.at("expiry").wrong("has to be MMYY")
		case expired(c.Expiry, n.f.now) && c.Trouble == None:
			n.at("expiry").warn("is over, and the card's state is normal")
		}
		a.d.Cards = append(a.d.Cards, c)
	}
}

// last4At are the last digits of a card: of its number, which is checked and not kept, or alone.
func last4At(n node) string {
	number, last4 := n.at("number"), n.at("last4")
	if last4.given() && !number.given() {
		s := foldCode(last4.needed())
		if len(s) != 4 || strings.Trim(s, "0123456789") != "" {
			last4.wrong("has to be four digits")
		}
		return s
	}
	if last4.given() {
		last4.wrong("stands beside number; give one of them")
	}
	s := foldCode(number.needed())
	if s == "" {
		return ""
	}
	if !isCardNumber(s) {
		number.wrong("fails the Luhn check of a card number (12 to 19 digits)")
		return ""
	}
	return s[len(s)-4:]
}

func (a *newcomer) readHistory() {
	var ids []string
	for _, n := range a.n.at("transactions").items() {
		n = n.object("id", "payee", "kind", "amount", "at")
		a.payments = append(a.payments, Transaction{ID: unique(n.at("id"), &ids), Payee: n.at("payee").needed(),
			Kind: n.at("kind").text(), Amount: n.at("amount").whole(), At: n.at("at").neededTime()})
		if !n.at("amount").given() {
			n.at("amount").wrong("is missing")
		}
	}
	ids = nil
	for _, n := range a.n.at("contacts").items() {
		n = n.object("id", "name", "phone", "since")
		a.d.Contacts = append(a.d.Contacts, Contact{ID: unique(n.at("id"), &ids), Name: n.at("name").needed(),
			To: phoneAt(n.at("phone")), Since: n.at("since").neededTime()})
	}
	ids = nil
	for _, n := range a.n.at("devices").items() {
		n = n.object("id", "name", "since")
		a.d.Devices = append(a.d.Devices, Device{ID: unique(n.at("id"), &ids), Name: n.at("name").needed(),
			Since: n.at("since").neededTime()})
	}
	for _, n := range a.n.at("networks").items() {
		prefix, err := netip.ParsePrefix(n.needed())
		if err != nil {
			n.wrong("is not a network such as 192.0.2.0/24")
			continue
		}
		a.d.Networks = append(a.d.Networks, prefix.Masked())
	}
}

// unique is an id that no other of its list has; one of ours if none is given.
func unique(n node, taken *[]string) string {
	id := n.text()
	if id == "" {
		return newID()
	}
	if !idForm.MatchString(id) {
		n.wrong("has to be 1 to 64 letters, digits, dots, dashes or underscores")
	}
	if slices.Contains(*taken, id) {
		n.wrong("is the id of another one in this list")
	}
	*taken = append(*taken, id)
	return id
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
