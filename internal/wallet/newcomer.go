package wallet

import (
	"encoding/base32"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

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
		"password", "old_passwords", "questions", "backup_password", "totp_secret", "recovery_codes",
		"cards", "transactions", "contacts", "devices", "networks", "balance")
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
	d.Balance = n.at("balance").whole()
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
