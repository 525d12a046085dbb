package recovery

import (
	"cmp"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhaohui/internal/throttle"
	"zhaohui/internal/wallet"
)

// Code is a one-time code that was sent: six digits, kept as a keyed hash that binds it to its case, method, purpose
// and destination (requirement R2).
type Code struct {
	ID      string // random; the tries of this code are counted under it
	Hash    []byte
	Channel string // "sms", "mail"
	Address string // id of the address, or of the card
	Rests   []string
	Letter  string // id of the message
	Sent    time.Time
	Until   time.Time
	Next    time.Time // another may be asked for from then on
	Refused bool      // the budget is spent: nothing was sent, and nothing will be until Next
	By      []byte    `json:",omitzero"` // of one that was revealed: keyed hash of the press that it was shown to
}

// Sending says where a code goes. A nil Account of the turn sends nothing and counts the same.
type Sending struct {
	Channel string // "sms", "mail"
	Purpose Purpose
	Address string   // id; chosen on the server (requirement R2)
	To      string   // "" for an account that does not exist
	Rests   []string // what the proof will rest on
}

// Send makes a code and hands its letter to delivery, inside the transaction. If a limit of R5 is reached nothing is
// sent: the code is Refused until Next, and the page offers other ways.
func (t *Turn) Send(to Sending) (Code, error) {
	life, ok := t.Policy.Codes[to.Channel]
	if !ok || t.tx == nil {
		return Code{}, fmt.Errorf("send a code by %q", to.Channel)
	}
	c := Code{ID: token(), Channel: to.Channel, Address: to.Address, Rests: to.Rests, Letter: token(), Sent: t.Now, Until: t.Now.Add(life),
		Next: t.Now.Add(t.Policy.Sends.Between)}
	err := t.budget(to)
	var refused throttle.Refused
	if errors.As(err, &refused) {
		c.Refused, c.Next, c.Until = true, refused.Until, t.Now
		if c.Next.IsZero() {
			c.Next = t.Now.Add(day)
		}
		return c, nil
	}
	if err != nil {
		return Code{}, fmt.Errorf("send a code: %w", err)
	}
	number := sixDigits()
	c.Hash = t.s.hash.Sum(c.bound(t.Case.ID, number))
	if t.Account == nil || to.To == "" { // the same work, and nobody hears of it
		c.Hash = t.s.hash.Sum([]byte(token()))
		return c, nil
	}
	letter := Letter{ID: c.Letter, Case: t.Case.ID, Subject: t.Case.Subject, Channel: to.Channel, Address: to.Address, To: to.To, Purpose: to.Purpose,
		Lang: t.Case.Facts.Lang, Code: number, At: t.Case.Started, Until: c.Until, Detail: t.Case.Facts.Environment.Client}
	if to.Purpose == PurposeLink {
		secret := token()
		letter.Link = t.s.address("/mail/"+secret, t.Case.Facts.Lang)
		l := Link{Hash: hashToken(secret), Kind: LinkMail, Case: t.Case.ID, Address: to.Address, Nonce: c.ID, Expires: c.Until}
		if err := t.tx.AddLink(l); err != nil {
			return Code{}, fmt.Errorf("send a code: %w", err)
		}
	}
	if err := t.tx.Post(letter); err != nil {
		return Code{}, fmt.Errorf("send a code: %w", err)
	}
	return c, nil
}

// SendAgain sends another code in the place of one; if a limit keeps it back, the one before stays good as long as it lasts.
func (t *Turn) SendAgain(before Code, to Sending) (Code, error) {
	c, err := t.Send(to)
	if err != nil || !c.Refused || before.Address != to.Address || len(before.Hash) == 0 || !before.good(t.Now) {
		return c, err
	}
	if spent, err := t.spent(before); err != nil || spent {
		return c, err
	}
	before.Next = c.Next
	return before, nil
}

// good says that a code was sent and is not too old.
func (c Code) good(now time.Time) bool { return !c.Refused && now.Before(c.Until) }

// spent says, inside a transaction, whether a code had all its tries.
func (t *Turn) spent(c Code) (bool, error) {
	left, err := t.tx.Left(t.Now, c.limits(t.Policy.CodeTries)...)
	if err != nil {
		return false, fmt.Errorf("tries of a code: %w", err)
	}
	return left == 0, nil
}

// Reveal makes another code for the same destination, to be shown and not sent. It lasts as long as the first and shares its
// tries; where none is left, nothing that could not be typed is shown: ErrLinkOver.
func (t *Turn) Reveal(c Code) (revealed Code, number string, err error) {
	if spent, err := t.spent(c); err != nil || spent {
		return c, "", cmp.Or(err, ErrLinkOver)
	}
	c.ID, c.By = token(), t.by
	number = t.s.numberOf(c)
	c.Hash = t.s.hash.Sum(c.bound(t.Case.ID, number))
	return c, number, nil
}

