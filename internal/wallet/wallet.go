// Package wallet names what a recovery needs of the operator's account system, and keeps accounts itself where there is
// no other system (Embedded). It decides whether what a person says about an account is right; it does not know cases,
// proofs or how often something was tried.
package wallet

import (
	"context"
	"net/netip"
	"time"
)

// Wallet is the operator's account system. Every call may be slow or fail: one that cannot be answered now fails with
// problem.Unavailable and may be asked again. A check of an id that does not exist takes as long as any other and is
// false (requirement R15). A write carries a key: the same key again changes nothing and gives the first answer.
type Wallet interface {
	// Find looks for an account by a sign-in name as typed: phone number, e-mail address or account id. It fails with
	// problem.NotFound, after the same work.
	Find(ctx context.Context, name string) (Account, error)
	// SignInName is a sign-in name in the form in which Find compares it: however it is typed, one name has one form. It asks
	// nobody, and is for counting what is tried with names that do not exist (requirement R15).
	SignInName(name string) string
	// Account is the account with an id; problem.NotFound.
	Account(ctx context.Context, id string) (Account, error)

	// CheckPassword says whether this is the payment password. It costs a slow hash; Busy (a
	// problem.Unavailable) if too many wait.
	CheckPassword(ctx context.Context, id, password string) (bool, error)
	// CheckIdentity says whether name, ID number and phone number are those of the account.
	CheckIdentity(ctx context.Context, id string, who Identity) (bool, error)
	// CheckAnswers compares the answers to all questions of the account, in their order; all must be right.
	CheckAnswers(ctx context.Context, id string, answers []string) (bool, error)
	// CheckBackupPassword costs a slow hash, as CheckPassword.
	CheckBackupPassword(ctx context.Context, id, password string) (bool, error)
	// CheckAuthenticator takes a code of six digits at a moment; a code is right once (RFC 6238, section 5.2).
	CheckAuthenticator(ctx context.Context, id, code string, at time.Time, key string) (bool, error)
	// UseRecoveryCode uses a saved code up; left is how many remain, 0 for a wrong one. A used code is never right
	// again (requirement R6).
	UseRecoveryCode(ctx context.Context, id, code, key string) (ok bool, left int, err error)
	// CheckCard says whether what is printed on a card of the account was said right.
	CheckCard(ctx context.Context, id, card string, said CardSaid) (bool, error)

	// RefusePassword says why a new payment password cannot be taken, "" if it can: RefusedPersonal or RefusedUsed.
	// Rules that need no account (runs, repeats) are not asked here.
	RefusePassword(ctx context.Context, id, password string) (Refusal, error)
	// SetPassword sets a payment password with all that Reset says, in one step. It ends the account's locks.
	SetPassword(ctx context.Context, id string, reset Reset, key string) error
	// Freeze stops paying until the operator lifts it.
	Freeze(ctx context.Context, id, reason, key string) error
	// Limit sets what may be paid until a time.
	Limit(ctx context.Context, id string, limits Limits, key string) error
	// EndSessions signs every device out.
	EndSessions(ctx context.Context, id, key string) error
	// NewRecoveryCodes replaces all saved codes and returns the new ones, once; the same key gives the same codes
	// for an hour.
	NewRecoveryCodes(ctx context.Context, id, key string) ([]string, error)
	// Remember adds a device or a network to the account's history.
	Remember(ctx context.Context, id string, seen Seen, key string) error

	// Transactions are the payments since a time, the newest first, at most 500.
	Transactions(ctx context.Context, id string, since time.Time) ([]Transaction, error)
	// Contacts are the trusted contacts.
	Contacts(ctx context.Context, id string) ([]Contact, error)
}

// Account is what a recovery may know of an account. What is masked may be shown once a proof was given; To never is.
type Account struct {
	ID         string
	Name       string // masked: 王*
	Lang       string // language of notices: "zh", "en"
	Addresses  []Address
	Cards      []Card
	Questions  []string // texts, in the order of the answers
	Password   bool     // a payment password is set
	Backup     bool     // a backup password was set and never changed
	Codes      int      // saved recovery codes that are left
	TOTP       bool     // an authenticator app is enrolled
	Identified bool     // real-named: name and ID number are on record
	Devices    []Device
	Networks   []netip.Prefix // from where it was used before
	Frozen     bool
	Balance    int64 // what could be paid away, in fen; 0 if that is not known
}

// Address is a phone number or mailbox on record, confirmed at the time Since.
type Address struct {
	ID      string // stable; forms and messages name it, never the address
	Kind    AddressKind
	To      string // where to send: +8613800138000, name@host; secret
	Masked  string // 138****8000, n***@host
	Since   time.Time
	Removed time.Time // zero while it is bound; kept 30 days for notices (requirement R7)
	Trouble Trouble
}

// AddressKind is how an address is reached.
type AddressKind string

// The kinds of address.
const (
	Phone   AddressKind = "phone"
	Mailbox AddressKind = "mailbox"
)

// Trouble is what the owner or the operator reported about an address or a card.
type Trouble string

// What may be wrong; a lost or reissued number is told about a reset but cannot stop one alone (requirement R7).
const (
	None     Trouble = ""
	Lost     Trouble = "lost"
	Reissued Trouble = "reissued" // the number belongs to somebody else now
	Expired  Trouble = "expired"
	Blocked  Trouble = "blocked"
)

// Card is a bank card bound to the account.
type Card struct {
	ID       string
	Bank     string // name of the bank
	Class    BankClass
	Kind     CardKind
	Masked   string // **** **34: the check asks for the last four
	Reserved string // phone number kept at the bank: +86…; secret
	QuickPay bool
	Trouble  Trouble
}

// BankClass is the kind of bank, which decides how a check goes (coverage L08).
type BankClass string

// The classes of banks.
const (
	StateOwned BankClass = "state-owned"
	JointStock BankClass = "joint-stock"
	City       BankClass = "city" // city and rural commercial banks
)

// CardKind is debit or credit.
type CardKind string

// The kinds of card.
const (
	Debit  CardKind = "debit"
	Credit CardKind = "credit"
)

// CardSaid is what a person said about a card: the last four digits, and the expiry (MMYY) of a credit card or the bank of a
// debit card.
type CardSaid struct{ Last4, Expiry, Bank string }

// Identity is what a person said about themselves.
type Identity struct{ Name, IDNumber, Phone string }

// Device is a device that the account was used on.
type Device struct {
	ID    string // opaque
	Name  string // Xiaomi 14
	Since time.Time
}

// Seen is a device or network that a recovery ended on; either may be empty.
type Seen struct {
	Device  Device
	Network netip.Prefix
}

// Refusal is why a password cannot be taken.
type Refusal string

// The refusals that only the account system can know (requirement R9).
const (
	RefusedPersonal Refusal = "personal" // of the owner's birthday, phone or ID number
	RefusedUsed     Refusal = "used"     // one of the last five
)

// Reset is a new payment password and what follows from it.
type Reset struct {
	Password    string
	EndSessions bool
	Limits      Limits
}

// Limits are what may be paid until a time, in fen (1/100 yuan); zero Until means no limit. Until FirstUntil a payment may be no
// more than First.
type Limits struct {
	First         int64
	FirstUntil    time.Time
	Single, Daily int64
	Until         time.Time
}

// Transaction is one payment, in fen.
type Transaction struct {
	ID, Payee, Kind string
	Amount          int64
	At              time.Time
}

// Contact is a person whom the owner trusts to vouch for them.
type Contact struct {
	ID, Name, To string // Name is masked; To is a phone number, secret
	Since        time.Time
}
