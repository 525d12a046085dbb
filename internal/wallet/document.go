package wallet

import (
	"encoding/base32"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// document is all that is kept of an account but its payments. It is sealed as JSON, in one column.
type document struct {
	Lang      string       `json:"lang"`
	Name      string       `json:"name,omitempty"`
	IDNumber  string       `json:"id_number,omitempty"`
	Birthday  string       `json:"birthday,omitempty"` // 1990-01-31
	RealNamed bool         `json:"real_named,omitempty"`
	Addresses []keptTo     `json:"addresses,omitempty"`
	Cards     []keptCard   `json:"cards,omitempty"`
	Contacts  []Contact    `json:"contacts,omitempty"` // with full names
	Devices   []Device     `json:"devices,omitempty"`
	Networks  netPrefixes  `json:"networks,omitempty"`
	Password  string       `json:"password,omitempty"` // Argon2id
	Used      [][]byte     `json:"used,omitempty"`     // the last payment passwords, the newest first
	Questions []keptAnswer `json:"questions,omitempty"`
	Backup    string       `json:"backup,omitempty"` // Argon2id
	TOTP      keptTOTP     `json:"totp,omitzero"`
	Codes     [][]byte     `json:"codes,omitempty"` // recovery codes that are left

	PasswordSet   time.Time `json:"password_set,omitzero"`
	SessionsEnded time.Time `json:"sessions_ended,omitzero"`
	Frozen        time.Time `json:"frozen,omitzero"`
	Reason        string    `json:"reason,omitempty"`
	Limits        Limits    `json:"limits,omitzero"`
	Balance       int64     `json:"balance,omitempty"` // in fen, 0 if unknown
}

type netPrefixes = []netip.Prefix

type keptTo struct {
	ID      string      `json:"id"`
	Kind    AddressKind `json:"kind"`
	To      string      `json:"to"`
	Since   time.Time   `json:"since"`
	Removed time.Time   `json:"removed,omitzero"`
	Trouble Trouble     `json:"trouble,omitempty"`
}

// keptCard holds no full card number: no check asks for one.
type keptCard struct {
	ID       string    `json:"id"`
	Bank     string    `json:"bank"`
	Class    BankClass `json:"class"`
	Kind     CardKind  `json:"kind"`
	Last4    string    `json:"last4"`
	Expiry   string    `json:"expiry,omitempty"` // MMYY
	Reserved string    `json:"reserved"`
	QuickPay bool      `json:"quick_pay,omitempty"`
	Trouble  Trouble   `json:"trouble,omitempty"`
}

type keptAnswer struct {
	Question string `json:"question"`
	Answer   []byte `json:"answer"`
}

// keptTOTP is an enrolled authenticator app. Last is the counter of the code that was used last.
type keptTOTP struct {
	Secret string `json:"secret"`
	Last   int64  `json:"last,omitempty"`
}

// noticeRemoved is how long a removed address is still told (requirement R7).
const noticeRemoved = 30 * 24 * time.Hour

// account is what a recovery may see of a document.
func (d *document) account(id string, now time.Time) Account {
	a := Account{
		ID: id, Name: maskName(d.Name), Lang: d.Lang,
		Password: d.Password != "", Backup: d.Backup != "", Codes: len(d.Codes), TOTP: d.TOTP.Secret != "",
		Identified: d.RealNamed && d.Name != "" && d.IDNumber != "",
		Devices:    d.Devices, Networks: d.Networks, Frozen: !d.Frozen.IsZero(), Balance: d.Balance,
	}
	for _, to := range d.Addresses {
		if to.Removed.IsZero() || now.Sub(to.Removed) < noticeRemoved {
			a.Addresses = append(a.Addresses, Address{ID: to.ID, Kind: to.Kind, To: to.To, Masked: to.masked(), Since: to.Since,
				Removed: to.Removed, Trouble: to.Trouble})
		}
	}
	for _, c := range d.Cards {
		a.Cards = append(a.Cards, Card{ID: c.ID, Bank: c.Bank, Class: c.Class, Kind: c.Kind, Masked: maskCard(c.Last4),
			Reserved: c.Reserved, QuickPay: c.QuickPay, Trouble: c.Trouble})
	}
	for _, q := range d.Questions {
		a.Questions = append(a.Questions, q.Question)
	}
	return a
}

// names are the sign-in names of an account in the form that is indexed. A number that belongs to somebody else now is
// none: its new owner may have an account.
func (d *document) names(id string) []string {
	names := []string{"id:" + foldID(id)}
	for _, to := range d.Addresses {
		if to.Removed.IsZero() && to.Trouble != Reissued {
			names = append(names, string(to.Kind)+":"+to.To)
		}
	}
	return names
}

// SignInNames are the names, in the form that is indexed, of an account whose opened data this is. It is for whoever
// changes the key of the indexes.
func SignInNames(id string, opened []byte) ([]string, error) {
	var d document
	if err := json.Unmarshal(opened, &d); err != nil {
		return nil, errors.New("read names: what is sealed cannot be read")
	}
	return d.names(id), nil
}

// phones are the numbers that are bound.
func (d *document) phones() []string {
	var all []string
	for _, to := range d.Addresses {
		if to.Kind == Phone && to.Removed.IsZero() {
			all = append(all, to.To)
		}
	}
	return all
}

func (d *document) card(id string) (keptCard, bool) {
	for _, c := range d.Cards {
		if c.ID == id {
			return c, true
		}
	}
	return keptCard{Last4: "0000", Expiry: "0000"}, false
}

// born is the birthday as yyyy, mm, dd: that of the ID number, or the one on record.
func (d *document) born() (yyyy, mm, dd string, ok bool) {
	if len(d.IDNumber) == 18 {
		return d.IDNumber[6:10], d.IDNumber[10:12], d.IDNumber[12:14], true
	}
	parts := strings.Split(d.Birthday, "-")
	if len(parts) != 3 {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// stranger is an account of the usual size that belongs to nobody and that no answer opens.
func (e *Embedded) stranger() *document {
	d := &document{Lang: "zh", Name: "无", IDNumber: "000000000000000000", RealNamed: true,
		Password: e.nobodyHash, Backup: e.nobodyHash,
		TOTP: keptTOTP{Secret: base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(randomBytes(20))}}
	d.Addresses = []keptTo{{ID: "a", Kind: Phone, To: "+8600000000000"}, {ID: "b", Kind: Mailbox, To: "nobody@localhost"}}
	for range 2 {
		d.Cards = append(d.Cards, keptCard{Bank: "无", Class: StateOwned, Kind: Debit, Last4: "0000", Reserved: "+8600000000000"})
	}
	for range 3 {
		d.Questions = append(d.Questions, keptAnswer{Question: "无", Answer: randomBytes(32)})
	}
	for range codeCount {
		d.Codes = append(d.Codes, randomBytes(32))
	}
	for range lastPasswords {
		d.Used = append(d.Used, randomBytes(32))
	}
	return d
}