// Revealed is the number that Reveal made for a press, for the same press sent once more; empty for any other.
func (t *Turn) Revealed(c Code, press []byte) string {
	if len(c.By) == 0 || !t.s.hash.Equal(c.By, press) {
		return ""
	}
	if number := t.s.numberOf(c); t.s.hash.Equal(c.Hash, c.bound(t.Case.ID, number)) {
		return number
	}
	return "" // the key was changed in between
}

// numberOf makes six digits of the random id of a code and of the press that it was made for. Whoever does not hold the key
// cannot tell them from others.
func (s *Service) numberOf(c Code) string {
	sum := s.hash.Sum([]byte("number\x00" + c.ID + "\x00" + string(c.By)))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum[len(sum)-8:])%1_000_000)
}

// budget counts one message. One that nobody will get is refused as any other, but uses nothing up that is everybody's.
func (t *Turn) budget(to Sending) error {
	total := throttle.Limit{Key: "send-total:" + to.Channel, Max: t.Policy.Sends.Total[to.Channel], Within: day}
	if to.To == "" {
		left, err := t.tx.Left(t.Now, total)
		if err != nil {
			return err
		}
		if left == 0 {
			return throttle.Refused{Limit: total}
		}
		return t.tx.Take(t.Now, t.sends(to)...)
	}
	err := t.tx.Take(t.Now, append([]throttle.Limit{total}, t.sends(to)...)...) // what is everybody's is named before the rest
	var refused throttle.Refused
	if errors.As(err, &refused) && refused.Limit.Key == total.Key {
		return throttle.Refused{Limit: total} // without a time: it would tell who exists
	}
	return err
}

// sends are the limits of R5 for one message.
func (t *Turn) sends(to Sending) []throttle.Limit {
	destination := to.To
	if destination == "" {
		destination = "nobody:" + t.Case.Subject
	}
	destination = to.Channel + ":" + t.s.index.Sum(destination)
	s := t.Policy.Sends
	return []throttle.Limit{
		{Key: "send-gap:" + destination, Max: 1, Within: s.Between},
		{Key: "send:" + destination, Max: s.PerDestination, Within: day},
		{Key: "send-account:" + t.Case.Subject + ":" + t.who(), Max: s.PerAccount, Within: day},
		{Key: "send-network:" + t.s.index.Sum(NetworkOf(t.Client.Network)), Max: s.PerNetwork, Within: day},
		{Key: "send-method:" + t.doing.Method + ":" + t.Case.Subject + ":" + t.who(), Max: s.PerMethod[t.doing.Method], Within: day},
	}
}

// limits are those of a try at this code, beside the method's own (requirement R3).
func (c Code) limits(tries int) []throttle.Limit {
	return []throttle.Limit{{Key: "code:" + c.ID, Max: tries, Within: day}}
}

// Right says whether what was typed is the code; not that it was the first time: whoever applies the outcome sees to
// that, as the method's turn has moved on.
func (t *Turn) Right(c Code, typed string) (right bool, code string) {
	switch {
	case c.Refused || len(c.Hash) == 0:
		return false, "wrong"
	case !t.Now.Before(c.Until):
		return false, "code-expired"
	case !t.s.hash.Equal(c.Hash, c.bound(t.Case.ID, typed)):
		return false, "wrong"
	}
	return true, ""
}

// bound is what the hash of a code is made of.
func (c Code) bound(caseID, number string) []byte {
	return []byte(strings.Join([]string{caseID, c.ID, c.Channel, c.Address, number}, "\x00"))
}

// sixDigits draws a number of six digits, each as likely as any other.
func sixDigits() string {
	const below = 1 << 32 / 1_000_000 * 1_000_000
	for {
		var raw [4]byte
		rand.Read(raw[:])
		if n := binary.BigEndian.Uint32(raw[:]); uint64(n) < below {
			return fmt.Sprintf("%06d", n%1_000_000)
		}
	}
}

// token is 128 random bits in 26 plain signs.
func token() string {
	var raw [16]byte
	rand.Read(raw[:])
	return tokenText(raw[:])
}

func tokenText(raw []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

// caseID is what a case is called in addresses: a number of its own, and no secret. It begins with the time, so that cases
// that begin together lie together in the database: what writes few pages is soon done.
func caseID(now time.Time) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], uint64(now.UnixMilli())<<16)
	rand.Read(raw[6:])
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}

// Current is the bound address of a kind, nil if there is none.
func Current(a *wallet.Account, kind wallet.AddressKind) *wallet.Address {
	if a == nil {
		return nil
	}
	for i := range a.Addresses {
		if a.Addresses[i].Kind == kind && a.Addresses[i].Removed.IsZero() {
			return &a.Addresses[i]
		}
	}
	return nil
}
