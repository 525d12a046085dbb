package recovery

import (
	"net/netip"
	"time"
)

// Class is what a proof rests on, in kind. Two proofs of one class count once (requirement R1).
type Class string

// The classes (design.md).
const (
	ClassKnowledge Class = "knowledge"
	ClassPhone     Class = "phone"
	ClassMailbox   Class = "mailbox"
	ClassSaved     Class = "saved"
	ClassDevice    Class = "device"
	ClassCard      Class = "card"
	ClassDocument  Class = "document"
	ClassPeople    Class = "people"
	ClassStaff     Class = "staff"
)

// Classes are all classes, in the order in which they are shown.
var Classes = []Class{ClassKnowledge, ClassPhone, ClassMailbox, ClassSaved, ClassDevice, ClassCard, ClassDocument, ClassPeople, ClassStaff}

// Policy is every number and rule of recovery: content/platforms/wallet/policy.yaml. Check says whether it may be used.
type Policy struct {
	Methods   map[string]MethodPolicy  // by id; a method that is not here does not exist
	Planned   map[string]Class         // methods to come: nobody can use them, but the rules must be right for them too
	Usual     []Rule                   // enough in a usual environment: any of them
	Unusual   []Rule                   // enough in an unusual one
	Only      []Exception              // what else holds when these classes are all there is
	Recent    Recent                   // requirement R8
	Appeal    Appeal                   // requirement R7
	Codes     map[string]time.Duration // how long a code lasts, by channel: "sms", "mail"
	CodeTries int                      // tries a code (requirement R3)
	Sends     Sends
	Cards     map[string]CardPolicy // by class of bank, as the wallet names them: CardClasses
	Case      CaseTimes
	After     Aftercare
	Passwords
	OddNetworks []netip.Prefix // networks that are never usual (coverage L19)
}

// MethodPolicy is what holds for one method.
type MethodPolicy struct {
	Class  Class
	Off    bool    // the switch: offered nowhere, running cases go on with others
	Later  bool    // only after a proof of another class (requirement R15)
	Tries  []Tries // per account, over all cases, known browsers and strangers each for themselves (requirement R3)
	InARow int     // tries in a row until a recovery is completed, known and strange browsers together
	Paced  Paced   // instead of a puzzle; zero if the method has none

	Compared Class         // of the second proof, where people compare papers with the person; "" for none
	Hold     time.Duration // what needs its proofs waits so long at least
}

// Paced is a wait with fewer tries, for those who cannot do a puzzle (requirement A2).
type Paced struct {
	Wait  time.Duration
	Tries []Tries // counted apart, and as tries of the method too
}

// CardPolicy is what holds for cards of one class of bank (coverage L08).
type CardPolicy struct {
	Tries     []Tries          // per account over all its cards of the class, and as tries of the method too
	Wait      [2]time.Duration // how long the bank takes, from–to; zero if at once
	DebitOnly bool
	QuickPay  bool // the card must have quick payment switched on
}

// CardClasses are the classes of banks, in the order in which they are shown.
var CardClasses = []string{"state-owned", "joint-stock", "city"}

// Tries allows Max tries in any stretch of Within.
type Tries struct {
	Max    int
	Within time.Duration
}

// Rule is one way to have enough: proofs of Classes different classes, among them those of With.
type Rule struct {
	Classes int
	With    []Class
	Hold    time.Duration
}

// Exception adds to a route that consists of exactly these classes.
type Exception struct {
	Classes []Class
	Hold    time.Duration
	Limited time.Duration // how long paying is limited afterwards, although the reset is at once
}

// Recent is requirement R8: a number or SIM changed within Within makes what rests on it worthless, and holds for Hold.
type Recent struct{ Within, Hold time.Duration }

// Appeal is what replaces the notice when no address can be told (requirement R7).
type Appeal struct{ Hold time.Duration }

// Sends limits messages with codes (requirement R5); notices and vetoes stand outside.
type Sends struct {
	Between        time.Duration
	PerDestination int            // a day
	PerAccount     int            // a day
	PerNetwork     int            // a day, /24 or /48
	PerMethod      map[string]int // a day and account, by method that sends: "sms", "mail", "card"
	Total          map[string]int // a day, by channel: "sms", "mail"
}

// CaseTimes are requirement R14, in the person's own time.
type CaseTimes struct {
	Idle, Total time.Duration
	Warn        time.Duration // before the end
	PerNetwork  int           // cases begun an hour from one network
	More        int           // times "more time" may be asked
	Fresh       time.Duration // of a proof
	Another     time.Duration // after which "use another way" appears
	Collect     time.Duration // after a hold: how long the new password can still be chosen
	Keep        time.Duration // a closed case, for questions and complaints
}

// Aftercare is coverage L20.
type Aftercare struct {
	Observe time.Duration // how long payments stay limited after every reset
	Single  int64         // fen a payment meanwhile
	Daily   int64         // fen a day meanwhile
	Limited int64         // fen a payment as long as a verdict's Limited lasts
	Frozen  int64         // fen a payment after "this was not me"
	Veto    time.Duration // how long after a reset "this was not me" still freezes
	Removed time.Duration // how long a removed address is told
	Notice  time.Duration // the start is announced once in this time
}

// Passwords is requirement R9.
type Passwords struct {
	Digits int // 6
	Last   int // 5
}

// Proof is one piece of verified evidence in a case. One that names nothing it rests on counts nothing.
type Proof struct {
	Method string
	Class  Class
	Rests  []string // everything it rests on: "phone:…", "mailbox:…", "card:…", "device:…", "secret:…"
	At     time.Time
	Own    time.Duration // reading of the case's own clock
	Holder int           // which browser of the case gave it; what another one gave does not count for it
	Hold   time.Duration `json:",omitzero"` // what needs it waits so long at least
}

// Situation is what a policy looks at besides proofs.
type Situation struct {
	Unusual     bool
	Distrusted  []string // what counts nothing: numbers changed recently
	Unreachable bool     // no address can be told: only an appeal may finish (requirement R7)
	Appeal      bool     // an appeal was approved
}

// Verdict is what a set of proofs is worth.
type Verdict struct {
	Enough  bool
	Hold    time.Duration // to wait before a password may be chosen
	Limited time.Duration // paying is limited that long at least
	Classes []Class       // that count
	Needed  int           // classes that the easiest rule still misses
	Appeal  bool          // only an appeal can finish, whatever else is proved
}
