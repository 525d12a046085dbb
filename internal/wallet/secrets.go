package wallet

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// What is made of an owner's secrets. Each hash is for one use and one account: two accounts with the same password have
// nothing in common.
const (
	usePassword = "payment-password"
	useUsed     = "used-password"
	useBackup   = "backup-password"
	useAnswer   = "answer"
	useCode     = "recovery-code"
)

// lastPasswords is how many payment passwords may not be taken again, the current one among them.
const lastPasswords = 5

// mac is an HMAC with the pepper: without it, a stolen database cannot be searched for a password of six digits.
func (e *Embedded) mac(use, id, secret string) []byte {
	h := hmac.New(sha256.New, e.pepper)
	for _, part := range []string{use, id, secret} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

// check compares a password with a slow hash; with no hash to compare with it takes as long and is false.
func (e *Embedded) check(ctx context.Context, hash string, peppered []byte) (bool, error) {
	kept := hash != ""
	if !kept {
		hash = e.nobodyHash
	}
	ok, err := e.hasher.verify(ctx, hash, peppered)
	return ok && kept, err
}

// within says at which place of a list a hash is, -1 if nowhere, in a time that does not depend on it.
func within(list [][]byte, sum []byte) int {
	at := -1
	for i, one := range list {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(one, sum), i, at)
	}
	return at
}

func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Recovery codes: 15 places of 25 letters and digits are 69 bits (requirement R6). What looks or sounds alike is left out.
const (
	codeCount    = 8
	codeAlphabet = "234679ACDEFGHJKMNPQRTVWXY"
	codeGroups   = 3
	codeGroup    = 5
)

// newCode makes a code as it is shown: XXXXX-XXXXX-XXXXX.
func newCode() string {
	var b strings.Builder
	for range codeGroups {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		for range codeGroup {
			b.WriteByte(codeAlphabet[uniform(len(codeAlphabet))])
		}
	}
	return b.String()
}

// uniform is a random number below n, all equally likely.
func uniform(n int) int {
	limit := 256 - 256%n
	for {
		var one [1]byte
		rand.Read(one[:])
		if int(one[0]) < limit {
			return int(one[0]) % n
		}
	}
}

// period of an authenticator's codes; one before and one after are taken as well (RFC 6238, section 5.2).
const period = 30

var sixDigits = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// counter says which counter a code belongs to at a moment; -1 if none that was not used. A used code and all before it
// are never right again.
func (t keptTOTP) counter(code string, at time.Time) int64 {
	found := int64(-1)
	for _, step := range []int64{-1, 0, 1} {
		c := at.Unix()/period + step
		want, err := hotp.GenerateCodeCustom(t.Secret, uint64(max(c, 0)), sixDigits)
		if err == nil && equal(want, code) && c > t.Last && t.Secret != "" { // anybody can make the codes of no secret
			found = c
		}
	}
	return found
}
